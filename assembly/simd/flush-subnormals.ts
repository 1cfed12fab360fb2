import { constant4 } from "./constants";

/**
 * Numbers so small that they only cost time.
 *
 * Products of saturated gates sink below 1e-38, where float32 is subnormal and x86-64 processors take a hundred times as
 * long for each operation: raw, unscaled inputs made a training seventeen times slower. Other engines switch subnormal
 * numbers off in the processor, which WebAssembly cannot.
 */

/**
 * 2^-95. Added and taken away again it leaves multiples of 2^-118, and numbers from 2^-70 (8e-22) on as they are; below, down
 * to itself, a sum may be rounded in its last bit.
 */
const SMALLEST_KEPT: f32 = 2.524354896707238e-29;
const AT_DUST: usize = memory.data<f32>([SMALLEST_KEPT]);

/** Four floats without what is smaller than about 1e-36; NaN and Infinity stay. */
// @ts-ignore: decorator
@inline
export function flushSubnormal4(v: v128): v128 {
  const dust = constant4(AT_DUST);
  return f32x4.sub(f32x4.add(v, dust), dust);
}
