/**
 * Sums of squares that go through float32 where that loses nothing, and are made again in float64 where it might.
 */

/** Sums of squares outside of these may have lost terms to the ends of float32. */
const SAFE_LOW: f64 = 1e-20;
const SAFE_HIGH: f64 = 1e20;

/** Whether a sum of float32 squares can be trusted; not where it is 0, infinite or NaN. */
// @ts-ignore: decorator
@inline
export function isSafe(sum: f64): bool {
  return sum > SAFE_LOW && sum < SAFE_HIGH;
}

/** Four float32 sums plus the squares of four lanes. */
// @ts-ignore: decorator
@inline
export function addSquares(sums: v128, v: v128): v128 {
  return f32x4.add(sums, f32x4.mul(v, v));
}

/** A pair of float64 sums plus the squares of four lanes. */
// @ts-ignore: decorator
@inline
export function addWideSquares(sums: v128, v: v128): v128 {
  const low = f64x2.promote_low_f32x4(v);
  const high = f64x2.promote_low_f32x4(v128.shuffle<f32>(v, v, 2, 3, 2, 3));
  return f64x2.add(sums, f64x2.add(f64x2.mul(low, low), f64x2.mul(high, high)));
}
