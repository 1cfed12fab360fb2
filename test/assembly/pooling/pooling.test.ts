import { describe, expect, it } from "vitest";
import { expectClose, kernelBuilds, randomValues } from "../../support/kernels.js";

const forms = [
  { xSteps: 6, count: 4, poolSize: 2, strides: 2, shift: 0, steps: 3 },
  { xSteps: 7, count: 12, poolSize: 3, strides: 1, shift: 1, steps: 7 },
  { xSteps: 9, count: 8, poolSize: 3, strides: 4, shift: 0, steps: 2 },
  { xSteps: 5, count: 20, poolSize: 9, strides: 5, shift: 2, steps: 1 },
  { xSteps: 1, count: 4, poolSize: 1, strides: 1, shift: 0, steps: 1 },
  { xSteps: 3, count: 0, poolSize: 2, strides: 1, shift: 0, steps: 2 },
];

const window = ({ strides, shift, poolSize, xSteps }: (typeof forms)[number], t: number): number[] =>
  Array.from({ length: poolSize }, (_, k) => t * strides - shift + k).filter((s) => s >= 0 && s < xSteps);

describe.each(await kernelBuilds())("pooling ($name)", ({ kernels, arena }) => {
  it.each(forms)("of the largest, and its way back: %o", (form) => {
    const { xSteps, count, poolSize, strides, shift, steps } = form;
    const memory = arena();
    // Few values, so that many windows hold the largest more than once.
    const x = memory.input(randomValues(xSteps * count, 1).map((one) => Math.round(one * 2)));
    const y = memory.output(steps * count);
    const dy = memory.input(randomValues(steps * count, 2));
    const dx = memory.output(xSteps * count);
    kernels.maxPoolingForward!(x.ptr, y.ptr, steps, xSteps, count, poolSize, strides, shift);
    const top = new Float64Array(steps * count);
    const expected = new Float64Array(xSteps * count);
    for (let t = 0; t < steps; t++)
      for (let i = 0; i < count; i++) {
        const places = window(form, t).map((s) => s * count + i);
        const best = places.reduce((a, b) => (x.initial[b]! > x.initial[a]! ? b : a));
        top[t * count + i] = x.initial[best]!;
        expected[best]! += dy.initial[t * count + i]!;
      }
    expectClose(y.values(), top, {});
    kernels.maxPoolingBackward!(x.ptr, y.ptr, dy.ptr, dx.ptr, steps, xSteps, count, poolSize, strides, shift);
    memory.verify();
    expectClose(dx.values(), expected, { absolute: 1e-6 });
  });

  it("of the largest sees a NaN and sends the gradient to it", () => {
    const memory = arena();
    const x = memory.input([1, 2, 3, 4, 5, Number.NaN, 1, 9]);
    const y = memory.output(4);
    const dx = memory.output(8);
    kernels.maxPoolingForward!(x.ptr, y.ptr, 1, 2, 4, 2, 2, 0);
    kernels.maxPoolingBackward!(x.ptr, y.ptr, memory.input([1, 1, 1, 1]).ptr, dx.ptr, 1, 2, 4, 2, 2, 0);
    memory.verify();
    expect([...y.values()]).toEqual([5, Number.NaN, 3, 9]);
    expect([...dx.values()][5]! + [...dx.values()][1]!).toBe(1);
  });

  it.each(forms)("of the mean, and its way back: %o", (form) => {
    const { xSteps, count, poolSize, strides, shift, steps } = form;
    const memory = arena();
    const x = memory.input(randomValues(xSteps * count, 1));
    const y = memory.output(steps * count);
    const dy = memory.input(randomValues(steps * count, 2));
    const dx = memory.output(xSteps * count);
    const mean = new Float64Array(steps * count);
    const expected = new Float64Array(xSteps * count);
    for (let t = 0; t < steps; t++)
      for (let i = 0; i < count; i++) {
        const places = window(form, t).map((s) => s * count + i);
        for (const place of places) {
          mean[t * count + i]! += x.initial[place]! / places.length;
          expected[place]! += dy.initial[t * count + i]! / places.length;
        }
      }
    kernels.averagePoolingForward!(x.ptr, y.ptr, steps, xSteps, count, poolSize, strides, shift);
    kernels.averagePoolingBackward!(dy.ptr, dx.ptr, steps, xSteps, count, poolSize, strides, shift);
    memory.verify();
    expectClose(y.values(), mean, { absolute: 1e-6 });
    expectClose(dx.values(), expected, { absolute: 1e-6 });
  });

  it("of the mean of what counts, and its way back", () => {
    const [steps, batch, stride] = [5, 3, 8];
    const memory = arena();
    const x = randomValues(steps * batch * stride, 1);
    const mask = Float32Array.of(1, 0, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 1, 0, 1);
    // What does not count is not looked at.
    x.forEach((_, i) => {
      if (mask[Math.floor(i / stride)] === 0) x[i] = Number.NaN;
    });
    const [xs, masks] = [memory.input(x), memory.input(mask)];
    const y = memory.output(batch * stride);
    const dy = memory.input(randomValues(batch * stride, 2));
    const dx = memory.output(x.length);
    kernels.maskedMeanForward!(xs.ptr, masks.ptr, y.ptr, steps, batch, stride);
    kernels.maskedMeanBackward!(dy.ptr, masks.ptr, dx.ptr, steps, batch, stride);
    memory.verify();
    const counts = [4, 0, 3];
    expectClose(
      y.values(),
      Float64Array.from({ length: batch * stride }, (_, i) => {
        const n = Math.floor(i / stride);
        let sum = 0;
        for (let t = 0; t < steps; t++) {
          if (mask[t * batch + n] === 1) sum += x[(t * batch + n) * stride + (i % stride)]!;
        }
        return sum / Math.max(1, counts[n]!);
      }),
      { absolute: 1e-6 },
    );
    expectClose(
      dx.values(),
      Float64Array.from({ length: x.length }, (_, i) => {
        const row = Math.floor(i / stride);
        const n = row % batch;
        return mask[row] === 1 ? dy.initial[n * stride + (i % stride)]! / counts[n]! : 0;
      }),
      { ulp: 1 },
    );
  });
});
