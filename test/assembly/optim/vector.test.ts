import { describe, expect, it } from "vitest";
import { axpy, l1l2, l1l2Gradient, lerp } from "../../oracle/kernels/vector.js";
import { EPSILON, expectClose, kernelBuilds, randomValues, sizes } from "../../support/kernels.js";

const inf = Number.POSITIVE_INFINITY;

describe("the float64 twin", () => {
  it("derives the penalty as central differences do", () => {
    const w = [0.5, -2, 3];
    const h = 1e-6;
    l1l2Gradient(w, [0, 0, 0], 0.1, 0.01).forEach((slope, j) => {
      const moved = (by: number): number =>
        l1l2(
          w.map((v, k) => (k === j ? v + by : v)),
          0.1,
          0.01,
        );
      expect((moved(h) - moved(-h)) / (2 * h)).toBeCloseTo(slope, 8);
    });
  });
});

describe.each(await kernelBuilds())("vector arithmetic ($name)", ({ kernels, arena }) => {
  it.each(sizes)("of %i elements, off alignment", (n) => {
    const memory = arena();
    const x = memory.input(randomValues(n, n + 1, 3), 1);
    const start = randomValues(n, n + 2, 3);
    const other = memory.input(start, 2);
    const [sum, added, average, penalty] = [1, 2, 3, 0].map((shift) => memory.inout(start, shift));
    const scaled = memory.inout(start);
    const clipped = memory.inout(start, 1);
    kernels.axpy!(n, -0.3, x.ptr, sum!.ptr);
    kernels.addInPlace!(added!.ptr, x.ptr, n);
    kernels.lerpInPlace!(average!.ptr, x.ptr, n, 0.99);
    kernels.addL1L2Gradient!(x.ptr, penalty!.ptr, n, 0.1, 0.01);
    kernels.scaleInPlace!(scaled.ptr, n, 0.75);
    kernels.clipByValue!(clipped.ptr, n, 1.5);
    memory.verify();
    const values = x.initial;
    // Sums of two terms of size 3 or less: two roundings, and one of the factor.
    const absolute = 3 * 6 * EPSILON;
    expectClose(sum!.values(), axpy(-0.3, values, start), { absolute });
    expectClose(added!.values(), axpy(1, values, start), { ulp: 0.5 });
    expectClose(average!.values(), lerp(start, values, 0.99), { absolute });
    expectClose(penalty!.values(), l1l2Gradient(values, start, 0.1, 0.01), { absolute });
    expectClose(
      scaled.values(),
      start.map((v) => 0.75 * v),
      { ulp: 0.5 },
    );
    expectClose(
      clipped.values(),
      start.map((v) => Math.max(-1.5, Math.min(1.5, v))),
      {},
    );

    const squares = values.reduce((total, v) => total + v * v, 0);
    expect(Math.abs(kernels.sumOfSquares!(x.ptr, n) - squares)).toBeLessThanOrEqual(2 ** -21 * squares);
    const distance = values.reduce((total, v, i) => total + (v - start[i]!) ** 2, 0);
    const measured = kernels.squaredDistance!(x.ptr, other.ptr, n);
    // The differences are rounded first.
    expect(Math.abs(measured - distance)).toBeLessThanOrEqual(2 ** -20 * distance);
    const sizesSum = values.reduce((total, v) => total + Math.abs(v), 0);
    expect(Math.abs(kernels.sumAbs!(x.ptr, n) - sizesSum)).toBeLessThanOrEqual(n * 2 ** -52 * sizesSum);
  });

  it("decays weights by axpy of a vector to itself, without losing the digits of 1 - 4e-6", () => {
    const memory = arena();
    const w = memory.inout([1024]);
    kernels.axpy!(1, -4e-6, w.ptr, w.ptr);
    // One rounding at 1024 is 2^-14.
    expect(Math.abs(w.values()[0]! - 1024 * (1 - 4e-6))).toBeLessThanOrEqual(2 ** -14);
  });

  it("clips infinities to the bound and keeps NaN", () => {
    const memory = arena();
    const x = memory.inout([inf, -inf, Number.NaN, 0.5, -0.5]);
    kernels.clipByValue!(x.ptr, 5, 1);
    expect([...x.values()]).toEqual([1, -1, Number.NaN, 0.5, -0.5]);
  });

  it("sums squares of large floats without overflow, and shows NaN and Infinity", () => {
    const sumOf = (...values: number[]): number => {
      const memory = arena();
      return kernels.sumOfSquares!(memory.input(values).ptr, values.length);
    };
    const large = Math.fround(3e38);
    expect(sumOf(large, large)).toBe(2 * large * large);
    expect(sumOf(1, 2, 3, 4, Number.NaN)).toBeNaN();
    expect(sumOf(inf, 1)).toBe(inf);
  });

  it("gives a weight of exactly 0 no push from the L1 penalty", () => {
    const memory = arena();
    const g = memory.inout([7, 7, 7]);
    kernels.addL1L2Gradient!(memory.input([0, -0, Number.NaN]).ptr, g.ptr, 3, 1, 0);
    expect([...g.values()]).toEqual([7, 7, Number.NaN]);
  });
});
