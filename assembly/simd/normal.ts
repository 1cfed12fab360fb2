import { expSum4 } from "./exp";

/**
 * Distribution function and density of the standard normal distribution, four floats at a time.
 *
 * Φ(x) = 1/2 + x P(x²) for |x| <= 1; beyond, its tail is e^(-x²/2) Q(t) / (|x| + 3) with t = (|x| - 3) / (|x| + 3).
 * The exponent is carried in two parts, since rounding x²/2 near 100 to one float would cost fifty units in the last place.
 * Constants: test/support/derive-coefficients.ts.
 */

const INVERSE_SQRT_2_PI: f32 = 0.3989422917366028;

// (Φ(x) - 1/2) / x in x², relative error 7.1e-10.
const CENTRE_0: f32 = 0.3989422917366028;
const CENTRE_1: f32 = -0.06649035960435867;
const CENTRE_2: f32 = 0.009973322972655296;
const CENTRE_3: f32 = -0.0011863299878314137;
const CENTRE_4: f32 = 0.00011348637053743005;
const CENTRE_5: f32 = -0.00000765420827519847;

// (1 - Φ(x)) e^(x²/2) (x + 3) in t, relative error 1.3e-8, 0.2 ULP.
const TAIL_0: f32 = 0.7290837168693542;
const TAIL_1: f32 = -0.5093318819999695;
const TAIL_2: f32 = 0.23001675307750702;
const TAIL_3: f32 = -0.04726516082882881;
const TAIL_4: f32 = -0.01044430211186409;
const TAIL_5: f32 = 0.006983300670981407;
const TAIL_6: f32 = 0.0009093167027458549;
const TAIL_7: f32 = -0.0010222091805189848;

/** e^(-x²/2) for 0 <= x <= 14.5: x = head + rest, head² exact in 24 bits. */
// @ts-ignore: decorator
@inline
function gaussian4(x: v128): v128 {
  const head = v128.and(x, i32x4.splat(0xfffff000));
  const rest = f32x4.sub(x, head);
  const half = f32x4.splat(-0.5);
  return expSum4(f32x4.mul(f32x4.mul(head, head), half), f32x4.mul(f32x4.mul(rest, f32x4.add(x, head)), half));
}

/**
 * Φ(x) = (1 + erf(x / √2)) / 2.
 * Error: <= 4.9 ULP for every x, the lower tail too; 0 below -14.2, 1 above 5.5, NaN for NaN.
 */
// @ts-ignore: decorator
@inline
export function normalCdf4(x: v128): v128 {
  const size = f32x4.pmin(f32x4.abs(x), f32x4.splat(14.5));
  const y = f32x4.mul(x, x);
  let p = f32x4.splat(CENTRE_5);
  p = f32x4.add(f32x4.mul(p, y), f32x4.splat(CENTRE_4));
  p = f32x4.add(f32x4.mul(p, y), f32x4.splat(CENTRE_3));
  p = f32x4.add(f32x4.mul(p, y), f32x4.splat(CENTRE_2));
  p = f32x4.add(f32x4.mul(p, y), f32x4.splat(CENTRE_1));
  p = f32x4.add(f32x4.mul(p, y), f32x4.splat(CENTRE_0));
  const centre = f32x4.add(f32x4.mul(p, x), f32x4.splat(0.5));

  const three = f32x4.splat(3);
  const sum = f32x4.add(size, three);
  const t = f32x4.div(f32x4.sub(size, three), sum);
  let q = f32x4.splat(TAIL_7);
  q = f32x4.add(f32x4.mul(q, t), f32x4.splat(TAIL_6));
  q = f32x4.add(f32x4.mul(q, t), f32x4.splat(TAIL_5));
  q = f32x4.add(f32x4.mul(q, t), f32x4.splat(TAIL_4));
  q = f32x4.add(f32x4.mul(q, t), f32x4.splat(TAIL_3));
  q = f32x4.add(f32x4.mul(q, t), f32x4.splat(TAIL_2));
  q = f32x4.add(f32x4.mul(q, t), f32x4.splat(TAIL_1));
  q = f32x4.add(f32x4.mul(q, t), f32x4.splat(TAIL_0));
  const tail = f32x4.mul(f32x4.div(q, sum), gaussian4(size));
  const upper = f32x4.gt(x, f32x4.splat(0));
  const outer = v128.bitselect(f32x4.sub(f32x4.splat(1), tail), tail, upper);
  // A NaN is not within ±1, so it takes the tail, which is NaN.
  return v128.bitselect(centre, outer, f32x4.le(size, f32x4.splat(1)));
}

/**
 * φ(x) = e^(-x²/2) / √2π.
 * Error: <= 2.3 ULP; 0 beyond ±14.5, NaN for NaN.
 */
// @ts-ignore: decorator
@inline
export function normalPdf4(x: v128): v128 {
  return f32x4.mul(gaussian4(f32x4.pmin(f32x4.abs(x), f32x4.splat(14.5))), f32x4.splat(INVERSE_SQRT_2_PI));
}
