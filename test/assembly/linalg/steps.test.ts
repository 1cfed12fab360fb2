import { describe, expect, it } from "vitest";
import { EPSILON, expectClose, kernelBuilds, randomValues } from "../../support/kernels.js";

const strideOf = (width: number): number => (width + 3) & ~3;
const shapes = [
  { steps: 1, batch: 1, width: 1 },
  { steps: 1, batch: 3, width: 4 },
  { steps: 5, batch: 1, width: 3 },
  { steps: 4, batch: 3, width: 7 },
  { steps: 7, batch: 2, width: 16 },
];

describe.each(await kernelBuilds())("steps of a sequence ($name)", ({ kernels, arena }) => {
  it.each([
    [1, 4],
    [2, 1],
    [5, 3],
    [6, 64],
  ])("are reversed, %i blocks of %i", (steps, count) => {
    const memory = arena();
    const x = memory.input(randomValues(steps * count, steps));
    const y = memory.output(steps * count);
    kernels.reverseSteps!(x.ptr, y.ptr, steps, count);
    memory.verify();
    const expected = x.initial.map(
      (_, i) => x.initial[(steps - 1 - Math.floor(i / count)) * count + (i % count)]!,
    );
    expect(y.values()).toEqual(expected);
  });

  it.each(shapes)(
    "are joined sample by sample and split again: $steps steps of $batch rows of $width",
    ({ steps, batch, width }) => {
      const memory = arena();
      const [xStride, yStride] = [strideOf(width), strideOf(steps * width)];
      const values = randomValues(steps * batch * xStride, width);
      for (let row = 0; row < steps * batch; row++) {
        values.fill(Number.NaN, row * xStride + width, (row + 1) * xStride);
      }
      const x = memory.input(values);
      const y = memory.output(batch * yStride, 7);
      const back = memory.output(values.length, 7);
      kernels.joinSteps!(x.ptr, xStride, y.ptr, yStride, steps, batch, width);
      kernels.splitSteps!(y.ptr, yStride, back.ptr, xStride, steps, batch, width);
      memory.verify();
      const joined = y.values();
      for (let n = 0; n < batch; n++) {
        for (let j = 0; j < yStride; j++) {
          const [t, k] = [Math.floor(j / width), j % width];
          const expected = j < steps * width ? values[(t * batch + n) * xStride + k]! : 7;
          expect(joined[n * yStride + j]).toBe(expected);
        }
      }
      expect(back.values()).toEqual(values.map((v) => (Number.isNaN(v) ? 7 : v)));
    },
  );

  it.each(shapes)(
    "change places with features and back: $steps steps of $batch rows of $width",
    ({ steps, batch, width }) => {
      const memory = arena();
      const [xStride, yStride] = [strideOf(width), strideOf(steps)];
      const x = memory.input(randomValues(steps * batch * xStride, width));
      const y = memory.output(width * batch * yStride, 7);
      const back = memory.output(x.length, 7);
      kernels.swapSteps!(x.ptr, xStride, y.ptr, yStride, steps, batch, width);
      kernels.swapSteps!(y.ptr, yStride, back.ptr, xStride, width, batch, steps);
      memory.verify();
      const swapped = y.values();
      for (let k = 0; k < width; k++) {
        for (let n = 0; n < batch; n++) {
          for (let t = 0; t < yStride; t++) {
            const expected = t < steps ? x.initial[(t * batch + n) * xStride + k]! : 7;
            expect(swapped[(k * batch + n) * yStride + t]).toBe(expected);
          }
        }
      }
      expect(back.values()).toEqual(x.initial.map((v, i) => (i % xStride < width ? v : 7)));
    },
  );

  it.each([
    [1, 4],
    [3, 8],
    [9, 20],
  ])("are one row repeated, and its gradient is their sum: %i times %i", (steps, count) => {
    const memory = arena();
    const x = memory.input(randomValues(count, 1));
    const y = memory.output(steps * count);
    const dy = memory.input(randomValues(steps * count, 2));
    const dx = memory.output(count);
    kernels.repeatSteps!(x.ptr, y.ptr, steps, count);
    kernels.sumSteps!(dy.ptr, dx.ptr, steps, count);
    memory.verify();
    expect(y.values()).toEqual(y.initial.map((_, i) => x.initial[i % count]!));
    const sum = Array.from({ length: count }, (_, k) => {
      let total = 0;
      for (let t = 0; t < steps; t++) total += dy.initial[t * count + k]!;
      return total;
    });
    // A float32 sum of `steps` terms of size 1 or less.
    expectClose(dx.values(), sum, { absolute: steps * steps * EPSILON });
  });
});
