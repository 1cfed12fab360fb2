import {
  bidirectional,
  dense,
  dropout,
  embedding,
  lstm,
  simpleRNN,
  timeDistributed,
} from "../../../src/index.js";
import { cut, noiseOf, oneLstm, plan, type Question, scaled, uniformOf, wave } from "./question.js";

const softmaxOf = (units: number) => dense({ units, activation: "softmax" });
const sigmoidOf = (units: number) => dense({ units, activation: "sigmoid" });
const oneHot = (width: number, k: number): number[] => Array.from({ length: width }, (_, i) => +(i === k));

/** A price that wanders about a level, with a weekly swing. */
function prices(n: number, seed: number, level: number, deviation: number): number[] {
  const normal = noiseOf(seed);
  let away = 0;
  return Array.from({ length: n }, (_, t) => {
    away = 0.95 * away + 0.3 * normal();
    return level + deviation * (away + 0.6 * Math.sin((2 * Math.PI * t) / 21));
  });
}

/** Two swings that do not fit into each other, and noise. */
const twoSwings = (n: number, seed: number): number[] => {
  const normal = noiseOf(seed);
  return Array.from({ length: n }, (_, t) => Math.sin(0.1 * t) + Math.sin(t) + 0.1 * normal());
};

/** Sentences filled up with 0 behind; a word's tag is 0 but for the few words that are names. */
function named(seed: number, sentences: number, steps: number, vocabulary: number, names: number) {
  const uniform = uniformOf(seed);
  const words = Array.from({ length: sentences }, () =>
    Array.from({ length: steps }, () => {
      const isName = uniform() < 0.03;
      return isName
        ? 1 + Math.floor(names * uniform())
        : 1 + names + Math.floor((vocabulary - names - 1) * uniform());
    }),
  );
  // A name after an even word is a place, after an odd one a person.
  const tags = words.map((row) =>
    row.map((word, t) => (word > names ? 0 : (row[t - 1] ?? 0) % 2 === 0 ? 1 : 2)),
  );
  return { words, tags };
}

/** Sentences of 4 to 10 words in 30 places, each word with one of three tags that its neighbour before turns. */
function filledUp(seed: number, sentences: number, places: number, vocabulary: number) {
  const uniform = uniformOf(seed);
  const words = Array.from({ length: sentences }, () =>
    Array.from({ length: 4 + Math.floor(7 * uniform()) }, () => 1 + Math.floor((vocabulary - 1) * uniform())),
  );
  const fill = (row: readonly number[]): number[] => [
    ...row,
    ...new Array<number>(places - row.length).fill(0),
  ];
  return {
    x: words.map(fill),
    y: words.map((row) => fill(row.map((word, t) => (word + ((row[t - 1] ?? 0) > 20 ? 1 : 0)) % 3))),
  };
}

/** Questions met when the rules were already written: those that were looked at when they were changed. */
export const metLater: Readonly<Record<string, () => Question>> = {
  pricesOfAShare: () => {
    const values = prices(600, 101, 45, 6);
    const layers = () => [
      lstm({ units: 32, returnSequences: true, inputShape: [22, 1] }),
      dropout({ rate: 0.2 }),
      lstm({ units: 32 }),
      dense({ units: 16, activation: "relu" }),
      dense({ units: 1 }),
    ];
    return {
      source: "https://github.com/keras-team/keras/issues/6004",
      codes: ["unscaled_inputs", "unscaled_target"],
      sick: plan({ ...cut(values, 22), layers, epochs: 15 }),
      cured: plan({ ...cut(scaled(values), 22), layers, rate: 0.005, epochs: 15 }),
    };
  },
  oneDatumOfThePast: () => {
    const values = twoSwings(1000, 102);
    return {
      source:
        "https://stats.stackexchange.com/questions/338923/lstm-nn-produces-shifted-forecast-low-quality-result",
      codes: ["window_length_one"],
      sick: plan({ ...cut(values, 1), layers: oneLstm(32, [1, 1]), held: 0.5 }),
      cured: plan({ ...cut(values, 40), layers: oneLstm(32, [40, 1]), held: 0.5, rate: 0.005 }),
    };
  },
  almostOnlyOutside: () => {
    const { words, tags } = named(103, 300, 14, 60, 12);
    const layers = () => [
      embedding({ inputDim: 60, outputDim: 12, inputShape: [14] }),
      bidirectional({ layer: lstm({ units: 16, returnSequences: true }) }),
      timeDistributed({ layer: softmaxOf(3) }),
    ];
    return {
      source: "https://github.com/pandeydivesh15/NER-using-Deep-Learning/issues/1",
      codes: ["class_imbalance"],
      sick: plan({
        x: words,
        y: tags,
        layers,
        loss: "sparseCategoricalCrossentropy",
        rate: 0.003,
        epochs: 8,
        more: { metrics: ["accuracy"] },
      }),
    };
  },
  taggerThatBreaks: () => {
    const { x, y } = filledUp(104, 300, 10, 40);
    const layers = () => [
      embedding({ inputDim: 40, outputDim: 16, maskZero: true, inputShape: [10] }),
      bidirectional({ layer: lstm({ units: 24, returnSequences: true }) }),
      timeDistributed({ layer: softmaxOf(3) }),
    ];
    const own = { x, y, layers, loss: "sparseCategoricalCrossentropy", epochs: 15 };
    return {
      source: "https://github.com/guillaumegenthial/sequence_tagging/issues/47",
      codes: ["learning_rate_too_high", "nan_in_loss"],
      sick: plan({ ...own, rate: 3 }),
      cured: plan({ ...own, rate: 0.02, epochs: 25 }),
    };
  },
  accurateOnPadding: () => {
    const { x, y } = filledUp(105, 300, 30, 40);
    const layers = (maskZero: boolean) => () => [
      embedding({ inputDim: 40, outputDim: 12, maskZero, inputShape: [30] }),
      lstm({ units: 24, returnSequences: true }),
      timeDistributed({ layer: softmaxOf(3) }),
    ];
    const own = { x, y, loss: "sparseCategoricalCrossentropy", more: { metrics: ["accuracy"] } };
    return {
      source: "https://github.com/keras-team/keras/issues/2654",
      codes: ["padding_counted"],
      sick: plan({ ...own, layers: layers(false), epochs: 5 }),
      cured: plan({ ...own, layers: layers(true), rate: 0.01, epochs: 20 }),
    };
  },
  shortTextsByHeart: () => {
    const uniform = uniformOf(106);
    const labels = Array.from({ length: 400 }, () => Math.floor(5 * uniform()));
    const x = labels.map((label) =>
      Array.from({ length: 12 }, () => (uniform() < 0.08 ? 300 + label : Math.floor(300 * uniform()))),
    );
    const layers = () => [
      embedding({ inputDim: 305, outputDim: 32, inputShape: [12] }),
      lstm({ units: 48 }),
      dropout({ rate: 0.5 }),
      softmaxOf(5),
    ];
    return {
      source: "https://github.com/keras-team/keras/issues/3269",
      codes: ["overfitting"],
      sick: plan({
        x,
        y: labels,
        layers,
        loss: "sparseCategoricalCrossentropy",
        optimizer: "rmsprop",
        rate: 0.003,
        epochs: 40,
      }),
    };
  },
  scaledBeforeTheSplit: () => {
    const values = prices(600, 107, 120, 9);
    // The last weeks are the dearest, as in the years that were asked about.
    const risen = values.map((value, t) => value + (t > 430 ? 0.25 * (t - 430) : 0));
    const [low, high] = [Math.min(...risen), Math.max(...risen)];
    const layers = oneLstm(16, [7, 1]);
    return {
      source: "https://github.com/hunkim/DeepLearningZeroToAll/issues/214",
      codes: ["data_leakage_scaler", "non_stationary_target"],
      sick: plan({
        ...cut(
          risen.map((value) => (value - low) / (high - low)),
          7,
        ),
        layers,
        rate: 0.01,
      }),
      cured: plan({ ...cut(scaled(values), 7), layers, rate: 0.01 }),
    };
  },
  recurrentWeightsStandStill: () => {
    const data = cut(scaled(wave(500, 108, 0.2)), 24);
    const layers = (trainable: boolean) => () => [
      lstm({ units: 12, trainable, returnSequences: true, inputShape: [24, 1] }),
      lstm({ units: 12, trainable }),
      dense({ units: 1 }),
    ];
    return {
      source: "https://github.com/pytorch/pytorch/issues/65688",
      codes: ["frozen_weights"],
      sick: plan({ ...data, layers: layers(false), rate: 0.01 }),
      cured: plan({ ...data, layers: layers(true), rate: 0.01 }),
    };
  },
  ratingsWithGaps: () => {
    const uniform = uniformOf(109);
    const ratings = [1, 2, 3, 4, 7, 8, 9, 10];
    // So many words of praise of fifteen.
    const index = Array.from({ length: 400 }, () => Math.floor(8 * uniform()));
    const x = index.map((k) =>
      Array.from({ length: 15 }, (_, t) => ((t * 7) % 15 < 2 * k ? 0 : 25) + Math.floor(25 * uniform())),
    );
    const layers = () => [
      embedding({ inputDim: 50, outputDim: 12, inputShape: [15] }),
      lstm({ units: 24 }),
      softmaxOf(8),
    ];
    const own = { x, layers, loss: "sparseCategoricalCrossentropy" };
    return {
      source: "https://github.com/tensorflow/tensorflow/issues/3739",
      codes: ["index_out_of_range"],
      sick: plan({ ...own, y: index.map((k) => ratings[k]!) }),
      cured: plan({ ...own, y: index, rate: 0.01 }),
    };
  },
  fourLayersOfFour: () => {
    const data = cut(scaled(wave(500, 110, 0.2)), 20);
    const sick = () => [
      ...[0, 1, 2].map((n) =>
        lstm({ units: 4, returnSequences: true, ...(n === 0 ? { inputShape: [20, 1] } : {}) }),
      ),
      lstm({ units: 4 }),
      sigmoidOf(4),
      dense({ units: 1 }),
    ];
    return {
      source: "https://github.com/mlpack/mlpack/issues/1605",
      codes: [
        "insufficient_capacity",
        "learning_rate_too_low",
        "underfitting_stopped_early",
        "vanishing_gradients",
      ],
      sick: plan({ ...data, layers: sick, optimizer: "sgd", rate: 0.01, epochs: 25 }),
      cured: plan({ ...data, layers: oneLstm(50, [20, 1]), optimizer: "adam", rate: 0.01, epochs: 25 }),
    };
  },
  moreIterations: () => {
    const uniform = uniformOf(111);
    const x = Array.from({ length: 300 }, () =>
      Array.from({ length: 8 }, () => [uniform() < 0.5 ? 1 : 0, uniform() < 0.5 ? 1 : 0]),
    );
    const y = x.map((rows) => (rows.filter(([a, b]) => a === 1 && b === 1).length >= 2 ? 1 : 0));
    const layers = () => [lstm({ units: 20, inputShape: [8, 2] }), sigmoidOf(1)];
    const own = { x, y, layers, loss: "binaryCrossentropy" };
    return {
      source: "https://github.com/BrainJS/brain.js/issues/109",
      codes: ["underfitting_stopped_early"],
      sick: plan({ ...own, epochs: 5 }),
      cured: plan({ ...own, epochs: 60, rate: 0.005 }),
    };
  },
  gapsInTheHarvest: () => {
    const [uniform, normal] = [uniformOf(112), noiseOf(113)];
    const weather = Array.from({ length: 300 }, () =>
      Array.from({ length: 12 }, () => [normal(), normal(), normal()]),
    );
    const y = weather.map((rows) => rows.reduce((sum, [a, b]) => sum + 0.4 * a! - 0.2 * b!, 0));
    const holes = weather.map((rows) =>
      rows.map((row) => row.map((value) => (uniform() < 0.004 ? Number.NaN : value))),
    );
    const filled = holes.map((rows) =>
      rows.map((row) => row.map((value) => (Number.isNaN(value) ? 0 : value))),
    );
    return {
      source: "https://github.com/WUR-AI/AgML-CY-Bench/issues/247",
      codes: ["missing_values"],
      sick: plan({ x: holes, y, layers: oneLstm(16, [12, 3]) }),
      cured: plan({ x: filled, y, layers: oneLstm(16, [12, 3]), rate: 0.01 }),
    };
  },
  optimizerOfAnotherModel: () => {
    const uniform = uniformOf(114);
    const letters = Array.from({ length: 360 }, () =>
      Array.from({ length: 7 }, () => Math.floor(12 * uniform())),
    );
    const y = letters.map((row) => row.at(-1)! % 4);
    const x = letters.map((row) => row.map((letter) => oneHot(12, letter)));
    const layers = (trainable: boolean) => () => [
      simpleRNN({ units: 16, trainable, inputShape: [7, 12] }),
      dense({ units: 4, activation: "softmax", trainable }),
    ];
    const own = { x, y, loss: "sparseCategoricalCrossentropy" };
    return {
      source: "https://github.com/spro/practical-pytorch/issues/9",
      codes: ["frozen_weights"],
      sick: plan({ ...own, layers: layers(false), optimizer: "sgd", rate: 0.05 }),
      cured: plan({ ...own, layers: layers(true), rate: 0.005 }),
    };
  },
};
