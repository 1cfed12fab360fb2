import { log4 } from "../simd/log";
import { hash4 } from "./dropout";

/** Taylor's coefficients of sin(πv) / v in v²: (-1)^k π^(2k+1) / (2k+1)!. */
const SIN_0: f32 = 3.1415926535897931;
const SIN_1: f32 = -5.1677127800499694;
const SIN_2: f32 = 2.5501640398773455;
const SIN_3: f32 = -0.59926452932079210;
const SIN_4: f32 = 0.082145886611128232;
const SIN_5: f32 = -0.0073704309457143504;
const SIN_6: f32 = 0.00046630280576761255;

/** sin(πv) for |v| <= 1: |v| is folded to at most 1/2, where the series ends below 2^-24. */
// @ts-ignore: decorator
@inline
function sinPi4(v: v128): v128 {
  const one = f32x4.splat(1);
  const size = f32x4.abs(v);
  const folded = f32x4.min(size, f32x4.sub(one, size));
  const w = f32x4.mul(folded, folded);
  let sum = f32x4.splat(SIN_6);
  sum = f32x4.add(f32x4.mul(sum, w), f32x4.splat(SIN_5));
  sum = f32x4.add(f32x4.mul(sum, w), f32x4.splat(SIN_4));
  sum = f32x4.add(f32x4.mul(sum, w), f32x4.splat(SIN_3));
  sum = f32x4.add(f32x4.mul(sum, w), f32x4.splat(SIN_2));
  sum = f32x4.add(f32x4.mul(sum, w), f32x4.splat(SIN_1));
  sum = f32x4.add(f32x4.mul(sum, w), f32x4.splat(SIN_0));
  return v128.or(f32x4.mul(sum, folded), v128.and(v, f32x4.splat(-0.0)));
}

/** Four normal numbers of mean 0 and variance 1, a function of the seed and the position alone (Box & Muller 1958). */
// @ts-ignore: decorator
@inline
function normal4(position: v128, low: v128, high: v128): v128 {
  const bits = hash4(position, low, high);
  const more = hash4(bits, high, low);
  // (0, 1] in steps of 2^-24, and [-1, 1) in steps of 2^-31.
  const u = f32x4.mul(
    f32x4.add(f32x4.convert_i32x4_s(i32x4.shr_u(bits, 8)), f32x4.splat(1)),
    f32x4.splat(5.9604644775390625e-8),
  );
  const angle = f32x4.mul(f32x4.convert_i32x4_s(more), f32x4.splat(4.656612873077393e-10));
  return f32x4.mul(f32x4.sqrt(f32x4.mul(f32x4.splat(-2), log4(u))), sinPi4(angle));
}

/**
 * gaussianNoise: y = x + deviation · normal, or y = x · (1 + deviation · normal): noise that is added or multiplied.
 *
 * As in dropout the noise is a function of the seed and the position alone: the gradient of what was multiplied takes the
 * same call, nothing is stored, and the result does not depend on who computes which part.
 *
 * Math     Keras's GaussianNoise and GaussianDropout (Srivastava et al. 2014, section 10)
 * Shapes   x, y [count]
 * Writes   y (=)
 * Alias    y may be x; Align 16; any count >= 0, rounded up to a multiple of 4 (activations are padded to it)
 * Error    the noise within 1e-6 of Box and Muller's; no number is beyond 5.8 deviations
 * Oracle   test/assembly/layers/noise.test.ts
 */
export function gaussianNoise(
  xPtr: usize, yPtr: usize, count: i32, deviation: f32, multiply: i32, seedLow: i32, seedHigh: i32,
): void {
  const low = i32x4.splat(seedLow);
  const high = i32x4.splat(seedHigh);
  const size = f32x4.splat(deviation);
  let position = i32x4(0, 1, 2, 3);
  const end = xPtr + (<usize>((count + 3) & ~3) << 2);
  for (; xPtr < end; xPtr += 16) {
    const noise = f32x4.mul(normal4(position, low, high), size);
    const x = v128.load(xPtr);
    v128.store(yPtr, f32x4.add(x, multiply ? f32x4.mul(x, noise) : noise));
    position = i32x4.add(position, i32x4.splat(4));
    yPtr += 16;
  }
}
