import { addWide, hsumWide, laneMask, loadUpTo4, storeUpTo4 } from "../simd/lanes";
import { log4 } from "../simd/log";
import { sigmoid4 } from "../simd/sigmoid";
import { softplus4 } from "../simd/softplus";
import { rowOffset, rowWeight, zeroFrom } from "./rows";

/** What keeps a variance from 0. */
const SMALLEST_VARIANCE: f32 = 1e-6;

/**
 * gaussianNegativeLogLikelihoodLoss: how unlikely the target is under a predicted mean and spread (Nix & Weigend 1994).
 *  Math     v = softplus(s) + 1e-6, l = (ln v + (m - t)² / v) / 2, the constant ln(2π)/2 left out as in PyTorch; mean over the
 *           outputs;  ∂l/∂m = (m - t) / v,  ∂l/∂s = (1 - (m - t)² / v) / 2v · σ(s)
 *  Shapes   pred, dPred [rows, 2, outputs]: the means m, then the raw spreads s, `stride` floats from row to row; target
 *           [rows, outputs], `targetStride` floats from row to row; weight [rows] or 0 (all ones)
 *  Writes   dPred (=) unless 0: scale · weight · ∂l/∂pred, 0 in the padding; returns Σ weight · l. A row of weight 0
 *           gives 0 and a gradient of 0, whatever it holds
 *  Alias    dPred may be pred; any width >= 1; no alignment needed
 *  Error    value <= 8 eps (1 + Σ|terms|); gradient <= 12 eps of its terms; NaN for NaN
 *  Cost     20 bytes and about 150 instructions for four outputs
 *  Oracle   test/oracle/kernels/row-losses.ts
 */
export function gaussianNegativeLogLikelihoodLoss(
  predPtr: usize,
  targetPtr: usize,
  weightPtr: usize,
  dPredPtr: usize,
  rows: i32,
  width: i32,
  stride: i32,
  scale: f32,
  targetStride: i32,
): f64 {
  assert(rows >= 0 && width > 0 && width % 2 == 0 && stride >= width);
  const outputs = width / 2;
  assert(targetStride >= outputs);
  const half = f32x4.splat(0.5);
  const one = f32x4.splat(1);
  let total: f64 = 0;
  for (let row = 0; row < rows; row++) {
    const offset = rowOffset(row, stride);
    const weight = rowWeight(weightPtr, row);
    if (weight == 0) {
      if (dPredPtr != 0) zeroFrom(dPredPtr + offset, 0, stride);
      continue;
    }
    const target = targetPtr + rowOffset(row, targetStride);
    const spread = (<usize>outputs) << 2;
    const factor = f32x4.splat(<f32>((<f64>scale * weight) / outputs));
    let sums = f64x2.splat(0);
    for (let j = 0; j < outputs; j += 4) {
      const left = outputs - j;
      const at = offset + ((<usize>j) << 2);
      const s = loadUpTo4(predPtr + at + spread, left);
      const variance = f32x4.add(softplus4(s), f32x4.splat(SMALLEST_VARIANCE));
      const difference = f32x4.sub(
        loadUpTo4(predPtr + at, left),
        loadUpTo4(target + ((<usize>j) << 2), left),
      );
      const slope = f32x4.div(difference, variance);
      const surprise = f32x4.mul(difference, slope);
      const loss = f32x4.mul(f32x4.add(log4(variance), surprise), half);
      sums = addWide(sums, v128.and(loss, laneMask(left)));
      if (dPredPtr == 0) continue;
      const byVariance = f32x4.div(f32x4.mul(f32x4.sub(one, surprise), half), variance);
      storeUpTo4(dPredPtr + at, f32x4.mul(slope, factor), left);
      storeUpTo4(dPredPtr + at + spread, f32x4.mul(f32x4.mul(byVariance, sigmoid4(s)), factor), left);
    }
    if (dPredPtr != 0) zeroFrom(dPredPtr + offset, width, stride);
    total += (<f64>weight * hsumWide(sums)) / outputs;
  }
  return total;
}
