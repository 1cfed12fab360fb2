import { exp4, expm1x4 } from "../simd/exp";
import { normalCdf4, normalPdf4 } from "../simd/normal";
import { sigmoid4 } from "../simd/sigmoid";
import { softplus4 } from "../simd/softplus";
import { tanh4 } from "../simd/tanh";

/**
 * The element-wise activations y = act(z) and their derivatives, by code. src/ mirrors the codes.
 *
 * Both functions are inlined: with a constant code nothing but that activation remains.
 */
export const LINEAR: i32 = 0;
export const TANH: i32 = 1;
export const SIGMOID: i32 = 2;
/** Keras 3: relu6(z + 3) / 6. */
export const HARD_SIGMOID: i32 = 3;
export const RELU: i32 = 4;
/** Keras 3: slope 0.2 below 0. */
export const LEAKY_RELU: i32 = 5;
/** Clevert, Unterthiner & Hochreiter 2016, α = 1. */
export const ELU: i32 = 6;
/** Klambauer et al. 2017. */
export const SELU: i32 = 7;
/** Hendrycks & Gimpel 2016, the exact form z Φ(z). */
export const GELU: i32 = 8;
export const SOFTPLUS: i32 = 9;
export const SOFTSIGN: i32 = 10;
/** z σ(z), also called swish. */
export const SILU: i32 = 11;
export const EXPONENTIAL: i32 = 12;
/** TensorFlow.js and Keras 2: clip(0.2 z + 0.5, 0, 1). */
export const HARD_SIGMOID_LEGACY: i32 = 13;
export const ACTIVATION_COUNT: i32 = 14;

const LEAKY_SLOPE: f32 = 0.2;
const SELU_SCALE: f32 = 1.0507009873554805;
const SELU_SCALE_ALPHA: f32 = 1.7580993408473766;
const LARGEST_FLOAT: f32 = 3.4028234663852886e38;
/** Beyond ±GATE_BOUND a σ or Φ is 0 or 1 to the last bit, and an infinite z would multiply 0. */
const GATE_BOUND: f32 = 128;

/** Whether `derivative4` reads z: its activation is not one-to-one, so y does not tell. */
// @ts-ignore: decorator
@inline
export function needsPreActivation(code: i32): bool {
  return code == GELU || code == SILU;
}

/** pmin and pmax return their first argument when it is NaN, so NaN passes. */
// @ts-ignore: decorator
@inline
function bounded4(z: v128, bound: f32): v128 {
  return f32x4.pmax(f32x4.pmin(z, f32x4.splat(bound)), f32x4.splat(-bound));
}

/** `d`, but NaN where y is NaN: a comparison would make an innocent number of it. */
// @ts-ignore: decorator
@inline
function keepNaN4(d: v128, y: v128): v128 {
  return v128.bitselect(d, y, f32x4.eq(y, y));
}

/**
 * y = act(z).
 * Error: tanh, sigmoid, exponential, elu, softplus as in ../simd; linear and relu exact; hardSigmoid, leakyRelu, softsign
 * <= 1.5 ULP; selu, silu <= 3.5; gelu <= 6, and 8 of the smallest subnormal; hardSigmoidLegacy <= 2^-23, as its sum
 * cancels near -2.5. NaN for NaN, limits at ±Infinity.
 */
// @ts-ignore: decorator
@inline
export function activate4(code: i32, z: v128): v128 {
  const zero = f32x4.splat(0);
  const one = f32x4.splat(1);
  if (code == LINEAR) return z;
  if (code == TANH) return tanh4(z);
  if (code == SIGMOID) return sigmoid4(z);
  if (code == RELU) return f32x4.max(z, zero);
  if (code == HARD_SIGMOID) {
    const relu6 = f32x4.min(f32x4.max(f32x4.add(z, f32x4.splat(3)), zero), f32x4.splat(6));
    return f32x4.div(relu6, f32x4.splat(6));
  }
  if (code == LEAKY_RELU) {
    return v128.bitselect(z, f32x4.mul(z, f32x4.splat(LEAKY_SLOPE)), f32x4.gt(z, zero));
  }
  if (code == ELU) return v128.bitselect(z, expm1x4(z), f32x4.gt(z, zero));
  if (code == SELU) {
    const below = f32x4.mul(expm1x4(z), f32x4.splat(SELU_SCALE_ALPHA));
    return v128.bitselect(f32x4.mul(z, f32x4.splat(SELU_SCALE)), below, f32x4.gt(z, zero));
  }
  if (code == GELU) return f32x4.mul(f32x4.pmax(z, f32x4.splat(-GATE_BOUND)), normalCdf4(z));
  if (code == SOFTPLUS) return softplus4(z);
  if (code == SOFTSIGN) {
    const finite = bounded4(z, LARGEST_FLOAT);
    return f32x4.div(finite, f32x4.add(f32x4.abs(finite), one));
  }
  if (code == SILU) return f32x4.mul(f32x4.pmax(z, f32x4.splat(-GATE_BOUND)), sigmoid4(z));
  if (code == EXPONENTIAL) return exp4(z);
  const line = f32x4.add(f32x4.mul(z, f32x4.splat(0.2)), f32x4.splat(0.5));
  return f32x4.min(f32x4.max(line, zero), one);
}

/**
 * act'(z), from y = act(z) alone unless `needsPreActivation(code)`.
 *
 * At a kink the derivative is TensorFlow's: relu'(0) = 0, leakyRelu'(0) = 0.2, and 0 at both ends of the hard sigmoids.
 * Error: absolute <= 4e-7 · max(1, |y|) against the derivative at the exact z.
 */
// @ts-ignore: decorator
@inline
export function derivative4(code: i32, z: v128, y: v128): v128 {
  const zero = f32x4.splat(0);
  const one = f32x4.splat(1);
  if (code == LINEAR) return one;
  if (code == TANH) return f32x4.sub(one, f32x4.mul(y, y));
  if (code == SIGMOID) return f32x4.mul(y, f32x4.sub(one, y));
  if (code == RELU) return keepNaN4(v128.and(f32x4.gt(y, zero), one), y);
  if (code == HARD_SIGMOID || code == HARD_SIGMOID_LEGACY) {
    const slope: f32 = code == HARD_SIGMOID ? 0.1666666716337204 : 0.2;
    const inside = v128.and(f32x4.gt(y, zero), f32x4.lt(y, one));
    return keepNaN4(v128.and(inside, f32x4.splat(slope)), y);
  }
  if (code == LEAKY_RELU) {
    return keepNaN4(v128.bitselect(one, f32x4.splat(LEAKY_SLOPE), f32x4.gt(y, zero)), y);
  }
  if (code == ELU) return v128.bitselect(one, f32x4.add(y, one), f32x4.gt(y, zero));
  if (code == SELU) {
    const below = f32x4.add(y, f32x4.splat(SELU_SCALE_ALPHA));
    return v128.bitselect(f32x4.splat(SELU_SCALE), below, f32x4.gt(y, zero));
  }
  if (code == GELU) {
    return f32x4.add(normalCdf4(z), f32x4.mul(bounded4(z, GATE_BOUND), normalPdf4(z)));
  }
  // e^y = 1 + e^z, so σ(z) = 1 - e^-y.
  if (code == SOFTPLUS) return f32x4.neg(expm1x4(f32x4.neg(y)));
  if (code == SOFTSIGN) {
    const rest = f32x4.sub(one, f32x4.abs(y));
    return f32x4.mul(rest, rest);
  }
  if (code == SILU) {
    const gate = sigmoid4(z);
    const slope = f32x4.mul(bounded4(z, GATE_BOUND), f32x4.sub(one, gate));
    return f32x4.mul(gate, f32x4.add(one, slope));
  }
  return y;
}
