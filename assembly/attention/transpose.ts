import { loadUpTo4 } from "../simd/lanes";

/**
 * Matrices turned, four by four, in vectors: what products with a transpose read.
 */

/** Four vectors of a 4 x 4 block, turned; the first `count` (1 to 4) of what comes out stored targetBytes apart. */
// @ts-ignore: decorator
@inline
function turn(r0: v128, r1: v128, r2: v128, r3: v128, target: usize, targetBytes: usize, count: i32): void {
  const a = v128.shuffle<f32>(r0, r1, 0, 4, 1, 5);
  const b = v128.shuffle<f32>(r0, r1, 2, 6, 3, 7);
  const c = v128.shuffle<f32>(r2, r3, 0, 4, 1, 5);
  const d = v128.shuffle<f32>(r2, r3, 2, 6, 3, 7);
  v128.store(target, v128.shuffle<f64>(a, c, 0, 2));
  if (count > 1) v128.store(target + targetBytes, v128.shuffle<f64>(a, c, 1, 3));
  if (count > 2) v128.store(target + 2 * targetBytes, v128.shuffle<f64>(b, d, 0, 2));
  if (count > 3) v128.store(target + 3 * targetBytes, v128.shuffle<f64>(b, d, 1, 3));
}

/**
 * packRowsTransposed: rows of A as the columns of panels of sixteen: [⌈rows/16⌉][columns][16], rows that are not there as
 * zeros. What packTransposed does, by vectors.
 *
 * Shapes   a [rows, columns] with aBytes from row to row; panels as said
 * Writes   panels (=)
 */
export function packRowsTransposed(aPtr: usize, aBytes: usize, rows: i32, columns: i32, panelsPtr: usize): void {
  const zero = f32x4.splat(0);
  const panelBytes = <usize>columns << 6;
  for (let row = 0; row < ((rows + 15) & ~15); row += 4) {
    const left = rows - row;
    const a = aPtr + <usize>row * aBytes;
    let target = panelsPtr + <usize>(row >> 4) * panelBytes + (<usize>(row & 15) << 2);
    for (let column = 0; column < columns; column += 4) {
      const at = a + (<usize>column << 2);
      const wide = columns - column;
      const r0 = left > 0 ? loadUpTo4(at, wide) : zero;
      const r1 = left > 1 ? loadUpTo4(at + aBytes, wide) : zero;
      const r2 = left > 2 ? loadUpTo4(at + 2 * aBytes, wide) : zero;
      const r3 = left > 3 ? loadUpTo4(at + 3 * aBytes, wide) : zero;
      if (wide >= 4) turn(r0, r1, r2, r3, target, 64, 4);
      else turn(r0, r1, r2, r3, target, 64, wide);
      target += 256;
    }
  }
}

/**
 * transposeRows: y = aᵀ, with rows of both padded to whole vectors.
 *
 * Shapes   a [rows, columns] with rows of aStride >= padded columns elements; y [columns, padded rows] with yStride
 * Writes   y (=), for the padded columns and rows too: y holds 4 ⌈columns/4⌉ rows
 */
export function transposeRows(aPtr: usize, aStride: i32, rows: i32, columns: i32, yPtr: usize, yStride: i32): void {
  const zero = f32x4.splat(0);
  const aBytes = <usize>aStride << 2;
  const yBytes = <usize>yStride << 2;
  for (let row = 0; row < rows; row += 4) {
    const left = rows - row;
    for (let column = 0; column < columns; column += 4) {
      const at = aPtr + <usize>row * aBytes + (<usize>column << 2);
      const r1 = left > 1 ? v128.load(at + aBytes) : zero;
      const r2 = left > 2 ? v128.load(at + 2 * aBytes) : zero;
      const r3 = left > 3 ? v128.load(at + 3 * aBytes) : zero;
      turn(v128.load(at), r1, r2, r3, yPtr + <usize>column * yBytes + (<usize>row << 2), yBytes, 4);
    }
  }
}
