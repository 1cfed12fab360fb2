import { dense, dropout, embedding, flatten, lstm, repeatVector } from "../../../src/index.js";
import { nextLetters, plant, sentences, spelt, turned } from "./made-data.js";
import { cut, noiseOf, oneLstm, plan, type Question, scaled, uniformOf, wave } from "./question.js";

const softmaxOf = (units: number) => dense({ units, activation: "softmax" });
const sigmoidOf = (units: number) => dense({ units, activation: "sigmoid" });
const oneHot = (width: number, k: number): number[] => Array.from({ length: width }, (_, i) => +(i === k));
const many = <T>(n: number, make: (i: number) => T): T[] => Array.from({ length: n }, (_, i) => make(i));

/** Questions of issue trackers and forums, looked for when the rules of those before were settled: the part that was looked at. */
export const metInForums: Readonly<Record<string, () => Question>> = {
  noAccuracyOfReadings: () => {
    const normal = noiseOf(201);
    const load = scaled(wave(520, 202, 0.2));
    const rows = load.map((value, t) => [
      value,
      Math.sin(t / 40) + 0.2 * normal(),
      0.5 * value + 0.5 * normal(),
    ]);
    const x = many(505, (n) => rows.slice(n, n + 15));
    const y = many(505, (n) => load[n + 15]!);
    const layers = () => [
      lstm({ units: 24, returnSequences: true, inputShape: [15, 3] }),
      dropout({ rate: 0.2 }),
      flatten(),
      dense({ units: 1 }),
    ];
    const own = { x, y, layers, optimizer: "rmsprop", rate: 0.003, batchSize: 30 };
    return {
      source: "https://github.com/anayebi/keras-extra/issues/16",
      codes: ["metric_does_not_fit"],
      sick: plan({ ...own, more: { metrics: ["accuracy"], shuffle: false } }),
      cured: plan({ ...own, more: { metrics: ["mae"] } }),
    };
  },
  sensorsWhereStepsBelong: () => {
    const { x, y } = plant(203, 500, 20, 12, 5);
    const own = { y, loss: "sparseCategoricalCrossentropy", rate: 0.005 };
    const layers = (shape: number[]) => () => [
      lstm({ units: 32, inputShape: shape, returnSequences: true }),
      lstm({ units: 16 }),
      softmaxOf(5),
    ];
    return {
      source: "https://github.com/mrunal46/TEP-Fault-Detection/issues/2",
      codes: ["time_and_features_swapped"],
      sick: plan({ ...own, x: turned(x), layers: layers([12, 20]) }),
      cured: plan({ ...own, x, layers: layers([20, 12]) }),
    };
  },
  probabilitiesOfNearlyNothing: () => {
    const [uniform, normal] = [uniformOf(204), noiseOf(205)];
    const y = many(500, () => (uniform() < 0.5 ? 0 : 1));
    const logs = y.map((label) =>
      many(8, () => many(6, (f) => -12 + (f < 2 ? 1.2 * (label - 0.5) : 0) + 1.5 * normal())),
    );
    const own = { y, loss: "binaryCrossentropy", rate: 0.003 };
    return {
      source: "https://github.com/keras-team/keras/issues/5604",
      codes: ["unscaled_inputs"],
      sick: plan({
        ...own,
        x: logs.map((rows) => rows.map((row) => row.map(Math.exp))),
        layers: oneLstm(16, [8, 6], sigmoidOf(1)),
        rate: 0.001,
      }),
      cured: plan({
        ...own,
        x: logs.map((rows) => rows.map((row) => row.map((value) => (value + 12) / 1.6))),
        layers: oneLstm(8, [8, 6], sigmoidOf(1)),
        epochs: 8,
      }),
    };
  },
  paddingGuessedRight: () => {
    const { x, y } = sentences(206, 400, 24, 50);
    const layers = (maskZero: boolean) => () => [
      embedding({ inputDim: 50, outputDim: 16, maskZero, inputShape: [24] }),
      lstm({ units: 32, returnSequences: true }),
      softmaxOf(5),
    ];
    const own = { x, y, loss: "sparseCategoricalCrossentropy", more: { metrics: ["accuracy"] } };
    return {
      source: "https://github.com/aneesh-joshi/LSTM_POS_Tagger/issues/8",
      codes: ["padding_counted"],
      sick: plan({ ...own, layers: layers(false), rate: 0.003, epochs: 6 }),
      cured: plan({ ...own, layers: layers(true), rate: 0.01, epochs: 25 }),
    };
  },
  rangeOfAllPrices: () => {
    const normal = noiseOf(207);
    let away = 0;
    const prices = many(620, (t) => {
      away = 0.9 * away + normal();
      return 100 + 0.06 * t + 0.6 * away + 6 * Math.sin(t / 5);
    });
    const ranged = (of: readonly number[]): number[] => {
      const [low, high] = [Math.min(...of), Math.max(...of)];
      return prices.map((value) => (value - low) / (high - low));
    };
    const changes = prices.slice(1).map((value, t) => value - prices[t]!);
    const layers = () => [lstm({ units: 24, inputShape: [25, 1] }), dense({ units: 1 })];
    return {
      source: "https://github.com/mlpack/examples/issues/43",
      codes: ["data_leakage_scaler", "non_stationary_target"],
      sick: plan({ ...cut(ranged(prices), 25), layers, rate: 0.005, epochs: 25 }),
      cured: plan({ ...cut(scaled(changes), 25), layers, rate: 0.005, epochs: 15 }),
    };
  },
  poolsSplitAtRandom: () => {
    // Whether a slow yield will have risen a week ahead: rows of neighbouring days are nearly alike.
    const [uniform, normal] = [uniformOf(208), noiseOf(209)];
    let slow = 0;
    const yields = many(640, () => {
      slow = 0.97 * slow + 0.25 * normal();
      return slow;
    });
    const windows = many(600, (n) => ({
      rows: yields.slice(n, n + 30).map((value) => [value]),
      rises: yields[n + 36]! > yields[n + 29]! ? 1 : 0,
    }));
    const order = windows.map((_, n) => [uniform(), n] as const).sort(([a], [b]) => a - b);
    const of = (all: readonly { rows: number[][]; rises: number }[]) => ({
      x: all.map(({ rows }) => rows),
      y: all.map(({ rises }) => rises),
    });
    const own = { loss: "binaryCrossentropy", rate: 0.003, epochs: 10, held: 0.3 };
    const layers = () => oneLstm(16, [30, 1], sigmoidOf(1));
    return {
      source: "https://github.com/DefiLlama/yield-ml/issues/1",
      codes: ["duplicate_windows_across_split"],
      sick: plan({ ...own, layers: layers(), ...of(order.map(([, n]) => windows[n]!)) }),
      cured: plan({ ...own, layers: layers(), ...of(windows) }),
    };
  },
  cosineThatIsShuffled: () => {
    // A wave told step by step, in four streams; what comes at a step depends on how long ago the last mark was.
    const uniform = uniformOf(210);
    const streams = many(4, () => {
      let since = 20;
      return many(400, () => {
        const mark = uniform() < 0.05;
        since = mark ? 0 : since + 1;
        return { mark: mark ? 1 : 0, level: Math.exp(-since / 12) };
      });
    });
    const chunks = many(80, (n) => streams.map((stream) => stream.slice(5 * n, 5 * n + 5))).flat();
    const own = {
      x: chunks.map((chunk) => chunk.map(({ mark }) => [mark])),
      y: chunks.map((chunk) => chunk.map(({ level }) => [level])),
      layers: () => [
        lstm({ units: 16, returnSequences: true, stateful: true, batchSize: 4, inputShape: [5, 1] }),
        dense({ units: 1 }),
      ],
      batchSize: 4,
      held: 0,
      rate: 0.005,
    };
    return {
      source: "https://github.com/keras-team/keras/issues/1820",
      codes: ["stateful_with_shuffle"],
      sick: plan(own),
      cured: plan({ ...own, more: { shuffle: false } }),
    };
  },
  rateOfOneForWords: () => {
    const { x, y } = nextLetters(spelt(211, 700, 20), 12);
    const layers = () => [
      embedding({ inputDim: 20, outputDim: 16, inputShape: [12] }),
      lstm({ units: 32 }),
      softmaxOf(20),
    ];
    const own = { x, y, layers, loss: "sparseCategoricalCrossentropy", epochs: 12 };
    return {
      source: "https://github.com/rajveermalviya/language-modeling/issues/3",
      codes: ["learning_rate_too_high"],
      sick: plan({ ...own, rate: 1 }),
      cured: plan({ ...own, rate: 0.003 }),
    };
  },
  testLettersSeenInTraining: () => {
    const text = many(640, (t) => ((t * t * 7 + t) % 17) % 11);
    const uniform = uniformOf(212);
    const noisy = text.map((letter) => (uniform() < 0.3 ? Math.floor(11 * uniform()) : letter));
    const { x, y } = nextLetters(noisy, 30);
    const order = y.map((_, n) => [uniform(), n] as const).sort(([a], [b]) => a - b);
    const layers = () => [
      embedding({ inputDim: 11, outputDim: 8, inputShape: [30] }),
      lstm({ units: 24 }),
      softmaxOf(11),
    ];
    const own = { layers, loss: "sparseCategoricalCrossentropy", rate: 0.005, epochs: 10, held: 0.25 };
    return {
      source: "https://github.com/TalwalkarLab/leaf/issues/19",
      codes: ["duplicate_windows_across_split"],
      sick: plan({ ...own, x: order.map(([, n]) => x[n]!), y: order.map(([, n]) => y[n]!) }),
      cured: plan({ ...own, x, y }),
    };
  },
  neverBelowZero: () => {
    const { x, y } = cut(scaled(wave(520, 213, 0.15)), 20);
    return {
      source: "https://stackoverflow.com/questions/60306255/keras-lstm-input-and-output-variable-ranges",
      codes: ["output_activation_range"],
      sick: plan({ x, y, layers: oneLstm(24, [20, 1], sigmoidOf(1)), rate: 0.005 }),
      cured: plan({ x, y, layers: oneLstm(24, [20, 1]), rate: 0.005 }),
    };
  },
  accuracyThatFallsAtOnce: () => {
    const [uniform, normal] = [uniformOf(214), noiseOf(215)];
    const y = many(500, () => (uniform() < 0.5 ? 0 : 1));
    const x = y.map((label) => many(6, () => [normal() + 0.9 * (label - 0.5), normal(), normal()]));
    const own = {
      x,
      y,
      loss: "binaryCrossentropy",
      batchSize: 50,
      held: 0.3,
      more: { metrics: ["accuracy"] },
    };
    return {
      source:
        "https://imathworks.com/cv/solved-why-the-accuracy-of-the-neural-network-is-falling-when-epoch-increases",
      codes: ["loss_activation_mismatch"],
      sick: plan({ ...own, layers: oneLstm(4, [6, 3], dense({ units: 1 })), epochs: 50 }),
      cured: plan({ ...own, layers: oneLstm(4, [6, 3], sigmoidOf(1)), rate: 0.01, epochs: 25 }),
    };
  },
  coinADayAhead: () => {
    const normal = noiseOf(216);
    const coin = scaled(wave(700, 217, 0.2));
    const rows = coin.map((value) => [
      value,
      0.7 * value + 0.7 * normal(),
      normal(),
      0.3 * value + 0.9 * normal(),
    ]);
    const [x, y] = [many(672, (n) => rows.slice(n + 3, n + 4)), many(672, (n) => coin[n + 27]!)];
    const long = { x: many(650, (n) => rows.slice(n, n + 26)), y: many(650, (n) => coin[n + 26]!) };
    return {
      source:
        "https://datascience.stackexchange.com/questions/76826/why-are-predictions-from-my-lstm-neural-network-lagging-behind-true-values",
      codes: ["window_length_one", "learning_rate_too_low"],
      sick: plan({ x, y, layers: oneLstm(16, [1, 4]), loss: "mae", rate: 0.00004, batchSize: 2, epochs: 5 }),
      cured: plan({ ...long, layers: oneLstm(16, [26, 4]), loss: "mae", rate: 0.005 }),
    };
  },
  zeroForEachPeptide: () => {
    const uniform = uniformOf(218);
    const x = many(400, () => many(12, () => 1 + Math.floor(20 * uniform())));
    const y = x.map((row) => 0.1 + row.reduce((sum, token) => sum + (token % 5), 0) / 48);
    const layers = (head: ReturnType<typeof dense>) => () => [
      embedding({ inputDim: 21, outputDim: 8, inputShape: [12] }),
      lstm({ units: 16 }),
      head,
    ];
    const own = { x, y, rate: 0.005, epochs: 25 };
    return {
      source: "https://github.com/ProteomicsML/ProteomicsML/pull/203",
      codes: ["dying_relu", "output_activation_range"],
      sick: plan({
        ...own,
        layers: layers(dense({ units: 1, activation: "relu" })),
        more: {
          // An unlucky beginning: the sum is below zero for each sequence.
          tamper: (model) => {
            const weights = model.getWeights();
            (weights.at(-1)!.data as Float32Array).fill(-2);
            model.setWeights(weights);
          },
        },
      }),
      cured: plan({ ...own, layers: layers(dense({ units: 1 })) }),
    };
  },
  classAmongTheColumns: () => {
    const [uniform, normal] = [uniformOf(219), noiseOf(220)];
    const isFraud = many(600, () => (uniform() < 0.3 ? 1 : 0));
    const amounts = isFraud.map((fraud) => many(5, () => many(4, () => normal() + 0.4 * fraud)));
    const own = { y: isFraud, loss: "binaryCrossentropy", rate: 0.003, epochs: 8 };
    return {
      source: "https://github.com/Apress/beginning-anomaly-detection-using-python-based-dl/issues/1",
      codes: ["target_leaks_from_input"],
      sick: plan({
        ...own,
        x: amounts.map((rows, n) => rows.map((row) => [...row, isFraud[n]!])),
        layers: oneLstm(12, [5, 5], sigmoidOf(1)),
      }),
      cured: plan({ ...own, x: amounts, layers: oneLstm(12, [5, 4], sigmoidOf(1)) }),
    };
  },
  oneUnitForSixClasses: () => {
    const { x, y } = plant(221, 500, 12, 7, 6);
    const own = { x, y, loss: "sparseCategoricalCrossentropy", rate: 0.005 };
    return {
      source: "https://github.com/keras-team/keras/issues/1261",
      codes: ["softmax_with_one_unit", "index_out_of_range"],
      sick: plan({ ...own, layers: oneLstm(24, [12, 7], softmaxOf(1)) }),
      cured: plan({ ...own, layers: oneLstm(24, [12, 7], softmaxOf(6)) }),
    };
  },
  fourFifthsDropped: () => {
    const { x, y } = nextLetters(spelt(222, 800, 15), 10);
    const layers = (rate: number) => () => [
      embedding({ inputDim: 15, outputDim: 12, inputShape: [10] }),
      lstm({ units: 32, returnSequences: true }),
      dropout({ rate }),
      lstm({ units: 32 }),
      dropout({ rate }),
      softmaxOf(15),
    ];
    const own = { x, y, loss: "sparseCategoricalCrossentropy", rate: 0.005 };
    return {
      source: "https://github.com/karpathy/char-rnn/issues/160",
      codes: ["dropout_too_high"],
      sick: plan({ ...own, layers: layers(0.85) }),
      cured: plan({ ...own, layers: layers(0.2), epochs: 12 }),
    };
  },
  categoriesLearntByHeart: () => {
    const [uniform, normal] = [uniformOf(223), noiseOf(224)];
    const y = many(160, () => (uniform() < 0.5 ? 0 : 1));
    const x = y.map((label) =>
      many(20, () => many(3, (f) => normal() + (f === 0 ? 0.35 * (label - 0.5) : 0))),
    );
    const own = { x, y, loss: "sparseCategoricalCrossentropy", held: 0.4 };
    return {
      source: "https://github.com/tflearn/tflearn/issues/105",
      codes: ["overfitting"],
      sick: plan({ ...own, layers: oneLstm(48, [20, 3], softmaxOf(2)), rate: 0.003, epochs: 60 }),
    };
  },
  zerosBehindRectifiers: () => {
    const uniform = uniformOf(225);
    const x = many(240, () => many(50, () => [2 * uniform(), 2 * uniform()]));
    const y = x.map((rows) => {
      let level = 0;
      return rows.map(([a, b]) => {
        level = 0.7 * level + a! * b!;
        return [level];
      });
    });
    const layers = (activation: "relu" | "tanh", out: "relu" | "linear") => () => [
      lstm({ units: 48, activation, returnSequences: true, inputShape: [50, 2] }),
      lstm({ units: 24, activation, returnSequences: true }),
      dense({ units: 1, activation: out }),
    ];
    return {
      source: "https://github.com/keras-team/keras/issues/3687",
      codes: ["activation_not_for_recurrence", "dying_relu", "learning_rate_too_high"],
      sick: plan({
        x,
        y,
        layers: layers("relu", "relu"),
        more: { optimizer: { name: "sgd", config: { learningRate: 0.01, momentum: 0.99, nesterov: true } } },
      }),
      cured: plan({ x, y, layers: layers("tanh", "linear"), rate: 0.003, epochs: 25 }),
    };
  },
  sixteenAtATime: () => {
    const { x, y } = nextLetters(spelt(226, 500, 12), 8);
    const layers = () => [
      embedding({ inputDim: 12, outputDim: 12, inputShape: [8] }),
      lstm({ units: 24 }),
      softmaxOf(12),
    ];
    const own = { x, y, layers, loss: "sparseCategoricalCrossentropy", optimizer: "sgd" };
    return {
      source: "https://github.com/LiyuanLucasLiu/LM-LSTM-CRF/issues/23",
      codes: ["learning_rate_too_low", "underfitting_stopped_early"],
      sick: plan({ ...own, rate: 0.005, batchSize: 16 }),
      cured: plan({ ...own, optimizer: "adam", rate: 0.01, batchSize: 16 }),
    };
  },
  sumOfTwoAsDigits: () => {
    // Two numbers as digits, their sum as digits: an encoder, its state repeated, a decoder; and a rate of a tenth.
    const uniform = uniformOf(227);
    const pairs = many(700, () => [Math.floor(10 * uniform()), Math.floor(10 * uniform())] as const);
    const x = pairs.map(([a, b]) => [oneHot(11, a), oneHot(11, 10), oneHot(11, b)]);
    const y = pairs.map(([a, b]) => [oneHot(11, Math.floor((a + b) / 10)), oneHot(11, (a + b) % 10)]);
    const layers = () => [
      lstm({ units: 32, inputShape: [3, 11] }),
      repeatVector({ n: 2 }),
      lstm({ units: 32, returnSequences: true }),
      softmaxOf(11),
    ];
    const own = { x, y, layers, loss: "categoricalCrossentropy" };
    return {
      source: "https://github.com/harvardnlp/seq2seq-attn/issues/80",
      codes: ["learning_rate_too_high"],
      sick: plan({ ...own, rate: 0.5 }),
      cured: plan({ ...own, rate: 0.01, epochs: 25 }),
    };
  },
};
