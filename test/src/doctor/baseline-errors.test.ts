import { describe, expect, it } from "vitest";
import { baselineErrors } from "../../../src/doctor/baseline-errors.js";
import type { Recipe } from "../../../src/index.js";

const recipe = (more: Partial<Recipe> = {}): Recipe => ({
  window: 9,
  layers: [{ kind: "dense", units: 1 }],
  compile: { loss: "mse" },
  ...more,
});

describe("baselines of a recipe's validation part", () => {
  // A straight line: the last value repeated is wrong by its slope, but for one jump at row 10.
  const values = Float64Array.from({ length: 40 }, (_, t) => t + (t >= 10 ? 100 : 0));

  it("begin with the first row that has a window, a difference before it counted", () => {
    // With split 5 the first target is row 9 (window) or row 10 (window and difference): both have the jump behind row 9.
    const plain = baselineErrors(recipe(), { values, split: 5 })!;
    expect(plain.naive).toBeCloseTo(Math.sqrt((30 * 1 + 101 ** 2) / 31), 9);
    const differenced = baselineErrors(recipe({ window: 10, series: { difference: 1 } }), {
      values,
      split: 5,
    })!;
    expect(differenced.naive).toBeCloseTo(1, 9);
  });

  it("leave gaps out, and are none for classes", () => {
    const gaps = Float64Array.from(values, (value, t) => (t === 30 ? Number.NaN : value));
    // Row 31 is forecast from row 29: two slopes off.
    const { naive } = baselineErrors(recipe(), { values: gaps, split: 20 })!;
    expect(naive).toBeCloseTo(Math.sqrt((18 + 4) / 19), 9);
    expect(
      baselineErrors(recipe({ compile: { loss: "binaryCrossentropy" } }), { values, split: 20 }),
    ).toBeNull();
  });
});
