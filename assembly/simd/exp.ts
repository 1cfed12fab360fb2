import { constant4, ONE } from "./constants";

/**
 * e^x and e^x - 1 of four floats.
 *
 * Both write x = n ln 2 + r with n whole and |r| <= ln 2 / 2, so e^x = 2^n e^r (Cody & Waite 1980, chapter 6).
 * Constants: test/support/derive-coefficients.ts prints them; its test compares.
 */

/** log2(e). */
export const LOG2_E: f32 = 1.4426950216293335;
/** The first 15 bits of ln 2: n LN2_HI is exact for |n| < 512. */
export const LN2_HI: f32 = 0.693145751953125;
/** ln 2 - LN2_HI. */
export const LN2_LO: f32 = 0.000001428606765330187;
/** 1.5 * 2^23: adding it rounds to a whole number n, and leaves n in the low bits of the sum. */
export const ROUND: f32 = 12582912.0;

// (e^r - 1 - r) / r^2 on |r| <= ln 2 / 2, minimax in the relative error of e^r - 1: 1.3e-8, 0.2 ULP.
const EXPM1_0: f32 = 0.4999999701976776;
const EXPM1_1: f32 = 0.1666654348373413;
const EXPM1_2: f32 = 0.04166720062494278;
const EXPM1_3: f32 = 0.008366520516574383;
const EXPM1_4: f32 = 0.0013882521307095885;

export const AT_LOG2_E: usize = memory.data<f32>([LOG2_E]);
export const AT_LN2_HI: usize = memory.data<f32>([LN2_HI]);
export const AT_LN2_LO: usize = memory.data<f32>([LN2_LO]);
export const AT_ROUND: usize = memory.data<f32>([ROUND]);
export const AT_EXPM1_0: usize = memory.data<f32>([EXPM1_0]);
export const AT_EXPM1_1: usize = memory.data<f32>([EXPM1_1]);
export const AT_EXPM1_2: usize = memory.data<f32>([EXPM1_2]);
export const AT_EXPM1_3: usize = memory.data<f32>([EXPM1_3]);
export const AT_EXPM1_4: usize = memory.data<f32>([EXPM1_4]);

/**
 * e^r - 1 for a reduced argument, |r| <= ln 2 / 2.
 * Error: relative, about 1 ULP; exact at 0.
 */
// @ts-ignore: decorator
@inline
export function expm1Reduced4(r: v128): v128 {
  // By pairs (Estrin), not Horner: the chain of dependent operations is what a short loop waits for.
  const square = f32x4.mul(r, r);
  const low = f32x4.add(f32x4.mul(constant4(AT_EXPM1_1), r), constant4(AT_EXPM1_0));
  const middle = f32x4.add(f32x4.mul(constant4(AT_EXPM1_3), r), constant4(AT_EXPM1_2));
  const high = f32x4.add(f32x4.mul(constant4(AT_EXPM1_4), square), middle);
  const q = f32x4.add(f32x4.mul(high, square), low);
  return f32x4.add(f32x4.mul(square, q), r);
}

/** x - n ln 2, the product in two parts because ln 2 is no float. */
// @ts-ignore: decorator
@inline
export function reduce4(x: v128, n: v128): v128 {
  const high = f32x4.sub(x, f32x4.mul(n, constant4(AT_LN2_HI)));
  return f32x4.sub(high, f32x4.mul(n, constant4(AT_LN2_LO)));
}

/** 2^n p for whole n in [-252, 254], n as integers: two factors, since one exponent cannot reach so far. */
// @ts-ignore: decorator
@inline
function scale4(p: v128, n: v128): v128 {
  const half = i32x4.shr_s(n, 1);
  const rest = i32x4.sub(n, half);
  const one = i32x4.splat(0x3f800000);
  const first = i32x4.add(i32x4.shl(half, 23), one);
  const second = i32x4.add(i32x4.shl(rest, 23), one);
  return f32x4.mul(f32x4.mul(p, first), second);
}

/**
 * e^x.
 * Error: <= 1.1 ULP for every x; Infinity above 88.72, subnormal below -87.33, 0 below -103.97; exp(±0) = 1, NaN for NaN.
 * Cost: 30 instructions for four floats.
 */
// @ts-ignore: decorator
@inline
export function exp4(x: v128): v128 {
  // pmin and pmax return their first argument when it is NaN.
  const bounded = f32x4.pmax(f32x4.pmin(x, f32x4.splat(89)), f32x4.splat(-104.5));
  const rounded = f32x4.add(f32x4.mul(bounded, constant4(AT_LOG2_E)), constant4(AT_ROUND));
  const n = f32x4.sub(rounded, constant4(AT_ROUND));
  const p = f32x4.add(expm1Reduced4(reduce4(bounded, n)), constant4(ONE));
  return scale4(p, i32x4.sub(rounded, i32x4.splat(reinterpret<i32>(ROUND))));
}

/**
 * e^(x + rest) where x is exact and |rest| is small, for exponents that one float holds too coarsely.
 * Only for x in [-106, 88]. Error: <= 1.1 ULP of the exact sum.
 */
// @ts-ignore: decorator
@inline
export function expSum4(x: v128, rest: v128): v128 {
  const rounded = f32x4.add(f32x4.mul(x, f32x4.splat(LOG2_E)), f32x4.splat(ROUND));
  const n = f32x4.sub(rounded, f32x4.splat(ROUND));
  const p = f32x4.add(expm1Reduced4(f32x4.add(reduce4(x, n), rest)), f32x4.splat(1));
  return scale4(p, i32x4.sub(rounded, i32x4.splat(reinterpret<i32>(ROUND))));
}

/**
 * e^x - 1, relative accuracy at 0.
 * Error: <= 1.8 ULP for every x; -1 below -17.3, Infinity above 88.72; expm1(±0) = ±0, NaN for NaN.
 * Cost: 29 instructions for four floats.
 */
// @ts-ignore: decorator
@inline
export function expm1x4(x: v128): v128 {
  const bounded = f32x4.pmax(f32x4.pmin(x, f32x4.splat(89)), f32x4.splat(-30));
  const rounded = f32x4.add(f32x4.mul(bounded, f32x4.splat(LOG2_E)), f32x4.splat(ROUND));
  const n = f32x4.sub(rounded, f32x4.splat(ROUND));
  const p = expm1Reduced4(reduce4(bounded, n));
  // 2^n - 1 + 2^n p, all halved so that n = 128 is still a float.
  const power = i32x4.add(i32x4.shl(rounded, 23), i32x4.splat(0x3f000000));
  const half = f32x4.add(f32x4.mul(p, power), f32x4.sub(power, f32x4.splat(0.5)));
  // Only for the sign of zero and for subnormal x does x itself tell more than the sum.
  const tiny = f32x4.lt(f32x4.abs(x), f32x4.splat(1e-8));
  return v128.bitselect(x, f32x4.add(half, half), tiny);
}
