import { conv1d, dense, embedding, gru, lstm } from "../../../src/index.js";
import { cut, noiseOf, oneLstm, plan, type Question, scaled, uniformOf, wave } from "./question.js";

const softmaxOf = (units: number) => dense({ units, activation: "softmax" });

/** Each of some classes has a slow wave of its own, in two channels. */
function spoken(samples: number, seed: number, classes: number, noise: number) {
  const [uniform, normal] = [uniformOf(seed), noiseOf(seed + 1)];
  const y = Array.from({ length: samples }, () => Math.floor(classes * uniform()));
  const x = y.map((label) =>
    Array.from({ length: 14 }, (_, t) => [
      Math.sin((label + 1) * 0.3 * t) + noise * normal(),
      Math.cos((label + 2) * 0.2 * t) + noise * normal(),
    ]),
  );
  return { x, y };
}

const minMaxed = (values: readonly number[], of: readonly number[]): number[] => {
  const [low, high] = [Math.min(...of), Math.max(...of)];
  return values.map((value) => (value - low) / (high - low));
};

/** What programs do with outputs, losses, states and rates. */
export const ofTraining: Readonly<Record<string, () => Question>> = {
  softmaxForAmounts: () => {
    const saw = Array.from({ length: 500 }, (_, t) => 1 + (t % 10));
    const pairs = (values: readonly number[], window: number) => ({
      x: cut(values, window).x.map((rows, n) =>
        rows.map(([value], t) => [value!, values[(3 * (n + t)) % 490]!]),
      ),
      y: cut(values, window).y.map((value, n) => [value, values[(3 * (n + window)) % 490]!]),
    });
    return {
      source: "https://github.com/keras-team/keras/issues/321",
      codes: ["output_activation_range"],
      sick: plan({ ...pairs(saw, 12), layers: oneLstm(24, [12, 2], softmaxOf(2)), optimizer: "rmsprop" }),
      cured: plan({
        ...pairs(scaled(saw), 12),
        layers: oneLstm(24, [12, 2], dense({ units: 2 })),
        rate: 0.01,
      }),
    };
  },
  binaryLossForMany: () => {
    const { x, y } = spoken(500, 51, 6, 0.2);
    const oneHot = y.map((label) => Array.from({ length: 6 }, (_, k) => (k === label ? 1 : 0)));
    return {
      source: "https://github.com/keras-team/keras/issues/4994",
      codes: ["loss_activation_mismatch", "insufficient_capacity"],
      sick: plan({
        x,
        y: oneHot,
        layers: () => [
          lstm({ units: 24, inputShape: [14, 2] }),
          dense({ units: 1, activation: "sigmoid" }),
          softmaxOf(6),
        ],
        loss: "binaryCrossentropy",
        more: { metrics: ["accuracy"] },
      }),
      cured: plan({
        x,
        y: oneHot,
        layers: oneLstm(24, [14, 2], softmaxOf(6)),
        loss: "categoricalCrossentropy",
        rate: 0.01,
      }),
    };
  },
  lookBackOfOne: () => {
    const sine = Array.from({ length: 600 }, (_, t) => Math.sin(t / 8));
    return {
      source: "https://geek-answers.imtqy.com/articles/1267675/index.html",
      codes: ["window_length_one"],
      sick: plan({ ...cut(sine, 1), layers: oneLstm(16, [1, 1]), rate: 0.005 }),
      cured: plan({ ...cut(sine, 30), layers: oneLstm(16, [30, 1]), rate: 0.01 }),
    };
  },
  driftOfAutoregression: () => {
    const normal = noiseOf(52);
    let level = 0;
    const values = Array.from({ length: 700 }, (_, t) => {
      level = 0.0004 * t + 0.97 * level + 0.03 * normal();
      return level;
    });
    const steps = values.slice(1).map((value, t) => value - values[t]!);
    const smooth = steps.map((_, t) => (steps[t]! + (steps[t - 1] ?? 0) + (steps[t - 2] ?? 0)) / 3);
    return {
      source:
        "https://datascience.stackexchange.com/questions/28463/lstm-how-to-deal-with-nonstationarity-when-predicting-a-time-series",
      codes: ["non_stationary_target"],
      sick: plan({ ...cut(scaled(values), 10), layers: oneLstm(24, [10, 1]), rate: 0.005 }),
      cured: plan({ ...cut(scaled(smooth), 10), layers: oneLstm(24, [10, 1]), rate: 0.005 }),
    };
  },
  statefulButShuffled: () => {
    // Four streams in pieces of six steps: what was announced once holds until the next announcement.
    const uniform = uniformOf(53);
    const [streams, pieces, steps] = [4, 50, 6];
    const made = Array.from({ length: streams }, () => {
      let held = 0;
      return Array.from({ length: pieces * steps }, (_, t) => {
        const speaks = t % 20 === 0;
        if (speaks) held = uniform() < 0.5 ? -1 : 1;
        return { x: [speaks ? held : 0.1 * (uniform() - 0.5)], y: [held] };
      });
    });
    const rows = Array.from({ length: pieces }, (_, p) =>
      made.map((stream) => stream.slice(p * steps, (p + 1) * steps)),
    ).flat();
    const layers = () => [
      gru({ units: 12, stateful: true, batchSize: streams, returnSequences: true, inputShape: [steps, 1] }),
      dense({ units: 1 }),
    ];
    const own = {
      x: rows.map((row) => row.map(({ x }) => x)),
      y: rows.map((row) => row.map(({ y }) => y)) as unknown as number[],
      layers,
      held: 0,
      batchSize: streams,
      rate: 0.01,
      epochs: 25,
    };
    return {
      source: "https://github.com/tensorflow/tensorflow/issues/40067",
      codes: ["stateful_with_shuffle"],
      sick: plan(own),
      cured: plan({ ...own, more: { shuffle: false } }),
    };
  },
  coordinatesAndSpeed: () => {
    const normal = noiseOf(54);
    let [x, y, heading] = [0, 0, 0];
    const track = Array.from({ length: 520 }, (_, t) => {
      // Rounds of about sixty stops, slower in the bends.
      heading = (2 * Math.PI * t) / 60;
      const speed = 8 + 2 * Math.sin(3 * heading) + 0.3 * normal();
      x += 1e-4 * speed * Math.cos(heading);
      y += 1e-4 * speed * Math.sin(heading);
      return [42.73 + x, -73.67 + y, speed];
    });
    const own = [0, 1, 2].map((f) => scaled(track.map((row) => row[f]!)));
    const standard = track.map((_, t) => own.map((column) => column[t]!));
    const of = (rows: readonly (readonly number[])[], targets: readonly number[]) => ({
      x: Array.from({ length: rows.length - 10 }, (_, n) => rows.slice(n, n + 10).map((row) => [...row])),
      y: targets.slice(10),
    });
    return {
      source: "https://github.com/Shubble-LLC/shubble/pull/353",
      codes: ["unscaled_inputs"],
      sick: plan({ ...of(track, own[2]!), layers: oneLstm(24, [10, 3]), rate: 0.005 }),
      cured: plan({ ...of(standard, own[2]!), layers: oneLstm(24, [10, 3]), rate: 0.005 }),
    };
  },
  stuckDigits: () => {
    const { x, y } = spoken(400, 55, 8, 0.3);
    const layers = () => [
      lstm({ units: 32, returnSequences: true, inputShape: [14, 2] }),
      lstm({ units: 32 }),
      softmaxOf(8),
    ];
    const own = { x, y, layers, loss: "sparseCategoricalCrossentropy" };
    return {
      source: "https://github.com/slp-ntua/patrec-labs/issues/79",
      codes: ["learning_rate_too_high"],
      sick: plan({ ...own, rate: 0.3 }),
      cured: plan({ ...own, rate: 0.005 }),
    };
  },
  minMaxOfAll: () => {
    const prices = wave(500, 56).map((value, t) => value + 0.006 * t);
    const train = prices.slice(0, 400);
    return {
      source: "https://github.com/huseinzol05/Stock-Prediction-Models/issues/126",
      codes: ["data_leakage_scaler"],
      sick: plan({ ...cut(minMaxed(prices, prices), 20), layers: oneLstm(24, [20, 1]), rate: 0.01 }),
      cured: plan({
        ...cut(
          scaled(wave(500, 56)).map((value, t) => (t < 0 ? train[0]! : value)),
          20,
        ),
        layers: oneLstm(24, [20, 1]),
        rate: 0.01,
      }),
    };
  },
  memorizedTweets: () => {
    const uniform = uniformOf(57);
    const words = Array.from({ length: 220 }, () =>
      Array.from({ length: 12 }, () => Math.floor(120 * uniform())),
    );
    // A word's mood is known of a quarter of them; the rest of a judgement is the writer's own.
    const y = words.map((row) => (row.filter((word) => word < 30).length + 1.5 * uniform() > 3.7 ? 1 : 0));
    const layers = (units: number, dropout: number) => () => [
      embedding({ inputDim: 120, outputDim: 24, inputShape: [12] }),
      lstm({ units, dropout }),
      dense({ units: 1, activation: "sigmoid" }),
    ];
    return {
      source:
        "https://stats.stackexchange.com/questions/204745/preventing-overfitting-of-lstm-on-small-dataset",
      codes: ["overfitting"],
      sick: plan({ x: words, y, layers: layers(64, 0), loss: "binaryCrossentropy", rate: 0.005, epochs: 40 }),
    };
  },
  reluBehindAConvolution: () => {
    const { x, y } = cut(scaled(wave(460, 58)), 40);
    const layers = (activation: "relu" | "tanh") => () => [
      conv1d({ filters: 16, kernelSize: 3, activation: "relu", padding: "causal", inputShape: [40, 1] }),
      lstm({ units: 32, activation, returnSequences: true }),
      lstm({ units: 32, activation }),
      dense({ units: 1 }),
    ];
    return {
      source: "https://github.com/AlexanderVNikitin/tsgm/issues/59",
      codes: ["activation_not_for_recurrence"],
      sick: plan({ x, y, layers: layers("relu"), rate: 0.03, epochs: 8 }),
      cured: plan({ x, y, layers: layers("tanh"), rate: 0.005, epochs: 15 }),
    };
  },
};
