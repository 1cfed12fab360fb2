import { expm1x4 } from "../simd/exp";

/**
 * Activations with a parameter of their own, which the codes of ../activation do not carry.
 */

/**
 * leakyRelu: y = x where x > 0, slope · x elsewhere. With the gradient in place of y and `signs` = x it is its own way
 * back: dx = dy where x > 0, slope · dy elsewhere.
 *
 * Math     Maas, Hannun & Ng 2013
 * Shapes   signs, x, y [count], count rounded up to a multiple of 4
 * Writes   y (=)
 * Alias    y may be x or signs; Align 16
 * Error    one rounding
 * Oracle   test/assembly/layers/rectifier.test.ts
 */
export function leakyRelu(signsPtr: usize, xPtr: usize, yPtr: usize, count: i32, slope: f32): void {
  const slopes = f32x4.splat(slope);
  const zero = f32x4.splat(0);
  const bytes = <usize>((count + 3) & ~3) << 2;
  for (let at: usize = 0; at < bytes; at += 16) {
    const x = v128.load(xPtr + at);
    v128.store(yPtr + at, v128.bitselect(x, f32x4.mul(x, slopes), f32x4.gt(v128.load(signsPtr + at), zero)));
  }
}

/**
 * scaledElu: y = x where x > 0, alpha (e^x - 1) elsewhere.
 *
 * Math     Clevert, Unterthiner & Hochreiter 2016
 * Shapes   x, y [count], count rounded up to a multiple of 4
 * Writes   y (=)
 * Alias    y may be x; Align 16
 * Error    as expm1x4, and one rounding
 * Oracle   test/assembly/layers/rectifier.test.ts
 */
export function scaledElu(xPtr: usize, yPtr: usize, count: i32, alpha: f32): void {
  const alphas = f32x4.splat(alpha);
  const zero = f32x4.splat(0);
  const bytes = <usize>((count + 3) & ~3) << 2;
  for (let at: usize = 0; at < bytes; at += 16) {
    const x = v128.load(xPtr + at);
    v128.store(yPtr + at, v128.bitselect(x, f32x4.mul(expm1x4(x), alphas), f32x4.gt(x, zero)));
  }
}

/**
 * scaledEluBackward: dx = dy where x > 0, dy (y + alpha) elsewhere.
 *
 * Shapes   x, y, dy, dx [count], count rounded up to a multiple of 4
 * Writes   dx (=)
 * Alias    dx may be dy; Align 16
 * Error    three roundings
 * Oracle   test/assembly/layers/rectifier.test.ts
 */
export function scaledEluBackward(xPtr: usize, yPtr: usize, dyPtr: usize, dxPtr: usize, count: i32, alpha: f32): void {
  const alphas = f32x4.splat(alpha);
  const zero = f32x4.splat(0);
  const bytes = <usize>((count + 3) & ~3) << 2;
  for (let at: usize = 0; at < bytes; at += 16) {
    const dy = v128.load(dyPtr + at);
    const slope = f32x4.add(v128.load(yPtr + at), alphas);
    v128.store(dxPtr + at, v128.bitselect(dy, f32x4.mul(dy, slope), f32x4.gt(v128.load(xPtr + at), zero)));
  }
}

/**
 * preluForward: y = x where x > 0, alpha · x elsewhere, alpha by column.
 *
 * Math     He et al. 2015
 * Shapes   x, y [rows, stride], stride a multiple of 4; alpha [stride]
 * Writes   y (=), padding included
 * Alias    y may be x; Align 16
 * Error    one rounding
 * Oracle   test/assembly/layers/rectifier.test.ts
 */
export function preluForward(xPtr: usize, alphaPtr: usize, yPtr: usize, rows: i32, stride: i32): void {
  assert(rows >= 0 && (stride & 3) == 0);
  const rowBytes = <usize>stride << 2;
  const zero = f32x4.splat(0);
  for (let row = 0; row < rows; row++) {
    for (let at: usize = 0; at < rowBytes; at += 16) {
      const x = v128.load(xPtr + at);
      v128.store(yPtr + at, v128.bitselect(x, f32x4.mul(x, v128.load(alphaPtr + at)), f32x4.gt(x, zero)));
    }
    xPtr += rowBytes;
    yPtr += rowBytes;
  }
}

/**
 * preluBackward: dx = dy where x > 0, alpha dy elsewhere; dAlpha += Σ x dy over the rows where x <= 0.
 *
 * Shapes   x, dy, dx [rows, stride]; alpha, dAlpha [stride]
 * Writes   dx (=) unless its address is 0, dAlpha (+=); padding included
 * Alias    dx may be dy
 * Error    a sum over the rows
 * Oracle   test/assembly/layers/rectifier.test.ts
 */
export function preluBackward(
  xPtr: usize, alphaPtr: usize, dyPtr: usize, dxPtr: usize, dAlphaPtr: usize, rows: i32, stride: i32,
): void {
  assert(rows >= 0 && (stride & 3) == 0);
  const rowBytes = <usize>stride << 2;
  const zero = f32x4.splat(0);
  for (let row = 0; row < rows; row++) {
    const offset = <usize>row * rowBytes;
    for (let at: usize = 0; at < rowBytes; at += 16) {
      const x = v128.load(xPtr + offset + at);
      const dy = v128.load(dyPtr + offset + at);
      const above = f32x4.gt(x, zero);
      const share = v128.andnot(f32x4.mul(x, dy), above);
      v128.store(dAlphaPtr + at, f32x4.add(v128.load(dAlphaPtr + at), share));
      if (dxPtr) {
        v128.store(dxPtr + offset + at, v128.bitselect(dy, f32x4.mul(dy, v128.load(alphaPtr + at)), above));
      }
    }
  }
}
