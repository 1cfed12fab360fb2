import { windowBegin, windowEnd } from "./windows";

/**
 * averagePoolingForward: y[t] = the mean of the window's steps that are there, each float by itself.
 *
 * Math     Keras's AveragePooling1D: padding is not counted
 * Shapes   x [xSteps, count], y [steps, count]; count a multiple of 4 (all rows of a step, padding included)
 * Writes   y (=)
 * Alias    none; any steps >= 0, each window holds at least one step
 * Error    (poolSize + 1) eps mean |x|
 * Oracle   test/assembly/pooling/pooling.test.ts
 */
export function averagePoolingForward(
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
    const counted = f32x4.splat(<f32>(end - begin));
    for (let at: usize = 0; at < bytes; at += 16) {
      let sum = v128.load(first + at);
      let x = first + at + bytes;
      for (let s = begin + 1; s < end; s++) {
        sum = f32x4.add(sum, v128.load(x));
        x += bytes;
      }
      v128.store(y + at, f32x4.div(sum, counted));
    }
  }
}

/**
 * averagePoolingBackward: each step of a window gets its share of dy; windows in order.
 *
 * Shapes   dy [steps, count]; dx [xSteps, count]
 * Writes   dx (=)
 * Alias    none
 * Error    a sum of at most ⌈poolSize / strides⌉ terms
 * Oracle   test/assembly/pooling/pooling.test.ts
 */
export function averagePoolingBackward(
  dyPtr: usize, dxPtr: usize, steps: i32, xSteps: i32, count: i32, poolSize: i32, strides: i32, shift: i32,
): void {
  assert((count & 3) == 0);
  const bytes = <usize>count << 2;
  memory.fill(dxPtr, 0, <usize>xSteps * bytes);
  for (let t = 0; t < steps; t++) {
    const begin = windowBegin(t, strides, shift);
    const end = windowEnd(t, strides, shift, poolSize, xSteps);
    const counted = f32x4.splat(<f32>(end - begin));
    const row = dyPtr + <usize>t * bytes;
    for (let at: usize = 0; at < bytes; at += 16) {
      const share = f32x4.div(v128.load(row + at), counted);
      let dx = dxPtr + <usize>begin * bytes + at;
      for (let s = begin; s < end; s++) {
        v128.store(dx, f32x4.add(v128.load(dx), share));
        dx += bytes;
      }
    }
  }
}

/**
 * maskedMeanForward: y[n] = the mean of a sample's steps that count; 0 where none does.
 *
 * Math     Keras's GlobalAveragePooling1D with a mask
 * Shapes   x [steps, batch] rows of `stride` floats, a multiple of 4; mask [steps, batch], 1 or 0; y [batch, stride]
 * Writes   y (=), padding included
 * Alias    none; Align x, y 16
 * Error    (steps + 1) eps mean |x|; what a step that does not count holds is not read
 * Oracle   test/assembly/pooling/pooling.test.ts
 */
export function maskedMeanForward(xPtr: usize, maskPtr: usize, yPtr: usize, steps: i32, batch: i32, stride: i32): void {
  assert((stride & 3) == 0);
  const rowBytes = <usize>stride << 2;
  for (let n = 0; n < batch; n++) {
    const counted = f32x4.splat(<f32>max(1, countSteps(maskPtr, steps, batch, n)));
    for (let at: usize = 0; at < rowBytes; at += 16) {
      let sum = f32x4.splat(0);
      for (let t = 0; t < steps; t++) {
        const row = t * batch + n;
        if (load<f32>(maskPtr + (<usize>row << 2)) == 0) continue;
        sum = f32x4.add(sum, v128.load(xPtr + <usize>row * rowBytes + at));
      }
      v128.store(yPtr + <usize>n * rowBytes + at, f32x4.div(sum, counted));
    }
  }
}

/**
 * maskedMeanBackward: each step that counts gets its share of dy, the others 0.
 *
 * Shapes   as maskedMeanForward; dy [batch, stride], dx as x
 * Writes   dx (=), padding included
 * Alias    none
 * Error    one rounding
 * Oracle   test/assembly/pooling/pooling.test.ts
 */
export function maskedMeanBackward(dyPtr: usize, maskPtr: usize, dxPtr: usize, steps: i32, batch: i32, stride: i32): void {
  assert((stride & 3) == 0);
  const rowBytes = <usize>stride << 2;
  for (let n = 0; n < batch; n++) {
    const counted = f32x4.splat(<f32>max(1, countSteps(maskPtr, steps, batch, n)));
    for (let t = 0; t < steps; t++) {
      const row = t * batch + n;
      const dx = dxPtr + <usize>row * rowBytes;
      if (load<f32>(maskPtr + (<usize>row << 2)) == 0) {
        memory.fill(dx, 0, rowBytes);
        continue;
      }
      for (let at: usize = 0; at < rowBytes; at += 16) {
        v128.store(dx + at, f32x4.div(v128.load(dyPtr + <usize>n * rowBytes + at), counted));
      }
    }
  }
}

function countSteps(maskPtr: usize, steps: i32, batch: i32, n: i32): i32 {
  let counted = 0;
  for (let t = 0; t < steps; t++) if (load<f32>(maskPtr + (<usize>(t * batch + n) << 2)) != 0) counted++;
  return counted;
}
