import { dense, lstm } from "../../../src/index.js";
import { cut, noiseOf, oneLstm, plan, type Question, scaled, uniformOf, wave } from "./question.js";

/** Questions that were written down and not looked at until the rules were settled. */
export const keptAside: Readonly<Record<string, () => Question>> = {
  longSequencesWithoutClipping: () => {
    const { x, y } = cut(scaled(wave(420, 61)), 80);
    const layers = (gain: number) => () => [
      lstm({
        units: 24,
        activation: "linear",
        recurrentInitializer: { name: "orthogonal", config: { gain } },
        inputShape: [80, 1],
      }),
      dense({ units: 1 }),
    ];
    return {
      source: "https://github.com/Marcovaldong/lstmp.pytorch/issues/2",
      codes: ["exploding_gradients", "nan_in_loss", "activation_not_for_recurrence"],
      sick: plan({ x, y, layers: layers(2.5), optimizer: "sgd", rate: 0.05, epochs: 5 }),
      cured: plan({
        x,
        y,
        layers: oneLstm(24, [80, 1]),
        rate: 0.01,
        more: { optimizer: { name: "adam", config: { learningRate: 0.01, globalClipnorm: 1 } } },
      }),
    };
  },
  sensorsAsTheyCome: () => {
    const normal = noiseOf(62);
    const rows = Array.from({ length: 500 }, (_, t) => {
      const wear = (t % 100) / 100;
      return [
        518 + 3 * wear + 0.4 * normal(),
        1580 + 25 * wear + 4 * normal(),
        9040 + 40 * wear + 9 * normal(),
      ];
    });
    const life = rows.map((_, t) => 100 - (t % 100));
    const columns = [0, 1, 2].map((f) => scaled(rows.map((row) => row[f]!)));
    const standard = rows.map((_, t) => columns.map((column) => column[t]!));
    const of = (from: readonly (readonly number[])[], y: readonly number[]) => ({
      x: Array.from({ length: 485 }, (_, n) => from.slice(n, n + 15).map((row) => [...row])),
      y: y.slice(14, 499),
    });
    return {
      source: "https://github.com/austineaero/Remaining-Useful-Life-RUL-Estimation/issues/19",
      codes: ["unscaled_inputs", "unscaled_target"],
      sick: plan({ ...of(rows, life), layers: oneLstm(32, [15, 3]) }),
      cured: plan({ ...of(standard, scaled(life)), layers: oneLstm(32, [15, 3]), rate: 0.01 }),
    };
  },
  mostlyNull: () => {
    const [uniform, normal] = [uniformOf(63), noiseOf(64)];
    const y = Array.from({ length: 1000 }, () => {
      const u = uniform();
      return u < 0.8 ? 2 : u < 0.85 ? 0 : u < 0.9 ? 1 : u < 0.95 ? 3 : 4;
    });
    const x = y.map((label) =>
      Array.from({ length: 12 }, (_, t) => [Math.sin(0.4 * (label + 1) * t) + 1.5 * normal()]),
    );
    const counts = [0, 1, 2, 3, 4].map((label) => y.filter((value) => value === label).length);
    const classWeight = Object.fromEntries(counts.map((count, label) => [label, y.length / (5 * count)]));
    const own = {
      x,
      y,
      layers: oneLstm(24, [12, 1], dense({ units: 5, activation: "softmax" })),
      loss: "sparseCategoricalCrossentropy",
    };
    return {
      source:
        "https://stats.stackexchange.com/questions/345126/lstm-inbalanced-output-classification-swamps-other-classifications",
      codes: ["class_imbalance"],
      sick: plan({ ...own, epochs: 10 }),
      cured: plan({
        ...own,
        layers: oneLstm(24, [12, 1], dense({ units: 5, activation: "softmax" })),
        rate: 0.005,
        epochs: 25,
        more: { classWeight },
      }),
    };
  },
  shakingLoss: () => {
    const data = cut(scaled(wave(500, 65, 0.2)), 24);
    const layers = () => [
      lstm({ units: 40, returnSequences: true, inputShape: [24, 1] }),
      lstm({ units: 20 }),
      dense({ units: 1 }),
    ];
    return {
      source: "https://github.com/tflearn/tflearn/issues/441",
      codes: ["learning_rate_too_high"],
      sick: plan({ ...data, layers, rate: 0.5, epochs: 12 }),
      cured: plan({ ...data, layers, rate: 0.005, epochs: 12 }),
    };
  },
  shuffledSplit: () => {
    const uniform = uniformOf(66);
    const { x, y } = cut(scaled(wave(500, 66, 0.3)), 20);
    const order = y.map((_, i) => [uniform(), i] as const).sort(([a], [b]) => a - b);
    const [shuffledX, shuffledY] = [order.map(([, i]) => x[i]!), order.map(([, i]) => y[i]!)];
    return {
      source: "https://github.com/yuxiangalvin/DeepLOB-Model-Implementation-Project/issues/1",
      codes: ["duplicate_windows_across_split"],
      sick: plan({ x: shuffledX, y: shuffledY, layers: oneLstm(24, [20, 1]), rate: 0.01 }),
      cured: plan({ x, y, layers: oneLstm(24, [20, 1]), rate: 0.01 }),
    };
  },
  scalerOfTheWhole: () => {
    const load = wave(560, 67).map((value, t) => 40 + 6 * value + (t > 400 ? 5 : 0));
    const mean = load.reduce((a, b) => a + b, 0) / load.length;
    const std = Math.sqrt(load.reduce((sum, value) => sum + (value - mean) ** 2, 0) / load.length);
    return {
      source: "https://github.com/daxin007/ARMD/issues/5",
      codes: ["data_leakage_scaler"],
      sick: plan({
        ...cut(
          load.map((value) => (value - mean) / std),
          20,
        ),
        layers: oneLstm(24, [20, 1]),
        rate: 0.01,
      }),
      cured: plan({ ...cut(scaled(wave(560, 67)), 20), layers: oneLstm(24, [20, 1]), rate: 0.01 }),
    };
  },
  twentyAnswersToOne: () => {
    const count = Array.from({ length: 200 }, (_, t) => t / 100 - 1);
    const { x, y } = cut(count, 10);
    return {
      source:
        "https://discuss.pytorch.org/t/in-a-number-sequence-1-2-3-4-estimate-the-next-number-using-lstm/202270",
      codes: ["label_shape_mismatch"],
      sick: plan({ x, y, layers: oneLstm(20, [10, 1], dense({ units: 20 })) }),
    };
  },
  shiftedTheWrongWay: () => {
    const values = scaled(wave(500, 68, 0.3));
    const { x, y } = cut(values, 15);
    const past = x.map((rows) => rows.at(-2)![0]!);
    return {
      source: "https://github.com/KIC/pandas-ml-quant/issues/25",
      codes: ["target_leaks_from_input"],
      sick: plan({ x, y: past, layers: oneLstm(24, [15, 1]), rate: 0.01 }),
      cured: plan({ x, y, layers: oneLstm(24, [15, 1]), rate: 0.01 }),
    };
  },
};
