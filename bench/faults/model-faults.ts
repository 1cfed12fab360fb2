import { activation, constant, dense, dropout, earlyStopping, lstm, simpleRNN } from "../../src/index.js";
import {
  body,
  changed,
  type Fault,
  onlyRecurrent,
  setAll,
  setOne,
  shapeOf,
  signPlan,
  withHead,
} from "./fault.js";
import { fromRows, type Plan, protocol, standardised, windowsOf } from "./patient.js";
import {
  autoregressive,
  between,
  drawRegular,
  mulberry32,
  normalOf,
  pick,
  sineMix,
  whole,
} from "./series.js";
import { latchPlan } from "./tasks.js";

/** Faults of model and training, with generators that draw series, sizes and degree. */
export const modelFaults: Readonly<Record<string, Fault>> = {
  learning_rate_too_high: changed(
    (_plan, uniform) => ({
      optimizer: pick(uniform, [
        { name: "adam", config: { learningRate: between(uniform, 0.7, 5) } },
        { name: "adam", config: { learningRate: 10 ** between(uniform, -0.5, 0.5) } },
        { name: "rmsprop", config: { learningRate: between(uniform, 0.7, 3) } },
      ]),
    }),
    { regular: true },
  ),
  learning_rate_too_low: changed(
    (_plan, uniform) => ({
      optimizer: {
        name: pick(uniform, ["adam", "adam", "nadam", "sgd"]),
        config: { learningRate: 10 ** between(uniform, -7, -5.3) },
      },
    }),
    { regular: true },
  ),
  saturated_gates: changed(
    (_plan, uniform) => {
      const normal = normalOf(mulberry32(whole(uniform, 1, 1e6)));
      const spread = between(uniform, 12, 40);
      const bias = between(uniform, -14, -9);
      return uniform() < 0.5
        ? { tamper: (model) => onlyRecurrent(model, (_name, data) => data.map(() => spread * normal())) }
        : {
            tamper: (model) =>
              onlyRecurrent(model, (name, data, units) =>
                name.endsWith("/bias") ? data.fill(bias, 0, units).fill(bias, 3 * units) : data,
              ),
          };
    },
    { regular: true, isLstm: true },
  ),
  symmetric_or_zero_initialisation: changed(
    (_plan, uniform) => {
      const value = pick(uniform, [0, 0, between(uniform, 0.01, 0.3)]);
      return { tamper: (model) => setAll(model, () => value) };
    },
    { regular: true, isLstm: true },
  ),
  exploding_gradients: (uniform, part, isTrained) => {
    const { values } = drawRegular(uniform, part, 400);
    const shape = shapeOf(uniform, isTrained, { window: whole(uniform, 40, 60) });
    const scale = between(uniform, 2, 4);
    const plan = protocol(values, shape);
    const cell = pick(uniform, [lstm, simpleRNN]);
    const sgd = { name: "sgd", config: { learningRate: 0.05 } };
    const sick: Plan = {
      ...plan,
      optimizer: sgd,
      layers: () => [
        cell({ units: shape.units, activation: "linear", inputShape: [shape.window, 1] }),
        dense({ units: 1 }),
      ],
      tamper: (model) =>
        model.setWeights(
          model.getWeights().map((weight) => ({
            ...weight,
            data: weight.name.endsWith("recurrent_kernel")
              ? Float32Array.from(weight.data, (value) => scale * value)
              : weight.data,
          })),
        ),
    };
    const twin: Plan = {
      ...plan,
      optimizer: { name: "sgd", config: { learningRate: 0.05, globalClipnorm: 1 } },
    };
    return { sick, twin };
  },
  vanishing_gradients: (uniform, part, isTrained) => {
    const base = {
      n: 600,
      timesteps: part === "develop" ? 60 : whole(uniform, 50, 70),
      units: 16,
      epochs: 12,
      seed: whole(uniform, 1, 1e6),
      isTrained,
    };
    return {
      sick: latchPlan({ ...base, forgetBias: between(uniform, -3, -1) }),
      twin: latchPlan({ ...base, forgetBias: 4 }),
    };
  },
  truncation_shorter_than_dependency: (uniform, part, isTrained) => {
    const plan = latchPlan({
      n: 600,
      timesteps: part === "develop" ? 60 : whole(uniform, 50, 70),
      units: 16,
      epochs: 12,
      seed: whole(uniform, 1, 1e6),
      isTrained,
      forgetBias: 4,
    });
    return { sick: { ...plan, truncate: whole(uniform, 5, 15) }, twin: plan };
  },
  softmax_with_one_unit: (uniform, _part, isTrained) => {
    const twin = signPlan(uniform, isTrained, 0);
    return {
      sick: withHead(twin, () =>
        twin.seed % 2 === 0
          ? [dense({ units: 1, activation: "softmax" })]
          : [dense({ units: 1 }), activation({ activation: "softmax" })],
      ),
      twin,
    };
  },
  output_activation_range: changed((plan, uniform) => {
    const name = pick(uniform, ["sigmoid", "relu", "tanh", "sigmoid"] as const);
    return { layers: () => [...body(plan), dense({ units: 1, activation: name })] };
  }),
  insufficient_capacity: (uniform, part, isTrained) => {
    const periods = part === "develop" ? [25, 7.3, 3.7] : [19, 8.1, 4.3];
    const [a, b] = [between(uniform, 0, 6), between(uniform, 0, 6)];
    const values = Array.from(
      { length: 500 },
      (_, t) =>
        Math.sin((2 * Math.PI * t) / periods[0]!) +
        Math.sin((2 * Math.PI * t) / periods[1]! + a) +
        Math.sin((2 * Math.PI * t) / periods[2]! + b),
    );
    const shape = shapeOf(uniform, isTrained, { window: 30, epochs: 30, learningRate: 0.01 });
    return {
      sick: protocol(values, { ...shape, units: 1 }),
      twin: protocol(values, { ...shape, units: 32 }),
    };
  },
  overfitting: (uniform) => {
    const values = autoregressive(160, whole(uniform, 1, 1e6), between(uniform, 0.4, 0.7));
    const window = 15;
    const rows = standardised(values, 65).map((v) => [v]);
    const train = windowsOf(rows, window, 0, 65);
    const held = windowsOf(rows, window, 65 - window, 125);
    const shape = shapeOf(uniform, true, {
      window,
      units: whole(uniform, 64, 96),
      epochs: 120,
      learningRate: 0.01,
    });
    const sick: Plan = { ...fromRows(rows, shape), ...train, validation: [held.x, held.y] };
    const twin: Plan = {
      ...sick,
      layers: () => [lstm({ units: 8, dropout: 0.2, inputShape: [window, 1] }), dense({ units: 1 })],
      callbacks: () => [earlyStopping({ monitor: "val_loss", patience: 10, restoreBestWeights: true })],
    };
    return { sick, twin };
  },
  stacked_lstm_needs_return_sequences: changed((_plan, _uniform, { window, units }) => ({
    layers: () => [lstm({ units, inputShape: [window, 1] }), lstm({ units }), dense({ units: 1 })],
  })),
  weight_decay_too_high: changed(
    (_plan, uniform) => ({
      optimizer: { name: "adamw", config: { learningRate: 0.01, weightDecay: between(uniform, 8, 80) } },
    }),
    { regular: true },
  ),
  dying_relu: changed(
    (plan, uniform) => {
      const bias = -between(uniform, 5, 15);
      const units = whole(uniform, 8, 20);
      return {
        layers: () => [
          ...body(plan),
          dense({ units, activation: "relu", biasInitializer: constant({ value: bias }) }),
          dense({ units: 1 }),
        ],
      };
    },
    { regular: true, isLstm: true },
  ),
  batch_size_too_large: changed(() => ({ batchSize: 512, isTrained: true }), {
    regular: true,
    shape: { epochs: 20, learningRate: 0.005 },
  }),
  loss_activation_mismatch: (uniform, _part, isTrained) => {
    const twin = signPlan(uniform, isTrained, 0);
    return {
      sick: withHead(twin, () => [
        dense({ units: 1, activation: pick(mulberry32(twin.seed), ["linear", "tanh", "relu"] as const) }),
      ]),
      twin,
    };
  },
  dropout_too_high: changed(
    (_plan, uniform, { units, window }) => {
      const rate = between(uniform, 0.7, 0.95);
      return {
        layers: () =>
          uniform() < 0.5
            ? [lstm({ units, inputShape: [window, 1] }), dropout({ rate }), dense({ units: 1 })]
            : [lstm({ units, dropout: rate, inputShape: [window, 1] }), dense({ units: 1 })],
      };
    },
    { regular: true, isLstm: true },
  ),
  underfitting_stopped_early: changed(
    (_plan, uniform) => ({ epochs: whole(uniform, 1, 2), isTrained: true }),
    { regular: true, shape: { learningRate: 0.005 } },
  ),
  gradient_clipping_always_active: changed(
    (_plan, uniform) => ({
      optimizer: {
        name: "sgd",
        config: { learningRate: 0.05, globalClipnorm: 10 ** between(uniform, -5, -3) },
      },
    }),
    { regular: true },
  ),
  beaten_by_baseline: (uniform, part, isTrained) => {
    void isTrained;
    const base = sineMix(500, whole(uniform, 1, 1e6), 0.01, part === "develop" ? [60, 45] : [80, 50]);
    const shape = shapeOf(uniform, true, { learningRate: 0.01 });
    const twin = protocol(base, { ...shape, epochs: 40 });
    return {
      sick: {
        ...protocol(base, { ...shape, units: 8 }),
        layers: () => [
          dropout({ rate: 0.45, inputShape: [shape.window, 1] }),
          lstm({ units: 6 }),
          dense({ units: 1 }),
        ],
      },
      twin,
    };
  },
  nan_in_loss: changed(
    (_plan, uniform) => {
      const name = pick(uniform, ["lstm/kernel", "lstm/recurrent_kernel", "dense/kernel"]);
      return {
        tamper: (model) => setOne(model, name, pick(uniform, [Number.NaN, Number.POSITIVE_INFINITY])),
      };
    },
    { isLstm: true },
  ),
};
