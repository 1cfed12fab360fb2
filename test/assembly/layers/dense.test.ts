import { describe, expect, it } from "vitest";
import { product, transposed } from "../../oracle/kernels/linalg.js";
import { EPSILON, expectClose, kernelBuilds, randomValues } from "../../support/kernels.js";
import { extents, padded, placed, rowsOfNumbers } from "../../support/matrices.js";

const OUTER_ROWS = 256;

const shapes = [
  ...extents.map((n) => ({ rows: 6, features: 5, units: n })),
  ...extents.map((n) => ({ rows: n, features: 3, units: 6 })),
  ...extents.map((n) => ({ rows: 5, features: n, units: 18 })),
  ...[47, 255, 256, 257, 511, 513].map((n) => ({ rows: n, features: 7, units: 21 })),
];

describe.each(await kernelBuilds())("denseWeightGradients ($name)", ({ kernels, arena }) => {
  it.each(shapes)("adds xᵀ dz and Σ dz: $rows rows, $features features, $units units", (shape) => {
    const { rows, features, units } = shape;
    for (const useBias of [true, false]) {
      const memory = arena();
      const x = rowsOfNumbers(rows, features, padded(features, 4), 1);
      // NaN in the padding, which the kernel may read and has to ignore.
      const dz = rowsOfNumbers(rows, units, padded(units, 4), 2);
      const pairs = memory.output(Math.ceil(features / 2) * OUTER_ROWS * 2);
      const dKernel = memory.inout(randomValues(features * units, 3));
      const dBias = memory.inout(randomValues(units, 4));
      const [xRegion, dzRegion] = [placed(memory, x), placed(memory, dz)];
      kernels.denseWeightGradients!(
        xRegion.ptr,
        x.stride,
        dzRegion.ptr,
        dz.stride,
        rows,
        features,
        units,
        pairs.ptr,
        dKernel.ptr,
        useBias ? dBias.ptr : 0,
      );
      memory.verify();
      // A sum over the rows in blocks, each block added to what stands there: no more than 2 + rows roundings deep.
      const bound = (size: number): number => (rows + 2 + rows / OUTER_ROWS) * EPSILON * size;
      const weights = product(transposed(x), dz);
      expectClose(
        dKernel.values(),
        weights.values.map((value, i) => value + dKernel.initial[i]!),
        { absolute: weights.magnitudes.map((size, i) => bound(size + Math.abs(dKernel.initial[i]!))) },
      );
      const ones = { data: new Float64Array(rows).fill(1), rows: 1, columns: rows, stride: rows };
      const sums = product(ones, dz);
      expectClose(
        dBias.values(),
        sums.values.map((value, i) => (useBias ? value : 0) + dBias.initial[i]!),
        { absolute: sums.magnitudes.map((size, i) => bound(size + Math.abs(dBias.initial[i]!))) },
      );
      if (!useBias) expect(dBias.values()).toEqual(dBias.initial);
    }
  });
});
