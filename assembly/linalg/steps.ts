/**
 * Steps of a sequence put in another order or another place.
 */

/**
 * reverseSteps: y[s] = x[steps - 1 - s], blocks of `count` floats.
 *
 * Shapes   x, y [steps, count]
 * Writes   y (=)
 * Alias    none; any sizes >= 0
 * Oracle   test/assembly/linalg/steps.test.ts
 */
export function reverseSteps(xPtr: usize, yPtr: usize, steps: i32, count: i32): void {
  assert(steps >= 0 && count >= 0);
  const bytes = <usize>count << 2;
  for (let step = 0; step < steps; step++) {
    memory.copy(yPtr + <usize>step * bytes, xPtr + <usize>(steps - 1 - step) * bytes, bytes);
  }
}

/**
 * joinSteps: the steps of each sample side by side: y[n] = [x[0][n] | x[1][n] | … ].
 *
 * Shapes   x [steps, batch, width] with xStride, y [batch, steps * width] with yStride elements from row to row
 * Writes   y (=), but for its padding
 * Alias    none; any sizes >= 0
 * Oracle   test/assembly/linalg/steps.test.ts
 */
export function joinSteps(xPtr: usize, xStride: i32, yPtr: usize, yStride: i32, steps: i32, batch: i32, width: i32): void {
  assert(xStride >= width && yStride >= steps * width);
  for (let step = 0; step < steps; step++) {
    for (let n = 0; n < batch; n++) {
      memory.copy(
        yPtr + (<usize>(n * yStride + step * width) << 2),
        xPtr + (<usize>((step * batch + n) * xStride) << 2),
        <usize>width << 2,
      );
    }
  }
}

/**
 * splitSteps: the way back of joinSteps: x[t][n] = y[n][t width … (t + 1) width).
 *
 * Shapes   as joinSteps
 * Writes   x (=), but for its padding
 * Alias    none; any sizes >= 0
 * Oracle   test/assembly/linalg/steps.test.ts
 */
export function splitSteps(yPtr: usize, yStride: i32, xPtr: usize, xStride: i32, steps: i32, batch: i32, width: i32): void {
  assert(xStride >= width && yStride >= steps * width);
  for (let step = 0; step < steps; step++) {
    for (let n = 0; n < batch; n++) {
      memory.copy(
        xPtr + (<usize>((step * batch + n) * xStride) << 2),
        yPtr + (<usize>(n * yStride + step * width) << 2),
        <usize>width << 2,
      );
    }
  }
}

/**
 * repeatSteps: y[s] = x for each of `steps` blocks of `count` floats.
 *
 * Shapes   x [count]; y [steps, count]
 * Writes   y (=)
 * Alias    none; any sizes >= 0
 * Oracle   test/assembly/linalg/steps.test.ts
 */
export function repeatSteps(xPtr: usize, yPtr: usize, steps: i32, count: i32): void {
  assert(steps >= 0 && count >= 0);
  const bytes = <usize>count << 2;
  for (let step = 0; step < steps; step++) memory.copy(yPtr + <usize>step * bytes, xPtr, bytes);
}

/**
 * sumSteps: x = Σ_s y[s], steps in order: the way back of repeatSteps for gradients.
 *
 * Shapes   y [steps, count]; x [count]; count a multiple of 4
 * Writes   x (=)
 * Alias    none; Align 16; steps >= 1
 * Error    a sum of `steps` terms in order
 * Oracle   test/assembly/linalg/steps.test.ts
 */
export function sumSteps(yPtr: usize, xPtr: usize, steps: i32, count: i32): void {
  assert(steps >= 1 && (count & 3) == 0);
  const bytes = <usize>count << 2;
  memory.copy(xPtr, yPtr, bytes);
  for (let step = 1; step < steps; step++) {
    const y = yPtr + <usize>step * bytes;
    for (let offset: usize = 0; offset < bytes; offset += 16) {
      v128.store(xPtr + offset, f32x4.add(v128.load(xPtr + offset), v128.load(y + offset)));
    }
  }
}

/**
 * swapSteps: time steps and features change places: y[k][n][t] = x[t][n][k].
 *
 * Math     Keras's Permute((2, 1))
 * Shapes   x [steps, batch] rows of `width` floats with xStride, y [width, batch] rows of `steps` floats with yStride
 * Writes   y (=), but for its padding
 * Alias    none; any sizes >= 0
 * Oracle   test/assembly/linalg/steps.test.ts
 */
export function swapSteps(xPtr: usize, xStride: i32, yPtr: usize, yStride: i32, steps: i32, batch: i32, width: i32): void {
  assert(xStride >= width && yStride >= steps);
  const yBlock = <usize>(batch * yStride) << 2;
  for (let step = 0; step < steps; step++) {
    for (let n = 0; n < batch; n++) {
      let x = xPtr + (<usize>((step * batch + n) * xStride) << 2);
      let y = yPtr + (<usize>(n * yStride + step) << 2);
      for (let k = 0; k < width; k++) {
        store<f32>(y, load<f32>(x));
        x += 4;
        y += yBlock;
      }
    }
  }
}
