import { addLanes, OUTER_ROWS, outerProduct, packPairs } from "../linalg/outer-product";

/**
 * denseWeightGradients: dW += xᵀ dz and db += Σ_rows dz.
 *
 * Math     the gradient of y = x W + b
 * Shapes   x [rows, F] with xStride, dz [rows, N] with dzStride (a multiple of 4) from row to row; dKernel [F, N];
 *          dBias [N] or 0; pairs scratch [⌈F/2⌉][OUTER_ROWS][2]
 * Writes   dKernel, dBias (+=); pairs scratch. Reads up to 15 floats behind the last row of dz (and ignores them)
 * Alias    none; Align dz 16; any sizes >= 1
 * Error    sums over the rows in blocks of OUTER_ROWS
 * Cost     2 rows F N flops
 * Oracle   test/assembly/layers/dense.test.ts  Bench bench/kernels
 */
export function denseWeightGradients(
  xPtr: usize,
  xStride: i32,
  dzPtr: usize,
  dzStride: i32,
  rows: i32,
  features: i32,
  units: i32,
  pairsPtr: usize,
  dKernelPtr: usize,
  dBiasPtr: usize,
): void {
  const dzRowBytes = (<usize>dzStride) << 2;
  for (let first = 0; first < rows; first += OUTER_ROWS) {
    const count = min(OUTER_ROWS, rows - first);
    const dz = dzPtr + <usize>first * dzRowBytes;
    packPairs(xPtr + ((<usize>(first * xStride)) << 2), xStride, pairsPtr, OUTER_ROWS, count, features);
    for (let column = 0; column < units; column += 16) {
      const vectors = min(4, (units - column + 3) >> 2);
      const lanes = min(4, units - column - 4 * (vectors - 1));
      const offset = (<usize>column) << 2;
      outerProduct(
        pairsPtr,
        OUTER_ROWS,
        dz + offset,
        dzRowBytes,
        dKernelPtr + offset,
        units,
        4,
        vectors,
        lanes,
        count,
        features,
      );
    }
    if (dBiasPtr) {
      for (let column = 0; column < units; column += 4) {
        let sum = f32x4.splat(0);
        let source = dz + ((<usize>column) << 2);
        for (let row = 0; row < count; row++) {
          sum = f32x4.add(sum, v128.load(source));
          source += dzRowBytes;
        }
        addLanes(dBiasPtr + ((<usize>column) << 2), min(4, units - column), sum);
      }
    }
  }
}
