import { describe, it } from "vitest";
import { expectClose, kernelBuilds, randomValues, sizes } from "../../support/kernels.js";

const padded = (n: number): number => Math.ceil(n / 4) * 4;

describe.each(await kernelBuilds())("rectifiers ($name)", ({ kernels, arena }) => {
  it.each(sizes)("leakyRelu and scaledElu with their ways back, n = %i", (n) => {
    const count = padded(n);
    const memory = arena();
    const x = memory.input(randomValues(count, 1, 4));
    const dy = memory.input(randomValues(count, 2));
    const [leaky, leakyBack, elu, eluBack] = [0, 1, 2, 3].map(() => memory.output(count));
    kernels.leakyRelu!(x.ptr, x.ptr, leaky!.ptr, n, 0.3);
    kernels.leakyRelu!(x.ptr, dy.ptr, leakyBack!.ptr, n, 0.3);
    kernels.scaledElu!(x.ptr, elu!.ptr, n, 0.7);
    kernels.scaledEluBackward!(x.ptr, elu!.ptr, dy.ptr, eluBack!.ptr, n, 0.7);
    memory.verify();
    const by = (f: (x: number, dy: number) => number) =>
      Float64Array.from(x.initial, (one, i) => f(one, dy.initial[i]!));
    expectClose(
      leaky!.values(),
      by((one) => (one > 0 ? one : 0.3 * one)),
      { ulp: 1.5 },
    );
    expectClose(
      leakyBack!.values(),
      by((one, g) => (one > 0 ? g : 0.3 * g)),
      { ulp: 1.5 },
    );
    expectClose(
      elu!.values(),
      by((one) => (one > 0 ? one : 0.7 * Math.expm1(one))),
      { ulp: 3 },
    );
    expectClose(
      eluBack!.values(),
      by((one, g) => (one > 0 ? g : 0.7 * g * Math.exp(one))),
      { absolute: 3e-7 },
    );
  });

  it.each([
    [1, 4],
    [3, 8],
    [17, 12],
  ])("prelu with its way back: %i rows of %i", (rows, stride) => {
    const memory = arena();
    const x = memory.input(randomValues(rows * stride, 1));
    const dy = memory.input(randomValues(rows * stride, 2));
    const alpha = memory.input(randomValues(stride, 3));
    const [y, dx] = [memory.output(rows * stride), memory.output(rows * stride)];
    const dAlpha = memory.inout(randomValues(stride, 4));
    const alone = memory.inout(randomValues(stride, 4));
    kernels.preluForward!(x.ptr, alpha.ptr, y.ptr, rows, stride);
    kernels.preluBackward!(x.ptr, alpha.ptr, dy.ptr, dx.ptr, dAlpha.ptr, rows, stride);
    kernels.preluBackward!(x.ptr, alpha.ptr, dy.ptr, 0, alone.ptr, rows, stride);
    memory.verify();
    const slope = (i: number): number => (x.initial[i]! > 0 ? 1 : alpha.initial[i % stride]!);
    expectClose(
      y.values(),
      Float64Array.from(x.initial, (one, i) => one * slope(i)),
      { ulp: 1 },
    );
    expectClose(
      dx.values(),
      Float64Array.from(dy.initial, (one, i) => one * slope(i)),
      { ulp: 1 },
    );
    const sums = Float64Array.from(dAlpha.initial);
    x.initial.forEach((one, i) => {
      if (one <= 0) sums[i % stride]! += one * dy.initial[i]!;
    });
    expectClose(dAlpha.values(), sums, { absolute: 3e-6 });
    expectClose(alone.values(), sums, { absolute: 3e-6 });
  });
});
