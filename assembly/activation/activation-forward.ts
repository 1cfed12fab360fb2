import { loadTail, storeTail } from "../simd/lanes";
import { ACTIVATION_COUNT } from "./activate";
import { activateAny4 } from "./any";

/**
 * activationForward: an element-wise activation of n floats.
 *  Math     MATH.md eq. (2), (3): y = act(z); the codes and their sources are in activate.ts
 *  Shapes   z [n], y [n]
 *  Writes   y (=)
 *  Alias    y may be z; any n >= 0 (the tail in one padded vector); no alignment needed
 *  Error    as activate4; NaN for NaN
 *  Cost     8 bytes and 1 to 60 instructions a float (activate.ts): bound by arithmetic but for the linear ones
 *  Oracle   test/oracle/kernels/activation.ts
 */
export function activationForward(code: i32, zPtr: usize, yPtr: usize, n: i32): void {
  assert(code >= 0 && code < ACTIVATION_COUNT);
  assert(n >= 0);
  for (let i = 0; i < n; i += 4) {
    const offset = (<usize>i) << 2;
    const left = n - i;
    const z = left >= 4 ? v128.load(zPtr + offset) : loadTail(zPtr + offset, left);
    const y = activateAny4(code, z);
    if (left >= 4) v128.store(yPtr + offset, y);
    else storeTail(yPtr + offset, y, left);
  }
}
