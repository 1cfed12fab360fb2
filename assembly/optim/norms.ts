import { addWide, hsumWide, loadUpTo4 } from "../simd/lanes";

/**
 * sumOfSquares: Σ x², squared and summed in float64, so that it neither overflows nor loses small terms.
 *  Shapes   x [n], read-only; any n >= 0; no alignment needed
 *  Error    <= n 2^-53, relative; Infinity and NaN as they come
 *  Cost     4 bytes, 2 flops a float
 *  Oracle   test/oracle/kernels/vector.ts
 */
export function sumOfSquares(xPtr: usize, n: i32): f64 {
  assert(n >= 0);
  let low = f64x2.splat(0);
  let high = f64x2.splat(0);
  for (let i = 0; i < n; i += 4) {
    const x = loadUpTo4(xPtr + ((<usize>i) << 2), n - i);
    const a = f64x2.promote_low_f32x4(x);
    const b = f64x2.promote_low_f32x4(v128.shuffle<f32>(x, x, 2, 3, 2, 3));
    low = f64x2.add(low, f64x2.mul(a, a));
    high = f64x2.add(high, f64x2.mul(b, b));
  }
  return hsumWide(f64x2.add(low, high));
}

/**
 * sumAbs: Σ |x|, summed in float64.
 *  Shapes   x [n], read-only; any n >= 0; no alignment needed
 *  Error    <= n 2^-53, relative; Infinity and NaN as they come
 *  Cost     4 bytes, 2 flops a float
 *  Oracle   test/oracle/kernels/vector.ts
 */
export function sumAbs(xPtr: usize, n: i32): f64 {
  assert(n >= 0);
  let sums = f64x2.splat(0);
  for (let i = 0; i < n; i += 4) {
    sums = addWide(sums, f32x4.abs(loadUpTo4(xPtr + ((<usize>i) << 2), n - i)));
  }
  return hsumWide(sums);
}
