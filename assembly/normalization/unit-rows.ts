import { addWide, hsumWide, laneMask } from "../simd/lanes";

/** Keras's epsilon: rows of a norm below it are divided by it. */
const SMALLEST_NORM: f64 = 1e-7;

/**
 * unitRows: each row divided by its norm.
 *
 * Math     y = x s, s = min(1 / ‖x‖, 10⁷)
 * Shapes   x, y [rows, width] with `stride` elements, a multiple of 4, from row to row; scales [rows]
 * Writes   y (=), its padding as zeros; scales (=)
 * Alias    y may be x
 * Error    the norm is a float64 sum
 * Oracle   test/assembly/normalization/unit-rows.test.ts
 */
export function unitRows(xPtr: usize, yPtr: usize, scalesPtr: usize, rows: i32, width: i32, stride: i32): void {
  assert((stride & 3) == 0 && stride >= width);
  const rowBytes = <usize>stride << 2;
  for (let row = 0; row < rows; row++) {
    let sums = f64x2.splat(0);
    for (let k = 0; k < width; k += 4) {
      const x = v128.and(v128.load(xPtr + (<usize>k << 2)), laneMask(width - k));
      sums = addWide(sums, f32x4.mul(x, x));
    }
    const scale = <f32>min(1 / Math.sqrt(hsumWide(sums)), 1 / SMALLEST_NORM);
    const scales = f32x4.splat(scale);
    for (let k = 0; k < stride; k += 4) {
      const x = v128.and(v128.load(xPtr + (<usize>k << 2)), laneMask(width - k));
      v128.store(yPtr + (<usize>k << 2), f32x4.mul(x, scales));
    }
    store<f32>(scalesPtr + (<usize>row << 2), scale);
    xPtr += rowBytes;
    yPtr += rowBytes;
  }
}

/**
 * unitRowsBackward: dx = s (dy - y (y · dy)), and s dy where the norm was below the smallest.
 *
 * Shapes   y, dy, dx [rows, width] with `stride`; scales [rows] of unitRows
 * Writes   dx (=), its padding as zeros
 * Alias    dx may be dy
 * Error    the product is a float64 sum
 * Oracle   test/assembly/normalization/unit-rows.test.ts
 */
export function unitRowsBackward(
  yPtr: usize, dyPtr: usize, dxPtr: usize, scalesPtr: usize, rows: i32, width: i32, stride: i32,
): void {
  assert((stride & 3) == 0 && stride >= width);
  const rowBytes = <usize>stride << 2;
  for (let row = 0; row < rows; row++) {
    const scale = load<f32>(scalesPtr + (<usize>row << 2));
    let sums = f64x2.splat(0);
    for (let k = 0; k < width; k += 4) {
      const at = <usize>k << 2;
      const dy = v128.and(v128.load(dyPtr + at), laneMask(width - k));
      sums = addWide(sums, f32x4.mul(v128.load(yPtr + at), dy));
    }
    const bounded = <f64>scale >= 1 / SMALLEST_NORM;
    const along = f32x4.splat(bounded ? 0 : <f32>hsumWide(sums));
    for (let k = 0; k < stride; k += 4) {
      const at = <usize>k << 2;
      const g = f32x4.sub(v128.load(dyPtr + at), f32x4.mul(v128.load(yPtr + at), along));
      v128.store(dxPtr + at, v128.and(f32x4.mul(f32x4.splat(scale), g), laneMask(width - k)));
    }
    yPtr += rowBytes;
    dyPtr += rowBytes;
    dxPtr += rowBytes;
  }
}
