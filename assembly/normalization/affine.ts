/**
 * affineRows: y = (x - shift) · scale + offset, column by column: normalization by statistics that are known, and what
 * rescales.
 *
 * Math     MATH.md (44)
 * Shapes   x, y [rows, stride], stride a multiple of 4; shift, scale, offset [stride]
 * Writes   y (=), padding included
 * Alias    y may be x; Align 16
 * Error    <= 3 eps (|x - shift| |scale| + |offset|)
 * Cost     8 bytes and 3 flops a float: bound by memory
 * Oracle   test/assembly/normalization/normalization.test.ts
 */
export function affineRows(
  xPtr: usize, yPtr: usize, shiftPtr: usize, scalePtr: usize, offsetPtr: usize, rows: i32, stride: i32,
): void {
  assert(rows >= 0 && (stride & 3) == 0);
  const rowBytes = <usize>stride << 2;
  for (let at: usize = 0; at < rowBytes; at += 16) {
    const shift = v128.load(shiftPtr + at);
    const scale = v128.load(scalePtr + at);
    const offset = v128.load(offsetPtr + at);
    let x = xPtr + at;
    let y = yPtr + at;
    for (let row = 0; row < rows; row++) {
      v128.store(y, f32x4.add(f32x4.mul(f32x4.sub(v128.load(x), shift), scale), offset));
      x += rowBytes;
      y += rowBytes;
    }
  }
}

/**
 * scaleColumns: y = x · scale, column by column; what affineRows does to a gradient.
 *
 * Shapes   x, y [rows, stride], stride a multiple of 4; scale [stride]
 * Writes   y (=), padding included
 * Alias    y may be x; Align 16
 * Error    one rounding
 * Oracle   test/assembly/normalization/normalization.test.ts
 */
export function scaleColumns(xPtr: usize, yPtr: usize, scalePtr: usize, rows: i32, stride: i32): void {
  assert(rows >= 0 && (stride & 3) == 0);
  const rowBytes = <usize>stride << 2;
  for (let row = 0; row < rows; row++) {
    for (let at: usize = 0; at < rowBytes; at += 16) {
      v128.store(yPtr + at, f32x4.mul(v128.load(xPtr + at), v128.load(scalePtr + at)));
    }
    xPtr += rowBytes;
    yPtr += rowBytes;
  }
}
