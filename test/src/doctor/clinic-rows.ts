import {
  fromRows,
  type Plan,
  protocol,
  type Shape,
  standardised,
  windowsOf,
} from "../../../bench/faults/patient.js";
import { autoregressive, mulberry32, normalOf, sineMix } from "../../../bench/faults/series.js";
import { announcements, latchPlan, signOfSum } from "../../../bench/faults/tasks.js";
import {
  activation,
  constant,
  dense,
  dropout,
  earlyStopping,
  lstm,
  type Sequential,
} from "../../../src/index.js";

/** The clinic's rows: one fault, its generator, and the same without the fault. */
export interface Row {
  readonly code: string;
  readonly name: string;
  readonly sick: Plan;
  readonly cured: Plan;
  /** The fault shows in training alone. */
  readonly needsTraining?: boolean;
}

const shape: Shape = { window: 20, units: 24, learningRate: 0.01, epochs: 25, seed: 1, isTrained: true };
const sine = sineMix(500, 1);
const healthy = protocol(sine, shape);
const rows = (values: readonly number[]): number[][] => values.map((value) => [value]);
const adam = (learningRate: number): Plan["optimizer"] => ({ name: "adam", config: { learningRate } });

function minMax(values: readonly number[], train: number): number[] {
  const part = values.slice(0, train);
  const [low, high] = [Math.min(...part), Math.max(...part)];
  return values.map((value) => (value - low) / (high - low));
}

function permuted(values: readonly number[], seed: number): number[] {
  const uniform = mulberry32(seed);
  const result = [...values];
  for (let i = result.length - 1; i > 0; i--) {
    const j = Math.floor(uniform() * (i + 1));
    [result[i], result[j]] = [result[j]!, result[i]!];
  }
  return result;
}

const recurrent = (change: (data: Float32Array, name: string) => Float32Array) => (model: Sequential) =>
  model.setWeights(
    model.getWeights().map((weight) => ({
      ...weight,
      data: weight.name.startsWith("lstm")
        ? change(Float32Array.from(weight.data), weight.name)
        : weight.data,
    })),
  );

const uniform11 = mulberry32(11);
const second = sine.map(() => 500 + 1000 * uniform11());
const scaledSecond = standardised(second, 400);
const spikes = Array.from({ length: 500 }, (_, t) => (t % 12 === 0 ? 1 : 0));
const ar5 = autoregressive(500, 5, 0.6);
const trend4 = sineMix(500, 4).map((value, t) => value + 0.05 * t);
const trend6 = sineMix(500, 6).map((value, t) => value + 0.02 * t);
const uniform31 = mulberry32(31);
const gaps = sine.map((value) => (uniform31() < 0.05 ? Number.NaN : value));
const uniform71 = mulberry32(71);
const spiked = sine.map((value) => (uniform71() < 0.02 ? value + (uniform71() < 0.5 ? -200 : 200) : value));
const threeSines = Array.from(
  { length: 500 },
  (_, t) =>
    Math.sin((2 * Math.PI * t) / 25) +
    Math.sin((2 * Math.PI * t) / 7.3) +
    Math.sin((2 * Math.PI * t) / 3.7 + 1),
);
const ar61 = rows(autoregressive(160, 61, 0.6));
const overfit: Plan = (() => {
  const train = windowsOf(ar61, 15, 0, 65);
  const held = windowsOf(ar61, 15, 50, 110);
  return {
    ...fromRows(ar61, { ...shape, window: 15, units: 96, epochs: 150 }),
    ...train,
    validation: [held.x, held.y],
  };
})();
const latch = (forgetBias: number): Plan =>
  latchPlan({ n: 768, timesteps: 60, forgetBias, units: 24, epochs: 25, seed: 21, isTrained: true });
const chunks = announcements(51, 4, 60, 5);
const carried = (stateful: boolean, shuffle: boolean): Plan => ({
  ...chunks,
  layers: () => [
    lstm({
      units: 24,
      returnSequences: true,
      stateful,
      inputShape: [5, 1],
      ...(stateful ? { batchSize: 4 } : {}),
    }),
    dense({ units: 1 }),
  ],
  optimizer: adam(0.01),
  loss: "mse",
  epochs: 25,
  batchSize: 4,
  shuffle,
  seed: 1,
  isTrained: true,
});
const sign = signOfSum(mulberry32(41), 400, 15);
const classifier: Plan = {
  x: sign.x.slice(0, 320),
  y: sign.y.slice(0, 320),
  validation: [sign.x.slice(320), sign.y.slice(320)],
  layers: () => [lstm({ units: 24, inputShape: [15, 1] }), dense({ units: 1, activation: "sigmoid" })],
  optimizer: adam(0.01),
  loss: "binaryCrossentropy",
  epochs: 25,
  batchSize: 32,
  shuffle: true,
  seed: 1,
  isTrained: true,
};
const sgd = (clip: Record<string, number>): Plan["optimizer"] => ({
  name: "sgd",
  config: { learningRate: 0.05, ...clip },
});
const sine3 = sineMix(400, 3);
const normal30 = normalOf(mulberry32(30));
const target = (plan: Plan, change: (value: number) => number): Partial<Plan> => ({
  y: (plan.y as number[]).map(change),
  validation: [plan.validation![0], (plan.validation![1] as number[]).map(change)],
});
const head =
  (units: number, bias: number): Plan["layers"] =>
  () => [
    lstm({ units: 24, inputShape: [20, 1] }),
    dense({ units, activation: "relu", biasInitializer: constant({ value: bias }) }),
    dense({ units: 1 }),
  ];

export const clinic: readonly Row[] = [
  {
    code: "unscaled_inputs",
    name: "one feature a thousand times larger",
    sick: fromRows(
      sine.map((v, t) => [v, second[t]!]),
      shape,
    ),
    cured: fromRows(
      sine.map((v, t) => [v, scaledSecond[t]!]),
      shape,
    ),
  },
  {
    code: "unscaled_target",
    name: "mean 5000, standard deviation 1000",
    sick: { ...healthy, ...target(healthy, (v) => 5000 + 1200 * v), optimizer: adam(0.001) },
    cured: healthy,
  },
  {
    code: "unscaled_target",
    name: "inputs and target raw",
    sick: { ...fromRows(rows(sine.map((v) => 5000 + 1200 * v)), shape), optimizer: adam(0.001) },
    cured: healthy,
  },
  {
    code: "window_length_one",
    name: "one time step",
    sick: protocol(sine, { ...shape, window: 1 }),
    cured: healthy,
  },
  {
    code: "window_shorter_than_period",
    name: "a spike every 12 steps, window 5",
    sick: fromRows(rows(spikes), { ...shape, window: 5 }),
    cured: fromRows(rows(spikes), { ...shape, window: 14 }),
  },
  {
    code: "target_leaks_from_input",
    name: "the target is the window's last value",
    sick: { ...fromRows(rows(ar5), { ...shape, window: 10 }), ...leaking(ar5) },
    cured: fromRows(rows(ar5), { ...shape, window: 10 }),
  },
  {
    code: "targets_not_matching_inputs",
    name: "targets permuted",
    sick: { ...healthy, y: permuted(healthy.y as number[], 9) },
    cured: healthy,
  },
  {
    code: "learning_rate_too_high",
    name: "adam at 3",
    sick: { ...healthy, optimizer: adam(3) },
    cured: healthy,
  },
  {
    code: "learning_rate_too_low",
    name: "adam at 1e-6",
    sick: { ...healthy, optimizer: adam(1e-6) },
    cured: healthy,
  },
  {
    code: "saturated_gates",
    name: "weights of N(0, 30²)",
    sick: { ...healthy, tamper: recurrent((data) => data.map(() => 30 * normal30())) },
    cured: healthy,
  },
  {
    code: "symmetric_or_zero_initialisation",
    name: "zeros everywhere",
    sick: {
      ...healthy,
      tamper: (model) =>
        model.setWeights(model.getWeights().map((w) => ({ ...w, data: new Float32Array(w.data.length) }))),
    },
    cured: healthy,
  },
  {
    code: "saturated_gates",
    name: "input and output gates closed",
    sick: {
      ...healthy,
      tamper: recurrent((data, name) =>
        name.endsWith("/bias") ? data.fill(-12, 0, 24).fill(-12, 72) : data,
      ),
    },
    cured: healthy,
  },
  {
    code: "exploding_gradients",
    name: "linear activation, recurrent weights tripled",
    sick: {
      ...protocol(sine3, { ...shape, window: 60 }),
      optimizer: sgd({}),
      layers: () => [lstm({ units: 24, activation: "linear", inputShape: [60, 1] }), dense({ units: 1 })],
      tamper: recurrent((data, name) => (name.endsWith("recurrent_kernel") ? data.map((v) => 3 * v) : data)),
    },
    cured: { ...protocol(sine3, { ...shape, window: 60 }), optimizer: sgd({ globalClipnorm: 1 }) },
  },
  { code: "vanishing_gradients", name: "forget bias -2 over 60 steps", sick: latch(-2), cured: latch(4) },
  {
    code: "truncation_shorter_than_dependency",
    name: "cut every 10 steps",
    sick: { ...latch(4), truncate: 10 },
    cured: latch(4),
  },
  { code: "missing_values", name: "5 % missing", sick: fromRows(rows(gaps), shape), cured: healthy },
  {
    code: "non_stationary_target",
    name: "linear trend",
    sick: fromRows(rows(minMax(trend4, 400)), shape),
    cured: protocol(
      trend4.slice(1).map((v, t) => v - trend4[t]!),
      shape,
    ),
  },
  {
    code: "softmax_with_one_unit",
    name: "dense(1, softmax)",
    sick: {
      ...classifier,
      layers: () => [
        lstm({ units: 24, inputShape: [15, 1] }),
        dense({ units: 1 }),
        activation({ activation: "softmax" }),
      ],
    },
    cured: classifier,
  },
  {
    code: "output_activation_range",
    name: "a sigmoid for standardised targets",
    sick: {
      ...healthy,
      layers: () => [lstm({ units: 24, inputShape: [20, 1] }), dense({ units: 1, activation: "sigmoid" })],
    },
    cured: healthy,
  },
  {
    code: "constant_target",
    name: "0.7 everywhere",
    sick: { ...healthy, ...target(healthy, () => 0.7) },
    cured: healthy,
  },
  {
    code: "data_leakage_scaler",
    name: "scaler fitted on all",
    sick: fromRows(rows(standardised(trend6, 500)), shape),
    cured: protocol(trend6, shape),
  },
  {
    code: "constant_feature",
    name: "0/0 after scaling",
    sick: fromRows(
      sine.map((v) => [v, Number.NaN]),
      shape,
    ),
    cured: fromRows(
      sine.map((v) => [v, 0]),
      shape,
    ),
  },
  {
    code: "stateful_with_shuffle",
    name: "chunks in random order",
    sick: carried(true, true),
    cured: carried(true, false),
    needsTraining: true,
  },
  {
    code: "state_never_carried",
    name: "chunks without stateful",
    sick: carried(false, false),
    cured: carried(true, false),
  },
  {
    code: "insufficient_capacity",
    name: "one unit for three sines",
    sick: protocol(threeSines, { ...shape, window: 30, units: 1 }),
    cured: protocol(threeSines, { ...shape, window: 30, units: 32 }),
  },
  {
    code: "overfitting",
    name: "96 units for 50 windows",
    sick: overfit,
    needsTraining: true,
    cured: {
      ...overfit,
      layers: () => [lstm({ units: 8, inputShape: [15, 1] }), dropout({ rate: 0.2 }), dense({ units: 1 })],
      callbacks: () => [earlyStopping({ monitor: "val_loss", patience: 10, restoreBestWeights: true })],
    },
  },
  {
    code: "stacked_lstm_needs_return_sequences",
    name: "two stacked",
    sick: {
      ...healthy,
      layers: () => [lstm({ units: 16, inputShape: [20, 1] }), lstm({ units: 16 }), dense({ units: 1 })],
    },
    cured: {
      ...healthy,
      layers: () => [
        lstm({ units: 16, returnSequences: true, inputShape: [20, 1] }),
        lstm({ units: 16 }),
        dense({ units: 1 }),
      ],
    },
  },
  {
    code: "label_shape_mismatch",
    name: "two labels for one unit",
    sick: { ...healthy, y: (healthy.y as number[]).map((v) => [v, v]) },
    cured: { ...healthy, y: (healthy.y as number[]).map((v) => [v]) },
  },
  {
    code: "weight_decay_too_high",
    name: "adamw with decay 50",
    sick: { ...healthy, optimizer: { name: "adamw", config: { learningRate: 0.01, weightDecay: 50 } } },
    cured: { ...healthy, optimizer: { name: "adamw", config: { learningRate: 0.01, weightDecay: 0.004 } } },
  },
  {
    code: "outliers",
    name: "2 % of ±200",
    sick: protocol(spiked, shape),
    cured: protocol(clipped(spiked), shape),
  },
  {
    code: "dying_relu",
    name: "relu below zero",
    sick: { ...healthy, layers: head(16, -10) },
    cured: { ...healthy, layers: head(16, 0) },
  },
];

function leaking(values: readonly number[]): Partial<Plan> {
  const leak = (from: number, count: number): number[] =>
    Array.from({ length: count }, (_, i) => values[from + i + 9]!);
  return {
    y: leak(0, 390),
    validation: [fromRows(rows(values), { ...shape, window: 10 }).validation![0], leak(390, 100)],
  };
}

/** Robust scaling (median, interquartile range of the training part), clipped to ±3. */
function clipped(values: readonly number[]): number[] {
  const sorted = values.slice(0, 400).toSorted((a, b) => a - b);
  const [low, middle, high] = [sorted[100]!, sorted[200]!, sorted[300]!];
  return values.map((value) => Math.max(-3, Math.min(3, (value - middle) / (high - low))));
}
