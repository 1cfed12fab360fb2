import { describe, it } from "vitest";
import { expectClose, kernelBuilds, randomValues } from "../../support/kernels.js";

const sizes = [
  [1, 4],
  [2, 8],
  [7, 12],
  [33, 4],
  [100, 20],
] as const;

/** A mask in which each third row does not count; null: all do. */
const masks = [null, (row: number): number => (row % 3 === 1 ? 0 : 1)] as const;

describe.each(await kernelBuilds())("normalization of columns ($name)", ({ kernels, arena }) => {
  it.each(sizes)("affineRows and scaleColumns: %i rows of %i", (rows, stride) => {
    const memory = arena();
    const x = memory.input(randomValues(rows * stride, 1));
    const [shift, scale, offset] = [2, 3, 4].map((seed) => memory.input(randomValues(stride, seed)));
    const y = memory.output(rows * stride);
    const scaled = memory.output(rows * stride);
    kernels.affineRows!(x.ptr, y.ptr, shift!.ptr, scale!.ptr, offset!.ptr, rows, stride);
    kernels.scaleColumns!(x.ptr, scaled.ptr, scale!.ptr, rows, stride);
    memory.verify();
    const at = (region: typeof shift, i: number): number => region!.initial[i % stride]!;
    expectClose(
      y.values(),
      Float64Array.from(x.initial, (one, i) => (one - at(shift, i)) * at(scale, i) + at(offset, i)),
      { absolute: 5e-7 },
    );
    expectClose(
      scaled.values(),
      Float64Array.from(x.initial, (one, i) => one * at(scale, i)),
      { ulp: 1 },
    );
  });

  describe.each(masks)("mask %o", (mask) => {
    it.each(sizes)("moments, sums and the way back: %i rows of %i", (rows, stride) => {
      const memory = arena();
      // Far from zero: what cancels must not take the variance with it.
      const x = memory.input(randomValues(rows * stride, 1).map((one) => one + 100));
      const dy = memory.input(randomValues(rows * stride, 2));
      const weights = Float32Array.from({ length: rows }, (_, row) => mask?.(row) ?? 1);
      const maskPtr = mask === null ? 0 : memory.input(weights).ptr;
      const [mean, variance, sumDy, sumDyX] = [0, 1, 2, 3].map(() => memory.output(stride));
      const scale = memory.input(randomValues(stride, 3).map((one) => 1 + one / 2));
      const gammaScale = memory.input(randomValues(stride, 4));
      const dx = memory.output(rows * stride);
      kernels.columnMoments!(x.ptr, maskPtr, mean!.ptr, variance!.ptr, rows, stride);
      kernels.batchNormalizationSums!(
        x.ptr,
        dy.ptr,
        mean!.ptr,
        scale.ptr,
        sumDy!.ptr,
        sumDyX!.ptr,
        rows,
        stride,
      );
      kernels.batchNormalizationBackward!(
        x.ptr,
        dy.ptr,
        dx.ptr,
        maskPtr,
        mean!.ptr,
        scale.ptr,
        gammaScale.ptr,
        sumDy!.ptr,
        sumDyX!.ptr,
        rows,
        stride,
      );
      memory.verify();
      const count = weights.reduce((sum, one) => sum + one, 0) + (mask === null ? 0 : 1e-7);
      const columns = Array.from({ length: stride }, (_, k) => k);
      const over = (f: (row: number, i: number) => number) =>
        Float64Array.from(columns, (k) => {
          let sum = 0;
          for (let row = 0; row < rows; row++) sum += f(row, row * stride + k);
          return sum;
        });
      const m = over((row, i) => (weights[row]! * x.initial[i]!) / count);
      const v = over((row, i) => (weights[row]! * (x.initial[i]! - m[i % stride]!) ** 2) / count);
      expectClose(mean!.values(), m, { ulp: 1 });
      expectClose(variance!.values(), v, { absolute: v.map((one) => one * 1e-6 + 1e-9) });
      const held = mean!.values();
      const normal = (i: number): number => (x.initial[i]! - held[i % stride]!) * scale.initial[i % stride]!;
      const total = over((_, i) => dy.initial[i]!);
      const slope = over((_, i) => dy.initial[i]! * normal(i));
      expectClose(sumDy!.values(), total, { ulp: 1, absolute: 1e-6 });
      expectClose(sumDyX!.values(), slope, { absolute: 1e-5 });
      expectClose(
        dx.values(),
        Float64Array.from(dy.initial, (one, i) => {
          const k = i % stride;
          const counts = weights[Math.floor(i / stride)]!;
          return gammaScale.initial[k]! * (one - (counts * (total[k]! + normal(i) * slope[k]!)) / count);
        }),
        { absolute: 1e-5 },
      );
    });
  });
});
