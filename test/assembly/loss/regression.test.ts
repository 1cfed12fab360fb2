import { describe, expect, it } from "vitest";
import {
  hinge,
  huber,
  klDivergence,
  logCosh,
  meanAbsoluteError,
  meanAbsolutePercentage,
  meanSquaredError,
  meanSquaredLogarithmic,
  poisson,
  squaredHinge,
} from "../../oracle/kernels/elementwise-losses.js";
import { kernelBuilds } from "../../support/kernels.js";
import { describeLosses } from "../../support/loss-bench.js";

const away = (p: number, t: number): boolean => Math.abs(p - t) > 1e-4;

await describeLosses([
  {
    title: "meanSquaredError",
    kernel: "meanSquaredErrorLoss",
    loss: meanSquaredError,
    valueEps: 4,
    gradientEps: 4,
    nanSpreads: false,
  },
  {
    title: "meanAbsoluteError",
    kernel: "meanAbsoluteErrorLoss",
    loss: meanAbsoluteError,
    smoothAt: away,
    valueEps: 4,
    gradientEps: 3,
    nanSpreads: false,
  },
  ...[1, 0.25].map((delta) => ({
    title: `huber, delta ${delta}`,
    kernel: "huberLoss",
    loss: huber(delta),
    options: [delta],
    smoothAt: (p: number, t: number) => Math.abs(Math.abs(p - t) - delta) > 1e-4,
    valueEps: 4,
    gradientEps: 4,
    nanSpreads: false,
  })),
  {
    title: "logCosh",
    kernel: "logCoshLoss",
    loss: logCosh,
    valueEps: 6,
    gradientEps: 8,
    nanSpreads: false,
  },
  {
    title: "meanAbsolutePercentage",
    kernel: "meanAbsolutePercentageLoss",
    loss: meanAbsolutePercentage,
    smoothAt: away,
    valueEps: 4,
    gradientEps: 5,
    nanSpreads: false,
  },
  {
    title: "meanSquaredLogarithmic",
    kernel: "meanSquaredLogarithmicLoss",
    loss: meanSquaredLogarithmic,
    smoothAt: (p: number) => Math.abs(p) > 1e-3,
    valueEps: 10,
    gradientEps: 12,
    terms: (p, t, j) => (2 * (1 + Math.abs(p[j]!) + Math.abs(t[j]!))) / p.length,
    nanSpreads: false,
  },
  ...[0, 1].flatMap((binary) => {
    const target = (u: number): number => (u > 0 ? 1 : binary - 1);
    const smoothAt = (p: number, t: number): boolean =>
      Math.abs(1 - (binary === 1 ? 2 * t - 1 : t) * p) > 1e-3;
    return [
      {
        title: `hinge, binary ${binary}`,
        kernel: "hingeLoss",
        loss: hinge(binary),
        options: [binary],
        target,
        smoothAt,
        valueEps: 4,
        gradientEps: 4,
        nanSpreads: false,
      },
      {
        title: `squaredHinge, binary ${binary}`,
        kernel: "squaredHingeLoss",
        loss: squaredHinge(binary),
        options: [binary],
        target,
        smoothAt,
        valueEps: 8,
        gradientEps: 8,
        terms: (p: readonly number[], _: readonly number[], j: number) =>
          (2 * (1 + Math.abs(p[j]!))) / p.length,
        nanSpreads: false,
      },
    ];
  }),
  {
    title: "klDivergence",
    kernel: "klDivergenceLoss",
    loss: klDivergence,
    prediction: (u) => 0.5 + 0.45 * u,
    target: (u) => 0.5 + 0.5 * u,
    valueEps: 60,
    gradientEps: 8,
    nanSpreads: false,
  },
  {
    title: "poisson",
    kernel: "poissonLoss",
    loss: poisson,
    prediction: (u) => 1.51 + 1.5 * u,
    target: (u) => Math.round(3 + 3 * u),
    valueEps: 8,
    gradientEps: 6,
    terms: (p, t, j) => (1 + t[j]! / (p[j]! + 1e-7)) / p.length,
    nanSpreads: false,
  },
]);

describe.each(await kernelBuilds())("regression losses at special places ($name)", ({ kernels, arena }) => {
  const one = (kernel: string, p: number, t: number, ...options: number[]) => {
    const memory = arena();
    const gradient = memory.output(1);
    const prediction = memory.input([p]).ptr;
    const value = kernels[kernel]!(
      prediction,
      memory.input([t]).ptr,
      0,
      gradient.ptr,
      1,
      1,
      1,
      1,
      ...options,
    );
    return [value, gradient.values()[0]];
  };

  it("have a gradient of 0 where prediction and target agree", () => {
    for (const kernel of [
      "meanSquaredErrorLoss",
      "meanAbsoluteErrorLoss",
      "logCoshLoss",
      "meanAbsolutePercentageLoss",
    ]) {
      expect(one(kernel, 2, 2), kernel).toEqual([0, 0]);
    }
    expect(one("huberLoss", 2, 2, 1)).toEqual([0, 0]);
  });

  it("keep logCosh accurate for errors of a thousandth and finite for errors of a million", () => {
    // a²/2 - a⁴/12
    const [small] = one("logCoshLoss", 2 ** -10, 0);
    expect(Math.abs(small! - (2 ** -21 - 2 ** -40 / 12))).toBeLessThan(4 * 2 ** -24 * 2 ** -21);
    expect(one("logCoshLoss", 1e6, 0)[0]).toBeCloseTo(1e6 - Math.LN2, 0);
    expect(one("logCoshLoss", 3e38, 0)[1]).toBe(1);
  });

  it("guard the percentage of a target of 0 by 1e-7", () => {
    const [value, gradient] = one("meanAbsolutePercentageLoss", 0.5, 0);
    expect(value! / 5e8).toBeCloseTo(1, 6);
    expect(gradient! / 1e9).toBeCloseTo(1, 6);
  });
});
