import { describe, expect, it } from "vitest";
import { EPSILON, expectClose, kernelBuilds, randomValues, sizes } from "../../support/kernels.js";

const ROWS = 11;
const VOCABULARY = 5;
const INDEX_STRIDE = 4;
const indices = [0, 3, 4, 3, 0, 1, 3, 3, 4, 0, 1];
const strideOf = (width: number): number => (width + 3) & ~3;

/** Indices as a model's input holds them: one feature, padded rows. */
const asRows = (): Float32Array => {
  const rows = new Float32Array(ROWS * INDEX_STRIDE).fill(Number.NaN);
  indices.forEach((index, row) => {
    rows[row * INDEX_STRIDE] = index;
  });
  return rows;
};

describe.each(await kernelBuilds())("embedding ($name)", ({ kernels, arena }) => {
  it.each(sizes.filter((n) => n > 0))("gathers rows of %i, pads with zeros, and masks index 0", (width) => {
    const stride = strideOf(width);
    const memory = arena();
    const index = memory.input(asRows());
    const table = memory.input(randomValues(VOCABULARY * width, width), width % 4);
    const y = memory.output(ROWS * stride);
    const mask = memory.output(ROWS);
    kernels.embeddingForward!(index.ptr, INDEX_STRIDE, table.ptr, y.ptr, stride, ROWS, width, mask.ptr);
    memory.verify();
    const expected = y.initial.map((_, i) => {
      const [row, k] = [Math.floor(i / stride), i % stride];
      return k < width ? table.initial[indices[row]! * width + k]! : 0;
    });
    expect(y.values()).toEqual(expected);
    expect([...mask.values()]).toEqual(indices.map((i) => (i === 0 ? 0 : 1)));
  });

  it.each(sizes.filter((n) => n > 0))(
    "adds each row's gradient to its index, width %i, the same bits in shares",
    (width) => {
      const stride = strideOf(width);
      const groups = stride / 4;
      const memory = arena();
      const index = memory.input(asRows());
      const dy = memory.input(randomValues(ROWS * stride, width));
      const before = randomValues(VOCABULARY * width, width + 1);
      const whole = memory.inout(before);
      const shares = memory.inout(before);
      const scatter = (target: number, begin: number, end: number): number =>
        kernels.embeddingGradients!(index.ptr, INDEX_STRIDE, dy.ptr, stride, target, ROWS, width, begin, end);
      scatter(whole.ptr, 0, groups);
      const half = Math.floor(groups / 2);
      scatter(shares.ptr, half, groups);
      scatter(shares.ptr, 0, half);
      memory.verify();
      const expected = Float64Array.from(before);
      indices.forEach((i, row) => {
        for (let k = 0; k < width; k++) expected[i * width + k]! += dy.initial[row * stride + k]!;
      });
      // Up to five terms of size 1 or less.
      expectClose(whole.values(), expected, { absolute: 5 * 5 * EPSILON });
      expect(shares.values()).toEqual(whole.values());
    },
  );
});
