import { loadUpTo4, storeUpTo4 } from "../simd/lanes";
import { ACTIVATION_COUNT, needsPreActivation } from "./activate";
import { derivativeAny4 } from "./any";

/**
 * activationBackward: the gradient before an element-wise activation.
 *  Math     dz = dy act'(z)
 *  Shapes   z, y, dy, dz [n]; z is read only for the codes 8 (gelu) and 11 (silu), and may be 0 for the others
 *  Writes   dz (=)
 *  Alias    dz may be dy, y or z; any n >= 0 (the tail in one padded vector); no alignment needed
 *  Error    |dy| times the error of derivative4, plus 1 ULP; NaN in y or dy gives NaN
 *  Cost     12 or 16 bytes and 3 to 100 instructions a float
 *  Oracle   test/oracle/kernels/activation.ts
 */
export function activationBackward(
  code: i32,
  zPtr: usize,
  yPtr: usize,
  dyPtr: usize,
  dzPtr: usize,
  n: i32,
): void {
  assert(code >= 0 && code < ACTIVATION_COUNT);
  assert(n >= 0);
  const readsZ = needsPreActivation(code);
  assert(!readsZ || zPtr != 0);
  for (let i = 0; i < n; i += 4) {
    const offset = (<usize>i) << 2;
    const left = n - i;
    const y = loadUpTo4(yPtr + offset, left);
    const z = readsZ ? loadUpTo4(zPtr + offset, left) : y;
    const dy = loadUpTo4(dyPtr + offset, left);
    storeUpTo4(dzPtr + offset, f32x4.mul(dy, derivativeAny4(code, z, y)), left);
  }
}
