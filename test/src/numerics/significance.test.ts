import { describe, expect, it } from "vitest";
import { autoregressive, mulberry32, normalOf } from "../../../bench/faults/series.js";
import { leastSquares } from "../../../src/numerics/least-squares.js";
import {
  binomialTail,
  effectiveSize,
  effectOf,
  evenlySpacedP,
  fisherZ,
  largerErrorsP,
  risingP,
} from "../../../src/numerics/significance.js";
import { correlation, variance } from "../../../src/numerics/statistics.js";

const noise = (seed: number, n: number): Float64Array => {
  const normal = normalOf(mulberry32(seed));
  return Float64Array.from({ length: n }, () => normal());
};
const share = (runs: number, of: (seed: number) => boolean): number =>
  Array.from({ length: runs }, (_, i) => of(i + 1)).filter(Boolean).length / runs;

describe("the doctor's statistics", () => {
  it("Fisher's z exceeds 1.96 for unrelated series about once in twenty", () => {
    // 400 runs: a share of 0.05 has a standard error of 0.011; four of them.
    expect(
      Math.abs(
        share(400, (s) => Math.abs(fisherZ(correlation(noise(s, 100), noise(s + 5000, 100)), 100)) > 1.96) -
          0.05,
      ),
    ).toBeLessThan(0.045);
  });

  it("Diebold and Mariano's test calls equal errors different at its level, and larger ones larger", () => {
    expect(share(400, (s) => largerErrorsP(noise(s, 100), noise(s + 9000, 100)) < 0.05)).toBeLessThan(0.095);
    expect(
      share(
        100,
        (s) =>
          largerErrorsP(
            noise(s, 100).map((e) => 1.6 * e),
            noise(s + 9000, 100),
          ) < 0.05,
      ),
    ).toBeGreaterThan(0.9);
  });

  it("errors that follow each other do not count as so many", () => {
    // An AR(1) of 0.8 has a ninth of its values as independent ones: without that, one in four would be significant.
    const slow = (seed: number) => Float64Array.from(autoregressive(200, seed, 0.8));
    expect(share(300, (s) => largerErrorsP(slow(s), slow(s + 9000)) < 0.05)).toBeLessThan(0.15);
  });

  it("times at random are called evenly spaced no oftener than the level says, regular ones always", () => {
    const times = (seed: number, count: number): number[] => {
      const uniform = mulberry32(seed);
      let at = 0;
      return Array.from({ length: count }, () => {
        at -= 30 * Math.log(1 - uniform());
        return Math.round(at);
      });
    };
    // 500 runs: a share of 0.05 has a standard error of 0.01; four of them.
    for (const count of [4, 6, 12])
      expect(share(500, (s) => evenlySpacedP(times(s, count)) < 0.05)).toBeLessThan(0.09);
    expect(evenlySpacedP([10, 40, 70, 100, 130])).toBeLessThan(1e-4);
    expect(evenlySpacedP([10, 41, 69, 101, 130, 161])).toBeLessThan(1e-3);
    expect(evenlySpacedP([10, 40, 70])).toBe(1);
  });

  it("Mann and Kendall's test finds a rise and none in noise", () => {
    expect(risingP([1, 2, 3, 4, 5, 6, 7, 8])).toBeLessThan(0.001);
    expect(risingP([8, 7, 6, 5, 4, 3, 2, 1])).toBeGreaterThan(0.99);
    expect(share(400, (s) => risingP(noise(s, 30)) < 0.05)).toBeLessThan(0.095);
  });

  it("an AR(1) of 0.8 has about a ninth of its values as independent ones", () => {
    // (1 - 0.8) / (1 + 0.8) = 0.111; Bartlett's weights cut its long memory a little short.
    const ratio = effectiveSize(Float64Array.from(autoregressive(4000, 3, 0.8))) / 4000;
    expect(ratio).toBeGreaterThan(0.07);
    expect(ratio).toBeLessThan(0.18);
  });

  it("a season does not count against the mean", () => {
    const wave = Float64Array.from({ length: 400 }, (_, t) => Math.sin((2 * Math.PI * t) / 20));
    expect(effectiveSize(wave)).toBeGreaterThan(200);
  });

  it("added columns that tell nothing are significant as often as the level says", () => {
    const one = new Float64Array(200).fill(1);
    const p = (seed: number, weight: number): number => {
      const columns = Array.from({ length: 12 }, (_, k) => noise(1000 * k + seed, 200));
      const values = noise(99_000 + seed, 200).map((value, n) => value + weight * columns[5]![n]!);
      return effectOf(leastSquares([one, ...columns], values), 2, variance(values)).p;
    };
    // 400 runs: a share of 0.05 has a standard error of 0.011; three of them.
    expect(Math.abs(share(400, (s) => p(s, 0) < 0.05) - 0.05)).toBeLessThan(0.035);
    expect(share(50, (s) => p(s, 0.5) < 0.001)).toBeGreaterThan(0.9);
  });

  it("the binomial tail is the sum of its terms", () => {
    expect(binomialTail(2, 3, 0.5)).toBeCloseTo(0.5, 12);
    expect(binomialTail(1, 10, 0.1)).toBeCloseTo(1 - 0.9 ** 10, 12);
    expect(binomialTail(0, 5, 0.2)).toBe(1);
    expect(binomialTail(6, 5, 0.2)).toBe(0);
    expect(binomialTail(5, 5, 1)).toBe(1);
  });
});
