import { addWide, hsumWide, laneMask, loadUpTo4 } from "../simd/lanes";

/** How near to a bound an activation counts as saturated. */
const NEAR: f32 = 0.05;

/** Σ of four i32 counts. */
// @ts-ignore: decorator
@inline
function countLanes(counts: v128): f64 {
  return (
    <f64>i32x4.extract_lane(counts, 0) +
    <f64>i32x4.extract_lane(counts, 1) +
    <f64>i32x4.extract_lane(counts, 2) +
    <f64>i32x4.extract_lane(counts, 3)
  );
}

/**
 * probeStats: what a buffer looks like, in one read-only pass.
 *  Math     out[0] Σx², [1] Σ|x|, [2] min, [3] max, [4] how many are 0, [5] how many are not finite, [6] how many lie
 *           within 0.05 of `low` or `high` or beyond (NaN for a bound that does not exist), [7] Σx
 *  Shapes   x [rows, width], `stride` floats from row to row; out: 8 float64, 8-byte aligned
 *  Writes   out (=); the padding of a row is not read
 *  Alias    none; any rows, width >= 0; x needs no alignment
 *  Error    sums <= n 2^-53 of the sums of sizes; NaN and Infinity travel into the sums; min and max are those of the
 *           finite values, Infinity and -Infinity when there are none; counts exact
 *  Cost     4 bytes and about 12 instructions a float
 *  Oracle   test/oracle/kernels/probe.ts
 */
export function probeStats(
  ptr: usize,
  rows: i32,
  width: i32,
  stride: i32,
  low: f32,
  high: f32,
  outPtr: usize,
): void {
  assert(rows >= 0 && width >= 0 && stride >= width);
  assert((outPtr & 7) == 0);
  const zero = f32x4.splat(0);
  const infinity = f32x4.splat(Infinity);
  const minusInfinity = f32x4.splat(-Infinity);
  const lowEdge = f32x4.splat(low + NEAR);
  const highEdge = f32x4.splat(high - NEAR);
  let squares = f64x2.splat(0);
  let sizes = f64x2.splat(0);
  let sums = f64x2.splat(0);
  let smallest = infinity;
  let largest = minusInfinity;
  let zeros = i32x4.splat(0);
  let nonFinite = i32x4.splat(0);
  let near = i32x4.splat(0);
  for (let row = 0; row < rows; row++) {
    const start = ptr + ((<usize>row * <usize>stride) << 2);
    for (let j = 0; j < width; j += 4) {
      const left = width - j;
      const mask = laneMask(left);
      const x = loadUpTo4(start + ((<usize>j) << 2), left);
      const size = f32x4.abs(x);
      const a = f64x2.promote_low_f32x4(x);
      const b = f64x2.promote_low_f32x4(v128.shuffle<f32>(x, x, 2, 3, 2, 3));
      squares = f64x2.add(squares, f64x2.add(f64x2.mul(a, a), f64x2.mul(b, b)));
      sizes = addWide(sizes, size);
      sums = f64x2.add(sums, f64x2.add(a, b));
      const finite = f32x4.lt(size, infinity);
      const counted = v128.and(finite, mask);
      smallest = f32x4.pmin(smallest, v128.bitselect(x, infinity, counted));
      largest = f32x4.pmax(largest, v128.bitselect(x, minusInfinity, counted));
      // A mask is -1 in each lane that is true.
      zeros = i32x4.sub(zeros, v128.and(f32x4.eq(x, zero), mask));
      nonFinite = i32x4.sub(nonFinite, v128.andnot(mask, finite));
      const edge = v128.or(f32x4.le(x, lowEdge), f32x4.ge(x, highEdge));
      near = i32x4.sub(near, v128.and(edge, mask));
    }
  }
  const minimum = min(
    min(f32x4.extract_lane(smallest, 0), f32x4.extract_lane(smallest, 1)),
    min(f32x4.extract_lane(smallest, 2), f32x4.extract_lane(smallest, 3)),
  );
  const maximum = max(
    max(f32x4.extract_lane(largest, 0), f32x4.extract_lane(largest, 1)),
    max(f32x4.extract_lane(largest, 2), f32x4.extract_lane(largest, 3)),
  );
  store<f64>(outPtr, hsumWide(squares));
  store<f64>(outPtr, hsumWide(sizes), 8);
  store<f64>(outPtr, <f64>minimum, 16);
  store<f64>(outPtr, <f64>maximum, 24);
  store<f64>(outPtr, countLanes(zeros), 32);
  store<f64>(outPtr, countLanes(nonFinite), 40);
  store<f64>(outPtr, countLanes(near), 48);
  store<f64>(outPtr, hsumWide(sums), 56);
}
