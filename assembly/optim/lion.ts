import { loadUpTo4, storeUpTo4 } from "../simd/lanes";
import { sign4 } from "../simd/sign";

/**
 * lionStep: Lion, a step of one size against the sign of the momentum (Chen et al. 2023).
 *  Math     w -= lr sign(β₁ m + (1 - β₁) g);  m = β₂ m + (1 - β₂) g;  sign(0) = 0
 *  Shapes   w, g, m [n]
 *  Writes   w, m (=, in place)
 *  Alias    none; any n >= 0; no alignment needed
 *  Error    w <= 1 ULP, unless rounding turns the sign of a sum near 0; m <= 3 eps of the sizes of its terms
 *  Cost     20 bytes, 10 flops a float: bound by memory
 *  Oracle   test/oracle/kernels/optimizers.ts
 */
export function lionStep(
  wPtr: usize,
  gPtr: usize,
  mPtr: usize,
  n: i32,
  learningRate: f64,
  beta1: f64,
  beta2: f64,
): void {
  assert(n >= 0);
  const rate = f32x4.splat(<f32>learningRate);
  const keep1 = f32x4.splat(<f32>beta1);
  const take1 = f32x4.splat(<f32>(1 - beta1));
  const keep2 = f32x4.splat(<f32>beta2);
  const take2 = f32x4.splat(<f32>(1 - beta2));
  for (let i = 0; i < n; i += 4) {
    const at = (<usize>i) << 2;
    const left = n - i;
    const g = loadUpTo4(gPtr + at, left);
    const m = loadUpTo4(mPtr + at, left);
    const direction = sign4(f32x4.add(f32x4.mul(m, keep1), f32x4.mul(g, take1)));
    storeUpTo4(wPtr + at, f32x4.sub(loadUpTo4(wPtr + at, left), f32x4.mul(direction, rate)), left);
    storeUpTo4(mPtr + at, f32x4.add(f32x4.mul(m, keep2), f32x4.mul(g, take2)), left);
  }
}
