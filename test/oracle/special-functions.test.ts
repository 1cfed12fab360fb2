import { describe, expect, it } from "vitest";
import { erf, erfDerivative, logistic, logOnePlusExp } from "./special-functions.js";

describe("erf", () => {
  // The series DLMF 7.6.1 in 45-digit decimal arithmetic, rounded to float64.
  const known: [number, number][] = [
    [0.1, 0.11246291601828488],
    [0.5, 0.5204998778130465],
    [1, 0.8427007929497149],
    [1.5, 0.9661051464753108],
    [2, 0.9953222650189527],
    [2.5, 0.999593047982555],
    [3, 0.9999779095030014],
    [4, 0.9999999845827421],
  ];
  for (const [x, value] of known) {
    it(`of ±${x} is right to two of float64's epsilons`, () => {
      expect(Math.abs(erf(x) - value)).toBeLessThanOrEqual(2 * Number.EPSILON);
      expect(erf(-x)).toBe(-erf(x));
    });
  }
  it("joins its two methods without a step", () => {
    // Between neighbours 2e-9 apart the function itself rises by 2e-9 · 2/√π e⁻⁴.
    const rise = erf(2 + 1e-9) - erf(2 - 1e-9);
    expect(Math.abs(rise - 2e-9 * erfDerivative(2))).toBeLessThan(1e-15);
  });
  it("keeps zeros, infinities and NaN", () => {
    expect(erf(0)).toBe(0);
    expect(erf(-0)).toBe(-0);
    expect(erf(Number.POSITIVE_INFINITY)).toBe(1);
    expect(erf(Number.NEGATIVE_INFINITY)).toBe(-1);
    expect(erf(Number.NaN)).toBeNaN();
  });
  it("is relatively exact near 0, where it is 2x/√π", () => {
    expect(erf(1e-12) / ((2 * 1e-12) / Math.sqrt(Math.PI))).toBeCloseTo(1, 15);
  });
});

describe("logistic and log(1 + e^x)", () => {
  it("do not overflow", () => {
    expect(logistic(-800)).toBe(0);
    expect(logistic(800)).toBe(1);
    expect(logOnePlusExp(800)).toBe(800);
    expect(logOnePlusExp(-700)).toBe(Math.exp(-700));
  });
  it("keep their symmetries", () => {
    for (const x of [0.1, 1, 5, 20]) {
      // Rounding of one addition.
      expect(Math.abs(logistic(x) + logistic(-x) - 1)).toBeLessThanOrEqual(Number.EPSILON);
      expect(logOnePlusExp(x) - logOnePlusExp(-x)).toBeCloseTo(x, 14);
    }
  });
});
