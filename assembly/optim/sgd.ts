import { loadUpTo4, storeUpTo4 } from "../simd/lanes";

/**
 * sgdStep: one step against the gradient.
 *  Math     MATH.md (58) without momentum: w -= lr g
 *  Shapes   w, g [n]
 *  Writes   w (=, in place)
 *  Alias    none; any n >= 0; no alignment needed
 *  Error    <= 1 ULP of w and 1 ULP of lr g
 *  Cost     12 bytes, 2 flops a float: bound by memory
 *  Oracle   test/oracle/kernels/optimizers.ts
 */
export function sgdStep(wPtr: usize, gPtr: usize, n: i32, learningRate: f64): void {
  assert(n >= 0);
  const rate = f32x4.splat(<f32>learningRate);
  for (let i = 0; i < n; i += 4) {
    const at = (<usize>i) << 2;
    const left = n - i;
    const step = f32x4.mul(loadUpTo4(gPtr + at, left), rate);
    storeUpTo4(wPtr + at, f32x4.sub(loadUpTo4(wPtr + at, left), step), left);
  }
}

/**
 * sgdMomentumStep: SGD with momentum, plain (Polyak 1964) or Nesterov's, in Keras's form.
 *  Math     MATH.md (58): m = μ m - lr g;  w += m, or w += μ m - lr g for Nesterov
 *  Shapes   w, g, m [n]
 *  Writes   w, m (=, in place)
 *  Alias    none; any n >= 0; no alignment needed
 *  Error    <= 3 eps of the sum of the sizes of the terms
 *  Cost     20 bytes, 4 or 7 flops a float: bound by memory
 *  Oracle   test/oracle/kernels/optimizers.ts
 */
export function sgdMomentumStep(
  wPtr: usize,
  gPtr: usize,
  mPtr: usize,
  n: i32,
  learningRate: f64,
  momentum: f64,
  nesterov: i32,
): void {
  assert(n >= 0);
  const rate = f32x4.splat(<f32>learningRate);
  const mu = f32x4.splat(<f32>momentum);
  for (let i = 0; i < n; i += 4) {
    const at = (<usize>i) << 2;
    const left = n - i;
    const step = f32x4.mul(loadUpTo4(gPtr + at, left), rate);
    const m = f32x4.sub(f32x4.mul(loadUpTo4(mPtr + at, left), mu), step);
    storeUpTo4(mPtr + at, m, left);
    const move = nesterov ? f32x4.sub(f32x4.mul(m, mu), step) : m;
    storeUpTo4(wPtr + at, f32x4.add(loadUpTo4(wPtr + at, left), move), left);
  }
}
