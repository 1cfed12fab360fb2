import { describe, expect, it } from "vitest";
import {
  cosineSimilarity,
  gaussianNegativeLogLikelihood,
  quantile,
} from "../../oracle/kernels/row-losses.js";
import { softplus } from "../../oracle/kernels/simd.js";
import { kernelBuilds } from "../../support/kernels.js";
import { describeLosses } from "../../support/loss-bench.js";

const length = (v: readonly number[]): number => Math.hypot(...v);
const levels = [0.1, 0.5, 0.9].map(Math.fround);

await describeLosses([
  {
    title: "cosineSimilarity",
    kernel: "cosineSimilarityLoss",
    loss: cosineSimilarity,
    valueEps: 4,
    gradientEps: 5,
    terms: (p, t, j) => (Math.abs(t[j]!) / length(t) + Math.abs(p[j]!) / length(p)) / length(p),
    nanSpreads: true,
  },
  {
    title: "quantile, several levels",
    kernel: "quantileLoss",
    loss: quantile(levels),
    quantiles: levels,
    options: ["quantilesPtr", 3, "targetStride"],
    targetWidth: (width) => width / 3,
    accepts: (width) => width % 3 === 0,
    smoothAt: (p, t) => Math.abs(p - t) > 1e-4,
    valueEps: 4,
    gradientEps: 3,
    nanSpreads: false,
  },
  {
    title: "gaussianNegativeLogLikelihood",
    kernel: "gaussianNegativeLogLikelihoodLoss",
    loss: gaussianNegativeLogLikelihood,
    options: ["targetStride"],
    targetWidth: (width) => width / 2,
    accepts: (width) => width % 2 === 0,
    // The variance goes down to softplus(-3) = 0.049: (m - t)²/v up to 740 in each of the rows.
    valueEps: 60,
    gradientEps: 14,
    terms: (p, t, column) => {
      const outputs = p.length / 2;
      const j = column % outputs;
      const variance = softplus(p[outputs + j]!) + 1e-6;
      const difference = Math.abs(p[j]! - t[j]!);
      if (column < outputs) return difference / variance / outputs;
      return (1 / variance + difference ** 2 / variance ** 2) / 2 / outputs;
    },
    nanSpreads: false,
  },
]);

describe.each(await kernelBuilds())("losses of rows at special places ($name)", ({ kernels, arena }) => {
  it("take a vector of zeros as having no direction: value 0, finite gradient", () => {
    const memory = arena();
    const gradient = memory.output(2);
    const value = kernels.cosineSimilarityLoss!(
      memory.input([0, 0]).ptr,
      memory.input([3, 4]).ptr,
      0,
      gradient.ptr,
      1,
      2,
      2,
      1,
    );
    expect(value).toBeCloseTo(0);
    // -t / |t| / 1e-7, as the norm is held at 1e-7.
    expect(gradient.values()[0]! / -6e6).toBeCloseTo(1, 5);
    expect(gradient.values()[1]! / -8e6).toBeCloseTo(1, 5);
  });

  it("give a pinball gradient of 0 at the target itself", () => {
    const memory = arena();
    const gradient = memory.output(3);
    const value = kernels.quantileLoss!(
      memory.input([1, 2, 3]).ptr,
      memory.input([2]).ptr,
      0,
      gradient.ptr,
      1,
      3,
      3,
      3,
      memory.input(levels).ptr,
      3,
      1,
    );
    // (0.1 · 1 + 0 + 0.1 · 1) / 3; levels are floats, so to seven digits.
    expect(value).toBeCloseTo(0.2 / 3, 7);
    expect([...gradient.values()].map((g) => Math.round(g * 1e6) / 1e6)).toEqual([-0.1, 0, 0.1]);
  });

  it("keep a variance of at least 1e-6, so that a raw spread of -100 stays finite", () => {
    const memory = arena();
    const gradient = memory.output(2);
    const value = kernels.gaussianNegativeLogLikelihoodLoss!(
      memory.input([0.5, -100]).ptr,
      memory.input([0.5]).ptr,
      0,
      gradient.ptr,
      1,
      2,
      2,
      1,
      1,
    );
    expect(value).toBeCloseTo(Math.log(1e-6) / 2, 5);
    expect([...gradient.values()].every(Number.isFinite)).toBe(true);
  });
});
