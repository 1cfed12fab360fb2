import { describe, expect, it } from "vitest";
import { softmax, softmaxGradient } from "../../oracle/kernels/softmax.js";
import { EPSILON, expectClose, kernelBuilds, randomValues, sizes } from "../../support/kernels.js";

const ROWS = 3;
const strideOf = (width: number): number => ((width + 3) & ~3) + 4;
const rowOf = (values: ArrayLike<number>, row: number, width: number): number[] =>
  Array.from({ length: width }, (_, j) => values[row * strideOf(width) + j]!);

describe("the float64 twin", () => {
  it("derives softmax as central differences do", () => {
    const z = [0.3, -1.2, 2, 0.9];
    const dy = [0.5, -1, 0.25, 2];
    const inner = (at: readonly number[]): number => softmax(at).reduce((sum, y, k) => sum + y * dy[k]!, 0);
    const gradient = softmaxGradient(softmax(z), dy);
    const h = 1e-5;
    z.forEach((_, j) => {
      const moved = (by: number): number => inner(z.map((v, k) => (k === j ? v + by : v)));
      expect((moved(h) - moved(-h)) / (2 * h)).toBeCloseTo(gradient[j]!, 9);
    });
  });
});

describe.each(await kernelBuilds())("softmax ($name)", ({ kernels, arena }) => {
  it.each(sizes.filter((n) => n > 0))("handles rows of %i and leaves the padding alone", (width) => {
    const stride = strideOf(width);
    const memory = arena();
    const values = randomValues(ROWS * stride, width, 5);
    // A NaN in the padding would reach the result if it were read.
    for (let row = 0; row < ROWS; row++) values.fill(Number.NaN, row * stride + width, (row + 1) * stride);
    const z = memory.input(values);
    const y = memory.output(ROWS * stride, 7);
    const inPlace = memory.inout(values);
    kernels.softmaxForward!(z.ptr, y.ptr, ROWS, width, stride);
    kernels.softmaxForward!(inPlace.ptr, inPlace.ptr, ROWS, width, stride);
    const dy = memory.input(randomValues(ROWS * stride, width + 1));
    const dz = memory.output(ROWS * stride, 9);
    const dyInPlace = memory.inout(dy.initial);
    kernels.softmaxBackward!(y.ptr, dy.ptr, dz.ptr, ROWS, width, stride);
    kernels.softmaxBackward!(y.ptr, dyInPlace.ptr, dyInPlace.ptr, ROWS, width, stride);
    memory.verify();
    for (let row = 0; row < ROWS; row++) {
      // 4 ULP and one for each unit of z - max, up to 10 here.
      expectClose(rowOf(y.values(), row, width), softmax(rowOf(values, row, width)), { ulp: 14 });
      expect(rowOf(inPlace.values(), row, width)).toEqual(rowOf(y.values(), row, width));
      const yRow = rowOf(y.values(), row, width);
      const dyRow = rowOf(dy.values(), row, width);
      const mean = yRow.reduce((sum, p, k) => sum + p * Math.abs(dyRow[k]!), 0);
      expectClose(rowOf(dz.values(), row, width), softmaxGradient(yRow, dyRow), {
        // The twin's Jacobian takes Σy = 1, which holds to width · eps.
        absolute: yRow.map((p, j) => (4 + width) * EPSILON * p * (Math.abs(dyRow[j]!) + mean)),
      });
      expect(rowOf(dyInPlace.values(), row, width)).toEqual(rowOf(dz.values(), row, width));
      for (let j = width; j < stride; j++) {
        expect(y.values()[row * stride + j]).toBe(7);
        expect(dz.values()[row * stride + j]).toBe(9);
      }
    }
  });

  it("does not overflow, and knows logits of -Infinity", () => {
    const memory = arena();
    const z = memory.input([1000, 999, -Number.POSITIVE_INFINITY, 0]);
    const y = memory.output(4);
    kernels.softmaxForward!(z.ptr, y.ptr, 1, 4, 4);
    expectClose(y.values(), [0.7310585786300049, 0.2689414213699951, 0, 0], { ulp: 4 });
  });

  it("makes a row with a NaN NaN, and no other", () => {
    const memory = arena();
    const z = memory.input([1, 2, Number.NaN, 0, 0, 0]);
    const y = memory.output(6);
    kernels.softmaxForward!(z.ptr, y.ptr, 2, 3, 3);
    const got = [...y.values()];
    expect(got.slice(0, 3).every(Number.isNaN)).toBe(true);
    expectClose(got.slice(3), [1 / 3, 1 / 3, 1 / 3], { ulp: 1 });
  });
});
