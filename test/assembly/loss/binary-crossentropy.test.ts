import { describe, expect, it } from "vitest";
import { binaryCrossentropy, binaryCrossentropyFromLogits } from "../../oracle/kernels/elementwise-losses.js";
import { kernelBuilds } from "../../support/kernels.js";
import { describeLosses } from "../../support/loss-bench.js";

await describeLosses(
  [0, 0.1].flatMap((smoothing) => [
    {
      title: `binaryCrossentropy, smoothing ${smoothing}`,
      kernel: "binaryCrossentropyLoss",
      loss: binaryCrossentropy(smoothing),
      options: [0, smoothing],
      prediction: (u: number) => 0.5 + 0.499 * u,
      target: (u: number) => (u > 0 ? 1 : 0),
      valueEps: 6,
      gradientEps: 6,
      terms: (p: readonly number[], _t: readonly number[], j: number) => 1 / (p[j]! * (1 - p[j]!)) / p.length,
      nanSpreads: false,
    },
    {
      title: `binaryCrossentropy from logits, smoothing ${smoothing}`,
      kernel: "binaryCrossentropyLoss",
      loss: binaryCrossentropyFromLogits(smoothing),
      options: [1, smoothing],
      prediction: (u: number) => 20 * u,
      target: (u: number) => (u > 0 ? 1 : 0),
      // Against max(z, 0) and z t, up to 20.
      valueEps: 40,
      gradientEps: 4,
      terms: (p: readonly number[]) => 1 / p.length,
      nanSpreads: false,
    },
  ]),
);

describe.each(await kernelBuilds())("binary crossentropy at the edges ($name)", ({ kernels, arena }) => {
  const one = (p: number, t: number, fromLogits: number) => {
    const memory = arena();
    const gradient = memory.output(1);
    const prediction = memory.input([p]).ptr;
    const target = memory.input([t]).ptr;
    const value = kernels.binaryCrossentropyLoss!(
      prediction,
      target,
      0,
      gradient.ptr,
      1,
      1,
      1,
      1,
      fromLogits,
      0,
    );
    return [value, gradient.values()[0]];
  };

  it("clips probabilities at 1e-7, where the gradient is 0 as in Keras", () => {
    const [value, gradient] = one(0, 1, 0);
    expect(value).toBeCloseTo(-Math.log(1e-7), 5);
    expect(gradient).toBe(0);
    expect(one(1, 0, 0)[0]).toBeCloseTo(-Math.log(2 ** -23), 5);
    expect(one(1, 0, 0)[1]).toBe(0);
    expect(one(1, 1, 0)[0]).toBeCloseTo(1.19e-7, 9);
    // Just inside the clip the slope is there.
    expect(one(2e-7, 1, 0)[1]! / -5e6).toBeCloseTo(1, 5);
  });

  it("stays finite for logits of any size, and keeps its gradient", () => {
    expect(one(1e4, 0, 1)).toEqual([1e4, 1]);
    expect(one(-1e4, 1, 1)).toEqual([1e4, -1]);
    expect(one(1e4, 1, 1)).toEqual([0, 0]);
    expect(one(-80, 0, 1)[0]! / Math.exp(-80)).toBeCloseTo(1, 6);
  });
});
