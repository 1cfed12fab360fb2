import { hsumWide, laneMask, loadUpTo4, storeUpTo4 } from "../simd/lanes";
import { EPSILON } from "./elementwise";
import { rowOffset, rowWeight, zeroFrom } from "./rows";

/** Σ a b in float64, where the product of two floats is exact. */
// @ts-ignore: decorator
@inline
function addProducts(sums: v128, a: v128, b: v128): v128 {
  const low = f64x2.mul(f64x2.promote_low_f32x4(a), f64x2.promote_low_f32x4(b));
  const aHigh = f64x2.promote_low_f32x4(v128.shuffle<f32>(a, a, 2, 3, 2, 3));
  const bHigh = f64x2.promote_low_f32x4(v128.shuffle<f32>(b, b, 2, 3, 2, 3));
  return f64x2.add(sums, f64x2.add(low, f64x2.mul(aHigh, bHigh)));
}

/**
 * cosineSimilarityLoss: minus the cosine of the angle between a row of predictions and a row of targets.
 *  Math     c = p·t / (|p| |t|), l = -c, each norm at least 1e-7 as in Keras;
 *           ∂l/∂p = -(t / |t| - c p / |p|) / |p|, without the second term where |p| is below 1e-7
 *  Shapes   pred, target, dPred [rows, width], `stride` floats from row to row; weight [rows] or 0 (all ones)
 *  Writes   dPred (=) unless 0: scale · weight · ∂l/∂pred, 0 in the padding; returns Σ weight · l. A row of weight 0
 *           gives 0 and a gradient of 0, whatever it holds
 *  Alias    dPred may be pred; any width >= 1; no alignment needed
 *  Error    value <= 4 eps; gradient <= 4 eps (|t_j| / |t| + |p_j| / |p|) / |p|; sums in float64
 *  Cost     2 passes, 16 bytes and 12 flops a float
 *  Oracle   test/oracle/kernels/row-losses.ts
 */
export function cosineSimilarityLoss(
  predPtr: usize,
  targetPtr: usize,
  weightPtr: usize,
  dPredPtr: usize,
  rows: i32,
  width: i32,
  stride: i32,
  scale: f32,
): f64 {
  assert(rows >= 0 && width > 0 && stride >= width);
  let total: f64 = 0;
  for (let row = 0; row < rows; row++) {
    const offset = rowOffset(row, stride);
    const weight = rowWeight(weightPtr, row);
    if (weight == 0) {
      if (dPredPtr != 0) zeroFrom(dPredPtr + offset, 0, stride);
      continue;
    }
    let dots = f64x2.splat(0);
    let pSquares = f64x2.splat(0);
    let tSquares = f64x2.splat(0);
    for (let j = 0; j < width; j += 4) {
      const at = offset + ((<usize>j) << 2);
      const p = loadUpTo4(predPtr + at, width - j);
      const t = loadUpTo4(targetPtr + at, width - j);
      dots = addProducts(dots, p, t);
      pSquares = addProducts(pSquares, p, p);
      tSquares = addProducts(tSquares, t, t);
    }
    const pLength = sqrt(hsumWide(pSquares));
    const pNorm = max<f64>(pLength, EPSILON);
    const tNorm = max<f64>(sqrt(hsumWide(tSquares)), EPSILON);
    const cosine = hsumWide(dots) / (pNorm * tNorm);
    total -= <f64>weight * cosine;
    if (dPredPtr == 0) continue;
    const factor = <f64>scale * weight / pNorm;
    const tFactor = f32x4.splat(<f32>(-factor / tNorm));
    const pFactor = f32x4.splat(pLength < EPSILON ? 0 : <f32>(factor * cosine / pNorm));
    for (let j = 0; j < width; j += 4) {
      const left = width - j;
      const at = offset + ((<usize>j) << 2);
      const p = f32x4.mul(loadUpTo4(predPtr + at, left), pFactor);
      const t = f32x4.mul(loadUpTo4(targetPtr + at, left), tFactor);
      storeUpTo4(dPredPtr + at, v128.and(f32x4.add(p, t), laneMask(left)), stride - j);
    }
    zeroFrom(dPredPtr + offset, (width + 3) & ~3, stride);
  }
  return total;
}
