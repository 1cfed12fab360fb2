/** What every loss kernel is held to: values, gradients, weights, padding, special values, sizes. */
import { describe, expect, it } from "vitest";
import { batchLoss, centralDifferences, type RowLoss } from "../oracle/kernels/row-loss.js";
import { EPSILON, expectClose, kernelBuilds, randomValues, sizes, ulpSize } from "./kernels.js";

export interface LossCase {
  readonly title: string;
  readonly kernel: string;
  readonly loss: RowLoss;
  /** Arguments after `scale`; `targetStride` stands for the stride of the targets. */
  readonly options?: readonly (number | "targetStride" | "quantilesPtr")[];
  readonly quantiles?: readonly number[];
  /** Turns a uniform number in [-1, 1] into a prediction or a target. */
  readonly prediction?: (u: number) => number;
  readonly target?: (u: number, width: number) => number;
  /** Floats a target row has; default: the width. Such losses take a `targetStride`. */
  readonly targetWidth?: (width: number) => number;
  /** Widths the kernel accepts. */
  readonly accepts?: (width: number) => boolean;
  /** Errors in units of eps = 2^-24 of 1 + |value|, and of `terms`. */
  readonly valueEps: number;
  readonly gradientEps: number;
  /** The size of what is added up in a gradient element, over its weight; default |gradient|. */
  readonly terms?: (prediction: readonly number[], target: readonly number[], j: number) => number;
  /** Central differences hold away from kinks only. */
  readonly smoothAt?: (prediction: number, target: number) => boolean;
  /** Whether a NaN among the predictions of a row makes its whole gradient row NaN. */
  readonly nanSpreads: boolean;
}

const ROWS = 4;
const SCALE = 0.375;
const padded = (width: number): number => ((width + 3) & ~3) + 4;

function batchFor(subject: LossCase, width: number, seed: number) {
  const stride = padded(width);
  const targetWidth = subject.targetWidth?.(width) ?? width;
  const targetStride = subject.targetWidth === undefined ? stride : targetWidth + 1;
  const { prediction = (u) => 3 * u, target = (u) => 3 * u } = subject;
  const predictions = randomValues(ROWS * stride, seed).map(prediction);
  const targets = randomValues(ROWS * targetStride, seed + 1).map((u) => target(u, width));
  // What must not be read is NaN.
  for (let row = 0; row < ROWS; row++) {
    predictions.fill(Number.NaN, row * stride + width, (row + 1) * stride);
    targets.fill(Number.NaN, row * targetStride + targetWidth, (row + 1) * targetStride);
  }
  const weight = Float32Array.from([1, 0.5, 0, 2]);
  return {
    prediction: predictions,
    target: targets,
    weight,
    rows: ROWS,
    width,
    stride,
    targetWidth,
    targetStride,
    scale: SCALE,
  };
}

/** Registers the tests of one file's losses. */
export async function describeLosses(cases: readonly LossCase[]): Promise<void> {
  const builds = await kernelBuilds();

  describe.each(cases)("the float64 twin of $title", (subject) => {
    it("has the gradient that central differences of its value give", () => {
      const { loss, accepts = () => true, smoothAt = () => true } = subject;
      const width = [6, 1].find(accepts) ?? 6;
      const { prediction, target, stride, targetStride, targetWidth } = batchFor(subject, width, 77);
      for (let row = 0; row < ROWS; row++) {
        const p = [...prediction.subarray(row * stride, row * stride + width)];
        const t = [...target.subarray(row * targetStride, row * targetStride + targetWidth)];
        const slopes = centralDifferences(loss, p, t, 1e-6);
        loss.gradient(p, t).forEach((expected, j) => {
          if (!smoothAt(p[j]!, t[Math.min(j, t.length - 1)]!)) return;
          // h² f'''/6 and 1e-16 / h.
          expect(Math.abs(slopes[j]! - expected)).toBeLessThan(1e-6 * Math.max(1, Math.abs(expected)));
        });
      }
    });
  });

  describe.each(builds)("losses ($name)", ({ kernels, arena }) => {
    type BatchData = ReturnType<typeof batchFor>;

    const run = (
      subject: LossCase,
      batch: BatchData,
      { weights = true, gradient = true, inPlace = false } = {},
    ) => {
      const memory = arena();
      const prediction = inPlace ? memory.inout(batch.prediction) : memory.input(batch.prediction);
      const target = memory.input(batch.target);
      const weight = memory.input(batch.weight);
      const levels = memory.input(subject.quantiles ?? []);
      const out = inPlace ? prediction : memory.output(batch.prediction.length);
      const options = (subject.options ?? []).map((option) =>
        option === "targetStride" ? batch.targetStride : option === "quantilesPtr" ? levels.ptr : option,
      );
      const value = kernels[subject.kernel]!(
        prediction.ptr,
        target.ptr,
        weights ? weight.ptr : 0,
        gradient ? out.ptr : 0,
        batch.rows,
        batch.width,
        batch.stride,
        SCALE,
        ...options,
      );
      memory.verify();
      return { value, gradient: out.values() };
    };

    describe.each(cases)("$title", (subject) => {
      const { loss, accepts = () => true } = subject;
      const widths = sizes.filter((width) => width > 0 && accepts(width));

      it.each(widths)("has its value and gradient at width %i", (width) => {
        const batch = batchFor(subject, width, width);
        const expected = batchLoss(loss, batch);
        const got = run(subject, batch);
        const sizesOfRows = ROWS * (1 + Math.abs(expected.value));
        expect(Math.abs(got.value - expected.value)).toBeLessThanOrEqual(
          subject.valueEps * EPSILON * sizesOfRows,
        );
        const tolerance = expected.gradient.map((slope, i) => {
          const row = Math.floor(i / batch.stride);
          const j = i % batch.stride;
          if (j >= width) return 0;
          const at = (values: Float32Array, stride: number, count: number): number[] => [
            ...values.subarray(row * stride, row * stride + count),
          ];
          const terms = subject.terms?.(
            at(batch.prediction, batch.stride, width),
            at(batch.target, batch.targetStride, batch.targetWidth),
            j,
          );
          const size = terms === undefined ? Math.abs(slope) : terms * SCALE * batch.weight[row]!;
          return subject.gradientEps * EPSILON * size + 2 * ulpSize(0);
        });
        expectClose(got.gradient, expected.gradient, { absolute: tolerance });
        expect(run(subject, batch, { inPlace: true })).toEqual(got);
        expect(run(subject, batch, { gradient: false }).value).toBe(got.value);
      });

      it("weighs every row 1 without weights", () => {
        const batch = batchFor(subject, widths.at(-1)!, 5);
        const got = run(subject, batch, { weights: false });
        expect(got).toEqual(run(subject, { ...batch, weight: new Float32Array(ROWS).fill(1) }));
        expect(got.value).not.toBe(run(subject, batch).value);
      });

      it("takes nothing from a row of weight 0, and NaN from any other with a NaN", () => {
        const width = widths.find((n) => n >= 5) ?? widths[0]!;
        const batch = batchFor(subject, width, 8);
        const clean = run(subject, batch);
        batch.prediction[2 * batch.stride] = Number.NaN;
        expect(run(subject, batch)).toEqual(clean);
        batch.prediction[batch.stride] = Number.NaN;
        const { value, gradient } = run(subject, batch);
        expect(value).toBeNaN();
        expect(gradient[batch.stride]).toBeNaN();
        const rest = gradient.subarray(batch.stride + 1, batch.stride + width);
        if (subject.nanSpreads) expect([...rest].every(Number.isNaN)).toBe(true);
        // Padding is 0 in spite of it, and other rows are as they were.
        expect([...gradient.subarray(batch.stride + width, 2 * batch.stride)]).toEqual(
          new Array(batch.stride - width).fill(0),
        );
        expect(gradient.slice(0, batch.stride)).toEqual(clean.gradient.slice(0, batch.stride));
      });
    });
  });
}
