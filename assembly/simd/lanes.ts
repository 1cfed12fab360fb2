/**
 * Whole vectors, their last one to three lanes, and sums.
 *
 * A tail is loaded with zeros in its missing lanes and stored lane by lane, so that no byte beyond the end is touched.
 */

/** The `count` floats (1 to 3) at `ptr`, zeros after them. */
// @ts-ignore: decorator
@inline
export function loadTail(ptr: usize, count: i32): v128 {
  if (count == 1) return v128.load32_zero(ptr);
  const pair = v128.load64_zero(ptr);
  return count == 2 ? pair : v128.load_lane<f32>(ptr, pair, 2, 8);
}

/** Stores the first `count` lanes (1 to 3) of `value`. */
// @ts-ignore: decorator
@inline
export function storeTail(ptr: usize, value: v128, count: i32): void {
  if (count == 1) {
    v128.store_lane<f32>(ptr, value, 0);
  } else {
    v128.store_lane<f64>(ptr, value, 0);
    if (count == 3) v128.store_lane<f32>(ptr, value, 2, 8);
  }
}

/** The four floats at `ptr`, or the first `count` of them and zeros. */
// @ts-ignore: decorator
@inline
export function loadUpTo4(ptr: usize, count: i32): v128 {
  return count >= 4 ? v128.load(ptr) : loadTail(ptr, count);
}

/** Stores four lanes, or the first `count` of them. */
// @ts-ignore: decorator
@inline
export function storeUpTo4(ptr: usize, value: v128, count: i32): void {
  if (count >= 4) v128.store(ptr, value);
  else storeTail(ptr, value, count);
}

/** All ones in the first `count` lanes, zeros in the others; `count` may be 4 or more. */
// @ts-ignore: decorator
@inline
export function laneMask(count: i32): v128 {
  return i32x4.gt_s(i32x4.splat(count), i32x4(0, 1, 2, 3));
}

/** Sum of the four lanes, pairwise. */
// @ts-ignore: decorator
@inline
export function hsum4(v: v128): f32 {
  const pairs = f32x4.add(v, v128.shuffle<f32>(v, v, 2, 3, 0, 1));
  return f32x4.extract_lane(pairs, 0) + f32x4.extract_lane(pairs, 1);
}

/** Largest of the four lanes; NaN when one is NaN. */
// @ts-ignore: decorator
@inline
export function hmax4(v: v128): f32 {
  const pairs = f32x4.max(v, v128.shuffle<f32>(v, v, 2, 3, 0, 1));
  return max(f32x4.extract_lane(pairs, 0), f32x4.extract_lane(pairs, 1));
}

/** A pair of float64 sums plus the four lanes of `v`, exact but for the rounding of the sums. */
// @ts-ignore: decorator
@inline
export function addWide(sums: v128, v: v128): v128 {
  const low = f64x2.promote_low_f32x4(v);
  const high = f64x2.promote_low_f32x4(v128.shuffle<f32>(v, v, 2, 3, 2, 3));
  return f64x2.add(sums, f64x2.add(low, high));
}

/** Sum of a pair of float64 sums. */
// @ts-ignore: decorator
@inline
export function hsumWide(sums: v128): f64 {
  return f64x2.extract_lane(sums, 0) + f64x2.extract_lane(sums, 1);
}

/** Sixteen floats side by side. */
// @ts-ignore: decorator
@inline
export function store4x4(ptr: usize, v0: v128, v1: v128, v2: v128, v3: v128): void {
  v128.store(ptr, v0);
  v128.store(ptr, v1, 16);
  v128.store(ptr, v2, 32);
  v128.store(ptr, v3, 48);
}
