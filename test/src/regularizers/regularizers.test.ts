import { describe, expect, test } from "vitest";
import { ConfigError } from "../../../src/errors.js";
import { createRandom } from "../../../src/random.js";
import { l1, l1l2, l2 } from "../../../src/regularizers/l1l2.js";
import { orthogonal } from "../../../src/regularizers/orthogonal.js";
import type { Regularizer } from "../../../src/regularizers/regularizer.js";
import { toRegularizer } from "../../../src/regularizers/to-regularizer.js";

const weights = Float32Array.of(1, -2, 0, 0.5);

describe("regularizers", () => {
  test("l1, l2 and their sum follow Keras's formulas, without one half", () => {
    // 3.5 = sum |w|, 5.25 = sum w²; the numbers are exact in float64 up to one rounding of the factor.
    expect(l1({ l1: 2 }).penalty(weights, [4])).toBe(7);
    expect(l2({ l2: 2 }).penalty(weights, [4])).toBe(10.5);
    expect(l1l2({ l1: 1, l2: 2 }).penalty(weights, [4])).toBe(14);
    expect([l1(2).penalty(weights, [4]), l2(2).penalty(weights, [4])]).toEqual([7, 10.5]);
    expect(() => l2(-1)).toThrow("`l2` is -1");
    expect(toRegularizer("lstm()", "kernelRegularizer", "l2")!.penalty(weights, [4])).toBeCloseTo(0.0525, 15);
  });

  test("gradients accumulate", () => {
    const gradient = Float32Array.of(10, 10, 10, 10);
    l1l2({ l1: 1, l2: 2 }).addGradient(weights, [4], gradient);
    expect([...gradient]).toEqual([15, 1, 10, 13]);
  });

  const cases: readonly (readonly [string, Regularizer])[] = [
    ["l1", l1({ l1: 0.3 })],
    ["l2", l2({ l2: 0.3 })],
    ["l1l2", l1l2({ l1: 0.2, l2: 0.3 })],
    ["orthogonal rows", orthogonal({ factor: 0.7 })],
    ["orthogonal columns", orthogonal({ factor: 0.7, mode: "columns" })],
  ];
  test.each(cases)("the gradient of %s is the slope of its penalty", (_name, regularizer) => {
    const shape = [3, 5];
    const random = createRandom(3);
    const w = Float32Array.from({ length: 15 }, () => random.normal());
    const gradient = new Float32Array(15);
    regularizer.addGradient(w, shape, gradient);
    const step = 2 ** -10; // exact in float32 beside weights of size 1
    for (let i = 0; i < w.length; i++) {
      const [up, down] = [Float32Array.from(w), Float32Array.from(w)];
      up[i]! += step;
      down[i]! -= step;
      const slope = (regularizer.penalty(up, shape) - regularizer.penalty(down, shape)) / (up[i]! - down[i]!);
      // Central difference: step² times a third derivative of order 1, and float32 in the gradient.
      expect(Math.abs(slope - gradient[i]!)).toBeLessThan(5e-6);
    }
  });

  test("orthogonal is 0 for orthogonal rows and the factor for parallel ones", () => {
    const { penalty, addGradient } = orthogonal({ factor: 0.5 });
    expect(penalty(Float32Array.of(3, 0, 0, 7), [2, 2])).toBe(0);
    expect(penalty(Float32Array.of(1, 0, -5, 0), [2, 2])).toBe(0.5);
    // Rows (1, 0), (1, 1), (0, 1): cosines sqrt(1/2), 0, sqrt(1/2), three pairs.
    expect(penalty(Float32Array.of(1, 0, 1, 1, 0, 1), [3, 2])).toBeCloseTo((0.5 * Math.SQRT2) / 3, 15);
    expect(penalty(Float32Array.of(1, 2), [1, 2])).toBe(0);
    const gradient = new Float32Array(4);
    addGradient(new Float32Array(4), [2, 2], gradient);
    expect([...gradient]).toEqual([0, 0, 0, 0]);
    expect(() => penalty(weights, [4])).toThrow(ConfigError);
  });

  test("defaults", () => {
    expect(l1().config).toEqual({ l1: 0.01 });
    expect(l2().config).toEqual({ l2: 0.01 });
    expect(l1l2().config).toEqual({ l1: 0.01, l2: 0.01 });
    expect(l1l2({ l1: 1 }).config).toEqual({ l1: 1, l2: 0 });
    expect(orthogonal().config).toEqual({ factor: 0.01, mode: "rows" });
  });

  test("toRegularizer takes names, objects, JSON and nothing", () => {
    expect(toRegularizer("lstm()", "r", undefined)).toBeUndefined();
    expect(toRegularizer("lstm()", "r", null)).toBeUndefined();
    const own = l2({ l2: 3 });
    expect(toRegularizer("lstm()", "r", own)).toBe(own);
    expect(toRegularizer("lstm()", "r", JSON.parse(JSON.stringify(own)))!.config).toEqual({ l2: 3 });
    expect(() => toRegularizer("lstm()", "kernelRegularizer", "l3")).toThrow(
      /lstm\(\): `kernelRegularizer` is "l3"/,
    );
    expect(() => toRegularizer("lstm()", "r", 0.01)).toThrow(ConfigError);
    expect(() => l2({ l2: -1 })).toThrow(ConfigError);
    expect(() => l2({ l1: 1 } as object)).toThrow(/unknown option `l1`/);
  });
});
