import { describe, expect, it } from "vitest";
import { stats } from "../../oracle/kernels/probe.js";
import { kernelBuilds, randomValues, sizes } from "../../support/kernels.js";

const inf = Number.POSITIVE_INFINITY;
const nan = Number.NaN;
const ROWS = 3;

describe.each(await kernelBuilds())("probes ($name)", ({ kernels, arena }) => {
  const probe = (
    values: ArrayLike<number>,
    rows: number,
    width: number,
    stride: number,
    low: number,
    high: number,
  ) => {
    const memory = arena();
    const x = memory.input(values, 1);
    const out = memory.output(16);
    kernels.probeStats!(x.ptr, rows, width, stride, low, high, out.ptr);
    memory.verify();
    return [...out.float64()];
  };

  it.each(sizes)("describe rows of %i without reading their padding", (width) => {
    const stride = ((width + 3) & ~3) + 4;
    const values = randomValues(ROWS * stride, width).map((v) => (Math.abs(v) < 0.1 ? 0 : v));
    const inside: number[] = [];
    for (let row = 0; row < ROWS; row++) {
      inside.push(...values.subarray(row * stride, row * stride + width));
      values.fill(nan, row * stride + width, (row + 1) * stride);
    }
    const expected = stats(inside, -1, 1);
    const got = probe(values, ROWS, width, stride, -1, 1);
    for (const i of [0, 1, 7]) {
      // Sums in float64 in another order: n roundings of the sum of sizes.
      expect(Math.abs(got[i]! - expected[i]!)).toBeLessThanOrEqual(inside.length * 2 ** -52 * expected[1]!);
    }
    for (const i of [2, 3, 4, 5, 6]) expect(got[i]).toBe(expected[i]);
  });

  it("count values that are not finite, show them in the sums and keep them out of the extremes", () => {
    expect(probe([1, nan, -2, 0, 3, -0], 1, 6, 6, -1, 1)).toEqual([nan, nan, -2, 3, 2, 1, 3, nan]);
    expect(probe([1, inf, 2, -inf, 5], 1, 5, 5, -inf, nan)).toEqual([inf, inf, 1, 5, 0, 2, 1, nan]);
  });

  it("count what lies within 0.05 of a bound, and nothing where there is no bound", () => {
    const gates = [0.04, 0.06, 0.94, 0.96, 0.5, 1, 0];
    expect(probe(gates, 1, 7, 7, 0, 1)[6]).toBe(4);
    expect(probe(gates, 1, 7, 7, nan, 1)[6]).toBe(2);
    expect(probe(gates, 1, 7, 7, nan, nan)[6]).toBe(0);
  });

  it("say of nothing that it is nothing", () => {
    expect(probe([], 0, 0, 0, 0, 1)).toEqual([0, 0, inf, -inf, 0, 0, 0, 0]);
  });

  it("find the first value that is not finite, by row and column", () => {
    const find = (values: number[], rows: number, width: number, stride: number): number => {
      const memory = arena();
      const x = memory.input(values, 3);
      const index = kernels.firstNonFinite!(x.ptr, rows, width, stride);
      memory.verify();
      return index;
    };
    for (const width of sizes.filter((n) => n > 0)) {
      const values: number[] = [...randomValues(2 * (width + 1), width), 0];
      // Padding that is NaN is not seen.
      values[width] = nan;
      values[2 * width + 1] = inf;
      expect(find(values, 2, width, width + 1)).toBe(-1);
      for (const [row, column, bad] of [
        [0, 0, nan],
        [0, width - 1, -inf],
        [1, width >> 1, inf],
      ] as const) {
        const spoiled = [...values];
        spoiled[row * (width + 1) + column] = bad;
        expect(find(spoiled, 2, width, width + 1)).toBe(row * width + column);
      }
    }
    expect(find([], 0, 0, 0)).toBe(-1);
  });
});
