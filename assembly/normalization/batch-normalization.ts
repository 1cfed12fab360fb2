/**
 * Batch normalization (Ioffe & Szegedy 2015): each column over all rows, a row being a sample's time step.
 */

/** The four lanes of a vector, two float64 at a time. */
// @ts-ignore: decorator
@inline
function high(v: v128): v128 {
  return f64x2.promote_low_f32x4(v128.shuffle<f32>(v, v, 2, 3, 2, 3));
}

/** Two pairs of float64 as one vector of float32. */
// @ts-ignore: decorator
@inline
function narrow(low: v128, high: v128): v128 {
  return v128.shuffle<f32>(f32x4.demote_f64x2_zero(low), f32x4.demote_f64x2_zero(high), 0, 1, 4, 5);
}

/** Keras adds this to the number of rows that count, so that a mask without any divides by something. */
const TINY: f64 = 1e-7;

// @ts-ignore: decorator
@inline
function countRows(maskPtr: usize, rows: i32): f64 {
  if (!maskPtr) return <f64>rows;
  let sum: f64 = TINY;
  for (let row = 0; row < rows; row++) sum += <f64>load<f32>(maskPtr + (<usize>row << 2));
  return sum;
}

/**
 * columnMoments: mean and variance (divided by the number of rows) of each column, over the rows that count.
 *
 * Math     MATH.md (45)
 * Shapes   x [rows, stride], stride a multiple of 4; mask [rows], 1 or 0, or 0 as an address; mean, variance [stride]
 * Writes   mean, variance (=), padding included
 * Alias    none; Align 16; rows >= 1
 * Error    float64 sums, each rounded once; the mean's rounding costs the variance at most eps² mean²
 * Cost     2 passes over x
 * Oracle   test/assembly/normalization/normalization.test.ts
 */
export function columnMoments(
  xPtr: usize, maskPtr: usize, meanPtr: usize, variancePtr: usize, rows: i32, stride: i32,
): void {
  assert(rows >= 1 && (stride & 3) == 0);
  const rowBytes = <usize>stride << 2;
  const count = f64x2.splat(countRows(maskPtr, rows));
  for (let at: usize = 0; at < rowBytes; at += 16) {
    let s0 = f64x2.splat(0), s1 = s0, q0 = s0, q1 = s0;
    let x = xPtr + at;
    for (let row = 0; row < rows; row++, x += rowBytes) {
      if (maskPtr && load<f32>(maskPtr + (<usize>row << 2)) == 0) continue;
      const v = v128.load(x);
      s0 = f64x2.add(s0, f64x2.promote_low_f32x4(v));
      s1 = f64x2.add(s1, high(v));
    }
    const m0 = f64x2.div(s0, count), m1 = f64x2.div(s1, count);
    x = xPtr + at;
    for (let row = 0; row < rows; row++, x += rowBytes) {
      if (maskPtr && load<f32>(maskPtr + (<usize>row << 2)) == 0) continue;
      const v = v128.load(x);
      const d0 = f64x2.sub(f64x2.promote_low_f32x4(v), m0);
      const d1 = f64x2.sub(high(v), m1);
      q0 = f64x2.add(q0, f64x2.mul(d0, d0));
      q1 = f64x2.add(q1, f64x2.mul(d1, d1));
    }
    v128.store(meanPtr + at, narrow(m0, m1));
    v128.store(variancePtr + at, narrow(f64x2.div(q0, count), f64x2.div(q1, count)));
  }
}

/**
 * batchNormalizationSums: what the gradient of each column needs of all rows: Σ dy and Σ dy x̂.
 *
 * Math     x̂ = (x - mean) · scale, scale = 1 / √(variance + ε); MATH.md (46)
 * Shapes   x, dy [rows, stride]; mean, scale, sumDy, sumDyX [stride]
 * Writes   sumDy, sumDyX (=), padding included
 * Alias    none; Align 16
 * Error    float64 sums, each rounded once
 * Oracle   test/assembly/normalization/normalization.test.ts
 */
export function batchNormalizationSums(
  xPtr: usize, dyPtr: usize, meanPtr: usize, scalePtr: usize, sumDyPtr: usize, sumDyXPtr: usize, rows: i32, stride: i32,
): void {
  assert(rows >= 0 && (stride & 3) == 0);
  const rowBytes = <usize>stride << 2;
  for (let at: usize = 0; at < rowBytes; at += 16) {
    const mean = v128.load(meanPtr + at);
    const scale = v128.load(scalePtr + at);
    let s0 = f64x2.splat(0), s1 = s0, p0 = s0, p1 = s0;
    let offset = at;
    for (let row = 0; row < rows; row++, offset += rowBytes) {
      const dy = v128.load(dyPtr + offset);
      const normal = f32x4.mul(f32x4.sub(v128.load(xPtr + offset), mean), scale);
      const product = f32x4.mul(dy, normal);
      s0 = f64x2.add(s0, f64x2.promote_low_f32x4(dy));
      s1 = f64x2.add(s1, high(dy));
      p0 = f64x2.add(p0, f64x2.promote_low_f32x4(product));
      p1 = f64x2.add(p1, high(product));
    }
    v128.store(sumDyPtr + at, narrow(s0, s1));
    v128.store(sumDyXPtr + at, narrow(p0, p1));
  }
}

/**
 * batchNormalizationBackward: dL/dx where mean and variance are the batch's own.
 *
 * Math     MATH.md (46): dx = γ s (dy - m (Σ dy + x̂ Σ dy x̂) / N), m = 1 in the rows that count and 0 elsewhere
 * Shapes   as batchNormalizationSums; gammaScale [stride] is γ s; mask [rows] or 0; dx as dy
 * Writes   dx (=), padding included
 * Alias    dx may be dy
 * Error    <= 8 eps |γ s| (|dy| + |Σ dy| / N + |x̂ Σ dy x̂| / N)
 * Oracle   test/assembly/normalization/normalization.test.ts
 */
export function batchNormalizationBackward(
  xPtr: usize, dyPtr: usize, dxPtr: usize, maskPtr: usize, meanPtr: usize, scalePtr: usize, gammaScalePtr: usize,
  sumDyPtr: usize, sumDyXPtr: usize, rows: i32, stride: i32,
): void {
  assert(rows >= 0 && (stride & 3) == 0);
  const rowBytes = <usize>stride << 2;
  const share = f32x4.splat(<f32>(1 / countRows(maskPtr, rows)));
  for (let at: usize = 0; at < rowBytes; at += 16) {
    const mean = v128.load(meanPtr + at);
    const scale = v128.load(scalePtr + at);
    const factor = v128.load(gammaScalePtr + at);
    const level = f32x4.mul(v128.load(sumDyPtr + at), share);
    const slope = f32x4.mul(v128.load(sumDyXPtr + at), share);
    let offset = at;
    for (let row = 0; row < rows; row++, offset += rowBytes) {
      let g = v128.load(dyPtr + offset);
      if (!maskPtr || load<f32>(maskPtr + (<usize>row << 2)) != 0) {
        const normal = f32x4.mul(f32x4.sub(v128.load(xPtr + offset), mean), scale);
        g = f32x4.sub(g, f32x4.add(level, f32x4.mul(normal, slope)));
      }
      v128.store(dxPtr + offset, f32x4.mul(factor, g));
    }
  }
}
