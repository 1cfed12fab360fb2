import { describe, expect, it } from "vitest";
import {
  type AucOptions,
  activation,
  auc,
  classificationReport,
  confusionMatrix,
  f1Score,
  type MetricFactory,
  masking,
  precision,
  recall,
  sequential,
} from "../../../src/index.js";
import { errorOf } from "../model/support.js";

type Rows = number[][];

/** The metric of predictions as they are given, in batches of any size. */
async function measured(metric: MetricFactory, y: Rows | number[], p: Rows, batchSize = 2): Promise<number> {
  const model = sequential([activation({ activation: "linear", inputShape: [p[0]!.length] })]);
  const indices = typeof y[0] === "number" && p[0]!.length > 1;
  model.compile({ loss: indices ? "sparseCategoricalCrossentropy" : "mse", metrics: [metric] });
  const logs = await model.evaluate(p, y, { batchSize });
  const [name] = Object.keys(logs).filter((key) => key !== "loss");
  expect(name).toBe(metric.create().name);
  return logs[name!]!;
}

const column = (values: number[]): Rows => values.map((value) => [value]);

// Figures of Keras's own documentation, and by hand from its formulas.
describe("precision and recall are Keras's", () => {
  const y = column([0, 1, 1, 1]);
  const p = column([1, 0, 1, 1]);
  it("at a half by default, whatever the batches", async () => {
    for (const batchSize of [1, 3, 4]) {
      expect(await measured(precision(), y, p, batchSize)).toBeCloseTo(2 / 3, 12);
      expect(await measured(recall(), y, p, batchSize)).toBeCloseTo(2 / 3, 12);
    }
  });

  it("above a threshold, not at it", async () => {
    const chances = column([0.2, 0.7, 0.7, 0.9]);
    expect(await measured(precision({ threshold: 0.7 }), y, chances)).toBe(1);
    expect(await measured(recall({ threshold: 0.7 }), y, chances)).toBeCloseTo(1 / 3, 12);
    expect(await measured(recall({ threshold: 0.1 }), y, chances)).toBe(1);
  });

  it("of the k largest, of one class, of both", async () => {
    const truth = [
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
    ];
    const chances = [
      [0.6, 0.3, 0.1],
      [0.4, 0.35, 0.25],
      [0.1, 0.5, 0.4],
    ];
    expect(await measured(precision({ topK: 1 }), truth, chances)).toBeCloseTo(1 / 3, 12);
    expect(await measured(precision({ topK: 2 }), truth, chances)).toBeCloseTo(3 / 6, 12);
    expect(await measured(recall({ topK: 2 }), truth, chances)).toBe(1);
    expect(await measured(recall({ topK: 2, threshold: 0.45 }), truth, chances)).toBeCloseTo(1 / 3, 12);
    expect(await measured(precision({ topK: 1, classId: 0 }), truth, chances)).toBeCloseTo(1 / 2, 12);
    expect(await measured(recall({ topK: 2, classId: 2 }), truth, chances)).toBe(1);
    // The same of class indices.
    expect(await measured(precision({ topK: 2 }), [0, 1, 2], chances)).toBeCloseTo(3 / 6, 12);
  });

  it("0 where nothing is there", async () => {
    expect(await measured(precision(), column([1, 1]), column([0, 0]))).toBe(0);
    expect(await measured(recall(), column([0, 0]), column([1, 1]))).toBe(0);
  });

  it("leave masked steps out", async () => {
    const model = sequential([masking({ inputShape: [2, 1] })]);
    model.compile({ loss: "mse", metrics: [precision(), recall(), auc(), f1Score({ threshold: 0.5 })] });
    const logs = await model.evaluate([[[0.9], [0]]], [[[1], [1]]]);
    expect([logs.precision, logs.recall]).toEqual([1, 1]);
  });

  it.each([
    [{ threshold: 2 }, "threshold"],
    [{ topK: 0 }, "topK"],
    [{ classId: -1 }, "classId"],
    [{ thresholds: 0.5 }, "thresholds"],
    [{ name: "" }, "name"],
  ])("refuse %o", (options, says) => {
    expect(() => precision(options as never)).toThrow(says);
    expect(() => recall(options as never)).toThrow(says);
  });

  it("refuse a class that the model does not predict", async () => {
    const error = await errorOf(() => measured(precision({ classId: 3 }), column([1]), column([1])));
    expect(error.message).toContain("classId");
  });
});

describe("f1Score is Keras's", () => {
  // Keras's documentation: 0.5, 0.8, 0.66666667 a class at the threshold 0.5.
  const y = [
    [1, 1, 1],
    [1, 0, 0],
    [1, 1, 0],
  ];
  const p = [
    [0.2, 0.6, 0.7],
    [0.2, 0.6, 0.6],
    [0.6, 0.8, 0],
  ];
  it.each([
    ["macro", (0.5 + 0.8 + 2 / 3) / 3],
    ["weighted", (3 * 0.5 + 2 * 0.8 + 2 / 3) / 6],
    // Hits 1 + 2 + 1, of 6 said and 6 true.
    ["micro", (2 * (4 / 6) * (4 / 6)) / (8 / 6)],
  ] as const)("%s", async (average, expected) => {
    expect(await measured(f1Score({ average, threshold: 0.5 }), y, p)).toBeCloseTo(expected, 6);
  });

  it("by the largest prediction of a row without a threshold, a row of zeros says nothing", async () => {
    const truth = [
      [1, 0],
      [0, 1],
      [0, 1],
    ];
    const chances = [
      [0.9, 0.1],
      [0.8, 0.2],
      [0, 0],
    ];
    // Class 0: one hit of two said; class 1: nothing said.
    expect(await measured(f1Score(), truth, chances)).toBeCloseTo((2 / 3 + 0) / 2, 6);
    expect(await measured(f1Score(), [0, 1, 1], chances)).toBeCloseTo((2 / 3 + 0) / 2, 6);
  });
});

describe("auc is Keras's", () => {
  const y = column([0, 0, 1, 1]);
  const p = column([0, 0.5, 0.3, 0.9]);
  // Keras's documentation: three thresholds -1e-7, 0.5, 1 + 1e-7 give 0.75.
  it("of its documentation", async () => {
    expect(await measured(auc({ numThresholds: 3 }), y, p)).toBeCloseTo(0.75, 6);
  });

  /** The same from the definition: counts above each threshold, then trapezoids. */
  const byHand = (
    labels: Rows,
    chances: Rows,
    thresholds: number[],
    curve: "ROC" | "PR",
    height: (a: number, b: number) => number,
  ) => {
    const points = thresholds.map((threshold) => {
      const above = chances.map(([value]) => value! > threshold);
      const hits = above.filter((yes, i) => yes && labels[i]![0] === 1).length;
      const wrong = above.filter((yes, i) => yes && labels[i]![0] === 0).length;
      const positives = labels.filter(([label]) => label === 1).length;
      const found = hits / positives;
      return curve === "ROC"
        ? [wrong / (labels.length - positives), found]
        : [found, hits + wrong === 0 ? 0 : hits / (hits + wrong)];
    });
    let area = 0;
    for (let i = 0; i + 1 < points.length; i++) {
      area += (points[i]![0]! - points[i + 1]![0]!) * height(points[i]![1]!, points[i + 1]![1]!);
    }
    return area;
  };
  const many = Array.from({ length: 60 }, (_, i) => [((i * 37) % 61) / 61]);
  const labels = Array.from({ length: 60 }, (_, i) => [((i * 37) % 61) + ((i * 13) % 29) > 42 ? 1 : 0]);
  const grid = [-1e-7, ...Array.from({ length: 198 }, (_, i) => (i + 1) / 199), 1 + 1e-7];
  const mean = (a: number, b: number): number => (a + b) / 2;
  it.each<[AucOptions, () => number]>([
    [{}, () => byHand(labels, many, grid, "ROC", mean)],
    [{ summationMethod: "minoring" }, () => byHand(labels, many, grid, "ROC", Math.min)],
    [{ summationMethod: "majoring" }, () => byHand(labels, many, grid, "ROC", Math.max)],
    [{ curve: "PR", summationMethod: "minoring" }, () => byHand(labels, many, grid, "PR", Math.min)],
    [{ curve: "PR", summationMethod: "majoring" }, () => byHand(labels, many, grid, "PR", Math.max)],
    [{ thresholds: [0.9, 0.2] }, () => byHand(labels, many, [-1e-7, 0.2, 0.9, 1 + 1e-7], "ROC", mean)],
  ])("with %o", async (options, expected) => {
    expect(await measured(auc(options), labels, many, 7)).toBeCloseTo(expected(), 6);
  });

  it("of a perfect ranking is 1, on both curves, from logits too", async () => {
    const truth = column([0, 0, 1, 1]);
    expect(await measured(auc({ curve: "PR" }), truth, column([0.1, 0.2, 0.8, 0.9]))).toBeCloseTo(1, 6);
    expect(await measured(auc({ fromLogits: true }), truth, column([-3, -2, 2, 3]))).toBe(1);
  });

  it("by interpolation on the PR curve lies between its two sums", async () => {
    const of = (summationMethod: "interpolation" | "minoring" | "majoring") =>
      measured(auc({ curve: "PR", summationMethod }), labels, many);
    const between = await of("interpolation");
    expect(between).toBeGreaterThanOrEqual(await of("minoring"));
    expect(between).toBeLessThanOrEqual(await of("majoring"));
  });

  it("of several labels is the weighted mean of each one's", async () => {
    const truth = [
      [1, 0],
      [0, 1],
      [1, 1],
      [0, 0],
    ];
    const chances = [
      [0.9, 0.8],
      [0.1, 0.7],
      [0.8, 0.6],
      [0.2, 0.1],
    ];
    const [first, second] = await Promise.all(
      [0, 1].map((k) =>
        measured(auc(), column(truth.map((row) => row[k]!)), column(chances.map((row) => row[k]!))),
      ),
    );
    expect(second).toBeLessThan(1);
    expect(await measured(auc({ multiLabel: true }), truth, chances)).toBeCloseTo((first! + second!) / 2, 12);
    const weighted = auc({ multiLabel: true, labelWeights: [1, 3] });
    expect(await measured(weighted, truth, chances)).toBeCloseTo((first! + 3 * second!) / 4, 12);
  });

  it.each([
    [{ numThresholds: 1 }, "numThresholds"],
    [{ curve: "roc" }, "ROC"],
    [{ labelWeights: [1] }, "multiLabel"],
    [{ thresholds: [0.5], numThresholds: 3 }, "exclude"],
    [{ thresholds: [2] }, "thresholds"],
  ])("refuses %o", (options, says) => {
    expect(() => auc(options as never)).toThrow(says);
  });
});

it("metrics are known by name, and two of a kind by names of their own", async () => {
  const model = sequential([activation({ activation: "linear", inputShape: [1] })]);
  model.compile({
    loss: "mse",
    metrics: ["auc", "precision", "recall", "f1Score", auc({ curve: "PR", name: "auc_pr" })],
  });
  expect(Object.keys(await model.evaluate([[0.2], [0.8]], [[0], [1]]))).toEqual([
    "loss",
    "auc",
    "precision",
    "recall",
    "f1_score",
    "auc_pr",
  ]);
});

describe("confusionMatrix", () => {
  it("counts true classes by row, from indices, one-hot labels and probabilities", () => {
    const expected = [
      [1, 0, 0],
      [0, 1, 1],
      [0, 0, 1],
    ];
    expect(confusionMatrix([0, 1, 1, 2], [0, 1, 2, 2])).toEqual(expected);
    const oneHot = [0, 1, 1, 2].map((k) => [0, 1, 2].map((j) => (j === k ? 1 : 0)));
    const chances = [0, 1, 2, 2].map((k) => [0, 1, 2].map((j) => (j === k ? 0.6 : 0.2)));
    expect(confusionMatrix(oneHot, chances)).toEqual(expected);
    expect(confusionMatrix(column([0, 1]), [1, 1], { classes: 3, sampleWeight: [2, 0.5] })).toEqual([
      [0, 2, 0],
      [0, 0.5, 0].map((v, j) => (j === 1 ? 0.5 : v)),
      [0, 0, 0],
    ]);
  });

  it.each([
    [() => confusionMatrix([0, 1], [0]), "samples"],
    [() => confusionMatrix([0, 0.5], [0, 1]), "0.5"],
    [() => confusionMatrix([0, 3], [0, 1], { classes: 2 }), "classes"],
    [() => confusionMatrix([0], [0], { sampleWeight: [1, 2] }), "sampleWeight"],
    [() => confusionMatrix([0], [0], { normalize: true } as never), "normalize"],
    [() => confusionMatrix([[[0]]], [0]), "shape"],
  ])("refuses what is none: %#", (work, says) => {
    expect(work).toThrow(says);
  });
});

it("classificationReport is scikit-learn's, column for column", () => {
  // The example of scikit-learn's documentation.
  expect(
    classificationReport([0, 1, 2, 2, 2], [0, 0, 2, 2, 1], { labels: ["class 0", "class 1", "class 2"] }),
  ).toBe(
    [
      "              precision    recall  f1-score   support",
      "",
      "     class 0       0.50      1.00      0.67         1",
      "     class 1       0.00      0.00      0.00         1",
      "     class 2       1.00      0.67      0.80         3",
      "",
      "    accuracy                           0.60         5",
      "   macro avg       0.50      0.56      0.49         5",
      "weighted avg       0.70      0.60      0.61         5",
      "",
    ].join("\n"),
  );
  expect(() => classificationReport([0, 2], [0, 1], { labels: ["a"] })).toThrow("labels");
});
