import { loadUpTo4 } from "../simd/lanes";

/**
 * firstNonFinite: where the first NaN or Infinity stands, row * width + column, or -1.
 *  Shapes   x [rows, width], `stride` floats from row to row, read-only; the padding is not read
 *  Alias    none; any rows, width >= 0; no alignment needed
 *  Error    exact
 *  Cost     4 bytes, 1 instruction a float: bound by memory
 *  Oracle   test/oracle/kernels/probe.ts
 */
export function firstNonFinite(ptr: usize, rows: i32, width: i32, stride: i32): i32 {
  assert(rows >= 0 && width >= 0 && stride >= width);
  for (let row = 0; row < rows; row++) {
    const start = ptr + ((<usize>row * <usize>stride) << 2);
    for (let j = 0; j < width; j += 4) {
      const x = loadUpTo4(start + ((<usize>j) << 2), width - j);
      // x - x is 0 for every finite x and NaN for the others.
      const finite = f32x4.eq(f32x4.sub(x, x), f32x4.splat(0));
      if (!i32x4.all_true(finite)) return row * width + j + ctz(~i32x4.bitmask(finite));
    }
  }
  return -1;
}
