import { activation, dense, dropout, lstm, simpleRNN } from "../../../src/index.js";
import { cut, noiseOf, oneLstm, plan, type Question, scaled, uniformOf, wave } from "./question.js";

/** A cycle of about nine steps that loses its phase. */
function swing(n: number, seed: number): number[] {
  const normal = noiseOf(seed);
  const values = [normal(), normal()];
  while (values.length < n) values.push(1.45 * values.at(-1)! - 0.92 * values.at(-2)! + 0.3 * normal());
  return values;
}

/** Amounts: forecasts and mappings. */
export const ofNumbers: Readonly<Record<string, () => Question>> = {
  pricesRaw: () => {
    const prices = wave(500, 3).map((value) => 1200 + 180 * value);
    const [sick, cured] = [cut(prices, 20), cut(scaled(prices), 20)];
    return {
      codes: ["unscaled_target", "unscaled_inputs"],
      sick: plan({ ...sick, layers: oneLstm(32, [20, 1]) }),
      cured: plan({ ...cured, layers: oneLstm(32, [20, 1]), rate: 0.01 }),
    };
  },
  exchangeRate: () => {
    const normal = noiseOf(5);
    let level = 0;
    const rates = Array.from({ length: 500 }, () => {
      level = 0.9 * level + 0.03 * normal();
      return 10 + level;
    });
    return {
      codes: ["unscaled_target", "unscaled_inputs"],
      sick: plan({ ...cut(rates, 10), layers: oneLstm(16, [10, 1]) }),
      cured: plan({ ...cut(scaled(rates), 10), layers: oneLstm(16, [10, 1]), rate: 0.005 }),
    };
  },
  echoOfTheLastValue: () => {
    const { x, y } = cut(scaled(swing(500, 4)), 8);
    const lags = x.map((row) => [row.map(([value]) => value!)]);
    return {
      source:
        "https://stackguides.com/questions/51432661/time-series-keras-lstm-echoing-instead-of-predicting",
      codes: ["time_and_features_swapped"],
      sick: plan({ x: lags, y, layers: oneLstm(32, [1, 8]), rate: 0.01 }),
      cured: plan({ x, y, layers: oneLstm(32, [8, 1]), rate: 0.01 }),
    };
  },
  axesExchanged: () => {
    const [a, b] = [scaled(wave(400, 6)), scaled(wave(400, 7).map((value, t) => value + Math.cos(t / 4)))];
    const window = 12;
    const starts = Array.from({ length: 400 - window }, (_, n) => n);
    const y = starts.map((n) => a[n + window]!);
    return {
      source: "https://discuss.pytorch.org/t/lstm-change-batch-first-true-loss-does-not-decrease/62364",
      codes: ["time_and_features_swapped"],
      sick: plan({
        x: starts.map((n) => [a.slice(n, n + window), b.slice(n, n + window)]),
        y,
        layers: oneLstm(24, [2, window]),
        rate: 0.01,
      }),
      cured: plan({
        x: starts.map((n) => Array.from({ length: window }, (_, t) => [a[n + t]!, b[n + t]!])),
        y,
        layers: oneLstm(24, [window, 2]),
        rate: 0.01,
      }),
    };
  },
  meanOfThreeOneStep: () => {
    const uniform = uniformOf(8);
    const normal = noiseOf(8);
    let level = 0;
    const values = Array.from({ length: 600 }, () => {
      level = 0.5 * level + normal() + 0.1 * uniform();
      return level;
    });
    const means = values.map((value, t) => (value + (values[t - 1] ?? 0) + (values[t - 2] ?? 0)) / 3);
    const windows = Array.from({ length: 590 }, (_, n) => values.slice(n, n + 10).map((value) => [value]));
    return {
      codes: ["window_length_one"],
      sick: plan({ x: values.map((value) => [[value]]), y: means, layers: oneLstm(8, [1, 1]), rate: 0.01 }),
      cured: plan({ x: windows, y: means.slice(9, 599), layers: oneLstm(16, [10, 1]), rate: 0.01 }),
    };
  },
  reluInside: () => {
    const { x, y } = cut(scaled(wave(500, 9)), 60);
    const layers = (own: "relu" | "tanh") => () => [
      lstm({ units: 40, activation: own, returnSequences: true, inputShape: [60, 1] }),
      lstm({ units: 24, activation: own }),
      dense({ units: 1 }),
    ];
    return {
      source:
        "https://stackoverflow.com/questions/55322991/why-am-i-getting-nan-after-adding-relu-activation-in-lstm",
      codes: ["activation_not_for_recurrence"],
      sick: plan({ x, y, layers: layers("relu"), rate: 0.03, epochs: 10 }),
      cured: plan({ x, y, layers: layers("tanh"), rate: 0.005, epochs: 15 }),
    };
  },
  reluAndDropout: () => {
    const { x, y } = cut(scaled(wave(400, 10)), 20);
    return {
      source: "https://techfeed.net/es/485530/",
      codes: ["dropout_too_high", "activation_not_for_recurrence"],
      sick: plan({
        x,
        y,
        layers: () => [
          lstm({ units: 48, activation: "relu", dropout: 0.5, recurrentDropout: 0.2, inputShape: [20, 1] }),
          dense({ units: 32 }),
          dropout({ rate: 0.7 }),
          dense({ units: 1 }),
        ],
        optimizer: "rmsprop",
      }),
      cured: plan({ x, y, layers: oneLstm(32, [20, 1]), rate: 0.01 }),
    };
  },
  accuracyOfAmounts: () => {
    const data = cut(scaled(wave(500, 11)), 20);
    return {
      source:
        "https://datascience.stackexchange.com/questions/49109/loss-val-loss-are-decreasing-but-accuracies-are-the-same-in-lstm",
      codes: ["metric_does_not_fit"],
      sick: plan({ ...data, layers: oneLstm(24, [20, 1]), rate: 0.01, more: { metrics: ["accuracy"] } }),
      cured: plan({ ...data, layers: oneLstm(24, [20, 1]), rate: 0.01, more: { metrics: ["mae"] } }),
    };
  },
  accuracyOfPrices: () => {
    const prices = wave(500, 12).map((value) => Math.round(100 * (3 + value)) / 400);
    const data = cut(prices, 15);
    return {
      source: "https://github.com/keras-team/keras/issues/10329",
      codes: ["metric_does_not_fit"],
      sick: plan({ ...data, layers: oneLstm(24, [15, 1]), rate: 0.01, more: { metrics: ["acc"] } }),
      cured: plan({ ...data, layers: oneLstm(24, [15, 1]), rate: 0.01 }),
    };
  },
  signOfReturns: () => {
    const normal = noiseOf(13);
    const returns = Array.from({ length: 900 }, () => normal() + 0.25);
    const { x, y } = cut(returns, 20);
    return {
      source:
        "https://datascience.stackexchange.com/questions/51264/using-lstm-to-predict-binary-classification-accuracy-stuck-at-50-how-to-use",
      codes: ["nothing_to_learn"],
      sick: plan({
        x,
        y: y.map((value) => (value > 0 ? 1 : 0)),
        layers: oneLstm(16, [20, 1], dense({ units: 1, activation: "sigmoid" })),
        loss: "binaryCrossentropy",
        epochs: 6,
      }),
    };
  },
  returnsThemselves: () => {
    const normal = noiseOf(14);
    const returns = Array.from({ length: 800 }, () => normal());
    return {
      source: "https://taourl.com/read-3018094.html",
      codes: ["nothing_to_learn"],
      sick: plan({ ...cut(returns, 10), layers: oneLstm(16, [10, 1]), epochs: 5 }),
    };
  },
  fewMonths: () => {
    const normal = noiseOf(15);
    const values = Array.from({ length: 57 }, () => normal());
    return {
      codes: ["insufficient_data"],
      sick: plan({ ...cut(values, 12), layers: oneLstm(32, [12, 1]), epochs: 40, rate: 0.01 }),
    };
  },
  rateTooHigh: () => {
    const data = cut(scaled(wave(500, 16)), 20);
    return {
      source:
        "https://stackguides.com/questions/46224598/python-keras-lstm-learning-converges-too-fast-on-high-loss",
      codes: ["learning_rate_too_high"],
      sick: plan({ ...data, layers: oneLstm(32, [20, 1]), rate: 1 }),
      cured: plan({ ...data, layers: oneLstm(32, [20, 1]), rate: 0.01 }),
    };
  },
  moreEpochs: () => {
    const data = cut(
      Array.from({ length: 300 }, (_, t) => (t % 10 === 0 ? 1 : 0)),
      12,
    );
    return {
      source: "http://pullrequest.ru/13233417/predskazanie-impulsnogo-signala-lstm",
      codes: ["underfitting_stopped_early"],
      sick: plan({ ...data, layers: oneLstm(8, [12, 1]), epochs: 4 }),
      cured: plan({ ...data, layers: oneLstm(8, [12, 1]), epochs: 60, rate: 0.01 }),
    };
  },
  sigmoidForAmounts: () => {
    const data = cut(scaled(wave(500, 17)), 20);
    return {
      codes: ["output_activation_range"],
      sick: plan({
        ...data,
        layers: oneLstm(24, [20, 1], dense({ units: 1, activation: "sigmoid" })),
        rate: 0.01,
      }),
      cured: plan({ ...data, layers: oneLstm(24, [20, 1]), rate: 0.01 }),
    };
  },
  reluAtTheEnd: () => {
    const data = cut(scaled(wave(500, 18)), 20);
    return {
      codes: ["output_activation_range"],
      sick: plan({
        ...data,
        layers: () => [
          lstm({ units: 24, inputShape: [20, 1] }),
          dense({ units: 1 }),
          activation({ activation: "relu" }),
        ],
        rate: 0.01,
      }),
      cured: plan({ ...data, layers: oneLstm(24, [20, 1]), rate: 0.01 }),
    };
  },
  frozenRecurrence: () => {
    const data = cut(scaled(wave(500, 19)), 20);
    const layers = (trainable: boolean) => () => [
      simpleRNN({ units: 6, trainable, inputShape: [20, 1] }),
      dense({ units: 1 }),
    ];
    return {
      source: "https://github.com/keras-team/keras/issues/11995",
      codes: ["frozen_weights"],
      sick: plan({ ...data, layers: layers(false), rate: 0.005, epochs: 30 }),
      cured: plan({ ...data, layers: layers(true), rate: 0.005, epochs: 30 }),
    };
  },
  allFrozen: () => {
    const data = cut(scaled(wave(400, 20)), 20);
    const layers = (trainable: boolean) => () => [
      lstm({ units: 16, trainable, inputShape: [20, 1] }),
      dense({ units: 1, trainable }),
    ];
    return {
      source: "https://github.com/keras-team/keras/issues/2395",
      codes: ["frozen_weights"],
      sick: plan({ ...data, layers: layers(false), rate: 0.01 }),
      cured: plan({ ...data, layers: layers(true), rate: 0.01 }),
    };
  },
  oneBatchAnEpoch: () => {
    const data = cut(scaled(wave(120, 21, 0.05)), 12);
    return {
      codes: ["batch_size_too_large", "underfitting_stopped_early"],
      sick: plan({ ...data, layers: oneLstm(16, [12, 1]), rate: 0.005, epochs: 20, batchSize: 64 }),
      cured: plan({ ...data, layers: oneLstm(16, [12, 1]), rate: 0.01, epochs: 60, batchSize: 8 }),
    };
  },
};
