/**
 * Several activations of one shape into one, element by element (Keras's Add, Multiply, Maximum …), and what their
 * gradients need.
 */

export const ADD: i32 = 0;
export const SUBTRACT: i32 = 1;
export const MULTIPLY: i32 = 2;
export const MAXIMUM: i32 = 3;
export const MINIMUM: i32 = 4;

/** What an operation leaves as it is. */
// @ts-ignore: decorator
@inline
function neutral(operation: i32): f32 {
  if (operation == MULTIPLY) return 1;
  if (operation == MAXIMUM) return -Infinity;
  if (operation == MINIMUM) return Infinity;
  return 0;
}

/**
 * combineRows: y = y op x in the rows that count; the others stay. With `first`, y = x in them and what the operation leaves
 * as it is in the others.
 *
 * Shapes   x, y [rows, stride], stride a multiple of 4; mask [rows], 1 or 0, or 0 as an address: all count
 * Writes   y (=), padding included
 * Alias    none; Align 16
 * Error    one rounding; maximum and minimum are NaN where one of the two is
 * Oracle   test/assembly/layers/combine.test.ts
 */
export function combineRows(
  operation: i32, first: i32, xPtr: usize, maskPtr: usize, yPtr: usize, rows: i32, stride: i32,
): void {
  assert(operation >= ADD && operation <= MINIMUM && (stride & 3) == 0);
  const rowBytes = <usize>stride << 2;
  const rest = f32x4.splat(neutral(operation));
  for (let row = 0; row < rows; row++) {
    const counts = !maskPtr || load<f32>(maskPtr + (<usize>row << 2)) != 0;
    const x = xPtr + <usize>row * rowBytes;
    const y = yPtr + <usize>row * rowBytes;
    if (!counts) {
      if (first) for (let at: usize = 0; at < rowBytes; at += 16) v128.store(y + at, rest);
      continue;
    }
    if (first) {
      memory.copy(y, x, rowBytes);
      continue;
    }
    for (let at: usize = 0; at < rowBytes; at += 16) {
      const a = v128.load(y + at);
      const b = v128.load(x + at);
      let c = f32x4.add(a, b);
      if (operation == SUBTRACT) c = f32x4.sub(a, b);
      else if (operation == MULTIPLY) c = f32x4.mul(a, b);
      else if (operation == MAXIMUM) c = f32x4.max(a, b);
      else if (operation == MINIMUM) c = f32x4.min(a, b);
      v128.store(y + at, c);
    }
  }
}

/**
 * claimGradient: dx = dy where x is y, the extreme that was chosen, and nobody before has claimed it; 0 elsewhere.
 *
 * Shapes   x, y, dy, dx, claimed [rows, stride]; claimed all zeros before the first input, kept from one to the next;
 *          mask [rows] of the rows that took part, or 0
 * Writes   dx (=), claimed (all ones where it was)
 * Alias    none; Align 16
 * Error    exact; a NaN claims where y is NaN
 * Oracle   test/assembly/layers/combine.test.ts
 */
export function claimGradient(
  xPtr: usize, maskPtr: usize, yPtr: usize, dyPtr: usize, dxPtr: usize, claimedPtr: usize, rows: i32, stride: i32,
): void {
  assert((stride & 3) == 0);
  const rowBytes = <usize>stride << 2;
  for (let row = 0; row < rows; row++) {
    const offset = <usize>row * rowBytes;
    if (maskPtr && load<f32>(maskPtr + (<usize>row << 2)) == 0) {
      memory.fill(dxPtr + offset, 0, rowBytes);
      continue;
    }
    for (let at = offset; at < offset + rowBytes; at += 16) {
      const x = v128.load(xPtr + at);
      const y = v128.load(yPtr + at);
      const claimed = v128.load(claimedPtr + at);
      const same = v128.or(f32x4.eq(x, y), v128.and(f32x4.ne(x, x), f32x4.ne(y, y)));
      const mine = v128.andnot(same, claimed);
      v128.store(dxPtr + at, v128.and(mine, v128.load(dyPtr + at)));
      v128.store(claimedPtr + at, v128.or(claimed, mine));
    }
  }
}

/**
 * spreadRows: a shape with steps or features of extent 1 written out to a whole one: y[t][n][k] = x[t or 0][n][k or 0].
 *
 * Shapes   x [xSteps, batch] rows of xWidth floats with xStride, y [steps, batch] rows of `width` floats with yStride;
 *          xSteps is steps or 1, xWidth is width or 1
 * Writes   y (=), the padding zeros
 * Alias    none
 * Error    exact
 * Oracle   test/assembly/layers/combine.test.ts
 */
export function spreadRows(
  xPtr: usize, xSteps: i32, xWidth: i32, xStride: i32, yPtr: usize, steps: i32, width: i32, yStride: i32, batch: i32,
): void {
  for (let t = 0; t < steps; t++) {
    for (let n = 0; n < batch; n++) {
      const x = xPtr + (<usize>(((xSteps == 1 ? 0 : t) * batch + n) * xStride) << 2);
      const y = yPtr + (<usize>((t * batch + n) * yStride) << 2);
      for (let k = 0; k < width; k++) {
        store<f32>(y + (<usize>k << 2), load<f32>(x + (<usize>(xWidth == 1 ? 0 : k) << 2)));
      }
      for (let k = width; k < yStride; k++) store<f32>(y + (<usize>k << 2), 0);
    }
  }
}

/**
 * gatherRows: the way back of spreadRows for gradients: x = the sum of all that came from it, steps in order.
 *
 * Shapes   as spreadRows
 * Writes   x (=), but for its padding
 * Alias    none
 * Error    a sum of at most steps · width terms, in float64
 * Oracle   test/assembly/layers/combine.test.ts
 */
export function gatherRows(
  yPtr: usize, steps: i32, width: i32, yStride: i32, xPtr: usize, xSteps: i32, xWidth: i32, xStride: i32, batch: i32,
): void {
  for (let s = 0; s < xSteps; s++) {
    for (let n = 0; n < batch; n++) {
      for (let j = 0; j < xWidth; j++) {
        let sum: f64 = 0;
        for (let t = xSteps == 1 ? 0 : s; t < (xSteps == 1 ? steps : s + 1); t++) {
          const y = yPtr + (<usize>((t * batch + n) * yStride) << 2);
          for (let k = xWidth == 1 ? 0 : j; k < (xWidth == 1 ? width : j + 1); k++) {
            sum += <f64>load<f32>(y + (<usize>k << 2));
          }
        }
        store<f32>(xPtr + (<usize>((s * batch + n) * xStride + j) << 2), <f32>sum);
      }
    }
  }
}
