import { BINARY, BINARY_LOGITS, elementwiseLoss } from "./elementwise";

/**
 * binaryCrossentropyLoss: mean over the width of the crossentropy of independent yes-no targets.
 *  Math     t' = t (1 - labelSmoothing) + labelSmoothing/2.
 *           Probabilities: q = clip(p, 1e-7, 1 - 1e-7), l = -t' ln q - (1 - t') ln(1 - q); ∂l/∂p = (p - t') / (p (1 - p)),
 *           0 where the clip is flat, as in Keras.
 *           Logits: l = max(z, 0) - z t' + ln(1 + e^-|z|),  ∂l/∂z = σ(z) - t'
 *  Shapes   pred, target, dPred [rows, width], `stride` floats from row to row; weight [rows] or 0 (all ones)
 *  Writes   dPred (=) unless 0: scale · weight · ∂l/∂pred, 0 in the padding; returns Σ weight · l. A row of weight 0
 *           gives 0 and a gradient of 0, whatever it holds
 *  Alias    dPred may be pred; any width >= 1; no alignment needed
 *  Error    value <= 6 eps Σ(1 + |l| + |z|); gradient <= 6 eps (|p| + |t'|) / (p (1 - p)), or 4 eps for logits; NaN for NaN
 *  Cost     12 bytes and about 110 instructions for four floats
 *  Oracle   test/oracle/kernels/elementwise-losses.ts
 */
export function binaryCrossentropyLoss(
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
  return fromLogits
    ? elementwiseLoss(
        BINARY_LOGITS,
        predPtr,
        targetPtr,
        weightPtr,
        dPredPtr,
        rows,
        width,
        stride,
        scale,
        0,
        labelSmoothing,
      )
    : elementwiseLoss(
        BINARY,
        predPtr,
        targetPtr,
        weightPtr,
        dPredPtr,
        rows,
        width,
        stride,
        scale,
        0,
        labelSmoothing,
      );
}
