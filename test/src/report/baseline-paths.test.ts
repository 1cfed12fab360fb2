import { describe, expect, it } from "vitest";
import { baselinePaths } from "../../../src/report/summary/test-forecasts.js";

describe("the simple forecasts of the picture", () => {
  it("begin behind a gap at the series' beginning, and see no value after a later gap", () => {
    const values = Float64Array.from([Number.NaN, 2, Number.NaN, 6, Number.NaN, 100]);
    const paths = Object.fromEntries(baselinePaths(values, 5, 2, null).map(({ name, path }) => [name, path]));
    // Known and filled forward: 2, 2, 6, 6; the drift is (6 - 2) / 3 a step.
    expect(paths.naive).toEqual([6, 6]);
    expect(paths.drift![0]).toBeCloseTo(6 + 4 / 3, 12);
    expect(paths.drift![1]).toBeCloseTo(6 + 8 / 3, 12);
  });
});
