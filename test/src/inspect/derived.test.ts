import { describe, expect, it } from "vitest";
import {
  deadUnits,
  dense,
  growthRate,
  lstm,
  memoryHorizon,
  sequential,
  summarizeFlow,
  timeConstants,
} from "../../../src/index.js";
import { values } from "../model/support.js";

const powers = (factor: number, n: number): Float64Array =>
  Float64Array.from({ length: n }, (_, t) => 7 * factor ** (n - 1 - t));

describe("memory horizon", () => {
  it.each([
    // 0.5^9 > 0.001 > 0.5^10; 0.1^3 is not below 0.001 by more than a rounding.
    [0.5, 10],
    [0.2, 5],
    [0.9, 66],
  ])("a gradient that shrinks by %d a step falls below a thousandth after %i", (factor, steps) => {
    expect(memoryHorizon(powers(factor, 100))).toBe(steps);
  });

  it("is beyond a sequence in which nothing is forgotten, or which is too short to tell", () => {
    expect(memoryHorizon(powers(1, 50))).toBe(Number.POSITIVE_INFINITY);
    expect(memoryHorizon(powers(1.1, 50))).toBe(Number.POSITIVE_INFINITY);
    expect(memoryHorizon(powers(0.5, 5))).toBe(Number.POSITIVE_INFINITY);
  });

  it("counts to another threshold where one is given", () => {
    expect(memoryHorizon(powers(0.5, 50), { threshold: 0.3 })).toBe(2);
    expect(() => memoryHorizon([1], { threshold: 1 })).toThrow("threshold");
  });

  it("is 0 without a gradient at the end, and NaN where it is not a number", () => {
    expect(memoryHorizon([1, 1, 0])).toBe(0);
    expect(memoryHorizon([1, 1, Number.NaN])).toBeNaN();
    expect(memoryHorizon([1, Number.NaN, 1, 1])).toBeNaN();
    // What lies beyond the horizon is not asked.
    expect(memoryHorizon([Number.NaN, 1e-9, 1, 1])).toBe(2);
    expect(memoryHorizon([Number.POSITIVE_INFINITY, 1, 1])).toBe(Number.POSITIVE_INFINITY);
  });

  it("ends at the cut of truncated BPTT", () => {
    expect(memoryHorizon([0, 0, 0, 1, 1])).toBe(2);
  });
});

describe("growth rate", () => {
  it.each([0.5, 0.9, 1, 1.3])("of an exact power of %d is that, without doubt", (factor) => {
    const rate = growthRate(powers(factor, 20))!;
    expect(rate.steps).toBe(20);
    expect(rate.factor).toBeCloseTo(factor, 12);
    expect(rate.interval[1] - rate.interval[0]).toBeLessThan(1e-6);
  });

  it("has the interval of a textbook regression", () => {
    // ln norm = 0, 1, 1, 3 for k = 0 … 3: slope 0.9, residual sum 0.7, so s = √(0.35 / 5) and t(2) = 4.302653.
    const rate = growthRate([3, 1, 1, 0].map(Math.exp))!;
    const reach = 4.302653 * Math.sqrt(0.7 / 2 / 5);
    expect(Math.log(rate.factor)).toBeCloseTo(0.9, 12);
    expect(Math.log(rate.interval[0])).toBeCloseTo(0.9 - reach, 6);
    expect(Math.log(rate.interval[1])).toBeCloseTo(0.9 + reach, 6);
  });

  it.each([
    // Tables of Student's t, 97.5%.
    [3, 3.18245],
    [5, 2.57058],
    [10, 2.22814],
    [30, 2.04227],
  ])("uses t of %i degrees of freedom", (freedom, t) => {
    const n = freedom + 2;
    const logs = Array.from({ length: n }, (_, k) => (k % 2 === 0 ? 0.1 : -0.1));
    const rate = growthRate([...logs].reverse().map(Math.exp))!;
    const middle = (n - 1) / 2;
    const mean = logs.reduce((a, b) => a + b, 0) / n;
    const along = logs.reduce((sum, _, k) => sum + (k - middle) ** 2, 0);
    const slope = logs.reduce((sum, value, k) => sum + (k - middle) * (value - mean), 0) / along;
    const rest = logs.reduce((sum, value, k) => sum + (value - mean - slope * (k - middle)) ** 2, 0);
    const reach = Math.log(rate.interval[1]) - slope;
    expect(reach / Math.sqrt(rest / freedom / along) / t).toBeCloseTo(1, 2);
  });

  it("leaves out what lies beyond an exact zero, and says nothing about fewer than three steps", () => {
    expect(growthRate([5, 0, 4, 2, 1])!.steps).toBe(3);
    expect(growthRate([5, 0, 4, 2, 1])!.factor).toBeCloseTo(2, 12);
    expect(growthRate([1, 1])).toBeNull();
    expect(growthRate([1, 1, Number.NaN])).toBeNull();
  });
});

describe("time constants", () => {
  it("are -1 / ln f, nothing for a gate that is shut and forever for one that is open", () => {
    const [a, b, c, d] = timeConstants([1 / Math.E, 0.99, 0, 1]);
    expect(a).toBeCloseTo(1, 12);
    expect(b).toBeCloseTo(99.499, 3);
    expect([c, d]).toEqual([0, Number.POSITIVE_INFINITY]);
  });
});

describe("dead units", () => {
  it("are those no gradient reaches in any gate", () => {
    const name = "lstm/kernel";
    const data = Float32Array.from([0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2]);
    expect(deadUnits([{ name, shape: [1, 12], data }], 3)).toEqual({ units: [0], share: 1 / 3 });
    expect(() => deadUnits([{ name, shape: [1, 12], data }], 5)).toThrow("12 columns");
  });

  it("of relu are found by a model's gradients", async () => {
    const model = sequential(
      [dense({ units: 4, activation: "relu", inputShape: [2] }), dense({ units: 1 })],
      { seed: 1 },
    );
    model.compile({ loss: "mse" });
    const [kernel, , ...rest] = model.getWeights();
    model.setWeights([kernel!, { shape: [4], data: Float32Array.from([9, -9, 9, -9]) }, ...rest]);
    const { weights } = await model.gradients(values([5, 2], 1), values([5, 1], 2));
    expect(deadUnits(weights.slice(0, 2), 4).units).toEqual([1, 3]);
    model.dispose();
  });
});

describe("a flow in a few numbers", () => {
  it("names the recurrent layers and what is largest in them", async () => {
    const model = sequential([lstm({ units: 4, inputShape: [12, 2] }), dense({ units: 1 })], { seed: 1 });
    model.compile({ loss: "mse", optimizer: "adam" });
    const flow = await model.gradientFlow(values([5, 12, 2], 1), values([5, 1], 2));
    const [summary, ...others] = summarizeFlow(flow);
    expect(others).toEqual([]);
    expect(summary).toMatchObject({ name: "lstm", kind: "lstm", timesteps: 12 });
    // A forget bias of 1: σ(1) = 0.73 and about three steps.
    expect(summary!.timeConstant).toBeGreaterThan(2);
    expect(summary!.timeConstant).toBeLessThan(5);
    expect(summary!.growthRate!.factor).toBeLessThan(1);
    expect(summary!.updateRatio!.ratio).toBe(Math.max(...flow.layers[0]!.weights.map((w) => w.updateRatio)));
    model.dispose();
  });
});
