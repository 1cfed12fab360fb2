import { describe, expect, it } from "vitest";
import { shrunkWeights } from "../../../../src/forecast/choose/weights.js";
import { createRandom } from "../../../../src/random.js";

const random = createRandom(2);
const rows = (n: number, outputs: number): Float64Array[] =>
  Array.from({ length: n }, () => Float64Array.from({ length: outputs }, () => random.normal()));

describe("how far corrections are believed", () => {
  it("wholly when they are right", () => {
    const corrections = rows(50, 1);
    expect(shrunkWeights(corrections, corrections, 1)).toEqual([1]);
  });

  it("half when they say twice what is needed", () => {
    const corrections = rows(50, 1);
    const errors = corrections.map((row) => row.map((value) => value / 2));
    expect(shrunkWeights(errors, corrections, 1)[0]).toBeCloseTo(0.5, 12);
  });

  it("not at all when they point the wrong way, say nothing, or have nothing to do with the errors", () => {
    const corrections = rows(50, 1);
    const wrong = corrections.map((row) => row.map((value) => -value));
    const silent = corrections.map(() => Float64Array.of(0));
    expect(shrunkWeights(wrong, corrections, 1)).toEqual([0]);
    expect(shrunkWeights(corrections, silent, 1)).toEqual([0]);
    // Two standard errors are asked for on one side: chance gives it to one in forty, so most of twenty get nothing.
    const believed = Array.from({ length: 20 }, () => shrunkWeights(rows(50, 1), rows(50, 1), 1)[0]!);
    expect(believed.filter((weight) => weight === 0).length).toBeGreaterThanOrEqual(17);
  });

  it("less for the same gain seen on fewer independent origins", () => {
    const noisy = (n: number): number => {
      const corrections = Array.from({ length: n }, (_, i) => Float64Array.of(i % 2 === 0 ? 1 : -1));
      const errors = corrections.map((row, i) => row.map((value) => 0.5 * value + (i % 4 < 2 ? 1 : -1)));
      return shrunkWeights(errors, corrections, 1)[0]!;
    };
    expect(noisy(400)).toBeGreaterThan(noisy(40));
    expect(noisy(400)).toBeLessThan(0.5);
  });

  it("origins whose value never came do not count", () => {
    const corrections = rows(30, 1);
    const errors = corrections.map((row, i) => (i < 10 ? Float64Array.of(Number.NaN) : row));
    expect(shrunkWeights(errors, corrections, 1)).toEqual([1]);
  });
});
