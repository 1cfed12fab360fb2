import { describe, expect, test } from "vitest";
import type { Constraint } from "../../../src/constraints/constraint.js";
import { nonNeg } from "../../../src/constraints/non-neg.js";
import { maxNorm, minMaxNorm, unitNorm } from "../../../src/constraints/norms.js";
import { toConstraint } from "../../../src/constraints/to-constraint.js";
import { ConfigError } from "../../../src/errors.js";

const projected = (constraint: Constraint, values: readonly number[], shape: readonly number[]): number[] => {
  const weights = Float32Array.from(values);
  constraint.project(weights, shape);
  return [...weights];
};

/** Keras divides by 1e-7 + norm, a relative 1e-7 for norms near 1, and float32 rounds by 6e-8. */
function expectNear(actual: readonly number[], expected: readonly number[]): void {
  expect(actual.length).toBe(expected.length);
  actual.forEach((x, i) => {
    expect(Math.abs(x - expected[i]!)).toBeLessThanOrEqual(2e-7 * Math.max(1, Math.abs(expected[i]!)));
  });
}

describe("constraints", () => {
  test("maxNorm shortens the columns that are too long", () => {
    expectNear(projected(maxNorm(), [3, 0.3, 4, 0.4], [2, 2]), [1.2, 0.3, 1.6, 0.4]);
    expectNear(projected(maxNorm({ axis: 1 }), [3, 4, 0.3, 0.4], [2, 2]), [1.2, 1.6, 0.3, 0.4]);
    expectNear(projected(maxNorm({ axis: -1, maxValue: 1 }), [3, 4, 0.3, 0.4], [2, 2]), [0.6, 0.8, 0.3, 0.4]);
    expectNear(projected(maxNorm(), [0, 0], [2, 1]), [0, 0]);
    expectNear(projected(maxNorm({ maxValue: 1 }), [3, 4], [2]), [0.6, 0.8]);
  });

  test("the guard against 0 is Keras's: a norm inside shrinks by 1e-7 of itself", () => {
    const [w] = projected(maxNorm(), [1e-7], [1]);
    expect(w).toBe(Math.fround(0.5 * Math.fround(1e-7)));
  });

  test("unitNorm gives the length 1, minMaxNorm a length between", () => {
    expectNear(projected(unitNorm(), [3, 0.3, 4, 0.4], [2, 2]), [0.6, 0.6, 0.8, 0.8]);
    expectNear(
      projected(minMaxNorm({ minValue: 1, maxValue: 2 }), [3, 0.3, 4, 0.4], [2, 2]),
      [1.2, 0.6, 1.6, 0.8],
    );
    // rate 0.5: the norm 5 goes half the way to 1, to 3.
    expectNear(projected(minMaxNorm({ rate: 0.5 }), [3, 4], [2, 1]), [1.8, 2.4]);
  });

  test("norms along a middle axis", () => {
    // [2, 2, 2], axis 1: pairs (0, 2), (1, 3), (4, 6), (5, 7).
    expectNear(projected(unitNorm({ axis: 1 }), [3, 6, 4, 8, 5, 0, 12, 2], [2, 2, 2]), [
      0.6,
      0.6,
      0.8,
      0.8,
      5 / 13,
      0,
      12 / 13,
      1,
    ]);
  });

  test("nonNeg cuts at 0 and keeps NaN visible", () => {
    expect(projected(nonNeg(), [-1, 0, 2, NaN], [4])).toEqual([0, 0, 2, NaN]);
  });

  test("defaults are Keras's", () => {
    expect(maxNorm().config).toEqual({ maxValue: 2, axis: 0 });
    expect(unitNorm().config).toEqual({ axis: 0 });
    expect(minMaxNorm().config).toEqual({ minValue: 0, maxValue: 1, rate: 1, axis: 0 });
  });

  test("toConstraint takes names, objects, JSON and nothing", () => {
    expect(toConstraint("lstm()", "c", undefined)).toBeUndefined();
    expect(toConstraint("lstm()", "c", "unitNorm")!.name).toBe("unitNorm");
    const own = maxNorm({ maxValue: 3 });
    expect(toConstraint("lstm()", "c", own)).toBe(own);
    expect(toConstraint("lstm()", "c", JSON.parse(JSON.stringify(own)))!.config).toEqual({
      maxValue: 3,
      axis: 0,
    });
    expect(() => toConstraint("lstm()", "kernelConstraint", "maxnrm")).toThrow(/Did you mean `maxNorm`/);
    expect(() => toConstraint("lstm()", "c", 2)).toThrow(ConfigError);
  });

  test.each([
    () => maxNorm({ maxValue: -1 }),
    () => minMaxNorm({ minValue: 2, maxValue: 1 }),
    () => minMaxNorm({ rate: 0 }),
    () => unitNorm({ axis: 0.5 }),
    () => projected(unitNorm({ axis: 2 }), [1, 2], [1, 2]),
    () => projected(unitNorm({ axis: -2 }), [1, 2], [2]),
  ])("%o is refused", (make) => {
    expect(make).toThrow(ConfigError);
  });
});
