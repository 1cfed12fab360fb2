import { exp4 } from "../simd/exp";
import { addWide, hmax4, hsumWide, laneMask, loadUpTo4, storeUpTo4 } from "../simd/lanes";
import { log4 } from "../simd/log";
import { EPSILON, ONE_MINUS_EPSILON } from "./elementwise";
import { rowOffset, rowWeight, zeroFrom } from "./rows";

/** Targets of four columns: dense ones, smoothed, or 1 at the class. */
// @ts-ignore: decorator
@inline
function target4(targetRow: usize, classIndex: i32, j: i32, left: i32, keep: v128, shift: v128): v128 {
  if (targetRow == 0) {
    const columns = i32x4.add(i32x4.splat(j), i32x4(0, 1, 2, 3));
    return v128.and(i32x4.eq(columns, i32x4.splat(classIndex)), f32x4.splat(1));
  }
  return f32x4.add(f32x4.mul(loadUpTo4(targetRow + ((<usize>j) << 2), left), keep), shift);
}

/** l = Σ t (L - z) with L = ln Σ e^z;  ∂l/∂z = softmax(z) Σt - t. */
function logitsRow(
  z: usize,
  dz: usize,
  targetRow: usize,
  classIndex: i32,
  width: i32,
  stride: i32,
  factor: f32,
  smoothing: f32,
): f64 {
  const keep = f32x4.splat(1 - smoothing);
  const shift = f32x4.splat(smoothing / <f32>width);
  let tops = f32x4.splat(-Infinity);
  for (let j = 0; j < width; j += 4) {
    const left = width - j;
    const values = loadUpTo4(z + ((<usize>j) << 2), left);
    tops = f32x4.max(tops, v128.bitselect(values, f32x4.splat(-Infinity), laneMask(left)));
  }
  const top = f32x4.splat(hmax4(tops));
  let sums = f64x2.splat(0);
  let targets = f64x2.splat(0);
  let products = f64x2.splat(0);
  for (let j = 0; j < width; j += 4) {
    const left = width - j;
    const mask = laneMask(left);
    const below = f32x4.sub(loadUpTo4(z + ((<usize>j) << 2), left), top);
    const t = v128.and(target4(targetRow, classIndex, j, left, keep, shift), mask);
    sums = addWide(sums, v128.and(exp4(below), mask));
    targets = addWide(targets, t);
    // A target of 0 has no say, even where the logit is -Infinity.
    products = addWide(products, v128.and(f32x4.mul(t, below), f32x4.ne(t, f32x4.splat(0))));
  }
  const sum = <f32>hsumWide(sums);
  const targetSum = hsumWide(targets);
  if (dz != 0) {
    const share = f32x4.splat(<f32>(targetSum / sum));
    for (let j = 0; j < width; j += 4) {
      const left = width - j;
      const at = (<usize>j) << 2;
      const t = target4(targetRow, classIndex, j, left, keep, shift);
      const e = exp4(f32x4.sub(loadUpTo4(z + at, left), top));
      const gradient = f32x4.mul(f32x4.sub(f32x4.mul(e, share), t), f32x4.splat(factor));
      storeUpTo4(dz + at, v128.and(gradient, laneMask(left)), stride - j);
    }
    zeroFrom(dz, (width + 3) & ~3, stride);
  }
  return targetSum * f32x4.extract_lane(log4(f32x4.splat(sum)), 0) - hsumWide(products);
}

/** ∂l/∂q of four columns, q clipped: -t / q, 0 where the clip is flat. */
// @ts-ignore: decorator
@inline
function slope4(q: v128, t: v128): v128 {
  const below = f32x4.lt(q, f32x4.splat(EPSILON));
  const above = f32x4.gt(q, f32x4.splat(ONE_MINUS_EPSILON));
  return v128.andnot(f32x4.neg(f32x4.div(t, q)), v128.or(below, above));
}

/** q = p / Σp, l = -Σ t ln clip(q);  ∂l/∂p_j = (a_j - Σ_k a_k q_k) / Σp with a = ∂l/∂q. */
function probabilitiesRow(
  p: usize,
  dp: usize,
  targetRow: usize,
  classIndex: i32,
  width: i32,
  stride: i32,
  factor: f32,
  smoothing: f32,
): f64 {
  const keep = f32x4.splat(1 - smoothing);
  const shift = f32x4.splat(smoothing / <f32>width);
  let sums = f64x2.splat(0);
  for (let j = 0; j < width; j += 4) {
    sums = addWide(sums, loadUpTo4(p + ((<usize>j) << 2), width - j));
  }
  const sum = f32x4.splat(<f32>hsumWide(sums));
  let losses = f64x2.splat(0);
  let slopes = f64x2.splat(0);
  for (let j = 0; j < width; j += 4) {
    const left = width - j;
    const mask = laneMask(left);
    const q = f32x4.div(loadUpTo4(p + ((<usize>j) << 2), left), sum);
    const t = v128.and(target4(targetRow, classIndex, j, left, keep, shift), mask);
    const clipped = f32x4.pmax(f32x4.pmin(q, f32x4.splat(ONE_MINUS_EPSILON)), f32x4.splat(EPSILON));
    losses = addWide(losses, v128.and(f32x4.mul(t, log4(clipped)), mask));
    slopes = addWide(slopes, v128.and(f32x4.mul(slope4(q, t), q), mask));
  }
  if (dp != 0) {
    const mean = f32x4.splat(<f32>hsumWide(slopes));
    for (let j = 0; j < width; j += 4) {
      const left = width - j;
      const at = (<usize>j) << 2;
      const q = f32x4.div(loadUpTo4(p + at, left), sum);
      const slope = slope4(q, target4(targetRow, classIndex, j, left, keep, shift));
      const gradient = f32x4.mul(f32x4.div(f32x4.sub(slope, mean), sum), f32x4.splat(factor));
      storeUpTo4(dp + at, v128.and(gradient, laneMask(left)), stride - j);
    }
    zeroFrom(dp, (width + 3) & ~3, stride);
  }
  return -hsumWide(losses);
}

/**
 * categoricalCrossentropyLoss: crossentropy of a row of class probabilities or logits with a row of target probabilities.
 *  Math     t' = t (1 - labelSmoothing) + labelSmoothing/width.
 *           Probabilities: q = p / Σp, l = -Σ t' ln clip(q, 1e-7, 1 - 1e-7), flat outside of the clip, as in Keras.
 *           Logits: l = Σ t' (ln Σe^z - z),  ∂l/∂z = softmax(z) Σt' - t'
 *  Shapes   pred, target, dPred [rows, width], `stride` floats from row to row; weight [rows] or 0 (all ones)
 *  Writes   dPred (=) unless 0: scale · weight · ∂l/∂pred, 0 in the padding; returns Σ weight · l. A row of weight 0
 *           gives 0 and a gradient of 0, whatever it holds
 *  Alias    dPred may be pred; any width >= 1; no alignment needed
 *  Error    value <= 8 eps (1 + Σ|terms|); gradient <= 8 eps of its terms; a NaN makes its row NaN
 *  Cost     3 passes over a row that stays in cache; about 200 instructions for four floats
 *  Oracle   test/oracle/kernels/crossentropy-losses.ts
 */
export function categoricalCrossentropyLoss(
  predPtr: usize,
  targetPtr: usize,
  weightPtr: usize,
  dPredPtr: usize,
  rows: i32,
  width: i32,
  stride: i32,
  scale: f32,
  fromLogits: i32,
  labelSmoothing: f32,
): f64 {
  assert(rows >= 0 && width > 0 && stride >= width);
  let total: f64 = 0;
  for (let row = 0; row < rows; row++) {
    const offset = rowOffset(row, stride);
    const weight = rowWeight(weightPtr, row);
    const gradient: usize = dPredPtr == 0 ? 0 : dPredPtr + offset;
    if (weight == 0) {
      if (gradient != 0) zeroFrom(gradient, 0, stride);
      continue;
    }
    const target = targetPtr + offset;
    const factor = scale * weight;
    const loss = fromLogits
      ? logitsRow(predPtr + offset, gradient, target, 0, width, stride, factor, labelSmoothing)
      : probabilitiesRow(predPtr + offset, gradient, target, 0, width, stride, factor, labelSmoothing);
    total += <f64>weight * loss;
  }
  return total;
}

/**
 * sparseCategoricalCrossentropyLoss: crossentropy of a row of class probabilities or logits with one class index.
 *  Math     categoricalCrossentropyLoss with t = 1 at the class and 0 elsewhere, without smoothing
 *  Shapes   pred, dPred [rows, width], `stride` floats from row to row; target: the class as a float, `targetStride` floats
 *           from row to row; weight [rows] or 0 (all ones)
 *  Writes   dPred (=) unless 0: scale · weight · ∂l/∂pred, 0 in the padding; returns Σ weight · l. A row of weight 0
 *           gives 0 and a gradient of 0, whatever it holds
 *  Alias    dPred may be pred; any width >= 1; no alignment needed
 *  Error    as categoricalCrossentropyLoss; a class that is no whole number in [0, width) makes loss and gradient row NaN
 *  Cost     as categoricalCrossentropyLoss
 *  Oracle   test/oracle/kernels/crossentropy-losses.ts
 */
export function sparseCategoricalCrossentropyLoss(
  predPtr: usize,
  targetPtr: usize,
  weightPtr: usize,
  dPredPtr: usize,
  rows: i32,
  width: i32,
  stride: i32,
  scale: f32,
  targetStride: i32,
  fromLogits: i32,
): f64 {
  assert(rows >= 0 && width > 0 && stride >= width && targetStride > 0);
  let total: f64 = 0;
  for (let row = 0; row < rows; row++) {
    const offset = rowOffset(row, stride);
    const weight = rowWeight(weightPtr, row);
    const gradient: usize = dPredPtr == 0 ? 0 : dPredPtr + offset;
    if (weight == 0) {
      if (gradient != 0) zeroFrom(gradient, 0, stride);
      continue;
    }
    const target = load<f32>(targetPtr + rowOffset(row, targetStride));
    const known = target >= 0 && target < <f32>width && floor(target) == target;
    const classIndex = known ? <i32>target : 0;
    const factor: f32 = known ? scale * weight : NaN;
    const loss = fromLogits
      ? logitsRow(predPtr + offset, gradient, 0, classIndex, width, stride, factor, 0)
      : probabilitiesRow(predPtr + offset, gradient, 0, classIndex, width, stride, factor, 0);
    total += known ? <f64>weight * loss : NaN;
  }
  return total;
}
