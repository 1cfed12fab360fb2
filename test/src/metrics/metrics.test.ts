import { describe, expect, it } from "vitest";
import {
  activation,
  mase,
  masking,
  sequential,
  type Tensor,
  topKCategoricalAccuracy,
} from "../../../src/index.js";
import type { MetricLike } from "../../../src/metrics/to-metric.js";
import { type MetricName, type MetricOptions, metric } from "../../oracle/metrics.js";
import { expectNear, values } from "../model/support.js";

const ROWS = 11;
const WIDTH = 4;

const map = (t: Tensor, f: (value: number, i: number) => number): Tensor => ({
  shape: t.shape,
  data: Float32Array.from(t.data, f),
});
const reals = values([ROWS, WIDTH], 2);
const predictions = values([ROWS, WIDTH], 1);
const positive = map(predictions, (v) => 1.1 + v);
/** Rows that sum to 1. */
const chances = map(positive, (v, i) => {
  const row = Math.floor(i / WIDTH) * WIDTH;
  return v / Array.from(positive.data.slice(row, row + WIDTH)).reduce((sum, part) => sum + part, 0);
});
const classOf = (row: number): number => (3 * row + 1) % WIDTH;
const classes: Tensor = { shape: [ROWS, 1], data: Float32Array.from({ length: ROWS }, (_, i) => classOf(i)) };
const oneHot = map(reals, (_, i) => (classOf(Math.floor(i / WIDTH)) === i % WIDTH ? 1 : 0));
const bits = map(reals, (v) => (v > 0 ? 1 : 0));

interface Case {
  readonly title: string;
  readonly asked: MetricLike;
  readonly key: string;
  readonly oracle: MetricName;
  readonly options?: MetricOptions;
  readonly y: Tensor;
  readonly p: Tensor;
  readonly loss?: "mse" | "sparseCategoricalCrossentropy" | "categoricalCrossentropy" | "binaryCrossentropy";
}

const plain = (name: MetricName & MetricLike, y: Tensor, p: Tensor): Case => ({
  title: name,
  asked: name,
  key: name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
  oracle: name,
  y,
  p,
});

const cases: Case[] = [
  plain("mse", reals, predictions),
  plain("mae", reals, predictions),
  plain("rmse", reals, predictions),
  plain("r2", reals, predictions),
  plain("huber", reals, predictions),
  plain("logCosh", reals, predictions),
  plain("mape", reals, predictions),
  plain("poisson", bits, positive),
  plain("cosineSimilarity", reals, predictions),
  plain("binaryCrossentropy", bits, chances),
  plain("binaryAccuracy", bits, chances),
  plain("categoricalCrossentropy", oneHot, chances),
  plain("categoricalAccuracy", oneHot, chances),
  {
    ...plain("sparseCategoricalCrossentropy", classes, chances),
    loss: "sparseCategoricalCrossentropy",
  },
  { ...plain("sparseCategoricalAccuracy", classes, chances), loss: "sparseCategoricalCrossentropy" },
  {
    title: "topKCategoricalAccuracy, k = 2",
    asked: topKCategoricalAccuracy({ k: 2 }),
    key: "top_k_categorical_accuracy",
    oracle: "topKCategoricalAccuracy",
    options: { k: 2 },
    y: oneHot,
    p: chances,
  },
  {
    ...plain("accuracy", classes, chances),
    title: "accuracy of classes",
    loss: "sparseCategoricalCrossentropy",
  },
  {
    ...plain("accuracy", oneHot, chances),
    title: "accuracy of one-hot labels",
    loss: "categoricalCrossentropy",
  },
];

/** A model that hands its input on. */
function identity(layer: Parameters<typeof sequential>[0], { asked, loss = "mse" }: Case) {
  const model = sequential(layer);
  model.compile({ loss, metrics: [asked] });
  return model;
}

describe("a metric is that of float64 over all samples of an epoch", () => {
  it.each(cases)("$title, whatever the batches", async (each) => {
    const { y, p, key, oracle, options = {} } = each;
    const model = identity([activation({ activation: "linear", inputShape: [WIDTH] })], each);
    const expected = metric(oracle, y, p, options);
    for (const batchSize of [1, 4, 11]) {
      const logs = await model.evaluate(p, y, { batchSize });
      // float32 sums of some forty terms.
      expectNear(key, [logs[key]!], [expected], 1e-5, 1e-6);
    }
  });

  it.each(cases)("$title, without masked steps, which are worse", async (each) => {
    const { y, p, key, oracle, options = {} } = each;
    // Two steps a sample: the first as above, the second all zeros with labels that would spoil the metric.
    const pair = ({ shape, data }: Tensor, second: (k: number) => number): Tensor => {
      const width = shape[1]!;
      const both = new Float32Array(ROWS * 2 * width);
      for (let n = 0; n < ROWS; n++) {
        for (let k = 0; k < width; k++) {
          both[2 * n * width + k] = data[n * width + k]!;
          both[(2 * n + 1) * width + k] = second(k);
        }
      }
      return { shape: [ROWS, 2, width], data: both };
    };
    const model = identity([masking({ inputShape: [2, WIDTH] })], each);
    const spoiling = y === classes ? () => 3 : (k: number) => (k === 2 ? 1 : 0);
    const logs = await model.evaluate(
      pair(p, () => 0),
      pair(y, spoiling),
      { batchSize: 4 },
    );
    expectNear(key, [logs[key]!], [metric(oracle, y, p, options)], 1e-5, 1e-6);
  });

  it("accuracy of one output asks for the right side of a half", async () => {
    const y: Tensor = { shape: [4, 1], data: Float32Array.of(0, 1, 1, 0) };
    const model = sequential([activation({ activation: "linear", inputShape: [1] })]);
    model.compile({ loss: "binaryCrossentropy", metrics: ["accuracy", "acc"] });
    const logs = await model.evaluate([[0.4], [0.6], [0.5], [0.9]], y);
    // 0.5 is not above a half.
    expect([logs.accuracy, logs.acc]).toEqual([0.5, 0.5]);
  });

  it.each([1, 3])("mase of season %i, over the batches in their order", async (season) => {
    const series = values([20, 1], 5);
    const guess = values([20, 1], 6);
    const model = sequential([activation({ activation: "linear", inputShape: [1] })]);
    model.compile({ loss: "mse", metrics: [mase({ season })] });
    const expected = metric("mase", series, guess, { season });
    for (const batchSize of [1, 7, 20]) {
      expectNear("mase", [(await model.evaluate(guess, series, { batchSize })).mase!], [expected], 1e-6);
    }
  });
});
