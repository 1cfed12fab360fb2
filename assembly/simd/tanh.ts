import { constant4, HALF, ONE, SIGN } from "./constants";
import { AT_LN2_HI, AT_LN2_LO, AT_ROUND, expm1Reduced4, LOG2_E } from "./exp";

/** tanh is 1 from here on. */
export const AT_TANH_TOP: usize = memory.data<f32>([10]);
export const AT_TWO_LOG2_E: usize = memory.data<f32>([2 * LOG2_E]);

/**
 * tanh(x) = (e^2|x| - 1) / (e^2|x| + 1), with the sign of x, of four floats.
 *
 * With E = (e^2|x| - 1) / 2 = 2^(n-1) p + (2^(n-1) - 1/2), where p = e^r - 1, it is E / (E + 1): near 0 n is 0 and E is
 * p / 2, so the relative accuracy of p carries over; odd to the bit.
 *
 * Error: <= 2.6 ULP for every x; tanh(±0) = ±0, ±1 beyond ±9.02, NaN for NaN.
 * Cost: 30 instructions for four floats, one of them a division; no branch.
 */
// @ts-ignore: decorator
@inline
export function tanh4(x: v128): v128 {
  const signMask = constant4(SIGN);
  const sign = v128.and(x, signMask);
  // pmin returns its first argument when it is NaN.
  const size = f32x4.pmin(v128.andnot(x, signMask), constant4(AT_TANH_TOP));
  const rounded = f32x4.add(f32x4.mul(size, constant4(AT_TWO_LOG2_E)), constant4(AT_ROUND));
  const n = f32x4.sub(rounded, constant4(AT_ROUND));
  const high = f32x4.sub(f32x4.add(size, size), f32x4.mul(n, constant4(AT_LN2_HI)));
  const p = expm1Reduced4(f32x4.sub(high, f32x4.mul(n, constant4(AT_LN2_LO))));
  const power = i32x4.add(i32x4.shl(rounded, 23), constant4(HALF));
  const e = f32x4.add(f32x4.mul(p, power), f32x4.sub(power, constant4(HALF)));
  return v128.or(f32x4.div(e, f32x4.add(e, constant4(ONE))), sign);
}
