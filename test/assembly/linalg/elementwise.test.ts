import { describe, expect, it } from "vitest";
import { expectClose, kernelBuilds, randomValues, sizes } from "../../support/kernels.js";

describe.each(await kernelBuilds())("copies and element-wise passes ($name)", ({ kernels, arena }) => {
  it.each(sizes)("copyFloats copies %i floats to the bit, NaN included", (n) => {
    const memory = arena();
    const source = memory.input(randomValues(n, 1).map((value, i) => (i === 3 ? Number.NaN : value)));
    const target = memory.output(n, 7);
    kernels.copyFloats!(source.ptr, target.ptr, n);
    memory.verify();
    expect(target.values()).toEqual(source.initial);
  });

  it.each(sizes)("fillZero writes %i zeros", (n) => {
    const memory = arena();
    const target = memory.output(n);
    kernels.fillZero!(target.ptr, n);
    memory.verify();
    expect(target.values()).toEqual(new Float32Array(n));
  });

  const blocks = [1, 2, 3, 7].flatMap((steps) => [4, 8, 12, 20, 64].map((count) => ({ steps, count })));
  it.each(blocks)("multiplySteps multiplies $steps blocks of $count by one row of factors", (block) => {
    const { steps, count } = block;
    const memory = arena();
    const x = memory.input(randomValues(steps * count, 1));
    const factors = memory.input(randomValues(count, 2));
    const y = memory.output(steps * count);
    kernels.multiplySteps!(x.ptr, factors.ptr, y.ptr, steps, count);
    memory.verify();
    // One product, rounded once: the nearest float32.
    const expected = Float64Array.from(x.initial, (value, i) => value * factors.initial[i % count]!);
    expectClose(y.values(), expected, { ulp: 0.5 });

    const inPlace = arena();
    const own = inPlace.inout(x.initial);
    const again = inPlace.input(factors.initial);
    kernels.multiplySteps!(own.ptr, again.ptr, own.ptr, steps, count);
    inPlace.verify();
    expect(own.values()).toEqual(Float32Array.from(expected));
  });
});
