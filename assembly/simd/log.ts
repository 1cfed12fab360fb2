import { LN2_HI, LN2_LO } from "./exp";

/**
 * ln x of four floats, and ln(1 + u) for 0 <= u <= 1.
 *
 * Both bring the argument to 1 + f in [√½, √2] and add k ln 2 (Cody & Waite 1980, chapter 5).
 * Constants: test/support/derive-coefficients.ts.
 */

// (ln(1 + f) - f + f^2 / 2) / f^3, minimax in the relative error of ln(1 + f): 5.8e-9, 0.1 ULP.
const LOG_0: f32 = 0.3333333134651184;
const LOG_1: f32 = -0.250008225440979;
const LOG_2: f32 = 0.20001228153705597;
const LOG_3: f32 = -0.1662333607673645;
const LOG_4: f32 = 0.1420171856880188;
const LOG_5: f32 = -0.1316036432981491;
const LOG_6: f32 = 0.12761962413787842;
const LOG_7: f32 = -0.07634487003087997;

/** Bits of √½, and the smallest normal float. */
const SQRT_HALF_BITS: i32 = 0x3f3504f3;
const SMALLEST_NORMAL: f32 = 1.1754943508222875e-38;
const SQRT_2_MINUS_1: f32 = 0.4142135679721832;

/** ln(1 + f) + k ln 2; the two smallest parts first. */
// @ts-ignore: decorator
@inline
function log1pReduced4(f: v128, k: v128): v128 {
  let q = f32x4.splat(LOG_7);
  q = f32x4.add(f32x4.mul(q, f), f32x4.splat(LOG_6));
  q = f32x4.add(f32x4.mul(q, f), f32x4.splat(LOG_5));
  q = f32x4.add(f32x4.mul(q, f), f32x4.splat(LOG_4));
  q = f32x4.add(f32x4.mul(q, f), f32x4.splat(LOG_3));
  q = f32x4.add(f32x4.mul(q, f), f32x4.splat(LOG_2));
  q = f32x4.add(f32x4.mul(q, f), f32x4.splat(LOG_1));
  q = f32x4.add(f32x4.mul(q, f), f32x4.splat(LOG_0));
  const square = f32x4.mul(f, f);
  const curved = f32x4.sub(f32x4.mul(f32x4.mul(square, f), q), f32x4.mul(square, f32x4.splat(0.5)));
  const small = f32x4.add(f32x4.mul(k, f32x4.splat(LN2_LO)), curved);
  return f32x4.add(f32x4.add(small, f), f32x4.mul(k, f32x4.splat(LN2_HI)));
}

/**
 * ln x.
 * Error: <= 1 ULP for every x > 0, subnormal ones too; ln 1 = 0, -Infinity at ±0, NaN below 0, Infinity at Infinity.
 * Cost: 43 instructions for four floats; no branch.
 */
// @ts-ignore: decorator
@inline
export function log4(x: v128): v128 {
  const subnormal = f32x4.lt(x, f32x4.splat(SMALLEST_NORMAL));
  const normal = v128.bitselect(f32x4.mul(x, f32x4.splat(8388608)), x, subnormal);
  const exponent = i32x4.shr_s(i32x4.sub(normal, i32x4.splat(SQRT_HALF_BITS)), 23);
  const f = f32x4.sub(i32x4.sub(normal, i32x4.shl(exponent, 23)), f32x4.splat(1));
  const k = f32x4.sub(f32x4.convert_i32x4_s(exponent), v128.and(subnormal, f32x4.splat(23)));
  let y = log1pReduced4(f, k);
  // What is not a finite positive number: +Infinity and NaN stand for themselves, 0 and negative x divide by 0.
  const ordinary = v128.and(f32x4.gt(x, f32x4.splat(0)), f32x4.lt(x, f32x4.splat(Infinity)));
  const negative = v128.bitselect(f32x4.splat(NaN), f32x4.splat(-Infinity), f32x4.lt(x, f32x4.splat(0)));
  const special = v128.bitselect(negative, x, f32x4.le(x, f32x4.splat(0)));
  y = v128.bitselect(y, special, ordinary);
  return y;
}

/**
 * ln(1 + u) for 0 <= u <= 1 (NaN for NaN).
 * Error: <= 1.6 ULP, relative near 0 too.
 * Cost: 29 instructions for four floats; no branch, no division.
 */
// @ts-ignore: decorator
@inline
export function log1pUnit4(u: v128): v128 {
  const one = f32x4.splat(1);
  // (1 + u) / 2 = 1 + (u - 1) / 2, and u - 1 is exact from 1/2 on.
  const large = f32x4.gt(u, f32x4.splat(SQRT_2_MINUS_1));
  const f = v128.bitselect(f32x4.mul(f32x4.sub(u, one), f32x4.splat(0.5)), u, large);
  return log1pReduced4(f, v128.and(large, one));
}
