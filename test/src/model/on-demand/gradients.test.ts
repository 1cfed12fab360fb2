import { describe, expect, it } from "vitest";
import {
  binaryCrossentropy,
  categoricalCrossentropy,
  gaussianNegativeLogLikelihood,
  huber,
  quantile,
  type Sequential,
  sparseCategoricalCrossentropy,
  type Tensor,
} from "../../../../src/index.js";
import type { LossLike } from "../../../../src/losses/to-loss.js";
import { centralDifferences } from "../../../oracle/finite-differences.js";
import type { OracleLayerSpec } from "../../../oracle/layers/apply.js";
import type { LossName, LossOptions } from "../../../oracle/losses.js";
import { oracleModel } from "../../../oracle/model.js";
import { expectNear, modelOf, values } from "../support.js";

/**
 * Gradients in float32 against float64: sums of some hundred terms and some ten steps of BPTT leave a few 1e-7 of the
 * norm; where a gradient nearly cancels, the absolute part, a rounding of what was summed, decides.
 */
const RELATIVE = 1e-5;
const ABSOLUTE = 1e-7;

interface Case {
  readonly layers: readonly OracleLayerSpec[];
  readonly x: Tensor;
  readonly y: Tensor;
  readonly loss?: LossLike;
  readonly oracleLoss?: LossName;
  readonly lossOptions?: LossOptions;
  readonly truncate?: number;
  readonly sampleWeight?: Tensor;
}

/** Random weights everywhere: zero biases would hide what they do. */
function randomized(model: Sequential): Sequential {
  model.setWeights(
    model.getWeights().map(({ shape }, i) => values(shape, 100 + i, Math.min(1, 1.5 / Math.sqrt(shape[0]!)))),
  );
  return model;
}

async function check({ layers, x, y, truncate, sampleWeight, ...rest }: Case): Promise<void> {
  const { loss = "mse", oracleLoss = "mse", lossOptions = {} } = rest;
  const model = randomized(modelOf(layers, { loss, ...(truncate === undefined ? {} : { truncate }) }));
  const got = await model.gradients(x, y, sampleWeight === undefined ? {} : { sampleWeight });
  const twin = oracleModel(layers, model.getWeights());
  const expected = twin.lossAndGradients(x, y, {
    loss: oracleLoss,
    lossOptions,
    ...(truncate === undefined ? {} : { truncate }),
    ...(sampleWeight === undefined ? {} : { sampleWeight: sampleWeight.data }),
  });
  expectNear("loss", [got.loss], [expected.loss], RELATIVE, ABSOLUTE);
  expect(got.weights.map(({ name, shape }) => [name, shape])).toEqual(
    model.getWeights().map(({ name, shape }) => [name, shape]),
  );
  got.weights.forEach(({ name, data }, i) => {
    expectNear(name, data, expected.weights[i]!.data, RELATIVE, ABSOLUTE);
  });
  expect(got.input.shape).toEqual(x.shape);
  expectNear("input", got.input.data, expected.input.data, RELATIVE, ABSOLUTE);
  const predicted = await model.predict(x);
  expectNear("prediction", predicted.data, twin.predict(x).data, RELATIVE, ABSOLUTE);
  model.dispose();
}

const inputShape = (x: Tensor): readonly number[] => x.shape.slice(1);
const many = (units: number, x: Tensor, more: object = {}): OracleLayerSpec => ({
  kind: "lstm",
  units,
  inputShape: inputShape(x),
  ...more,
});

describe("gradients of whole models are those of float64", () => {
  const x = values([3, 6, 2], 1);
  const y = values([3, 2], 2);
  const sequenceOf = (width: number): Tensor => values([3, 6, width], 3);

  it("one LSTM, one output", () => check({ layers: [many(5, x), { kind: "dense", units: 2 }], x, y }));

  it("one LSTM, sequences out", () =>
    check({
      layers: [many(5, x, { returnSequences: true }), { kind: "dense", units: 2 }],
      x,
      y: sequenceOf(2),
    }));

  it("an LSTM is its own output", () => check({ layers: [many(2, x)], x, y }));

  it("two LSTMs", () =>
    check({
      layers: [
        many(5, x, { returnSequences: true }),
        { kind: "lstm", units: 3 },
        { kind: "dense", units: 2 },
      ],
      x,
      y,
    }));

  it("three LSTMs, sequences out", () =>
    check({
      layers: [
        many(4, x, { returnSequences: true }),
        { kind: "lstm", units: 3, returnSequences: true },
        { kind: "lstm", units: 2, returnSequences: true },
      ],
      x,
      y: sequenceOf(2),
    }));

  it("goBackwards, first and last of two layers", () =>
    check({
      layers: [
        many(5, x, { returnSequences: true, goBackwards: true }),
        { kind: "lstm", units: 3, goBackwards: true },
        { kind: "dense", units: 2 },
      ],
      x,
      y,
    }));

  it("without biases", () =>
    check({
      layers: [many(5, x, { useBias: false }), { kind: "dense", units: 2, useBias: false }],
      x,
      y,
    }));

  it("dense layers alone, with a hidden one", () => {
    const flat = values([7, 5], 4);
    return check({
      layers: [
        { kind: "dense", units: 6, activation: "tanh", inputShape: [5] },
        { kind: "dense", units: 2 },
      ],
      x: flat,
      y: values([7, 2], 5),
    });
  });

  it("activation layers and dropout at rest between the others", () =>
    check({
      layers: [
        many(5, x, { returnSequences: true, dropout: 0.4, recurrentDropout: 0.3 }),
        { kind: "activation", activation: "gelu" },
        { kind: "dropout", rate: 0.5 },
        { kind: "lstm", units: 3 },
        { kind: "dense", units: 2 },
        { kind: "activation", activation: "softmax" },
      ],
      x,
      y,
    }));

  it.each([1, 3, 4, 5, 16, 17])("%i units", (units) =>
    check({ layers: [many(units, x), { kind: "dense", units: 2 }], x, y }),
  );

  it.each([1, 2, 3, 17])("a batch of %i", (batch) =>
    check({
      layers: [
        many(5, x, { returnSequences: true }),
        { kind: "lstm", units: 4 },
        { kind: "dense", units: 2 },
      ],
      x: values([batch, 6, 2], 6),
      y: values([batch, 2], 7),
    }),
  );

  it.each([1, 2, 23])("%i time steps", (timesteps) => {
    const long = values([3, timesteps, 2], 8);
    return check({ layers: [many(5, long), { kind: "dense", units: 2 }], x: long, y });
  });

  it.each([1, 5, 19])("%i features", (features) => {
    const wide = values([3, 6, features], 9);
    return check({ layers: [many(5, wide), { kind: "dense", units: 2 }], x: wide, y });
  });

  it("more rows than a weight gradient takes at a time", () => {
    const large = values([60, 7, 3], 10);
    return check({
      layers: [many(6, large, { returnSequences: true }), { kind: "dense", units: 1 }],
      x: large,
      y: values([60, 7, 1], 11),
    });
  });

  it.each([1, 2, 3, 5, 6, 7, 100])("truncated every %i of six steps", async (truncate) => {
    await check({ layers: [many(5, x), { kind: "dense", units: 2 }], x, y, truncate });
    await check({
      layers: [
        many(4, x, { returnSequences: true }),
        { kind: "lstm", units: 3, returnSequences: true, goBackwards: true },
      ],
      x,
      y: sequenceOf(3),
      truncate,
    });
  });

  const activations = [
    "linear",
    "hardSigmoid",
    "hardSigmoidLegacy",
    "relu",
    "leakyRelu",
    "elu",
    "selu",
    "gelu",
    "softplus",
    "softsign",
    "swish",
    "silu",
    "exponential",
    "tanh",
    "sigmoid",
  ] as const;

  it.each(activations)("%s in the cell, on the gates and in a dense layer", async (activation) => {
    // exp of exp leaves float32 after two steps.
    const short = activation === "exponential" ? values([3, 2, 2], 1, 0.3) : x;
    await check({ layers: [many(5, short, { activation }), { kind: "dense", units: 2 }], x: short, y });
    await check({
      layers: [
        many(5, short, { recurrentActivation: activation, returnSequences: true }),
        { kind: "dense", units: 2 },
      ],
      x: short,
      y: values([3, short.shape[1]!, 2], 2),
    });
    await check({ layers: [many(5, x), { kind: "dense", units: 2, activation }], x, y });
  });
});

/** Labels and last layers under which a loss is differentiable and finite. */
interface LossCase {
  readonly title: string;
  readonly loss: LossLike;
  readonly oracleLoss: LossName;
  readonly lossOptions?: LossOptions;
  readonly last: OracleLayerSpec;
  readonly labels: (rows: readonly number[]) => Tensor;
}

const map = (t: Tensor, f: (value: number, i: number) => number): Tensor => ({
  shape: t.shape,
  data: Float32Array.from(t.data, f),
});
const reals = (width: number) => (rows: readonly number[]) => values([...rows, width], 20, 2);
const positives = (width: number) => (rows: readonly number[]) =>
  map(values([...rows, width], 21), (value) => 1.5 + value);
const bits = (width: number) => (rows: readonly number[]) =>
  map(values([...rows, width], 22), (value) => (value > 0 ? 1 : 0));
const classOf = (i: number): number => (5 * i + 1) % 3;
const oneHot = (rows: readonly number[]): Tensor =>
  map(values([...rows, 3], 0), (_, i) => (i % 3 === classOf(Math.floor(i / 3)) ? 1 : 0));
const indices = (rows: readonly number[]): Tensor => map(values(rows, 0), (_, i) => classOf(i));

const linear = (units: number): OracleLayerSpec => ({ kind: "dense", units });
const through = (units: number, activation: "sigmoid" | "softmax" | "softplus"): OracleLayerSpec => ({
  kind: "dense",
  units,
  activation,
});

const losses: LossCase[] = [
  { title: "mse", loss: "mse", oracleLoss: "mse", last: linear(3), labels: reals(3) },
  { title: "mae", loss: "mae", oracleLoss: "mae", last: linear(3), labels: reals(3) },
  { title: "huber", loss: "huber", oracleLoss: "huber", last: linear(3), labels: reals(3) },
  {
    title: "huber, delta 0.3",
    loss: huber({ delta: 0.3 }),
    oracleLoss: "huber",
    lossOptions: { delta: 0.3 },
    last: linear(3),
    labels: reals(3),
  },
  { title: "logCosh", loss: "logCosh", oracleLoss: "logCosh", last: linear(3), labels: reals(3) },
  { title: "mape", loss: "mape", oracleLoss: "mape", last: linear(3), labels: positives(3) },
  {
    title: "msle",
    loss: "msle",
    oracleLoss: "meanSquaredLogarithmicError",
    last: through(3, "softplus"),
    labels: positives(3),
  },
  { title: "hinge", loss: "hinge", oracleLoss: "hinge", last: linear(3), labels: reals(3) },
  {
    title: "squaredHinge",
    loss: "squaredHinge",
    oracleLoss: "squaredHinge",
    last: linear(3),
    labels: reals(3),
  },
  {
    title: "klDivergence",
    loss: "klDivergence",
    oracleLoss: "klDivergence",
    last: through(3, "softmax"),
    labels: positives(3),
  },
  {
    title: "poisson",
    loss: "poisson",
    oracleLoss: "poisson",
    last: through(3, "softplus"),
    labels: positives(3),
  },
  {
    title: "cosineSimilarity",
    loss: "cosineSimilarity",
    oracleLoss: "cosineSimilarity",
    last: linear(3),
    labels: reals(3),
  },
  {
    title: "quantile",
    loss: quantile({ quantiles: [0.1, 0.5, 0.9] }),
    oracleLoss: "quantile",
    lossOptions: { quantiles: [0.1, 0.5, 0.9] },
    last: linear(6),
    labels: reals(2),
  },
  {
    title: "gaussianNegativeLogLikelihood",
    loss: gaussianNegativeLogLikelihood(),
    oracleLoss: "gaussianNegativeLogLikelihood",
    last: linear(4),
    labels: reals(2),
  },
  ...[0, 0.2].flatMap((labelSmoothing): LossCase[] => [
    {
      title: `binaryCrossentropy of probabilities, smoothing ${labelSmoothing}`,
      loss: binaryCrossentropy({ labelSmoothing }),
      oracleLoss: "binaryCrossentropy",
      lossOptions: { labelSmoothing },
      last: through(3, "sigmoid"),
      labels: bits(3),
    },
    {
      title: `binaryCrossentropy of logits, smoothing ${labelSmoothing}`,
      loss: binaryCrossentropy({ fromLogits: true, labelSmoothing }),
      oracleLoss: "binaryCrossentropy",
      lossOptions: { fromLogits: true, labelSmoothing },
      last: linear(3),
      labels: bits(3),
    },
    {
      title: `categoricalCrossentropy of probabilities, smoothing ${labelSmoothing}`,
      loss: categoricalCrossentropy({ labelSmoothing }),
      oracleLoss: "categoricalCrossentropy",
      lossOptions: { labelSmoothing },
      last: through(3, "softmax"),
      labels: oneHot,
    },
    {
      title: `categoricalCrossentropy of logits, smoothing ${labelSmoothing}`,
      loss: categoricalCrossentropy({ fromLogits: true, labelSmoothing }),
      oracleLoss: "categoricalCrossentropy",
      lossOptions: { fromLogits: true, labelSmoothing },
      last: linear(3),
      labels: oneHot,
    },
  ]),
  {
    title: "sparseCategoricalCrossentropy of probabilities",
    loss: sparseCategoricalCrossentropy(),
    oracleLoss: "sparseCategoricalCrossentropy",
    last: through(3, "softmax"),
    labels: indices,
  },
  {
    title: "sparseCategoricalCrossentropy of logits",
    loss: sparseCategoricalCrossentropy({ fromLogits: true }),
    oracleLoss: "sparseCategoricalCrossentropy",
    lossOptions: { fromLogits: true },
    last: linear(3),
    labels: indices,
  },
];

describe("gradients of every loss are those of float64", () => {
  const x = values([5, 4, 2], 1);

  it.each(losses)("$title, one row a sample", ({ loss, oracleLoss, lossOptions = {}, last, labels }) =>
    check({ layers: [many(5, x), last], x, y: labels([5]), loss, oracleLoss, lossOptions }),
  );

  it.each(losses)("$title, one row a time step, weighted", (lossCase) => {
    const { loss, oracleLoss, lossOptions = {}, last, labels } = lossCase;
    const layers = [many(5, x, { returnSequences: true }), last];
    const sampleWeight = map(values([5], 30), (value) => 1 + value);
    return check({ layers, x, y: labels([5, 4]), loss, oracleLoss, lossOptions, sampleWeight });
  });

  it("a weight for each time step", () => {
    const layers = [many(5, x, { returnSequences: true }), linear(2)];
    const sampleWeight = map(values([5, 4], 31), (value) => 1 + value);
    return check({ layers, x, y: values([5, 4, 2], 3), sampleWeight });
  });
});

describe("gradients are slopes", () => {
  const x = values([4, 5, 2], 1);
  const y = values([4, 1], 2);
  const layers: OracleLayerSpec[] = [
    many(4, x, { returnSequences: true }),
    { kind: "lstm", units: 3 },
    { kind: "dense", units: 1 },
  ];

  it("of the oracle's loss by central differences, weight by weight", async () => {
    const model = randomized(modelOf(layers));
    const { weights } = await model.gradients(x, y);
    const all = model.getWeights();
    all.forEach((weight, i) => {
      const slope = centralDifferences((data) => {
        const moved = all.map((other, j) => (j === i ? { shape: weight.shape, data } : other));
        return oracleModel(layers, moved).lossAndGradients(x, y, { loss: "mse" }).loss;
      }, Float64Array.from(weight.data));
      expectNear(weight.name, weights[i]!.data, slope, RELATIVE, ABSOLUTE);
    });
  });

  it("of the model's own loss along random directions", async () => {
    const model = randomized(modelOf(layers));
    const { weights } = await model.gradients(x, y);
    const start = model.getWeights();
    const h = 2 ** -7;
    for (let seed = 50; seed < 60; seed++) {
      const direction = start.map(({ shape }, i) => values(shape, seed * 10 + i).data);
      const lossAt = async (step: number): Promise<number> => {
        model.setWeights(
          start.map(({ shape, data }, i) => ({
            shape,
            data: Float32Array.from(data, (value, k) => value + step * direction[i]![k]!),
          })),
        );
        return (await model.evaluate(x, y)).loss!;
      };
      const slope = ((await lossAt(h)) - (await lossAt(-h))) / (2 * h);
      const along = weights.reduce(
        (sum, { data }, i) => sum + [...data].reduce((part, g, k) => part + g * direction[i]![k]!, 0),
        0,
      );
      // The loss carries some 1e-7, divided by 2h that is 1e-5; the third derivative along some hundred weights takes
      // h² = 6e-5 of it.
      expect(Math.abs(slope - along)).toBeLessThan(0.02 * Math.abs(along) + 2e-3);
    }
  });

  it("gradients() changes no weight, and gives zeros for layers that are not trained", async () => {
    const frozen = modelOf([
      { ...(layers[0] as object), trainable: false } as OracleLayerSpec,
      ...layers.slice(1),
    ]);
    const before = frozen.getWeights();
    const { weights } = await frozen.gradients(x, y);
    expect(frozen.getWeights()).toEqual(before);
    expect(weights.slice(0, 3).every(({ data }) => data.every((value) => value === 0))).toBe(true);
    expect(weights.slice(3).every(({ data }) => data.some((value) => value !== 0))).toBe(true);
    await frozen.fit(x, y, { epochs: 2 });
    expect(frozen.getWeights().slice(0, 3)).toEqual(before.slice(0, 3));
    expect(frozen.getWeights()[3]!.data).not.toEqual(before[3]!.data);
  });
});
