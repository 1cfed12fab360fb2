import { describe, expect, it } from "vitest";
import { judgedRows } from "../../../src/cli/test-rows.js";

describe("the rows that judge a model", () => {
  it("are the whole test, and of a long one its end", () => {
    expect(judgedRows(100, 80)).toEqual({ start: 80, step: 1 });
    expect(judgedRows(1_000_000, 800_000)).toEqual({ start: 980_000, step: 10 });
    expect(judgedRows(10_000, 7000)).toEqual({ start: 7000, step: 2 });
  });
});
