import { constant4, ONE } from "./constants";
import { AT_LOG2_E, expm1Reduced4, ROUND, reduce4 } from "./exp";

/** 2^30 is taken into n and out again at the end, so that e^x may be subnormal without a second scaling factor. */
const HEADROOM: f32 = 30;
const HEADROOM_INVERSE: f32 = 9.313225746154785e-10;

/** σ is 1 above the one bound and 0 below the other. */
export const AT_SIGMOID_TOP: usize = memory.data<f32>([30]);
export const AT_SIGMOID_BOTTOM: usize = memory.data<f32>([-104.5]);
export const AT_SIGMOID_ROUND: usize = memory.data<f32>([ROUND + HEADROOM]);
export const AT_HEADROOM_INVERSE: usize = memory.data<f32>([HEADROOM_INVERSE]);

/**
 * σ(x) = e^x / (1 + e^x) of four floats.
 *
 * With e^x rather than e^-x, a very negative x keeps its relative accuracy down to the smallest subnormal.
 *
 * Error: <= 2.5 ULP for every x; σ(±0) = 0.5, 1 above 17.4, 0 below -103.97, NaN for NaN.
 * Cost: 27 instructions for four floats, one of them a division; no branch.
 */
// @ts-ignore: decorator
@inline
export function sigmoid4(x: v128): v128 {
  // pmin and pmax return their first argument when it is NaN.
  const bounded = f32x4.pmax(f32x4.pmin(x, constant4(AT_SIGMOID_TOP)), constant4(AT_SIGMOID_BOTTOM));
  const rounded = f32x4.add(f32x4.mul(bounded, constant4(AT_LOG2_E)), constant4(AT_SIGMOID_ROUND));
  const n = f32x4.sub(rounded, constant4(AT_SIGMOID_ROUND));
  const p = f32x4.add(expm1Reduced4(reduce4(bounded, n)), constant4(ONE));
  // A multiplication, not an addition to p's exponent bits, which would make a number of a NaN.
  const power = i32x4.add(i32x4.shl(rounded, 23), constant4(ONE));
  const e = f32x4.mul(f32x4.mul(p, power), constant4(AT_HEADROOM_INVERSE));
  return f32x4.div(e, f32x4.add(e, constant4(ONE)));
}
