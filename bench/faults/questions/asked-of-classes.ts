import { dense, embedding, lstm, timeDistributed } from "../../../src/index.js";
import { noiseOf, oneLstm, plan, type Question, uniformOf } from "./question.js";

const sigmoidHead = () => dense({ units: 1, activation: "sigmoid" });

/** Sentences of tokens 1 …, filled up with 0 at the end; each token's tag follows from it and from the token before. */
function tagged(seed: number, samples: number, steps: number, vocabulary: number, tags: number) {
  const uniform = uniformOf(seed);
  const x: number[][] = [];
  const y: number[][] = [];
  for (let n = 0; n < samples; n++) {
    const length = 3 + Math.floor(uniform() * (steps * 0.5));
    const words = Array.from({ length }, () => 1 + Math.floor(uniform() * (vocabulary - 1)));
    const own = words.map((word, t) => 1 + ((word + ((words[t - 1] ?? 0) % 2)) % (tags - 1)));
    x.push([...words, ...new Array<number>(steps - length).fill(0)]);
    y.push([...own, ...new Array<number>(steps - length).fill(0)]);
  }
  return { x, y };
}

/** Classes, tags and text. */
export const ofClasses: Readonly<Record<string, () => Question>> = {
  softmaxOfOne: () => {
    const uniform = uniformOf(31);
    const bits = Array.from({ length: 500 }, () => (uniform() < 0.5 ? 0 : 1));
    const x = Array.from({ length: 480 }, (_, n) => bits.slice(n, n + 5).map((bit) => [bit]));
    const y = x.map((row) => (row.reduce((sum, [bit]) => sum + bit!, 0) > 2 ? 1 : 0));
    return {
      source: "https://stackguides.com/questions/46620813/keras-lstm-model-not-learning-binary-sequence",
      codes: ["softmax_with_one_unit"],
      sick: plan({
        x,
        y,
        layers: oneLstm(8, [5, 1], dense({ units: 1, activation: "softmax" })),
        loss: "binaryCrossentropy",
      }),
      cured: plan({
        x,
        y,
        layers: oneLstm(8, [5, 1], sigmoidHead()),
        loss: "binaryCrossentropy",
        rate: 0.02,
        epochs: 30,
      }),
    };
  },
  softmaxAndStateful: () => {
    const normal = noiseOf(32);
    const x = Array.from({ length: 400 }, () => Array.from({ length: 8 }, () => [normal()]));
    const y = x.map((row) => (row.reduce((sum, [value]) => sum + value!, 0) > 0 ? 1 : 0));
    return {
      source:
        "https://stackoverflow.com/questions/47241622/is-it-okay-to-use-stateful-recurrent-nn-lstm-for-classification",
      codes: ["softmax_with_one_unit"],
      sick: plan({
        x,
        y,
        held: 0,
        layers: () => [
          lstm({ units: 16, stateful: true, batchSize: 40, inputShape: [8, 1] }),
          dense({ units: 1, activation: "softmax" }),
        ],
        loss: "binaryCrossentropy",
        batchSize: 40,
      }),
      cured: plan({
        x,
        y,
        layers: oneLstm(16, [8, 1], sigmoidHead()),
        loss: "binaryCrossentropy",
        rate: 0.01,
      }),
    };
  },
  lateColumn: () => {
    const normal = noiseOf(33);
    const x = Array.from({ length: 400 }, () =>
      Array.from({ length: 12 }, () => Array.from({ length: 10 }, () => normal())),
    );
    const y = x.map((rows) => (rows.reduce((sum, row) => sum + row[8]!, 0) > 0 ? 1 : 0));
    return {
      codes: ["learning_rate_too_low"],
      sick: plan({
        x,
        y,
        layers: oneLstm(16, [12, 10], sigmoidHead()),
        loss: "binaryCrossentropy",
        rate: 1e-6,
      }),
      cured: plan({
        x,
        y,
        layers: oneLstm(16, [12, 10], sigmoidHead()),
        loss: "binaryCrossentropy",
        rate: 0.005,
      }),
    };
  },
  measurementsAsIndices: () => {
    const uniform = uniformOf(34);
    const labels = Array.from({ length: 150 }, () => Math.floor(3 * uniform()));
    const x = labels.map((label) => [
      5 + label + uniform(),
      3 + uniform(),
      1 + 2 * label,
      0.2 + label * uniform(),
    ]);
    return {
      source: "https://github.com/keras-team/keras/issues/274",
      codes: ["index_out_of_range"],
      sick: plan({
        x,
        y: labels,
        layers: () => [
          embedding({ inputDim: 4, outputDim: 16, inputShape: [4] }),
          lstm({ units: 16 }),
          dense({ units: 3, activation: "softmax" }),
        ],
        loss: "sparseCategoricalCrossentropy",
      }),
    };
  },
  wordBeyondTheTable: () => {
    const { x, y } = tagged(35, 200, 10, 60, 3);
    return {
      source: "https://github.com/keras-team/keras/issues/11819",
      codes: ["index_out_of_range"],
      sick: plan({
        x,
        y: y.map((row) => (row[0]! > 1 ? 1 : 0)),
        layers: () => [
          embedding({ inputDim: 50, outputDim: 8, inputShape: [10] }),
          lstm({ units: 8 }),
          sigmoidHead(),
        ],
        loss: "binaryCrossentropy",
      }),
    };
  },
  labelsFromOne: () => {
    const normal = noiseOf(36);
    const x = Array.from({ length: 300 }, () =>
      Array.from({ length: 6 }, () => [normal(), normal(), normal()]),
    );
    const sums = x.map((rows) => [0, 1, 2].map((f) => rows.reduce((sum, row) => sum + row[f]!, 0)));
    const labels = sums.map((own) => own.indexOf(Math.max(...own)));
    const layers = oneLstm(16, [6, 3], dense({ units: 3, activation: "softmax" }));
    return {
      codes: ["index_out_of_range"],
      sick: plan({ x, y: labels.map((label) => label + 1), layers, loss: "sparseCategoricalCrossentropy" }),
      cured: plan({
        x,
        y: labels,
        layers: oneLstm(16, [6, 3], dense({ units: 3, activation: "softmax" })),
        loss: "sparseCategoricalCrossentropy",
        rate: 0.01,
      }),
    };
  },
  tagsOfPadding: () => {
    const { x, y } = tagged(37, 240, 24, 20, 5);
    const layers = (maskZero: boolean) => () => [
      embedding({ inputDim: 20, outputDim: 12, maskZero, inputShape: [24] }),
      lstm({ units: 24, returnSequences: true }),
      timeDistributed({ layer: dense({ units: 5, activation: "softmax" }) }),
    ];
    return {
      source: "https://github.com/keras-team/keras/issues/7595",
      codes: ["padding_counted"],
      sick: plan({ x, y, layers: layers(false), loss: "sparseCategoricalCrossentropy", epochs: 6 }),
      cured: plan({
        x,
        y,
        layers: layers(true),
        loss: "sparseCategoricalCrossentropy",
        rate: 0.01,
        epochs: 25,
      }),
    };
  },
  sentencesFilledUpBehind: () => {
    const uniform = uniformOf(38);
    const words = Array.from({ length: 300 }, () =>
      Array.from({ length: 4 + Math.floor(5 * uniform()) }, () => 1 + Math.floor(29 * uniform())),
    );
    const y = words.map((row) => (row.filter((word) => word > 15).length > row.length / 2 ? 1 : 0));
    const filled = (row: readonly number[]): number[] => [
      ...row,
      ...new Array<number>(60 - row.length).fill(0),
    ];
    const layers = (maskZero: boolean) => () => [
      embedding({ inputDim: 30, outputDim: 8, maskZero, inputShape: [60] }),
      lstm({ units: 12 }),
      sigmoidHead(),
    ];
    return {
      codes: ["padding_counted"],
      sick: plan({ x: words.map(filled), y, layers: layers(false), loss: "binaryCrossentropy", epochs: 8 }),
      cured: plan({
        x: words.map(filled),
        y,
        layers: layers(true),
        loss: "binaryCrossentropy",
        rate: 0.01,
        epochs: 15,
      }),
    };
  },
  rareEvents: () => {
    const normal = noiseOf(39);
    const x = Array.from({ length: 900 }, () => Array.from({ length: 10 }, () => [normal()]));
    const y = x.map((row) => (row.reduce((sum, [value]) => sum + value!, 0) > 5.3 ? 1 : 0));
    const ones = y.filter((label) => label === 1).length;
    return {
      source: "https://github.com/keras-team/keras/issues/8190",
      codes: ["class_imbalance"],
      sick: plan({
        x,
        y,
        layers: oneLstm(8, [10, 1], sigmoidHead()),
        loss: "binaryCrossentropy",
        epochs: 10,
      }),
      cured: plan({
        x,
        y,
        layers: oneLstm(16, [10, 1], sigmoidHead()),
        loss: "binaryCrossentropy",
        epochs: 30,
        rate: 0.01,
        more: { classWeight: { 0: y.length / (2 * (y.length - ones)), 1: y.length / (2 * ones) } },
      }),
    };
  },
  linearBehindCrossentropy: () => {
    const normal = noiseOf(40);
    const x = Array.from({ length: 300 }, () => Array.from({ length: 6 }, () => [normal()]));
    const y = x.map((row) => (row.reduce((sum, [value]) => sum + value!, 0) > 0 ? 1 : 0));
    return {
      codes: ["loss_activation_mismatch"],
      sick: plan({ x, y, layers: oneLstm(12, [6, 1]), loss: "binaryCrossentropy" }),
      cured: plan({
        x,
        y,
        layers: oneLstm(12, [6, 1], sigmoidHead()),
        loss: "binaryCrossentropy",
        rate: 0.02,
        epochs: 30,
      }),
    };
  },
  letters: () => {
    const text =
      "the cat sat on the mat and the dog lay by the door while the rain fell on the roof of the house ";
    const letters = [...new Set(text)].sort();
    const indices = [...text.repeat(5)].map((letter) => letters.indexOf(letter));
    const oneHot = (index: number): number[] => letters.map((_, k) => (k === index ? 1 : 0));
    const starts = Array.from({ length: indices.length - 10 }, (_, n) => n);
    const x = starts.map((n) => indices.slice(n, n + 10).map(oneHot));
    const y = starts.map((n) => oneHot(indices[n + 10]!));
    const layers = oneLstm(48, [10, letters.length], dense({ units: letters.length, activation: "softmax" }));
    return {
      codes: ["underfitting_stopped_early", "learning_rate_too_low"],
      sick: plan({ x, y, layers, loss: "categoricalCrossentropy", rate: 0.0002, epochs: 3 }),
      cured: plan({
        x,
        y,
        layers: oneLstm(48, [10, letters.length], dense({ units: letters.length, activation: "softmax" })),
        loss: "categoricalCrossentropy",
        rate: 0.01,
        epochs: 20,
      }),
    };
  },
  labelsShuffled: () => {
    const normal = noiseOf(41);
    const x = Array.from({ length: 400 }, () => Array.from({ length: 8 }, () => [normal(), normal()]));
    const y = x.map((rows) => (rows.reduce((sum, [a]) => sum + a!, 0) > 0 ? 1 : 0));
    const uniform = uniformOf(42);
    const order = y.map((_, i) => i).sort(() => uniform() - 0.5);
    return {
      codes: ["targets_not_matching_inputs"],
      sick: plan({
        x,
        y: order.map((i) => y[i]!),
        layers: oneLstm(12, [8, 2], sigmoidHead()),
        loss: "binaryCrossentropy",
      }),
      cured: plan({
        x,
        y,
        layers: oneLstm(12, [8, 2], sigmoidHead()),
        loss: "binaryCrossentropy",
        rate: 0.01,
      }),
    };
  },
};
