import { rowOffset, rowWeight, zeroFrom } from "./rows";

/**
 * quantileLoss: mean pinball loss of several quantiles of each target (Koenker & Bassett 1978).
 *  Math     u = t - p: l = max(τ u, (τ - 1) u);  ∂l/∂p = -τ for u > 0, 1 - τ for u < 0, 0 at 0; mean over the width
 *  Shapes   pred, dPred [rows, width / quantiles, quantiles], `stride` floats from row to row; target [rows, width / quantiles],
 *           `targetStride` floats from row to row; quantile levels τ [quantiles]; weight [rows] or 0 (all ones)
 *  Writes   dPred (=) unless 0: scale · weight · ∂l/∂pred, 0 in the padding; returns Σ weight · l. A row of weight 0
 *           gives 0 and a gradient of 0, whatever it holds
 *  Alias    dPred may be pred; any width >= 1; no alignment needed
 *  Error    value <= 4 eps Σ|terms|; gradient <= 2 ULP; NaN for NaN
 *  Cost     12 bytes and 8 flops a float, one at a time
 *  Oracle   test/oracle/kernels/row-losses.ts
 */
export function quantileLoss(
  predPtr: usize,
  targetPtr: usize,
  weightPtr: usize,
  dPredPtr: usize,
  rows: i32,
  width: i32,
  stride: i32,
  scale: f32,
  quantilesPtr: usize,
  quantiles: i32,
  targetStride: i32,
): f64 {
  assert(rows >= 0 && width > 0 && stride >= width);
  assert(quantiles > 0 && width % quantiles == 0 && targetStride >= width / quantiles);
  let total: f64 = 0;
  for (let row = 0; row < rows; row++) {
    const offset = rowOffset(row, stride);
    const weight = rowWeight(weightPtr, row);
    if (weight == 0) {
      if (dPredPtr != 0) zeroFrom(dPredPtr + offset, 0, stride);
      continue;
    }
    const target = targetPtr + rowOffset(row, targetStride);
    const factor = (<f64>scale * weight) / width;
    let sum: f64 = 0;
    for (let j = 0; j < width; j++) {
      const at = offset + ((<usize>j) << 2);
      const level = load<f32>(quantilesPtr + ((<usize>(j % quantiles)) << 2));
      const under = load<f32>(target + ((<usize>(j / quantiles)) << 2)) - load<f32>(predPtr + at);
      const slope = under > 0 ? -(<f64>level) : under < 0 ? 1 - <f64>level : <f64>under;
      sum -= slope * under;
      if (dPredPtr != 0) store<f32>(dPredPtr + at, <f32>(factor * slope));
    }
    if (dPredPtr != 0) zeroFrom(dPredPtr + offset, width, stride);
    total += (<f64>weight * sum) / width;
  }
  return total;
}
