import { describe, expect, it } from "vitest";
import { judgedRows } from "../../../src/cli/test-rows.js";

describe("the rows that judge a model", () => {
  it("are the whole test, and of a long one its end and some rows spread over all of it", () => {
    expect(judgedRows(100, 80)).toEqual({ near: 80, step: 1 });
    expect(judgedRows(1_000_000, 800_000)).toEqual({ near: 990_000, step: 100 });
    expect(judgedRows(10_000, 7000)).toEqual({ near: 7000, step: 2 });
  });
});
