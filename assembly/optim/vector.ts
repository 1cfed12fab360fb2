import { loadUpTo4, storeUpTo4 } from "../simd/lanes";

/**
 * scaleInPlace: x = s x.
 *  Shapes   x [n]
 *  Writes   x (=, in place); any n >= 0; no alignment needed
 *  Error    <= 0.5 ULP and half an ULP of s
 *  Cost     8 bytes, 1 flop a float
 *  Oracle   test/oracle/kernels/vector.ts
 */
export function scaleInPlace(xPtr: usize, n: i32, s: f64): void {
  assert(n >= 0);
  const factor = f32x4.splat(<f32>s);
  for (let i = 0; i < n; i += 4) {
    const x = xPtr + ((<usize>i) << 2);
    storeUpTo4(x, f32x4.mul(loadUpTo4(x, n - i), factor), n - i);
  }
}

/**
 * clipByValue: x = min(max(x, -c), c), c >= 0.
 *  Shapes   x [n]
 *  Writes   x (=, in place); any n >= 0; no alignment needed
 *  Error    exact; NaN stays NaN, ±Infinity becomes ±c
 *  Cost     8 bytes, 2 flops a float
 *  Oracle   test/oracle/kernels/vector.ts
 */
export function clipByValue(xPtr: usize, n: i32, c: f64): void {
  assert(n >= 0 && c >= 0);
  const high = f32x4.splat(<f32>c);
  const low = f32x4.neg(high);
  for (let i = 0; i < n; i += 4) {
    const x = xPtr + ((<usize>i) << 2);
    // pmin and pmax return their first argument when it is NaN.
    storeUpTo4(x, f32x4.pmin(f32x4.pmax(loadUpTo4(x, n - i), low), high), n - i);
  }
}

/**
 * axpy: y += a x. Keras's decoupled weight decay, MATH.md (57), is axpy with y = x = w and a = -λ lr: the factor 1 - λ lr would lose
 * most digits of a small λ lr.
 *  Shapes   x, y [n]
 *  Writes   y (+=)
 *  Alias    y may be x; any n >= 0; no alignment needed
 *  Error    <= 2 eps (|y| + |a x|), eps = 2^-24
 *  Cost     12 bytes, 2 flops a float: bound by memory
 *  Oracle   test/oracle/kernels/vector.ts
 */
export function axpy(n: i32, a: f64, xPtr: usize, yPtr: usize): void {
  assert(n >= 0);
  const factor = f32x4.splat(<f32>a);
  for (let i = 0; i < n; i += 4) {
    const at = (<usize>i) << 2;
    const left = n - i;
    const product = f32x4.mul(loadUpTo4(xPtr + at, left), factor);
    storeUpTo4(yPtr + at, f32x4.add(loadUpTo4(yPtr + at, left), product), left);
  }
}

/**
 * addInPlace: y += x.
 *  Shapes   y, x [n]
 *  Writes   y (+=)
 *  Alias    y may be x; any n >= 0; no alignment needed
 *  Error    <= 0.5 ULP
 *  Cost     12 bytes, 1 flop a float: bound by memory
 *  Oracle   test/oracle/kernels/vector.ts
 */
export function addInPlace(yPtr: usize, xPtr: usize, n: i32): void {
  assert(n >= 0);
  for (let i = 0; i < n; i += 4) {
    const at = (<usize>i) << 2;
    const left = n - i;
    storeUpTo4(yPtr + at, f32x4.add(loadUpTo4(yPtr + at, left), loadUpTo4(xPtr + at, left)), left);
  }
}

/**
 * lerpInPlace: avg = momentum avg + (1 - momentum) w, Keras's moving average of weights.
 *  Shapes   avg, w [n]
 *  Writes   avg (=, in place)
 *  Alias    none; any n >= 0; no alignment needed
 *  Error    <= 3 eps (|momentum avg| + |(1 - momentum) w|)
 *  Cost     12 bytes, 3 flops a float: bound by memory
 *  Oracle   test/oracle/kernels/vector.ts
 */
export function lerpInPlace(avgPtr: usize, wPtr: usize, n: i32, momentum: f64): void {
  assert(n >= 0);
  const keep = f32x4.splat(<f32>momentum);
  const take = f32x4.splat(<f32>(1 - momentum));
  for (let i = 0; i < n; i += 4) {
    const at = (<usize>i) << 2;
    const left = n - i;
    const kept = f32x4.mul(loadUpTo4(avgPtr + at, left), keep);
    storeUpTo4(avgPtr + at, f32x4.add(kept, f32x4.mul(loadUpTo4(wPtr + at, left), take)), left);
  }
}
