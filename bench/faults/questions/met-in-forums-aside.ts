import { dense, dropout, embedding, gru, lstm } from "../../../src/index.js";
import { nextLetters, plant, spelt, turned } from "./made-data.js";
import { cut, noiseOf, oneLstm, plan, type Question, scaled, uniformOf, wave } from "./question.js";

const softmaxOf = (units: number) => dense({ units, activation: "softmax" });
const sigmoidOf = (units: number) => dense({ units, activation: "sigmoid" });
const many = <T>(n: number, make: (i: number) => T): T[] => Array.from({ length: n }, (_, i) => make(i));

/** Questions of issue trackers and forums: the part that was not looked at when the rules were changed. */
export const metInForumsAside: Readonly<Record<string, () => Question>> = {
  yesterdaysPriceAgain: () => {
    const normal = noiseOf(241);
    let price = 0;
    const prices = many(560, () => (price += normal()));
    const seen = prices.slice(0, 448);
    const [low, high] = [Math.min(...seen), Math.max(...seen)];
    const ranged = prices.map((value) => (value - low) / (high - low));
    return {
      source: "https://github.com/NourozR/Stock-Price-Prediction-LSTM/issues/2",
      codes: ["non_stationary_target", "beaten_by_baseline", "nothing_to_learn"],
      sick: plan({ ...cut(ranged, 20), layers: oneLstm(32, [20, 1]), epochs: 15 }),
    };
  },
  hundredAtATime: () => {
    const [normal, places] = [noiseOf(242), 10];
    const x = many(500, () => many(places, () => many(6, () => Math.tanh(normal()))));
    const y = x.map((rows) =>
      rows.map((row, t) => many(3, (k) => (row[k]! + (rows[t - 1]?.[k + 3] ?? 0) > 0 ? 1 : 0))),
    );
    const layers = () => [
      lstm({ units: 32, returnSequences: true, inputShape: [places, 6] }),
      lstm({ units: 32, returnSequences: true }),
      sigmoidOf(3),
    ];
    const own = { x, y, layers, loss: "binaryCrossentropy" };
    return {
      source: "https://github.com/keras-team/keras/issues/574",
      codes: ["batch_size_too_large", "underfitting_stopped_early"],
      sick: plan({ ...own, batchSize: 200, epochs: 4 }),
      cured: plan({ ...own, batchSize: 25, rate: 0.005, epochs: 20 }),
    };
  },
  fourInARow: () => {
    const { x, y } = cut(scaled(wave(420, 243)), 20);
    const layers = (returnSequences: boolean) => () => [
      lstm({ units: 12, returnSequences, inputShape: [20, 1] }),
      lstm({ units: 12, returnSequences }),
      lstm({ units: 12 }),
      dense({ units: 1 }),
    ];
    return {
      source: "https://github.com/keras-team/keras/issues/2721",
      codes: ["stacked_lstm_needs_return_sequences"],
      sick: plan({ x, y, layers: layers(false) }),
      cured: plan({ x, y, layers: layers(true), rate: 0.01 }),
    };
  },
  anAnswerAtEachStep: () => {
    const { x, y } = plant(244, 400, 15, 8, 5);
    const rows = y.map((label) => many(5, (k) => (k === label ? 1 : 0)));
    const layers = (returnSequences: boolean) => () => [
      lstm({ units: 24, returnSequences, inputShape: [15, 8] }),
      dropout({ rate: 0.2 }),
      softmaxOf(5),
    ];
    const own = { x, y: rows, loss: "categoricalCrossentropy", optimizer: "rmsprop", rate: 0.005 };
    return {
      source: "https://github.com/keras-team/keras/issues/1838",
      codes: ["label_shape_mismatch"],
      sick: plan({ ...own, layers: layers(true) }),
      cured: plan({ ...own, layers: layers(false) }),
    };
  },
  sineOfHalfTheFrequency: () => {
    // Sixteen steps of a sine tell where it stands, and not whether the slower one is above or below zero.
    const chunks = many(160, (n) => many(16, (t) => 16 * n + t));
    return {
      source:
        "https://stats.stackexchange.com/questions/220307/rnn-learning-sine-waves-of-different-frequencies",
      codes: ["targets_not_matching_inputs", "nothing_to_learn", "state_never_carried"],
      sick: plan({
        x: chunks.map((steps) => steps.map((t) => [Math.sin(t / 2)])),
        y: chunks.map((steps) => steps.map((t) => [Math.sin(t / 4)])),
        layers: () => [lstm({ units: 32, returnSequences: true, inputShape: [16, 1] }), dense({ units: 1 })],
        batchSize: 16,
        rate: 0.01,
        epochs: 15,
      }),
    };
  },
  oneTuneByHeart: () => {
    const uniform = uniformOf(245);
    let chord = 0;
    const tune = many(150, () => (chord = (chord + [3, 5, 7, 1][Math.floor(4 * uniform())]!) % 24));
    const { x, y } = nextLetters(tune, 15);
    const own = { loss: "categoricalCrossentropy", optimizer: "rmsprop", held: 0.22 };
    return {
      source: "https://github.com/jisungk/deepjazz/issues/19",
      codes: ["overfitting", "insufficient_data"],
      sick: plan({
        ...own,
        x: x.map((row) => row.map((note) => many(24, (k) => +(k === note)))),
        y: y.map((note) => many(24, (k) => +(k === note))),
        layers: () => [
          lstm({ units: 48, returnSequences: true, inputShape: [15, 24] }),
          dropout({ rate: 0.2 }),
          lstm({ units: 48 }),
          dropout({ rate: 0.2 }),
          softmaxOf(24),
        ],
        rate: 0.003,
        epochs: 60,
      }),
    };
  },
  signalsTurnedRound: () => {
    const [uniform, normal] = [uniformOf(246), noiseOf(247)];
    const y = many(400, () => Math.floor(4 * uniform()));
    const x = y.map((label) => {
      const phase = 6 * uniform();
      return many(32, (t) => [
        Math.cos(phase + 0.25 * (label + 1) * t) + 0.4 * normal(),
        Math.sin(phase + 0.25 * (label + 1) * t) + 0.4 * normal(),
      ]);
    });
    const own = { y, loss: "sparseCategoricalCrossentropy", epochs: 20 };
    return {
      source: "https://github.com/titu1994/LSTM-FCN/issues/6",
      codes: ["time_and_features_swapped"],
      sick: plan({
        ...own,
        x: turned(x),
        layers: oneLstm(32, [2, 32], softmaxOf(4)),
        rate: 0.003,
        epochs: 40,
      }),
      cured: plan({ ...own, x, layers: oneLstm(32, [32, 2], softmaxOf(4)), rate: 0.01 }),
    };
  },
  thirtyForAdam: () => {
    const { x, y } = nextLetters(spelt(248, 600, 18), 10);
    const layers = () => [
      embedding({ inputDim: 18, outputDim: 12, inputShape: [10] }),
      gru({ units: 24 }),
      softmaxOf(18),
    ];
    const own = { x, y, layers, loss: "sparseCategoricalCrossentropy" };
    return {
      source: "https://github.com/salesforce/awd-lstm-lm/issues/50",
      codes: ["learning_rate_too_high", "nan_in_loss"],
      sick: plan({ ...own, rate: 30, epochs: 5 }),
      cured: plan({ ...own, rate: 0.005, epochs: 15 }),
    };
  },
  gapsAmongTheTargets: () => {
    const [uniform, values] = [uniformOf(249), scaled(wave(520, 250))];
    const { x, y } = cut(values, 20);
    return {
      source: "https://github.com/Nixtla/neuralforecast/issues/186",
      codes: ["missing_values"],
      sick: plan({
        x,
        y: y.map((value) => (uniform() < 0.04 ? Number.NaN : value)),
        layers: oneLstm(16, [20, 1]),
        epochs: 5,
      }),
      cured: plan({ x, y, layers: oneLstm(16, [20, 1]), rate: 0.01 }),
    };
  },
  closeOfTheSameDay: () => {
    const normal = noiseOf(251);
    let away = 0;
    const closes = many(520, (t) => {
      away = 0.8 * away + normal();
      return away + Math.sin(t / 6);
    });
    const rows = scaled(closes).map((close) => [close + 0.3 * normal(), normal(), close]);
    const of = (ahead: number) => ({
      x: many(495, (n) => rows.slice(n, n + 22)),
      y: many(495, (n) => rows[n + 21 + ahead]![2]!),
    });
    const own = { layers: oneLstm(24, [22, 3]), rate: 0.005, epochs: 12 };
    return {
      source: "https://github.com/BenjiKCF/Neural-Net-with-Financial-Time-Series-Data/issues/16",
      codes: ["target_leaks_from_input"],
      sick: plan({ ...own, ...of(0) }),
      cured: plan({ ...own, ...of(1) }),
    };
  },
};
