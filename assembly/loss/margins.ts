import { DIVERGENCE, elementwiseLoss, HINGE, SQUARED_HINGE } from "./elementwise";

/**
 * hingeLoss: mean over the width of max(1 - target pred, 0), for labels -1 and 1.
 *  Math     l = max(1 - t p, 0),  ∂l/∂p = -t where 1 - t p > 0, else 0
 *  Shapes   pred, target, dPred [rows, width], `stride` floats from row to row; weight [rows] or 0 (all ones);
 *           `binary` 1: labels are 0 and 1 and count as -1 and 1
 *  Writes   dPred (=) unless 0: scale · weight · ∂l/∂pred, 0 in the padding; returns Σ weight · l. A row of weight 0
 *           gives 0 and a gradient of 0, whatever it holds
 *  Alias    dPred may be pred; any width >= 1; no alignment needed
 *  Error    value <= 4 eps Σ|terms|, summed in float64; gradient <= 2 ULP; NaN for NaN
 *  Cost     12 bytes and 10 flops a float: bound by memory
 *  Oracle   test/oracle/kernels/elementwise-losses.ts
 */
export function hingeLoss(
  predPtr: usize,
  targetPtr: usize,
  weightPtr: usize,
  dPredPtr: usize,
  rows: i32,
  width: i32,
  stride: i32,
  scale: f32,
  binary: f32,
): f64 {
  return elementwiseLoss(
    HINGE,
    predPtr,
    targetPtr,
    weightPtr,
    dPredPtr,
    rows,
    width,
    stride,
    scale,
    binary,
    0,
  );
}

/**
 * squaredHingeLoss: mean over the width of max(1 - target pred, 0)², for labels -1 and 1.
 *  Math     l = max(1 - t p, 0)²,  ∂l/∂p = -2 t max(1 - t p, 0)
 *  Shapes   pred, target, dPred [rows, width], `stride` floats from row to row; weight [rows] or 0 (all ones);
 *           `binary` 1: labels are 0 and 1 and count as -1 and 1
 *  Writes   dPred (=) unless 0: scale · weight · ∂l/∂pred, 0 in the padding; returns Σ weight · l. A row of weight 0
 *           gives 0 and a gradient of 0, whatever it holds
 *  Alias    dPred may be pred; any width >= 1; no alignment needed
 *  Error    value <= 6 eps Σ|terms|, summed in float64; gradient <= 6 eps (1 + |t p|) |t|; NaN for NaN
 *  Cost     12 bytes and 10 flops a float: bound by memory
 *  Oracle   test/oracle/kernels/elementwise-losses.ts
 */
export function squaredHingeLoss(
  predPtr: usize,
  targetPtr: usize,
  weightPtr: usize,
  dPredPtr: usize,
  rows: i32,
  width: i32,
  stride: i32,
  scale: f32,
  binary: f32,
): f64 {
  return elementwiseLoss(
    SQUARED_HINGE,
    predPtr,
    targetPtr,
    weightPtr,
    dPredPtr,
    rows,
    width,
    stride,
    scale,
    binary,
    0,
  );
}

/**
 * klDivergenceLoss: the sum over the width of target ln(target / pred), both within [1e-7, 1], as in Keras.
 *  Math     l = Σ t (ln t - ln p),  ∂l/∂p = -t / p, 0 outside of [1e-7, 1]
 *  Shapes   pred, target, dPred [rows, width], `stride` floats from row to row; weight [rows] or 0 (all ones)
 *  Writes   dPred (=) unless 0: scale · weight · ∂l/∂pred, 0 in the padding; returns Σ weight · l. A row of weight 0
 *           gives 0 and a gradient of 0, whatever it holds
 *  Alias    dPred may be pred; any width >= 1; no alignment needed
 *  Error    value <= 8 eps Σ t (|ln t| + |ln p|), summed in float64; gradient <= 4 ULP; NaN for NaN
 *  Cost     12 bytes and about 110 instructions for four floats
 *  Oracle   test/oracle/kernels/elementwise-losses.ts
 */
export function klDivergenceLoss(
  predPtr: usize,
  targetPtr: usize,
  weightPtr: usize,
  dPredPtr: usize,
  rows: i32,
  width: i32,
  stride: i32,
  scale: f32,
): f64 {
  // A sum is `width` times the mean.
  const whole = <f32>(<f64>scale * width);
  const mean = elementwiseLoss(
    DIVERGENCE,
    predPtr,
    targetPtr,
    weightPtr,
    dPredPtr,
    rows,
    width,
    stride,
    whole,
    0,
    0,
  );
  return mean * width;
}
