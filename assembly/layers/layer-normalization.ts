import { addLanes } from "../linalg/outer-product";
import { addWide, hsumWide, laneMask, loadUpTo4 } from "../simd/lanes";

/**
 * layerNormalizationForward: each row to mean 0 and variance 1, then scaled and shifted.
 *
 * Math     MATH.md (52): μ = Σ x / F, s = 1 / √(Σ (x - μ)² / F + ε), x̂ = (x - μ) s, y = γ x̂ + β
 *          (Ba, Kiros & Hinton 2016, eq. 4, over the last axis)
 * Shapes   x, y [rows, width] with `stride` elements, a multiple of 4, from row to row; gamma, beta [width] or 0;
 *          statistics [rows, 2]: μ and s, which backward reads
 * Writes   y (=), up to the column 4 ⌈width/4⌉, its padding as zeros; statistics (=)
 * Alias    y may be x; any rows >= 0, width >= 1
 * Error    μ and the variance are float64 sums, μ rounded once: <= 4 eps (|γ| (|x̂| + |μ| s) + |β|)
 * Cost     3 passes over a row that stays in cache
 * Oracle   test/assembly/layers/layer-normalization.test.ts
 */
export function layerNormalizationForward(
  xPtr: usize,
  yPtr: usize,
  gammaPtr: usize,
  betaPtr: usize,
  statisticsPtr: usize,
  rows: i32,
  width: i32,
  stride: i32,
  epsilon: f64,
): void {
  assert(rows >= 0 && width >= 1 && stride >= width && (stride & 3) == 0);
  const rowBytes = <usize>stride << 2;
  for (let row = 0; row < rows; row++) {
    let sums = f64x2.splat(0);
    for (let j = 0; j < width; j += 4) sums = addWide(sums, loadUpTo4(xPtr + (<usize>j << 2), width - j));
    const mean = <f32>(hsumWide(sums) / <f64>width);
    const means = f32x4.splat(mean);
    let squares = f64x2.splat(0);
    for (let j = 0; j < width; j += 4) {
      const centred = v128.and(
        f32x4.sub(loadUpTo4(xPtr + (<usize>j << 2), width - j), means),
        laneMask(width - j),
      );
      squares = addWide(squares, f32x4.mul(centred, centred));
    }
    const scale = <f32>(1 / Math.sqrt(hsumWide(squares) / <f64>width + epsilon));
    const scales = f32x4.splat(scale);
    for (let j = 0; j < width; j += 4) {
      const at = <usize>j << 2;
      const left = width - j;
      let y = f32x4.mul(f32x4.sub(v128.load(xPtr + at), means), scales);
      if (gammaPtr) y = f32x4.mul(y, loadUpTo4(gammaPtr + at, left));
      if (betaPtr) y = f32x4.add(y, loadUpTo4(betaPtr + at, left));
      v128.store(yPtr + at, v128.and(y, laneMask(left)));
    }
    store<f32>(statisticsPtr, mean);
    store<f32>(statisticsPtr, scale, 4);
    xPtr += rowBytes;
    yPtr += rowBytes;
    statisticsPtr += 8;
  }
}

/**
 * layerNormalizationBackward: dL/dx from dL/dy.
 *
 * Math     MATH.md (53), with g = γ dy:  dx = s (g - Σ g / F - x̂ Σ g x̂ / F)
 * Shapes   as layerNormalizationForward; dy, dx as y
 * Writes   dx (=), up to the column 4 ⌈width/4⌉, its padding as zeros
 * Alias    dx may be dy
 * Error    sums in float64; <= 8 eps s (|g| + mean |g| + |x̂| mean |g x̂|)
 * Oracle   test/assembly/layers/layer-normalization.test.ts
 */
export function layerNormalizationBackward(
  xPtr: usize,
  dyPtr: usize,
  dxPtr: usize,
  gammaPtr: usize,
  statisticsPtr: usize,
  rows: i32,
  width: i32,
  stride: i32,
): void {
  assert(rows >= 0 && width >= 1 && stride >= width && (stride & 3) == 0);
  const rowBytes = <usize>stride << 2;
  for (let row = 0; row < rows; row++) {
    const means = v128.load32_splat(statisticsPtr);
    const scales = v128.load32_splat(statisticsPtr, 4);
    let sums = f64x2.splat(0);
    let products = f64x2.splat(0);
    for (let j = 0; j < width; j += 4) {
      const at = <usize>j << 2;
      const left = width - j;
      const normal = f32x4.mul(f32x4.sub(loadUpTo4(xPtr + at, left), means), scales);
      const g = scaled(dyPtr, gammaPtr, at, left);
      sums = addWide(sums, g);
      products = addWide(products, f32x4.mul(g, normal));
    }
    const mean = f32x4.splat(<f32>(hsumWide(sums) / <f64>width));
    const slope = f32x4.splat(<f32>(hsumWide(products) / <f64>width));
    for (let j = 0; j < width; j += 4) {
      const at = <usize>j << 2;
      const left = width - j;
      const normal = f32x4.mul(f32x4.sub(v128.load(xPtr + at), means), scales);
      const g = f32x4.sub(scaled(dyPtr, gammaPtr, at, left), f32x4.add(mean, f32x4.mul(normal, slope)));
      v128.store(dxPtr + at, v128.and(f32x4.mul(scales, g), laneMask(left)));
    }
    xPtr += rowBytes;
    dyPtr += rowBytes;
    dxPtr += rowBytes;
    statisticsPtr += 8;
  }
}

/** γ dy of up to four features, zeros beyond the last. */
// @ts-ignore: decorator
@inline
function scaled(dyPtr: usize, gammaPtr: usize, at: usize, left: i32): v128 {
  const dy = loadUpTo4(dyPtr + at, left);
  return gammaPtr ? f32x4.mul(dy, loadUpTo4(gammaPtr + at, left)) : dy;
}

/**
 * layerNormalizationGradients: dγ += Σ dy x̂ and dβ += Σ dy over the rows, for the groups of four features
 * [groupBegin, groupEnd). Rows are added in their order, whoever computes a group.
 *
 * Shapes   as layerNormalizationBackward; dGamma, dBeta [width] or 0
 * Writes   dGamma, dBeta (+=), the given groups only
 * Alias    none
 * Error    sums over the rows, in float32
 * Oracle   test/assembly/layers/layer-normalization.test.ts
 */
export function layerNormalizationGradients(
  xPtr: usize,
  dyPtr: usize,
  statisticsPtr: usize,
  dGammaPtr: usize,
  dBetaPtr: usize,
  rows: i32,
  width: i32,
  stride: i32,
  groupBegin: i32,
  groupEnd: i32,
): void {
  assert(groupBegin >= 0 && groupEnd <= (width + 3) >> 2);
  const rowBytes = <usize>stride << 2;
  for (let group = groupBegin; group < groupEnd; group++) {
    const offset = <usize>group << 4;
    const lanes = min(4, width - 4 * group);
    let dGamma = f32x4.splat(0);
    let dBeta = f32x4.splat(0);
    let at = offset;
    let statistics = statisticsPtr;
    for (let row = 0; row < rows; row++) {
      const dy = v128.load(dyPtr + at);
      const normal = f32x4.mul(
        f32x4.sub(v128.load(xPtr + at), v128.load32_splat(statistics)),
        v128.load32_splat(statistics, 4),
      );
      dGamma = f32x4.add(dGamma, f32x4.mul(dy, normal));
      dBeta = f32x4.add(dBeta, dy);
      at += rowBytes;
      statistics += 8;
    }
    if (dGammaPtr) addLanes(dGammaPtr + offset, lanes, dGamma);
    if (dBetaPtr) addLanes(dBetaPtr + offset, lanes, dBeta);
  }
}
