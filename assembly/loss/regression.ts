import {
  ABSOLUTE,
  ABSOLUTE_PERCENTAGE,
  elementwiseLoss,
  HUBER,
  LOG_COSH,
  POISSON,
  SQUARED,
  SQUARED_LOGARITHMIC,
} from "./elementwise";

/**
 * meanSquaredErrorLoss: mean over the width of (pred - target)².
 *  Math     MATH.md (55): l = (p - t)²,  ∂l/∂p = 2 (p - t)
 *  Shapes   pred, target, dPred [rows, width], `stride` floats from row to row; weight [rows] or 0 (all ones)
 *  Writes   dPred (=) unless 0: scale · weight · ∂l/∂pred, 0 in the padding; returns Σ weight · l. A row of weight 0
 *           gives 0 and a gradient of 0, whatever it holds
 *  Alias    dPred may be pred; any width >= 1; no alignment needed
 *  Error    value <= 4 eps Σ|terms|, summed in float64; gradient <= 3 ULP; NaN for NaN
 *  Cost     12 bytes and 6 flops a float: bound by memory
 *  Oracle   test/oracle/kernels/elementwise-losses.ts
 */
export function meanSquaredErrorLoss(
  predPtr: usize,
  targetPtr: usize,
  weightPtr: usize,
  dPredPtr: usize,
  rows: i32,
  width: i32,
  stride: i32,
  scale: f32,
): f64 {
  return elementwiseLoss(SQUARED, predPtr, targetPtr, weightPtr, dPredPtr, rows, width, stride, scale, 0, 0);
}

/**
 * meanAbsoluteErrorLoss: mean over the width of |pred - target|.
 *  Math     l = |p - t|,  ∂l/∂p = sign(p - t), 0 at 0
 *  Shapes   pred, target, dPred [rows, width], `stride` floats from row to row; weight [rows] or 0 (all ones)
 *  Writes   dPred (=) unless 0: scale · weight · ∂l/∂pred, 0 in the padding; returns Σ weight · l. A row of weight 0
 *           gives 0 and a gradient of 0, whatever it holds
 *  Alias    dPred may be pred; any width >= 1; no alignment needed
 *  Error    value <= 4 eps Σ|terms|, summed in float64; gradient <= 2 ULP; NaN for NaN
 *  Cost     12 bytes and 8 flops a float: bound by memory
 *  Oracle   test/oracle/kernels/elementwise-losses.ts
 */
export function meanAbsoluteErrorLoss(
  predPtr: usize,
  targetPtr: usize,
  weightPtr: usize,
  dPredPtr: usize,
  rows: i32,
  width: i32,
  stride: i32,
  scale: f32,
): f64 {
  return elementwiseLoss(ABSOLUTE, predPtr, targetPtr, weightPtr, dPredPtr, rows, width, stride, scale, 0, 0);
}

/**
 * huberLoss: quadratic up to `delta`, linear beyond (Huber 1964).
 *  Math     a = |p - t|: l = a²/2 for a <= delta, else delta (a - delta/2);  ∂l/∂p = clip(p - t, -delta, delta)
 *  Shapes   pred, target, dPred [rows, width], `stride` floats from row to row; weight [rows] or 0 (all ones)
 *  Writes   dPred (=) unless 0: scale · weight · ∂l/∂pred, 0 in the padding; returns Σ weight · l. A row of weight 0
 *           gives 0 and a gradient of 0, whatever it holds
 *  Alias    dPred may be pred; any width >= 1; no alignment needed
 *  Error    value <= 4 eps Σ|terms|, summed in float64; gradient <= 3 ULP; NaN for NaN
 *  Cost     12 bytes and 10 flops a float: bound by memory
 *  Oracle   test/oracle/kernels/elementwise-losses.ts
 */
export function huberLoss(
  predPtr: usize,
  targetPtr: usize,
  weightPtr: usize,
  dPredPtr: usize,
  rows: i32,
  width: i32,
  stride: i32,
  scale: f32,
  delta: f32,
): f64 {
  return elementwiseLoss(
    HUBER,
    predPtr,
    targetPtr,
    weightPtr,
    dPredPtr,
    rows,
    width,
    stride,
    scale,
    delta,
    0,
  );
}

/**
 * logCoshLoss: mean over the width of ln cosh(pred - target), without overflow and without cancellation near 0.
 *  Math     l = ln cosh(p - t),  ∂l/∂p = tanh(p - t)
 *  Shapes   pred, target, dPred [rows, width], `stride` floats from row to row; weight [rows] or 0 (all ones)
 *  Writes   dPred (=) unless 0: scale · weight · ∂l/∂pred, 0 in the padding; returns Σ weight · l. A row of weight 0
 *           gives 0 and a gradient of 0, whatever it holds
 *  Alias    dPred may be pred; any width >= 1; no alignment needed
 *  Error    value <= 6 eps Σ|terms|, summed in float64; gradient <= 5 ULP; NaN for NaN
 *  Cost     12 bytes and about 180 instructions for four floats
 *  Oracle   test/oracle/kernels/elementwise-losses.ts
 */
export function logCoshLoss(
  predPtr: usize,
  targetPtr: usize,
  weightPtr: usize,
  dPredPtr: usize,
  rows: i32,
  width: i32,
  stride: i32,
  scale: f32,
): f64 {
  return elementwiseLoss(LOG_COSH, predPtr, targetPtr, weightPtr, dPredPtr, rows, width, stride, scale, 0, 0);
}

/**
 * meanAbsolutePercentageLoss: Keras's percentage error, guarded where the target is 0.
 *  Math     l = 100 |p - t| / max(|t|, 1e-7),  ∂l/∂p = ±100 / max(|t|, 1e-7), 0 at 0
 *  Shapes   pred, target, dPred [rows, width], `stride` floats from row to row; weight [rows] or 0 (all ones)
 *  Writes   dPred (=) unless 0: scale · weight · ∂l/∂pred, 0 in the padding; returns Σ weight · l. A row of weight 0
 *           gives 0 and a gradient of 0, whatever it holds
 *  Alias    dPred may be pred; any width >= 1; no alignment needed
 *  Error    value <= 4 eps Σ|terms|, summed in float64; gradient <= 3 ULP; NaN for NaN
 *  Cost     12 bytes and 12 flops a float
 *  Oracle   test/oracle/kernels/elementwise-losses.ts
 */
export function meanAbsolutePercentageLoss(
  predPtr: usize,
  targetPtr: usize,
  weightPtr: usize,
  dPredPtr: usize,
  rows: i32,
  width: i32,
  stride: i32,
  scale: f32,
): f64 {
  return elementwiseLoss(
    ABSOLUTE_PERCENTAGE,
    predPtr,
    targetPtr,
    weightPtr,
    dPredPtr,
    rows,
    width,
    stride,
    scale,
    0,
    0,
  );
}

/**
 * poissonLoss: Keras's Poisson loss of a predicted rate.
 *  Math     l = p - t ln(p + 1e-7),  ∂l/∂p = 1 - t / (p + 1e-7)
 *  Shapes   pred, target, dPred [rows, width], `stride` floats from row to row; weight [rows] or 0 (all ones)
 *  Writes   dPred (=) unless 0: scale · weight · ∂l/∂pred, 0 in the padding; returns Σ weight · l. A row of weight 0
 *           gives 0 and a gradient of 0, whatever it holds
 *  Alias    dPred may be pred; any width >= 1; no alignment needed
 *  Error    value <= 4 eps Σ|terms|, summed in float64; gradient <= 4 ULP; NaN for NaN; gradient: of its two terms; NaN for p < -1e-7
 *  Cost     12 bytes and about 60 instructions for four floats
 *  Oracle   test/oracle/kernels/elementwise-losses.ts
 */
export function poissonLoss(
  predPtr: usize,
  targetPtr: usize,
  weightPtr: usize,
  dPredPtr: usize,
  rows: i32,
  width: i32,
  stride: i32,
  scale: f32,
): f64 {
  return elementwiseLoss(POISSON, predPtr, targetPtr, weightPtr, dPredPtr, rows, width, stride, scale, 0, 0);
}

/**
 * meanSquaredLogarithmicLoss: mean over the width of (ln(1 + pred) - ln(1 + target))², both at least 1e-7, as in Keras.
 *  Math     l = (ln(1 + max(p, 1e-7)) - ln(1 + max(t, 1e-7)))²,  ∂l/∂p = 2 (…) / (1 + p), 0 for p < 1e-7
 *  Shapes   pred, target, dPred [rows, width], `stride` floats from row to row; weight [rows] or 0 (all ones)
 *  Writes   dPred (=) unless 0: scale · weight · ∂l/∂pred, 0 in the padding; returns Σ weight · l. A row of weight 0
 *           gives 0 and a gradient of 0, whatever it holds
 *  Alias    dPred may be pred; any width >= 1; no alignment needed
 *  Error    value <= 8 eps, summed in float64; gradient <= 8 eps; NaN for NaN
 *  Cost     12 bytes and about 110 instructions for four floats
 *  Oracle   test/oracle/kernels/elementwise-losses.ts
 */
export function meanSquaredLogarithmicLoss(
  predPtr: usize,
  targetPtr: usize,
  weightPtr: usize,
  dPredPtr: usize,
  rows: i32,
  width: i32,
  stride: i32,
  scale: f32,
): f64 {
  return elementwiseLoss(
    SQUARED_LOGARITHMIC,
    predPtr,
    targetPtr,
    weightPtr,
    dPredPtr,
    rows,
    width,
    stride,
    scale,
    0,
    0,
  );
}
