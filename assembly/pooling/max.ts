import { windowBegin, windowEnd } from "./windows";

/**
 * maxPoolingForward: y[t] = the largest of the window's steps, each float by itself.
 *
 * Math     Keras's MaxPooling1D; with one window over all steps GlobalMaxPooling1D
 * Shapes   x [xSteps, count], y [steps, count]; count a multiple of 4 (all rows of a step, padding included)
 * Writes   y (=)
 * Alias    none; any steps >= 0, each window holds at least one step
 * Error    exact; NaN where a window has one
 * Oracle   test/assembly/pooling/pooling.test.ts
 */
export function maxPoolingForward(
  xPtr: usize, yPtr: usize, steps: i32, xSteps: i32, count: i32, poolSize: i32, strides: i32, shift: i32,
): void {
  assert((count & 3) == 0 && poolSize >= 1 && strides >= 1);
  const bytes = <usize>count << 2;
  for (let t = 0; t < steps; t++) {
    const begin = windowBegin(t, strides, shift);
    const end = windowEnd(t, strides, shift, poolSize, xSteps);
    assert(begin < end);
    const first = xPtr + <usize>begin * bytes;
    const y = yPtr + <usize>t * bytes;
    for (let at: usize = 0; at < bytes; at += 16) {
      let top = v128.load(first + at);
      let x = first + at + bytes;
      for (let s = begin + 1; s < end; s++) {
        top = f32x4.max(top, v128.load(x));
        x += bytes;
      }
      v128.store(y + at, top);
    }
  }
}

/**
 * maxPoolingBackward: dy goes to the first step of its window that holds the largest value; a step in several windows
 * gets the sum, windows in order.
 *
 * Shapes   x, dx [xSteps, count]; y, dy [steps, count], y of maxPoolingForward
 * Writes   dx (=)
 * Alias    none; any sizes as maxPoolingForward
 * Error    a sum of at most ⌈poolSize / strides⌉ terms
 * Oracle   test/assembly/pooling/pooling.test.ts
 */
export function maxPoolingBackward(
  xPtr: usize, yPtr: usize, dyPtr: usize, dxPtr: usize, steps: i32, xSteps: i32, count: i32, poolSize: i32,
  strides: i32, shift: i32,
): void {
  assert((count & 3) == 0);
  const bytes = <usize>count << 2;
  memory.fill(dxPtr, 0, <usize>xSteps * bytes);
  for (let t = 0; t < steps; t++) {
    const begin = windowBegin(t, strides, shift);
    const end = windowEnd(t, strides, shift, poolSize, xSteps);
    const row = <usize>t * bytes;
    for (let at: usize = 0; at < bytes; at += 16) {
      const top = v128.load(yPtr + row + at);
      const dy = v128.load(dyPtr + row + at);
      let open = i32x4.splat(-1);
      let step = <usize>begin * bytes + at;
      for (let s = begin; s < end; s++) {
        // Not less, rather than equal: a NaN is its window's largest.
        const hit = v128.andnot(open, f32x4.lt(v128.load(xPtr + step), top));
        v128.store(dxPtr + step, f32x4.add(v128.load(dxPtr + step), v128.and(hit, dy)));
        open = v128.andnot(open, hit);
        step += bytes;
      }
    }
  }
}
