import { exp4, expm1x4 } from "../simd/exp";
import { addWide, hsumWide, laneMask, loadUpTo4, storeUpTo4 } from "../simd/lanes";
import { log1pUnit4, log4 } from "../simd/log";
import { sigmoid4 } from "../simd/sigmoid";
import { sign4 } from "../simd/sign";
import { tanh4 } from "../simd/tanh";
import { rowOffset, rowWeight, zeroFrom } from "./rows";

/** Losses that are a mean over the width of a function of one prediction and one target. */
export const SQUARED: i32 = 0;
export const ABSOLUTE: i32 = 1;
export const HUBER: i32 = 2;
export const LOG_COSH: i32 = 3;
export const ABSOLUTE_PERCENTAGE: i32 = 4;
export const POISSON: i32 = 5;
export const SQUARED_LOGARITHMIC: i32 = 6;
export const HINGE: i32 = 7;
export const SQUARED_HINGE: i32 = 8;
export const DIVERGENCE: i32 = 9;
export const BINARY: i32 = 10;
export const BINARY_LOGITS: i32 = 11;

/** Keras's epsilon(): what guards divisions and logarithms, and where probabilities are clipped. */
export const EPSILON: f32 = 1e-7;
export const ONE_MINUS_EPSILON: f32 = 0.9999999;
const LN_2: f32 = 0.6931471805599453;

// @ts-ignore: decorator
@inline
function clipProbability4(p: v128): v128 {
  return f32x4.pmax(f32x4.pmin(p, f32x4.splat(ONE_MINUS_EPSILON)), f32x4.splat(EPSILON));
}

/** ln(1 + max(x, 1e-7)), as Keras's squared logarithmic error takes it. */
// @ts-ignore: decorator
@inline
function logAbove4(x: v128): v128 {
  return log4(f32x4.add(f32x4.pmax(x, f32x4.splat(EPSILON)), f32x4.splat(1)));
}

/** max(1 - t p, 0). pmax returns its first argument when it is NaN. */
// @ts-ignore: decorator
@inline
function hinge4(p: v128, t: v128): v128 {
  const slack = f32x4.sub(f32x4.splat(1), f32x4.mul(t, p));
  return f32x4.pmax(slack, f32x4.splat(0));
}

/** x within [1e-7, 1]. */
// @ts-ignore: decorator
@inline
function clipShare4(x: v128): v128 {
  return f32x4.pmax(f32x4.pmin(x, f32x4.splat(1)), f32x4.splat(EPSILON));
}

/** l(p, t); `option` is Huber's delta. */
// @ts-ignore: decorator
@inline
function value4(code: i32, p: v128, t: v128, option: f32): v128 {
  const one = f32x4.splat(1);
  const half = f32x4.splat(0.5);
  const difference = f32x4.sub(p, t);
  const size = f32x4.abs(difference);
  if (code == SQUARED) return f32x4.mul(difference, difference);
  if (code == ABSOLUTE) return size;
  if (code == HUBER) {
    // a²/2 up to delta, delta (a - delta/2) beyond: both are c (a - c/2) with c = min(a, delta).
    const inner = f32x4.pmin(size, f32x4.splat(option));
    return f32x4.mul(inner, f32x4.sub(size, f32x4.mul(inner, half)));
  }
  if (code == LOG_COSH) {
    // Near 0 by cosh a - 1 = (e^a - 1)² / 2e^a, since a + ln(1 + e^-2a) - ln 2 cancels there.
    const near = f32x4.pmin(size, one);
    const s = expm1x4(near);
    const ratio = f32x4.div(f32x4.mul(f32x4.mul(s, s), half), f32x4.add(s, one));
    const decay = log1pUnit4(exp4(f32x4.mul(size, f32x4.splat(-2))));
    const far = f32x4.add(size, f32x4.sub(decay, f32x4.splat(LN_2)));
    return v128.bitselect(log1pUnit4(ratio), far, f32x4.lt(size, one));
  }
  if (code == ABSOLUTE_PERCENTAGE) {
    return f32x4.div(f32x4.mul(size, f32x4.splat(100)), f32x4.pmax(f32x4.abs(t), f32x4.splat(EPSILON)));
  }
  if (code == POISSON) {
    return f32x4.sub(p, f32x4.mul(t, log4(f32x4.add(p, f32x4.splat(EPSILON)))));
  }
  if (code == SQUARED_LOGARITHMIC) {
    const gap = f32x4.sub(logAbove4(p), logAbove4(t));
    return f32x4.mul(gap, gap);
  }
  if (code == HINGE) return hinge4(p, t);
  if (code == SQUARED_HINGE) {
    const slack = hinge4(p, t);
    return f32x4.mul(slack, slack);
  }
  if (code == DIVERGENCE) {
    const share = clipShare4(t);
    return f32x4.mul(share, f32x4.sub(log4(share), log4(clipShare4(p))));
  }
  if (code == BINARY) {
    const q = clipProbability4(p);
    const hit = f32x4.mul(t, log4(q));
    const miss = f32x4.mul(f32x4.sub(one, t), log4(f32x4.sub(one, q)));
    return f32x4.neg(f32x4.add(hit, miss));
  }
  const linear = f32x4.sub(f32x4.pmax(p, f32x4.splat(0)), f32x4.mul(p, t));
  return f32x4.add(linear, log1pUnit4(exp4(f32x4.neg(f32x4.abs(p)))));
}

/** ∂l/∂p. */
// @ts-ignore: decorator
@inline
function gradient4(code: i32, p: v128, t: v128, option: f32): v128 {
  const one = f32x4.splat(1);
  const difference = f32x4.sub(p, t);
  if (code == SQUARED) return f32x4.add(difference, difference);
  if (code == ABSOLUTE) return sign4(difference);
  if (code == HUBER) {
    return f32x4.pmax(f32x4.pmin(difference, f32x4.splat(option)), f32x4.splat(-option));
  }
  if (code == LOG_COSH) return tanh4(difference);
  if (code == ABSOLUTE_PERCENTAGE) {
    const scale = f32x4.div(f32x4.splat(100), f32x4.pmax(f32x4.abs(t), f32x4.splat(EPSILON)));
    return f32x4.mul(sign4(difference), scale);
  }
  if (code == POISSON) return f32x4.sub(one, f32x4.div(t, f32x4.add(p, f32x4.splat(EPSILON))));
  if (code == SQUARED_LOGARITHMIC) {
    const gap = f32x4.sub(logAbove4(p), logAbove4(t));
    const slope = f32x4.div(f32x4.add(gap, gap), f32x4.add(p, one));
    // The bound is flat below. A NaN is not below: it stays.
    return v128.andnot(slope, f32x4.lt(p, f32x4.splat(EPSILON)));
  }
  if (code == HINGE) {
    const slack = f32x4.sub(one, f32x4.mul(t, p));
    // A NaN is no flat place: it stays.
    return f32x4.add(
      v128.andnot(f32x4.neg(t), f32x4.le(slack, f32x4.splat(0))),
      f32x4.mul(slack, f32x4.splat(0)),
    );
  }
  if (code == SQUARED_HINGE) return f32x4.mul(f32x4.mul(hinge4(p, t), t), f32x4.splat(-2));
  if (code == DIVERGENCE) {
    const slope = f32x4.neg(f32x4.div(clipShare4(t), p));
    const below = f32x4.lt(p, f32x4.splat(EPSILON));
    const above = f32x4.gt(p, one);
    return v128.andnot(slope, v128.or(below, above));
  }
  if (code == BINARY) {
    const slope = f32x4.div(difference, f32x4.mul(p, f32x4.sub(one, p)));
    // The clip is flat outside of its bounds. A NaN is not outside: it stays.
    const below = f32x4.lt(p, f32x4.splat(EPSILON));
    const above = f32x4.gt(p, f32x4.splat(ONE_MINUS_EPSILON));
    return v128.andnot(slope, v128.or(below, above));
  }
  return f32x4.sub(sigmoid4(p), t);
}

/**
 * One pass over the rows: the weighted sum of the rows' means of l, and its gradient.
 * With a constant `code` nothing but that loss remains. `smoothing` moves targets toward 1/2, for the binary losses; an
 * `option` of 1 takes the labels 0 and 1 of the hinge losses as -1 and 1.
 */
// @ts-ignore: decorator
@inline
export function elementwiseLoss(
  code: i32,
  predPtr: usize,
  targetPtr: usize,
  weightPtr: usize,
  dPredPtr: usize,
  rows: i32,
  width: i32,
  stride: i32,
  scale: f32,
  option: f32,
  smoothing: f32,
): f64 {
  assert(rows >= 0 && width > 0 && stride >= width);
  const keep = f32x4.splat(1 - smoothing);
  const shift = f32x4.splat(0.5 * smoothing);
  let total: f64 = 0;
  for (let row = 0; row < rows; row++) {
    const offset = rowOffset(row, stride);
    const weight = rowWeight(weightPtr, row);
    if (weight == 0) {
      if (dPredPtr != 0) zeroFrom(dPredPtr + offset, 0, stride);
      continue;
    }
    const factor = f32x4.splat(<f32>(<f64>scale * weight / width));
    let sums = f64x2.splat(0);
    for (let j = 0; j < width; j += 4) {
      const at = offset + ((<usize>j) << 2);
      const left = width - j;
      const mask = laneMask(left);
      const p = loadUpTo4(predPtr + at, left);
      let t = loadUpTo4(targetPtr + at, left);
      if ((code == HINGE || code == SQUARED_HINGE) && option != 0) t = f32x4.sub(f32x4.add(t, t), f32x4.splat(1));
      if (code >= BINARY) t = f32x4.add(f32x4.mul(t, keep), shift);
      sums = addWide(sums, v128.and(value4(code, p, t, option), mask));
      if (dPredPtr != 0) {
        const gradient = f32x4.mul(gradient4(code, p, t, option), factor);
        storeUpTo4(dPredPtr + at, v128.and(gradient, mask), stride - j);
      }
    }
    if (dPredPtr != 0) zeroFrom(dPredPtr + offset, (width + 3) & ~3, stride);
    total += <f64>weight * hsumWide(sums) / width;
  }
  return total;
}
