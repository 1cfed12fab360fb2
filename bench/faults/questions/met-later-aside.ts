import { dense, dropout, embedding, lstm, masking, simpleRNN } from "../../../src/index.js";
import { cut, noiseOf, oneLstm, plan, type Question, scaled, uniformOf, wave } from "./question.js";

const softmaxOf = (units: number) => dense({ units, activation: "softmax" });
const sigmoidOf = (units: number) => dense({ units, activation: "sigmoid" });
const oneHot = (width: number, k: number): number[] => Array.from({ length: width }, (_, i) => +(i === k));

/** Windows of a series all told, in an order drawn at random. */
function shuffledWindows(values: readonly number[], window: number, seed: number) {
  const uniform = uniformOf(seed);
  const { x, y } = cut(values, window);
  const order = y.map((_, i) => [uniform(), i] as const).sort(([a], [b]) => a - b);
  return { x: order.map(([, i]) => x[i]!), y: order.map(([, i]) => y[i]!) };
}

/** Texts of words of which some speak for and some against. */
function judged(seed: number, texts: number, words: number, vocabulary: number, noise: number) {
  const uniform = uniformOf(seed);
  const x = Array.from({ length: texts }, () =>
    Array.from({ length: words }, () => 1 + Math.floor((vocabulary - 1) * uniform())),
  );
  const y = x.map((row) => {
    const mood =
      row.filter((word) => word < vocabulary / 6).length -
      row.filter((word) => word > (5 * vocabulary) / 6).length;
    return mood + noise * (uniform() - 0.5) > 0 ? 1 : 0;
  });
  return { x, y };
}

/** Questions met when the rules were already written: those that were not looked at. */
export const metLaterAside: Readonly<Record<string, () => Question>> = {
  addOne: () => {
    const uniform = uniformOf(121);
    const starts = Array.from({ length: 400 }, () => Math.floor(1000 * uniform()));
    const x = starts.map((start) => Array.from({ length: 5 }, (_, t) => [start + t]));
    const y = starts.map((start) => start + 5);
    return {
      source: "https://github.com/BrainJS/brain.js/issues/440",
      codes: ["unscaled_inputs", "unscaled_target"],
      sick: plan({ x, y, layers: oneLstm(8, [5, 1]), rate: 0.01 }),
      cured: plan({
        x: x.map((rows) => rows.map(([value]) => [value! / 1005])),
        y: y.map((value) => value / 1005),
        layers: oneLstm(8, [5, 1]),
        rate: 0.01,
      }),
    };
  },
  lookBackAsFeatures: () => {
    // Passengers by the month: a year's swing that grows with a trend of its own.
    const normal = noiseOf(122);
    const months = Array.from(
      { length: 480 },
      (_, t) => Math.sin((2 * Math.PI * t) / 12) + 0.6 * Math.sin((2 * Math.PI * t) / 47) + 0.15 * normal(),
    );
    const { x, y } = cut(scaled(months), 12);
    return {
      source: "https://github.com/omerbsezer/LSTM_RNN_Tutorials_with_Demo/pull/6",
      codes: ["time_and_features_swapped"],
      sick: plan({
        x: x.map((rows) => [rows.map(([value]) => value!)]),
        y,
        layers: oneLstm(16, [1, 12]),
        rate: 0.005,
      }),
      cured: plan({ x, y, layers: oneLstm(16, [12, 1]), rate: 0.01 }),
    };
  },
  manyRareEvents: () => {
    const uniform = uniformOf(123);
    const x = Array.from({ length: 600 }, () =>
      Array.from({ length: 8 }, () => Array.from({ length: 6 }, () => +(uniform() < 0.12))),
    );
    // An event comes again when it came in both of the last two steps.
    const y = x.map((rows) => rows[7]!.map((now, k) => +(now === 1 && rows[6]![k] === 1)));
    return {
      source: "https://github.com/keras-team/keras/issues/2578",
      codes: ["class_imbalance"],
      sick: plan({
        x,
        y,
        layers: oneLstm(16, [8, 6], sigmoidOf(6)),
        loss: "binaryCrossentropy",
        rate: 0.003,
        epochs: 10,
        more: { metrics: ["accuracy"] },
      }),
    };
  },
  downAndUpAgain: () => {
    const uniform = uniformOf(124);
    const labels = Array.from({ length: 400 }, () => Math.floor(4 * uniform()));
    const x = labels.map((label) =>
      Array.from({ length: 14 }, () => oneHot(10, uniform() < 0.4 ? label : Math.floor(10 * uniform()))),
    );
    const y = labels.map((label) => oneHot(4, label));
    const layers = () => [
      lstm({ units: 32, returnSequences: true, inputShape: [14, 10] }),
      dropout({ rate: 0.2 }),
      lstm({ units: 32 }),
      dropout({ rate: 0.2 }),
      sigmoidOf(4),
    ];
    const own = { x, y, layers, loss: "binaryCrossentropy", epochs: 25 };
    return {
      source: "https://imathworks.com/cv/solved-training-loss-goes-down-and-up-again-what-is-happening",
      codes: ["learning_rate_too_high"],
      sick: plan({ ...own, rate: 0.15 }),
      cured: plan({ ...own, rate: 0.003 }),
    };
  },
  linearBeforeTwoClasses: () => {
    const normal = noiseOf(125);
    const x = Array.from({ length: 500 }, () =>
      Array.from({ length: 10 }, () => Array.from({ length: 12 }, () => normal())),
    );
    const y = x.map((rows) => (rows.reduce((sum, row) => sum + row[1]! + row[5]!, 0) > 0 ? 1 : 0));
    const layers = (head: ReturnType<typeof dense>) => () => [
      lstm({ units: 10, returnSequences: true, inputShape: [10, 12] }),
      lstm({ units: 10 }),
      head,
    ];
    const own = { x, y, loss: "binaryCrossentropy", batchSize: 5 };
    return {
      source: "https://github.com/keras-team/keras/issues/14490",
      codes: ["loss_activation_mismatch"],
      sick: plan({ ...own, layers: layers(dense({ units: 1 })), epochs: 8, more: { metrics: ["accuracy"] } }),
      cured: plan({ ...own, layers: layers(sigmoidOf(1)), epochs: 5, rate: 0.003 }),
    };
  },
  sentencesOfTwoMoods: () => {
    const { x, y } = judged(126, 500, 15, 400, 3);
    return {
      source: "https://github.com/keras-team/keras/issues/3328",
      codes: ["overfitting"],
      sick: plan({
        x,
        y,
        layers: () => [
          embedding({ inputDim: 400, outputDim: 32, inputShape: [15] }),
          lstm({ units: 50 }),
          softmaxOf(2),
        ],
        loss: "sparseCategoricalCrossentropy",
        rate: 0.003,
        epochs: 30,
        batchSize: 50,
      }),
    };
  },
  windowsDrawnAtRandom: () => {
    const values = scaled(wave(620, 127, 0.4));
    return {
      source: "https://github.com/Y-debug-sys/Diffusion-TS/issues/67",
      codes: ["duplicate_windows_across_split"],
      sick: plan({
        ...shuffledWindows(values, 24, 127),
        layers: oneLstm(24, [24, 1]),
        held: 0.3,
        rate: 0.01,
        epochs: 15,
      }),
      cured: plan({ ...cut(values, 24), layers: oneLstm(24, [24, 1]), held: 0.3, rate: 0.01, epochs: 15 }),
    };
  },
  notRegistered: () => {
    const normal = noiseOf(128);
    const x = Array.from({ length: 400 }, () => Array.from({ length: 12 }, () => [normal(), normal()]));
    const y = x.map((rows) => rows.reduce((sum, [a, b]) => 0.8 * sum + 0.5 * a! * (b! > 0 ? 1 : -1), 0));
    const layers = (trainable: boolean) => () => [
      lstm({ units: 20, trainable, returnSequences: true, inputShape: [12, 2] }),
      lstm({ units: 20, trainable }),
      dense({ units: 1 }),
    ];
    return {
      source: "https://github.com/ikostrikov/pytorch-meta-optimizer/issues/11",
      codes: ["frozen_weights"],
      sick: plan({ x, y, layers: layers(false), rate: 0.005 }),
      cured: plan({ x, y, layers: layers(true), rate: 0.005, epochs: 30 }),
    };
  },
  oneWordTooMany: () => {
    const { x, y } = judged(129, 300, 12, 31, 0);
    const layers = (inputDim: number) => () => [
      embedding({ inputDim, outputDim: 8, inputShape: [12] }),
      lstm({ units: 12 }),
      sigmoidOf(1),
    ];
    return {
      source: "https://github.com/tensorflow/tensorflow/issues/37254",
      codes: ["index_out_of_range"],
      sick: plan({ x, y, layers: layers(30), loss: "binaryCrossentropy" }),
      cured: plan({ x, y, layers: layers(31), loss: "binaryCrossentropy", rate: 0.01, epochs: 15 }),
    };
  },
  echoOfTwoBefore: () => {
    const uniform = uniformOf(130);
    const values = Array.from({ length: 800 }, () => Math.floor(100 * uniform()));
    const y = values.slice(2).map((_, t) => values[t]!);
    const small = values.map((value) => value / 50 - 1);
    return {
      source: "https://stats.stackexchange.com/questions/329619/learning-a-simple-sequence-with-rnn-keras",
      codes: ["window_length_one", "unscaled_inputs", "unscaled_target"],
      sick: plan({
        x: values.slice(2).map((value) => [[value]]),
        y,
        layers: () => [simpleRNN({ units: 2, inputShape: [1, 1] }), dense({ units: 1 })],
        batchSize: 5,
      }),
      cured: plan({
        x: y.map((_, t) => [[small[t]!], [small[t + 1]!], [small[t + 2]!]]),
        y: y.map((value) => value / 50 - 1),
        layers: () => [simpleRNN({ units: 16, inputShape: [3, 1] }), dense({ units: 1 })],
        batchSize: 5,
        rate: 0.005,
      }),
    };
  },
  tanhOfASum: () => {
    const uniform = uniformOf(131);
    const x = Array.from({ length: 500 }, () => [[2 * uniform()], [2 * uniform()]]);
    const y = x.map(([a, b]) => a![0]! + b![0]!);
    return {
      source: "https://github.com/keras-team/keras/issues/108",
      codes: ["output_activation_range"],
      sick: plan({ x, y, layers: oneLstm(12, [2, 1], dense({ units: 1, activation: "tanh" })), rate: 0.01 }),
      cured: plan({ x, y, layers: oneLstm(12, [2, 1]), rate: 0.01 }),
    };
  },
  rectifiedSegmenter: () => {
    // Characters in four dimensions, filled up behind with zeros that are masked; each is the beginning, middle or end of a word.
    const [uniform, normal] = [uniformOf(132), noiseOf(133)];
    const places = 200;
    const length = Array.from({ length: 100 }, () => 60 + Math.floor(140 * uniform()));
    const x = length.map((own) =>
      Array.from({ length: places }, (_, t) =>
        t < own ? Array.from({ length: 4 }, () => normal()) : [0, 0, 0, 0],
      ),
    );
    const y = x.map((rows) =>
      rows.map((row, t) => (row[0]! > 0 ? ((rows[t - 1]?.[1] ?? 0) > 0 ? 1 : 2) : 0)),
    );
    const layers = (activation: "relu" | "tanh") => () => [
      masking({ inputShape: [places, 4] }),
      lstm({ units: 32, activation, returnSequences: true }),
      dropout({ rate: 0.2 }),
      softmaxOf(3),
    ];
    const own = { x, y, loss: "sparseCategoricalCrossentropy" };
    return {
      source: "https://github.com/keras-team/keras/issues/2194",
      codes: ["activation_not_for_recurrence"],
      sick: plan({ ...own, layers: layers("relu"), rate: 0.03, epochs: 12 }),
      cured: plan({ ...own, layers: layers("tanh"), rate: 0.01, epochs: 12 }),
    };
  },
};
