/**
 * stepMask: which rows count: 1 where any feature differs from `value`, else 0.
 *
 * Math     Keras's Masking: any(x != value)
 * Shapes   x [rows, width] with `stride` elements from row to row; mask [rows]
 * Writes   mask (=)
 * Alias    none; any rows >= 0, width >= 1
 * Error    exact; a NaN differs from every value
 * Oracle   test/assembly/layers/masking.test.ts
 */
export function stepMask(xPtr: usize, maskPtr: usize, rows: i32, width: i32, stride: i32, value: f32): void {
  assert(rows >= 0 && width >= 1 && stride >= width);
  for (let row = 0; row < rows; row++) {
    let counts: f32 = 0;
    for (let k = 0; k < width; k++) {
      if (load<f32>(xPtr + (<usize>k << 2)) != value) {
        counts = 1;
        break;
      }
    }
    store<f32>(maskPtr + (<usize>row << 2), counts);
    xPtr += <usize>stride << 2;
  }
}

/**
 * maskRows: y = x in the rows that count, 0 in the others (even where x is not finite).
 *
 * Shapes   x, y [rows, stride], stride a multiple of 4; mask [rows], 1 or 0
 * Writes   y (=), padding included
 * Alias    y may be x
 * Error    exact
 * Oracle   test/assembly/layers/masking.test.ts
 */
export function maskRows(xPtr: usize, maskPtr: usize, yPtr: usize, rows: i32, stride: i32): void {
  assert(rows >= 0 && (stride & 3) == 0);
  const rowBytes = <usize>stride << 2;
  for (let row = 0; row < rows; row++) {
    const offset = <usize>row * rowBytes;
    if (load<f32>(maskPtr + (<usize>row << 2)) == 0) memory.fill(yPtr + offset, 0, rowBytes);
    else if (xPtr != yPtr) memory.copy(yPtr + offset, xPtr + offset, rowBytes);
  }
}

/**
 * runningMask: 1 from the first step on that counts, 0 before it.
 *
 * Shapes   mask, y [steps, batch]
 * Writes   y (=)
 * Alias    y may be mask; any sizes >= 0
 * Error    exact
 * Oracle   test/assembly/layers/masking.test.ts
 */
export function runningMask(maskPtr: usize, yPtr: usize, steps: i32, batch: i32): void {
  assert(steps >= 0 && batch >= 0);
  const stepBytes = <usize>batch << 2;
  const total = steps * batch;
  for (let i = 0; i < total; i++) {
    const at = <usize>i << 2;
    const before: f32 = i < batch ? 0 : load<f32>(yPtr + at - stepBytes);
    store<f32>(yPtr + at, max(before, load<f32>(maskPtr + at)));
  }
}
