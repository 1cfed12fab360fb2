import { addWide, hsumWide, loadUpTo4 } from "../simd/lanes";
import { addSquares, addWideSquares, isSafe } from "../simd/squares";

/** Floats whose squares are added in float32, four to a sum, before they go to float64. */
const BLOCK: i32 = 64;

/**
 * sumOfSquares: Σ x², so that it neither overflows nor loses small terms.
 *  Shapes   x [n], read-only; any n >= 0; no alignment needed
 *  Error    <= 2^-21, relative: six float32 roundings a term; Infinity and NaN as they come
 *  Cost     4 bytes, 2 flops a float
 *  Oracle   test/oracle/kernels/vector.ts
 */
export function sumOfSquares(xPtr: usize, n: i32): f64 {
  return squares(xPtr, 0, n);
}

/**
 * squaredDistance: Σ (x - y)², as sumOfSquares.
 *  Shapes   x, y [n], read-only; any n >= 0; no alignment needed
 *  Error    <= 2^-21, relative, of the rounded differences' squares; Infinity and NaN as they come
 *  Cost     8 bytes, 3 flops a float
 *  Oracle   test/oracle/kernels/vector.ts
 */
export function squaredDistance(xPtr: usize, yPtr: usize, n: i32): f64 {
  return squares(xPtr, yPtr, n);
}

/** Of x, or of x - y where yPtr is not 0. */
function squares(xPtr: usize, yPtr: usize, n: i32): f64 {
  assert(n >= 0);
  let sums = f64x2.splat(0);
  const blocks = n & ~(BLOCK - 1);
  const end = xPtr + (<usize>blocks << 2);
  for (let x = xPtr, y = yPtr; x < end; ) {
    let a = f32x4.splat(0), b = a, c = a, d = a;
    for (const next = x + (BLOCK << 2); x < next; x += 64) {
      let x0 = v128.load(x), x1 = v128.load(x, 16), x2 = v128.load(x, 32), x3 = v128.load(x, 48);
      if (yPtr) {
        x0 = f32x4.sub(x0, v128.load(y));
        x1 = f32x4.sub(x1, v128.load(y, 16));
        x2 = f32x4.sub(x2, v128.load(y, 32));
        x3 = f32x4.sub(x3, v128.load(y, 48));
        y += 64;
      }
      a = addSquares(a, x0);
      b = addSquares(b, x1);
      c = addSquares(c, x2);
      d = addSquares(d, x3);
    }
    sums = addWide(sums, f32x4.add(f32x4.add(a, b), f32x4.add(c, d)));
  }
  const quick = hsumWide(sums);
  let wide = f64x2.splat(0);
  for (let i = isSafe(quick) ? blocks : 0; i < n; i += 4) {
    const at = <usize>i << 2;
    let x = loadUpTo4(xPtr + at, n - i);
    if (yPtr) x = f32x4.sub(x, loadUpTo4(yPtr + at, n - i));
    wide = addWideSquares(wide, x);
  }
  return hsumWide(wide) + (isSafe(quick) ? quick : 0);
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
