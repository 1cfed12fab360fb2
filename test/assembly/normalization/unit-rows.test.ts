import { describe, it } from "vitest";
import { expectClose, kernelBuilds, randomValues } from "../../support/kernels.js";

describe.each(await kernelBuilds())("unitRows ($name)", ({ kernels, arena }) => {
  it.each([
    [1, 1],
    [3, 4],
    [7, 5],
    [5, 18],
  ])("and its way back: %i rows of %i", (rows, width) => {
    const stride = Math.ceil(width / 4) * 4;
    const memory = arena();
    const values = randomValues(rows * stride, 1);
    for (let i = 0; i < values.length; i++) if (i % stride >= width) values[i] = Number.NaN;
    // A row of zeros has no direction: it stays, and its gradient is multiplied by the largest scale.
    values.fill(0, 0, width);
    const x = memory.input(values);
    const slopes = randomValues(rows * stride, 2);
    const dy = memory.input(slopes);
    const y = memory.output(rows * stride);
    const scales = memory.output(rows);
    const dx = memory.output(rows * stride);
    kernels.unitRows!(x.ptr, y.ptr, scales.ptr, rows, width, stride);
    kernels.unitRowsBackward!(y.ptr, dy.ptr, dx.ptr, scales.ptr, rows, width, stride);
    memory.verify();
    const expected = new Float64Array(rows * stride);
    const back = new Float64Array(rows * stride);
    const bounds = new Float64Array(rows * stride);
    for (let row = 0; row < rows; row++) {
      const at = (k: number): number => row * stride + k;
      let square = 0;
      for (let k = 0; k < width; k++) square += values[at(k)]! ** 2;
      const scale = Math.min(1 / Math.sqrt(square), 1e7);
      let along = 0;
      for (let k = 0; k < width; k++) {
        expected[at(k)] = values[at(k)]! * scale;
        along += expected[at(k)]! * slopes[at(k)]!;
      }
      for (let k = 0; k < width; k++) {
        back[at(k)] = scale * (slopes[at(k)]! - (square === 0 ? 0 : along) * expected[at(k)]!);
        bounds[at(k)] = scale * 1e-6;
      }
    }
    expectClose(y.values(), expected, { absolute: 2e-7 });
    expectClose(dx.values(), back, { absolute: bounds });
  });
});
