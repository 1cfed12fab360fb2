import { describe, expect, it } from "vitest";
import { backward, Variable } from "./autodiff.js";
import { assertAgreement } from "./compare.js";
import { centralDifferences } from "./finite-differences.js";
import { LOSS_NAMES, type LossName, type LossOptions, lossValues, reduceLoss } from "./losses.js";
import type { AnyTensor } from "./tensor64.js";
import { DIFFERENCE_TOLERANCE, numbers } from "./test-support.js";

const ROUNDING = { relative: 1e-14, absolute: 1e-15 } as const;

const column = (...data: number[]): AnyTensor => ({ shape: [data.length, 1], data });
const row = (...data: number[]): Variable => new Variable([1, data.length], Float64Array.from(data));
const lossOf = (name: LossName, y: number[], p: number[], options: LossOptions = {}): number =>
  lossValues(name, { shape: [1, y.length], data: y }, row(...p), options).data[0]!;

describe("values by hand", () => {
  const cases: [string, LossName, LossOptions, number[], number[], number][] = [
    ["mse", "mse", {}, [1, 2], [2, 4], 2.5],
    ["mae", "mae", {}, [1, 2], [2, 4], 1.5],
    ["mape is a percentage of the label", "mape", {}, [2, -4], [3, -3], 37.5],
    ["mape divides by at least 1e-7", "mape", {}, [0], [1e-7], 100],
    ["huber: square inside delta, line outside", "huber", {}, [0, 0], [0.5, 3], (0.125 + 2.5) / 2],
    ["logCosh", "logCosh", {}, [1], [3], Math.log(Math.cosh(2))],
    ["logCosh of a large error does not overflow", "logCosh", {}, [0], [1000], 1000 - Math.LN2],
    [
      "binaryCrossentropy",
      "binaryCrossentropy",
      {},
      [1, 0],
      [0.8, 0.4],
      -(Math.log(0.8) + Math.log(0.6)) / 2,
    ],
    ["binaryCrossentropy clips at 1e-7", "binaryCrossentropy", {}, [1], [0], -Math.log(1e-7)],
    [
      "label smoothing moves bits towards ½",
      "binaryCrossentropy",
      { labelSmoothing: 0.2 },
      [1],
      [0.8],
      -(0.9 * Math.log(0.8) + 0.1 * Math.log(0.2)),
    ],
    [
      "categoricalCrossentropy brings probabilities to sum 1",
      "categoricalCrossentropy",
      {},
      [0, 1],
      [1, 3],
      -Math.log(0.75),
    ],
    [
      "sparseCategoricalCrossentropy",
      "sparseCategoricalCrossentropy",
      {},
      [1],
      [0.25, 0.75],
      -Math.log(0.75),
    ],
    ["poisson", "poisson", {}, [2], [3], 3 - 2 * Math.log(3 + 1e-7)],
    ["cosineSimilarity is -1 for equal directions", "cosineSimilarity", {}, [3, 4], [6, 8], -1],
    ["cosineSimilarity of nothing is 0", "cosineSimilarity", {}, [0, 0], [6, 8], 0],
    [
      "quantile: above weighs q, below 1 - q",
      "quantile",
      { quantiles: [0.1, 0.9] },
      [1],
      [3, 0],
      (0.9 * 2 + 0.9) / 2,
    ],
    [
      "quantile: levels lie side by side for each target",
      "quantile",
      { quantiles: [0.25, 0.75] },
      [0, 10],
      [-4, 4, 6, 14],
      1,
    ],
    [
      "gaussian with variance 1 and error 2",
      "gaussianNegativeLogLikelihood",
      { spread: "variance" },
      [3],
      [1, 1],
      2,
    ],
    [
      "gaussian: means, then spreads",
      "gaussianNegativeLogLikelihood",
      { spread: "variance" },
      [3, 0],
      [1, 0, 1, Math.E ** 2],
      1.5,
    ],
    // softplus(log(e - 1)) = 1
    [
      "gaussian: softplus of the spread is the variance",
      "gaussianNegativeLogLikelihood",
      { varianceFloor: 0 },
      [3],
      [1, Math.log(Math.E - 1)],
      2,
    ],
  ];
  for (const [claim, name, options, y, p, expected] of cases) {
    it(claim, () => assertAgreement(claim, [lossOf(name, y, p, options)], [expected], ROUNDING));
  }
  it("logits and their probabilities give one loss", () => {
    const z = [0.3, -1.2, 2];
    const e = z.map(Math.exp);
    const total = e.reduce((sum, v) => sum + v, 0);
    const softmax = e.map((v) => v / total);
    const sigmoid = z.map((v) => 1 / (1 + Math.exp(-v)));
    for (const [name, y, p] of [
      ["categoricalCrossentropy", [0, 1, 0], softmax],
      ["sparseCategoricalCrossentropy", [2], softmax],
      ["binaryCrossentropy", [0, 1, 1], sigmoid],
    ] as const) {
      const fromLogits = lossOf(name, [...y], z, { fromLogits: true });
      assertAgreement(name, [lossOf(name, [...y], [...p])], [fromLogits], ROUNDING);
    }
  });
});

describe("gradients agree with central differences", () => {
  const options: Partial<Record<LossName, LossOptions[]>> = {
    huber: [{ delta: 0.3 }],
    binaryCrossentropy: [{}, { fromLogits: true, labelSmoothing: 0.1 }],
    categoricalCrossentropy: [{}, { fromLogits: true, labelSmoothing: 0.1 }],
    sparseCategoricalCrossentropy: [{}, { fromLogits: true }],
    quantile: [{ quantiles: [0.1, 0.9] }],
    gaussianNegativeLogLikelihood: [{}, { spread: "variance" }],
  };
  const positive = [
    "binaryCrossentropy",
    "categoricalCrossentropy",
    "sparseCategoricalCrossentropy",
    "poisson",
    "gaussianNegativeLogLikelihood",
  ];
  for (const name of LOSS_NAMES) {
    for (const option of options[name] ?? [{}]) {
      it(`${name} ${JSON.stringify(option)}`, () => {
        const [batch, steps, width] = [2, 3, 4];
        const raw = numbers([batch, steps, width], 7);
        const inside = positive.includes(name) && !option.fromLogits;
        const p = new Variable(raw.shape, inside ? raw.data.map((v) => 0.5 + 0.4 * v) : raw.data);
        const labels: Partial<Record<LossName, AnyTensor>> = {
          sparseCategoricalCrossentropy: { shape: [batch, steps], data: [0, 1, 2, 3, 2, 1] },
          quantile: numbers([batch, steps, 2], 8),
          gaussianNegativeLogLikelihood: numbers([batch, steps, 2], 8),
        };
        const y = labels[name] ?? numbers([batch, steps, width], 8);
        const reduction = { sampleWeight: [0.5, 2], mask: [1, 0, 1, 1, 1, 0] };
        const loss = (at: Variable): Variable => reduceLoss(lossValues(name, y, at, option), reduction);
        backward(loss(p));
        const expected = centralDifferences(
          (data) => loss(new Variable(p.shape, data)).data[0]!,
          p.data.slice(),
        );
        // mape divides by |y| ≥ .02 and multiplies by 100, which scales its differences' rounding too.
        const tolerance =
          name === "mape" || name === "meanAbsolutePercentageError"
            ? { relative: 1e-7, absolute: 1e-6 }
            : DIFFERENCE_TOLERANCE;
        assertAgreement(name, p.gradient, expected, tolerance);
      });
    }
  }
});

describe("reduction", () => {
  const values = (): Variable => new Variable([2, 2], Float64Array.of(1, 2, 3, 10));
  const reduced = (options: Parameters<typeof reduceLoss>[1]): number =>
    reduceLoss(values(), options).data[0]!;
  it("is the mean over batch and time", () => expect(reduced({})).toBe(4));
  it("weighs samples without dividing by the weights", () =>
    expect(reduced({ sampleWeight: [2, 0] })).toBe(1.5));
  it("weighs time steps", () => expect(reduced({ sampleWeight: [0, 0, 0, 2] })).toBe(5));
  it("divides by the number of unmasked steps", () => expect(reduced({ mask: [1, 1, 1, 0] })).toBe(2));
  it("divides by the mask, not by mask times weight", () =>
    expect(reduced({ mask: [1, 0, 1, 0], sampleWeight: [3, 1] })).toBe(3));
  it("is 0 when everything is masked", () => expect(reduced({ mask: [0, 0, 0, 0] })).toBe(0));
});

describe("labels", () => {
  it("[N] serves for predictions [N, 1]", () => {
    const p = (): Variable => new Variable([2, 1], Float64Array.of(1, 5));
    expect(lossValues("mse", { shape: [2], data: [0, 3] }, p()).data).toEqual(
      lossValues("mse", column(0, 3), p()).data,
    );
  });
  it("never broadcast", () => {
    expect(() => lossValues("mse", column(1), new Variable([2, 1], Float64Array.of(1, 5)))).toThrow(
      /labels for mse/,
    );
  });
  it("outside the classes are refused", () => {
    expect(() => lossOf("sparseCategoricalCrossentropy", [2], [0.5, 0.5])).toThrow(/label 2 of 2/);
  });
});
