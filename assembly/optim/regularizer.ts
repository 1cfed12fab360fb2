import { loadUpTo4, storeUpTo4 } from "../simd/lanes";
import { sign4 } from "../simd/sign";

/**
 * addL1L2Gradient: the gradient of Keras's penalty l1 Σ|w| + l2 Σw².
 *  Math     g += l1 sign(w) + 2 l2 w, sign(0) = 0
 *  Shapes   w, g [n]
 *  Writes   g (+=)
 *  Alias    none; any n >= 0; no alignment needed
 *  Error    <= 3 eps (|g| + l1 + 2 l2 |w|)
 *  Cost     12 bytes, 6 flops a float: bound by memory
 *  Oracle   test/oracle/kernels/vector.ts
 */
export function addL1L2Gradient(wPtr: usize, gPtr: usize, n: i32, l1: f64, l2: f64): void {
  assert(n >= 0);
  const lasso = f32x4.splat(<f32>l1);
  const ridge = f32x4.splat(<f32>(2 * l2));
  for (let i = 0; i < n; i += 4) {
    const at = (<usize>i) << 2;
    const left = n - i;
    const w = loadUpTo4(wPtr + at, left);
    const penalty = f32x4.add(f32x4.mul(sign4(w), lasso), f32x4.mul(w, ridge));
    storeUpTo4(gPtr + at, f32x4.add(loadUpTo4(gPtr + at, left), penalty), left);
  }
}
