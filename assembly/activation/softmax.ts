import { exp4 } from "../simd/exp";
import { addWide, hmax4, hsumWide, laneMask, loadUpTo4, storeUpTo4 } from "../simd/lanes";

/**
 * softmaxForward: each row to positive numbers that sum to 1.
 *  Math     y_j = e^(z_j - max z) / Σ_k e^(z_k - max z)
 *  Shapes   z, y [rows, width], `stride` floats from row to row
 *  Writes   y (=); the padding of a row is neither read nor written
 *  Alias    y may be z; any width >= 0; no alignment needed
 *  Error    <= 4 ULP and |z_j - max z| ULP for the rounding of the difference; NaN or +Infinity in a row: the row is NaN
 *  Cost     3 passes over a row that stays in cache; about 45 instructions for four floats
 *  Oracle   test/oracle/kernels/softmax.ts
 */
export function softmaxForward(zPtr: usize, yPtr: usize, rows: i32, width: i32, stride: i32): void {
  assert(rows >= 0 && width >= 0 && stride >= width);
  for (let row = 0; row < rows; row++) {
    const offset = (<usize>row * <usize>stride) << 2;
    const z = zPtr + offset;
    const y = yPtr + offset;
    let tops = f32x4.splat(-Infinity);
    for (let j = 0; j < width; j += 4) {
      const left = width - j;
      const values = loadUpTo4(z + ((<usize>j) << 2), left);
      tops = f32x4.max(tops, v128.bitselect(values, f32x4.splat(-Infinity), laneMask(left)));
    }
    const top = f32x4.splat(hmax4(tops));
    let sums = f64x2.splat(0);
    for (let j = 0; j < width; j += 4) {
      const left = width - j;
      const at = (<usize>j) << 2;
      const e = v128.and(exp4(f32x4.sub(loadUpTo4(z + at, left), top)), laneMask(left));
      sums = addWide(sums, e);
      storeUpTo4(y + at, e, left);
    }
    const sum = f32x4.splat(<f32>hsumWide(sums));
    for (let j = 0; j < width; j += 4) {
      const left = width - j;
      const at = (<usize>j) << 2;
      storeUpTo4(y + at, f32x4.div(loadUpTo4(y + at, left), sum), left);
    }
  }
}

/**
 * softmaxBackward: the gradient before a softmax, from its output.
 *  Math     dz_j = y_j (dy_j - Σ_k y_k dy_k)
 *  Shapes   y, dy, dz [rows, width], `stride` floats from row to row
 *  Writes   dz (=); the padding of a row is neither read nor written
 *  Alias    dz may be dy or y; any width >= 0; no alignment needed
 *  Error    <= 4 eps y_j (|dy_j| + Σ_k y_k |dy_k|), eps = 2^-24
 *  Cost     2 passes, 5 flops a float
 *  Oracle   test/oracle/kernels/softmax.ts
 */
export function softmaxBackward(
  yPtr: usize,
  dyPtr: usize,
  dzPtr: usize,
  rows: i32,
  width: i32,
  stride: i32,
): void {
  assert(rows >= 0 && width >= 0 && stride >= width);
  for (let row = 0; row < rows; row++) {
    const offset = (<usize>row * <usize>stride) << 2;
    const y = yPtr + offset;
    const dy = dyPtr + offset;
    const dz = dzPtr + offset;
    let sums = f64x2.splat(0);
    for (let j = 0; j < width; j += 4) {
      const left = width - j;
      const at = (<usize>j) << 2;
      sums = addWide(sums, f32x4.mul(loadUpTo4(y + at, left), loadUpTo4(dy + at, left)));
    }
    const mean = f32x4.splat(<f32>hsumWide(sums));
    for (let j = 0; j < width; j += 4) {
      const left = width - j;
      const at = (<usize>j) << 2;
      const difference = f32x4.sub(loadUpTo4(dy + at, left), mean);
      storeUpTo4(dz + at, f32x4.mul(loadUpTo4(y + at, left), difference), left);
    }
  }
}
