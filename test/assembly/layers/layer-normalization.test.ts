import { describe, expect, it } from "vitest";
import { EPSILON, expectClose, kernelBuilds, randomValues, sizes } from "../../support/kernels.js";

const ROWS = 5;
const VARIANCE_EPSILON = 1e-3;
const strideOf = (width: number): number => (width + 3) & ~3;
const widths = sizes.filter((n) => n > 0);

interface Twin {
  readonly mean: number;
  readonly scale: number;
  readonly normal: number[];
}

/** One row in float64, by the definition. */
function normalize(row: ArrayLike<number>): Twin {
  const values = Array.from(row);
  const mean = values.reduce((sum, v) => sum + v, 0) / values.length;
  const variance = values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / values.length;
  const scale = 1 / Math.sqrt(variance + VARIANCE_EPSILON);
  return { mean, scale, normal: values.map((v) => (v - mean) * scale) };
}

/** dL/dx of one row: the transposed Jacobian of `normalize` times g, entry by entry. */
function backward(row: ArrayLike<number>, g: readonly number[]): number[] {
  const { normal, scale } = normalize(row);
  const n = normal.length;
  return normal.map((_, j) =>
    g.reduce(
      (sum, gk, k) => sum + gk * scale * ((j === k ? 1 : 0) - 1 / n - (normal[j]! * normal[k]!) / n),
      0,
    ),
  );
}

describe("the float64 twin", () => {
  it("derives as central differences do", () => {
    const row = [0.3, -1.2, 2, 0.9];
    const g = [0.5, -1, 0.25, 2];
    const inner = (at: readonly number[]): number =>
      normalize(at).normal.reduce((sum, v, k) => sum + v * g[k]!, 0);
    const h = 1e-5;
    backward(row, g).forEach((slope, j) => {
      const moved = (by: number): number => inner(row.map((v, k) => (k === j ? v + by : v)));
      expect((moved(h) - moved(-h)) / (2 * h)).toBeCloseTo(slope, 8);
    });
  });
});

describe.each(await kernelBuilds())("layer normalization ($name)", ({ kernels, arena }) => {
  const place = (width: number, offset = 0) => {
    const stride = strideOf(width);
    const memory = arena();
    const values = randomValues(ROWS * stride, width, 2).map((v) => v + offset);
    for (let row = 0; row < ROWS; row++) values.fill(Number.NaN, row * stride + width, (row + 1) * stride);
    return {
      stride,
      memory,
      x: memory.input(values),
      gamma: memory.input(randomValues(width, width + 1), width % 3),
      beta: memory.input(randomValues(width, width + 2), width % 2),
      rowOf: (of: ArrayLike<number>, row: number): number[] =>
        Array.from({ length: width }, (_, j) => of[row * stride + j]!),
    };
  };

  it.each(widths)("normalizes rows of %i, scales and shifts, zeros in the padding", (width) => {
    const { stride, memory, x, gamma, beta, rowOf } = place(width, 0.5);
    const y = memory.output(ROWS * stride);
    const plain = memory.output(ROWS * stride);
    const statistics = memory.output(2 * ROWS);
    const forward = (to: number, g: number, b: number): number =>
      kernels.layerNormalizationForward!(
        x.ptr,
        to,
        g,
        b,
        statistics.ptr,
        ROWS,
        width,
        stride,
        VARIANCE_EPSILON,
      );
    forward(plain.ptr, 0, 0);
    forward(y.ptr, gamma.ptr, beta.ptr);
    memory.verify();
    for (let row = 0; row < ROWS; row++) {
      const { mean, scale, normal } = normalize(rowOf(x.initial, row));
      // The kernel's header: μ is rounded once, and x - μ cannot be better than that.
      const bound = normal.map((v) => 4 * EPSILON * (Math.abs(v) + Math.abs(mean) * scale + 1e-30));
      expectClose(rowOf(plain.values(), row), normal, { absolute: bound });
      expectClose(
        rowOf(y.values(), row),
        normal.map((v, j) => gamma.initial[j]! * v + beta.initial[j]!),
        { absolute: bound.map((b, j) => b * Math.abs(gamma.initial[j]!) + 4 * EPSILON) },
      );
      expectClose([...statistics.values().slice(2 * row, 2 * row + 2)], [mean, scale], { ulp: 2 });
      for (let j = width; j < stride; j++) expect(y.values()[row * stride + j]).toBe(0);
    }
  });

  it.each(widths)("takes gradients back to x, gamma and beta, width %i", (width) => {
    const { stride, memory, x, gamma, rowOf } = place(width);
    const statistics = memory.output(2 * ROWS);
    const y = memory.output(ROWS * stride);
    kernels.layerNormalizationForward!(
      x.ptr,
      y.ptr,
      0,
      0,
      statistics.ptr,
      ROWS,
      width,
      stride,
      VARIANCE_EPSILON,
    );
    const dy = memory.input(randomValues(ROWS * stride, width + 3));
    const dx = memory.output(ROWS * stride);
    const plain = memory.inout(dy.initial);
    const before = randomValues(width, 9);
    const dGamma = memory.inout(before);
    const dBeta = memory.inout(before);
    kernels.layerNormalizationBackward!(
      x.ptr,
      dy.ptr,
      dx.ptr,
      gamma.ptr,
      statistics.ptr,
      ROWS,
      width,
      stride,
    );
    kernels.layerNormalizationBackward!(x.ptr, plain.ptr, plain.ptr, 0, statistics.ptr, ROWS, width, stride);
    const half = stride >> 3;
    for (const [begin, end] of [
      [half, stride >> 2],
      [0, half],
    ] as const) {
      kernels.layerNormalizationGradients!(
        x.ptr,
        dy.ptr,
        statistics.ptr,
        dGamma.ptr,
        dBeta.ptr,
        ROWS,
        width,
        stride,
        begin,
        end,
      );
    }
    memory.verify();
    const [toGamma, toBeta] = [Float64Array.from(before), Float64Array.from(before)];
    for (let row = 0; row < ROWS; row++) {
      const { normal, scale } = normalize(rowOf(x.initial, row));
      const upstream = rowOf(dy.initial, row);
      const g = upstream.map((v, j) => v * gamma.initial[j]!);
      // |x̂| reaches 3 here, |g| and |dy| 1; each of up to three terms is rounded a few times.
      const bound = { absolute: 32 * EPSILON * scale * (1 + Math.max(...normal.map(Math.abs))) };
      expectClose(rowOf(dx.values(), row), backward(rowOf(x.initial, row), g), bound);
      expectClose(rowOf(plain.values(), row), backward(rowOf(x.initial, row), upstream), bound);
      upstream.forEach((v, j) => {
        toGamma[j]! += v * normal[j]!;
        toBeta[j]! += v;
      });
    }
    // ROWS terms of size 3 or less.
    expectClose(dGamma.values(), toGamma, { absolute: 16 * ROWS * EPSILON });
    expectClose(dBeta.values(), toBeta, { absolute: 16 * ROWS * EPSILON });
  });

  it("makes a row with a NaN NaN, and no other", () => {
    const memory = arena();
    const x = memory.input([1, Number.NaN, 2, 0, 1, 2, 3, 4]);
    const y = memory.output(8);
    const statistics = memory.output(4);
    kernels.layerNormalizationForward!(x.ptr, y.ptr, 0, 0, statistics.ptr, 2, 4, 4, VARIANCE_EPSILON);
    const got = [...y.values()];
    expect(got.slice(0, 4).every(Number.isNaN)).toBe(true);
    expect(got.slice(4).every(Number.isFinite)).toBe(true);
  });
});
