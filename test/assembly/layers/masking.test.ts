import { describe, expect, it } from "vitest";
import { kernelBuilds, randomValues, sizes } from "../../support/kernels.js";

const strideOf = (width: number): number => (width + 3) & ~3;

describe.each(await kernelBuilds())("masks ($name)", ({ kernels, arena }) => {
  it.each(sizes.filter((n) => n > 0))("mask a step only if all of its %i features are the value", (width) => {
    const stride = strideOf(width);
    const rows = width + 2;
    const memory = arena();
    // Row r differs from the value in feature r alone; the last two rows nowhere. The padding differs everywhere.
    const values = new Float32Array(rows * stride).fill(9);
    for (let row = 0; row < rows; row++) {
      for (let k = 0; k < width; k++) values[row * stride + k] = row === k ? 0.5 : -1.5;
    }
    const x = memory.input(values);
    const mask = memory.output(rows);
    kernels.stepMask!(x.ptr, mask.ptr, rows, width, stride, -1.5);
    memory.verify();
    expect([...mask.values()]).toEqual(Array.from({ length: rows }, (_, row) => (row < width ? 1 : 0)));
  });

  it.each([4, 8, 12, 36])("put rows of %i that do not count to zero, NaN too, in place or not", (stride) => {
    const memory = arena();
    const values = randomValues(5 * stride, stride);
    values.fill(Number.NaN, stride, 2 * stride);
    const x = memory.input(values);
    const mask = memory.input([1, 0, 0, 1, 0]);
    const y = memory.output(5 * stride);
    const inPlace = memory.inout(values);
    kernels.maskRows!(x.ptr, mask.ptr, y.ptr, 5, stride);
    kernels.maskRows!(inPlace.ptr, mask.ptr, inPlace.ptr, 5, stride);
    memory.verify();
    const expected = values.map((v, i) => ([1, 0, 0, 1, 0][Math.floor(i / stride)] === 1 ? v : 0));
    expect(y.values()).toEqual(expected);
    expect(inPlace.values()).toEqual(expected);
  });

  it.each([
    [1, 1],
    [1, 5],
    [6, 1],
    [7, 3],
  ])("run on from the first of %i steps that counts, %i samples each for itself", (steps, batch) => {
    const memory = arena();
    const given = randomValues(steps * batch, steps).map((v) => (v > 0.3 ? 1 : 0));
    const mask = memory.input(given);
    const y = memory.output(given.length);
    kernels.runningMask!(mask.ptr, y.ptr, steps, batch);
    memory.verify();
    const expected = given.map((_, i) => {
      const sample = i % batch;
      return given.some((v, j) => j <= i && j % batch === sample && v === 1) ? 1 : 0;
    });
    expect(y.values()).toEqual(expected);
  });
});
