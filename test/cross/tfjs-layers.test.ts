import "@tensorflow/tfjs-backend-cpu";
import * as tf from "@tensorflow/tfjs-core";
import * as tfl from "@tensorflow/tfjs-layers";
import { beforeAll, describe, expect, it } from "vitest";
import {
  activation,
  adagrad,
  bidirectional,
  dense,
  embedding,
  flatten,
  gru,
  type Layer,
  layerNormalization,
  lstm,
  masking,
  repeatVector,
  rmsprop,
  sequential,
  sgd,
  simpleRNN,
  type Tensor,
  timeDistributed,
} from "../../src/index.js";
import { expectNear, values } from "../src/model/support.js";

/** Float32 on both sides, sums in different orders over a handful of layers and six steps. Measured: below 2e-6. */
const TOLERANCE = 1e-5;
const STEPS = 6;
const FEATURES = 3;
const BATCH = 4;

const sequences = values([BATCH, STEPS, FEATURES], 1, 2);
/** Padded at the end: the last two steps of every second sample are masked. */
const padded: Tensor = {
  shape: sequences.shape,
  data: Float32Array.from(sequences.data, (value, i) => {
    const step = Math.floor(i / FEATURES) % STEPS;
    const sample = Math.floor(i / (FEATURES * STEPS));
    return sample % 2 === 1 && step >= STEPS - 2 ? 0 : value;
  }),
};
const indices: Tensor = {
  shape: [BATCH, STEPS],
  data: Float32Array.from({ length: BATCH * STEPS }, (_, i) => (i * 5) % 7),
};

const there = (t: Tensor, dtype: "float32" | "int32" = "float32"): tf.Tensor =>
  tf.tensor(Array.from(t.data), [...t.shape], dtype);

// TensorFlow.js's own defaults are not Keras's; "orthogonal" needs tensor methods that tfjs-core alone does not bring.
const cell = {
  activation: "tanh",
  recurrentActivation: "sigmoid",
  kernelInitializer: "glorotUniform",
  recurrentInitializer: "glorotUniform",
  biasInitializer: "zeros",
} as const;

interface Case {
  readonly title: string;
  readonly x: Tensor;
  readonly ours: () => Layer[];
  readonly theirs: () => tfl.layers.Layer[];
}

const inputShape = [STEPS, FEATURES];
const cases: readonly Case[] = [
  {
    title: "simpleRNN",
    x: sequences,
    ours: () => [simpleRNN({ units: 4, inputShape })],
    theirs: () => [tfl.layers.simpleRNN({ units: 4, ...cell, inputShape })],
  },
  {
    title: "gru, reset before the product",
    x: sequences,
    ours: () => [gru({ units: 4, resetAfter: false, inputShape })],
    theirs: () => [tfl.layers.gru({ units: 4, ...cell, implementation: 1, inputShape })],
  },
  {
    title: "bidirectional lstm, concatenated",
    x: sequences,
    ours: () => [bidirectional({ layer: lstm({ units: 3 }), inputShape })],
    theirs: () => [
      tfl.layers.bidirectional({
        layer: tfl.layers.lstm({ units: 3, ...cell, unitForgetBias: true }) as tfl.RNN,
        mergeMode: "concat",
        inputShape,
      }),
    ],
  },
  {
    title: "masking before an lstm",
    x: padded,
    ours: () => [masking({ maskValue: 0, inputShape }), lstm({ units: 4 })],
    theirs: () => [
      tfl.layers.masking({ maskValue: 0, inputShape }),
      tfl.layers.lstm({ units: 4, ...cell, unitForgetBias: true }),
    ],
  },
  {
    title: "embedding before an lstm",
    x: indices,
    ours: () => [embedding({ inputDim: 7, outputDim: 3, inputShape: [STEPS] }), lstm({ units: 4 })],
    theirs: () => [
      tfl.layers.embedding({ inputDim: 7, outputDim: 3, inputLength: STEPS }),
      tfl.layers.lstm({ units: 4, ...cell, unitForgetBias: true }),
    ],
  },
  {
    title: "timeDistributed dense, flatten",
    x: sequences,
    ours: () => [timeDistributed({ layer: dense({ units: 2, activation: "tanh" }), inputShape }), flatten()],
    theirs: () => [
      tfl.layers.timeDistributed({ layer: tfl.layers.dense({ units: 2, activation: "tanh" }), inputShape }),
      tfl.layers.flatten(),
    ],
  },
  {
    title: "repeatVector between two lstms",
    x: sequences,
    ours: () => [lstm({ units: 3, inputShape }), repeatVector({ n: 4 }), lstm({ units: 2 })],
    theirs: () => [
      tfl.layers.lstm({ units: 3, ...cell, unitForgetBias: true, inputShape }),
      tfl.layers.repeatVector({ n: 4 }),
      tfl.layers.lstm({ units: 2, ...cell, unitForgetBias: true }),
    ],
  },
  {
    title: "layerNormalization, flatten",
    x: sequences,
    ours: () => [layerNormalization({ inputShape }), flatten()],
    theirs: () => [tfl.layers.layerNormalization({ epsilon: 1e-3, inputShape }), tfl.layers.flatten()],
  },
  ...(
    [
      ["elu", "elu"],
      ["relu", "relu"],
      ["selu", "selu"],
      ["sigmoid", "sigmoid"],
      ["hardSigmoidLegacy", "hardSigmoid"],
      ["softmax", "softmax"],
      ["softplus", "softplus"],
      ["softsign", "softsign"],
      ["tanh", "tanh"],
      ["swish", "swish"],
    ] as const
  ).map(
    ([name, theirName]): Case => ({
      title: `activation ${name}`,
      x: sequences,
      ours: () => [flatten({ inputShape }), dense({ units: 5 }), activation({ activation: name })],
      theirs: () => [
        tfl.layers.flatten({ inputShape }),
        tfl.layers.dense({ units: 5 }),
        tfl.layers.activation({ activation: theirName }),
      ],
    }),
  ),
];

describe("layers against TensorFlow.js 4.22", () => {
  beforeAll(async () => {
    await tf.setBackend("cpu");
    await tf.ready();
  });

  it.each(cases)("$title: the same predictions, loss and gradients", async ({ x, ours, theirs }) => {
    const model = sequential([...ours(), dense({ units: 2 })], { seed: 6 });
    model.compile({ optimizer: "sgd", loss: "mse" });
    const twin = tfl.sequential();
    for (const layer of [...theirs(), tfl.layers.dense({ units: 2 })]) twin.add(layer);
    twin.setWeights(model.getWeights().map((weight) => there(weight)));
    const input = there(x);
    const y = values([BATCH, 2], 3);
    const predicted = await model.predict(x);
    expectNear("prediction", predicted.data, (twin.predict(input) as tf.Tensor).dataSync(), TOLERANCE);
    const { value, grads } = tf.variableGrads(
      () =>
        tf.losses.meanSquaredError(there(y), twin.apply(input, { training: true }) as tf.Tensor) as tf.Scalar,
    );
    const got = await model.gradients(x, y);
    expectNear("loss", [got.loss], value.dataSync(), TOLERANCE);
    const variables = twin.trainableWeights.map((weight) => weight.read() as tf.Variable);
    expect(variables).toHaveLength(got.weights.length);
    got.weights.forEach(({ name, data }, i) => {
      expectNear(name, data, grads[variables[i]!.name]!.dataSync(), TOLERANCE, 1e-7);
    });
  });
});

describe("losses against TensorFlow.js 4.22", () => {
  const positive = (t: Tensor): Tensor => ({
    shape: t.shape,
    data: t.data.map((value) => Math.abs(value) + 0.1),
  });
  const probabilities: Tensor = {
    shape: [BATCH, 3],
    data: new Float32Array([0.2, 0.3, 0.5, 0, 1, 0, 0.6, 0.1, 0.3, 1, 0, 0]),
  };
  const losses = [
    { ours: "meanSquaredError", theirs: "meanSquaredError", y: values([BATCH, 3], 7), output: "linear" },
    { ours: "meanAbsoluteError", theirs: "meanAbsoluteError", y: values([BATCH, 3], 7), output: "linear" },
    {
      ours: "meanAbsolutePercentageError",
      theirs: "meanAbsolutePercentageError",
      y: positive(values([BATCH, 3], 7)),
      output: "linear",
    },
    { ours: "logCosh", theirs: "logcosh", y: values([BATCH, 3], 7), output: "linear" },
    { ours: "poisson", theirs: "poisson", y: positive(values([BATCH, 3], 7)), output: "softplus" },
    { ours: "cosineSimilarity", theirs: "cosineProximity", y: values([BATCH, 3], 7), output: "linear" },
    { ours: "binaryCrossentropy", theirs: "binaryCrossentropy", y: probabilities, output: "sigmoid" },
    {
      ours: "categoricalCrossentropy",
      theirs: "categoricalCrossentropy",
      y: probabilities,
      output: "softmax",
    },
  ] as const;

  it.each(losses)("$ours", async ({ ours, theirs, y, output }) => {
    const make = () =>
      sequential([flatten({ inputShape }), dense({ units: 3, activation: output })], { seed: 2 });
    const model = make();
    model.compile({ optimizer: "sgd", loss: ours });
    const twin = tfl.sequential({
      layers: [tfl.layers.flatten({ inputShape }), tfl.layers.dense({ units: 3, activation: output })],
    });
    twin.setWeights(model.getWeights().map((weight) => there(weight)));
    twin.compile({ optimizer: "sgd", loss: theirs });
    const expected = (
      twin.evaluate(there(sequences), there(y), { batchSize: BATCH }) as tf.Scalar
    ).dataSync();
    const { loss } = await model.evaluate(sequences, y);
    expectNear(ours, [loss!], expected, TOLERANCE);
  });
});

describe("optimizers against TensorFlow.js 4.22", () => {
  const pairs = [
    { title: "sgd", ours: () => sgd({ learningRate: 0.1 }), theirs: () => tf.train.sgd(0.1) },
    {
      title: "sgd with momentum",
      ours: () => sgd({ learningRate: 0.1, momentum: 0.9 }),
      theirs: () => tf.train.momentum(0.1, 0.9),
    },
    {
      title: "sgd with Nesterov's momentum",
      ours: () => sgd({ learningRate: 0.1, momentum: 0.9, nesterov: true }),
      theirs: () => tf.train.momentum(0.1, 0.9, true),
    },
    {
      title: "rmsprop",
      ours: () => rmsprop({ learningRate: 0.01, rho: 0.9, epsilon: 1e-7 }),
      theirs: () => tf.train.rmsprop(0.01, 0.9, 0, 1e-7),
    },
    {
      title: "adagrad",
      ours: () => adagrad({ learningRate: 0.1, initialAccumulatorValue: 0.1, epsilon: 1e-7 }),
      theirs: () => tf.train.adagrad(0.1, 0.1),
    },
  ];

  it.each(pairs)("ten steps of $title", async ({ ours, theirs }) => {
    const y = values([BATCH, 2], 9);
    const model = sequential([flatten({ inputShape }), dense({ units: 2 })], { seed: 5 });
    model.compile({ optimizer: ours(), loss: "mse" });
    const twin = tfl.sequential({
      layers: [tfl.layers.flatten({ inputShape }), tfl.layers.dense({ units: 2 })],
    });
    twin.setWeights(model.getWeights().map((weight) => there(weight)));
    const optimizer = theirs();
    for (let step = 0; step < 10; step++) {
      await model.trainOnBatch(sequences, y);
      optimizer.minimize(
        () =>
          tf.losses.meanSquaredError(
            there(y),
            twin.apply(there(sequences), { training: true }) as tf.Tensor,
          ) as tf.Scalar,
      );
    }
    // Ten updates, each carrying the rounding of the one before. Measured: below 1e-5.
    model.getWeights().forEach(({ name, data }, i) => {
      expectNear(name, data, twin.getWeights()[i]!.dataSync(), 5e-5);
    });
  });
});
