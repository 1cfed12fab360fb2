import { describe, expect, it } from "vitest";
import {
  categoricalCrossentropy,
  categoricalCrossentropyFromLogits,
  sparse,
} from "../../oracle/kernels/crossentropy-losses.js";
import { expectClose, kernelBuilds } from "../../support/kernels.js";
import { describeLosses, type LossCase } from "../../support/loss-bench.js";

const total = (values: readonly number[]): number => values.reduce((sum, v) => sum + v, 0);

/** (|a_j| + Σ|a_k| q_k) / Σp: what the two terms of the gradient by probabilities weigh. */
const probabilityTerms = (t: (k: number) => number) => (p: readonly number[], j: number) => {
  const sum = total(p);
  return ((t(j) * sum) / p[j]! + total(p.map((_, k) => t(k)))) / sum;
};

const positive = (u: number): number => 1.01 + u;
const logits = (u: number): number => 8 * u;
const always = { valueEps: 8, nanSpreads: true } as const;

const dense = [0, 0.1].flatMap((smoothing): LossCase[] => [
  {
    ...always,
    title: `categoricalCrossentropy, smoothing ${smoothing}`,
    kernel: "categoricalCrossentropyLoss",
    loss: categoricalCrossentropy(smoothing),
    options: [0, smoothing],
    prediction: positive,
    target: (u, width) => (u + 1) / width,
    // Of one class the probability is 1 whatever the prediction: beyond the clip.
    accepts: (width) => width > 1,
    gradientEps: 12,
    terms: (p, t, j) => probabilityTerms((k) => t[k]! * (1 - smoothing) + smoothing / p.length)(p, j),
  },
  {
    ...always,
    title: `categoricalCrossentropy from logits, smoothing ${smoothing}`,
    kernel: "categoricalCrossentropyLoss",
    loss: categoricalCrossentropyFromLogits(smoothing),
    options: [1, smoothing],
    prediction: logits,
    target: (u, width) => (u + 1) / width,
    // An exponent of up to 16, rounded, weighs 16 eps.
    gradientEps: 24,
    terms: (_p, t) => 1 + total(t),
  },
]);

const bySparse = (fromLogits: number): LossCase => ({
  ...always,
  title: `sparseCategoricalCrossentropy${fromLogits ? " from logits" : ""}`,
  kernel: "sparseCategoricalCrossentropyLoss",
  loss: sparse(fromLogits ? categoricalCrossentropyFromLogits(0) : categoricalCrossentropy(0)),
  options: ["targetStride", fromLogits],
  prediction: fromLogits ? logits : positive,
  target: (u, width) => Math.min(width - 1, Math.floor(((u + 1) / 2) * width)),
  targetWidth: () => 1,
  accepts: (width) => width > 1,
  gradientEps: fromLogits ? 24 : 12,
  terms: (p, t, j) => (fromLogits ? 2 : probabilityTerms((k) => (k === t[0] ? 1 : 0))(p, j)),
});

await describeLosses([...dense, bySparse(0), bySparse(1)]);

describe.each(await kernelBuilds())(
  "crossentropy over classes at the edges ($name)",
  ({ kernels, arena }) => {
    const sparseOf = (p: number[], target: number, fromLogits: number) => {
      const memory = arena();
      const gradient = memory.output(p.length + 1);
      const prediction = memory.input([...p, Number.NaN]).ptr;
      const { ptr } = memory.input([target]);
      const stride = p.length + 1;
      const value = kernels.sparseCategoricalCrossentropyLoss!(
        prediction,
        ptr,
        0,
        gradient.ptr,
        1,
        p.length,
        stride,
        1,
        1,
        fromLogits,
      );
      memory.verify();
      return { value, gradient: [...gradient.values()] };
    };

    it("makes a class that does not exist NaN, never a neighbour's loss", () => {
      for (const fromLogits of [0, 1]) {
        for (const target of [-1, 3, 1.5, Number.NaN, Number.POSITIVE_INFINITY, -0.5, 2 ** 31]) {
          const { value, gradient } = sparseOf([0.2, 0.3, 0.5], target, fromLogits);
          expect(value, `class ${target}`).toBeNaN();
          expect(gradient.slice(0, 3).every(Number.isNaN)).toBe(true);
          expect(gradient[3]).toBe(0);
        }
        expect(sparseOf([0.2, 0.3, 0.5], 2, fromLogits).value).toBeGreaterThan(0);
      }
    });

    it("does not overflow for logits of a thousand, and ignores -Infinity where the target is 0", () => {
      const { value, gradient } = sparseOf([1000, 0, -Number.POSITIVE_INFINITY], 0, 1);
      expect(value).toBe(0);
      expectClose(gradient, [0, 0, 0, 0], {});
      expect(sparseOf([1000, 0], 1, 1)).toEqual({ value: 1000, gradient: [1, -1, 0] });
    });

    it("divides probabilities by their sum and clips them, as Keras does", () => {
      expect(sparseOf([1, 3], 1, 0).value).toBeCloseTo(-Math.log(0.75), 6);
      const { value, gradient } = sparseOf([0, 1], 0, 0);
      expect(value).toBeCloseTo(-Math.log(1e-7), 5);
      expect(gradient).toEqual([0, 0, 0]);
    });
  },
);
