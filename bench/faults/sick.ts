import {
  activation,
  constant,
  dense,
  dropout,
  earlyStopping,
  type Layer,
  lstm,
  type Sequential,
  simpleRNN,
} from "../../src/index.js";
import { fromRows, type Plan, protocol, type Shape, standardised, windowsOf } from "./patient.js";
import {
  autoregressive,
  between,
  drawRegular,
  drawSeries,
  mulberry32,
  normalOf,
  type Part,
  pick,
  sineMix,
  type Uniform,
  whole,
} from "./series.js";
import { latchPlan, signOfSum, statefulPlan } from "./tasks.js";

/** A sick plan and the same without its fault. */
export interface Pair {
  readonly sick: Plan;
  readonly twin: Plan;
}
type Fault = (uniform: Uniform, part: Part, isTrained: boolean) => Pair;

function shapeOf(uniform: Uniform, isTrained: boolean, change: Partial<Shape> = {}): Shape {
  return {
    window: whole(uniform, 15, 24),
    units: whole(uniform, 12, 28),
    learningRate: pick(uniform, [0.005, 0.01, 0.01]),
    epochs: 25,
    seed: whole(uniform, 1, 1e6),
    isTrained,
    ...change,
  };
}

/** A plan for any series, and how a fault changes it. */
const changed =
  (
    change: (plan: Plan, uniform: Uniform, shape: Shape) => Partial<Plan>,
    regular = false,
    shape: Partial<Shape> = {},
  ): Fault =>
  (uniform, part, isTrained) => {
    const { values } = (regular ? drawRegular : drawSeries)(uniform, part);
    const own = shapeOf(uniform, isTrained, shape);
    const twin = protocol(values, own);
    return { sick: { ...twin, ...change(twin, uniform, own) }, twin };
  };

const setAll = (model: Sequential, value: (name: string, i: number) => number): void => {
  model.setWeights(
    model.getWeights().map(({ name, shape, data }) => ({
      name,
      shape,
      data: Float32Array.from(data, (_, i) => value(name, i)),
    })),
  );
};

const onlyRecurrent = (
  model: Sequential,
  change: (name: string, data: Float32Array, units: number) => Float32Array,
): void => {
  model.setWeights(
    model.getWeights().map((weight) => ({
      ...weight,
      data: weight.name.startsWith("lstm")
        ? change(weight.name, Float32Array.from(weight.data), model.getWeights()[1]!.shape[0]!)
        : weight.data,
    })),
  );
};

function shuffled<T>(values: readonly T[], uniform: Uniform): T[] {
  const result = [...values];
  for (let i = result.length - 1; i > 0; i--) {
    const j = Math.floor(uniform() * (i + 1));
    [result[i], result[j]] = [result[j]!, result[i]!];
  }
  return result;
}

const scaledBy = (y: Plan["y"], scale: number, offset: number): number[] =>
  (y as number[]).map((value) => scale * value + offset);

function signPlan(uniform: Uniform, isTrained: boolean, bound: number, n = 400): Plan {
  const timesteps = whole(uniform, 10, 18);
  const { x, y } = signOfSum(uniform, n, timesteps, bound);
  const train = Math.floor(0.8 * n);
  const units = whole(uniform, 12, 24);
  return {
    x: x.slice(0, train),
    y: y.slice(0, train),
    validation: [x.slice(train), y.slice(train)],
    layers: () => [lstm({ units, inputShape: [timesteps, 1] }), dense({ units: 1, activation: "sigmoid" })],
    optimizer: { name: "adam", config: { learningRate: 0.01 } },
    loss: "binaryCrossentropy",
    epochs: 20,
    batchSize: 32,
    shuffle: true,
    seed: whole(uniform, 1, 1e6),
    isTrained,
  };
}

const withHead = (plan: Plan, head: () => Layer[]): Plan => ({
  ...plan,
  layers: () => [plan.layers()[0]!, ...head()],
});

/** Every code the bench can make, with a generator that draws series, sizes and degree. */
export const faults: Readonly<Record<string, Fault>> = {
  unscaled_inputs: (uniform, part, isTrained) => {
    const { values } = drawSeries(uniform, part);
    const scaled = standardised(values, Math.floor(0.8 * values.length));
    const factor = between(uniform, 100, 3000);
    const offset = pick(uniform, [0, 0.5 * factor, factor]);
    const noise = scaled.map(() => uniform());
    const shape = shapeOf(uniform, isTrained);
    return {
      sick: fromRows(
        scaled.map((value, t) => [value, offset + factor * noise[t]!]),
        shape,
      ),
      twin: fromRows(
        scaled.map((value, t) => [value, (noise[t]! - 0.5) * 3.46]),
        shape,
      ),
    };
  },
  unscaled_target: changed((plan, uniform) => {
    const [scale, offset] = [
      between(uniform, 30, 2000),
      pick(uniform, [0, 1, 5]) * between(uniform, 100, 2000),
    ];
    const [vx, vy] = plan.validation!;
    return {
      y: scaledBy(plan.y, scale, offset),
      validation: [vx, scaledBy(vy as number[], scale, offset)],
      optimizer: { name: "adam", config: { learningRate: 0.001 } },
    };
  }),
  window_length_one: (uniform, part, isTrained) => {
    const { values } = drawRegular(uniform, part);
    const shape = shapeOf(uniform, isTrained);
    return { sick: protocol(values, { ...shape, window: 1 }), twin: protocol(values, shape) };
  },
  window_shorter_than_period: (uniform, part, isTrained) => {
    const period = whole(uniform, 9, 24);
    const normal = normalOf(uniform);
    const noise = part === "develop" ? 0 : 0.03;
    const values = Array.from({ length: 500 }, (_, t) => (t % period === 0 ? 1 : 0) + noise * normal());
    const shape = shapeOf(uniform, isTrained, { epochs: 40 });
    return {
      sick: fromRows(
        values.map((v) => [v]),
        { ...shape, window: whole(uniform, 3, Math.floor(period / 2)) },
      ),
      twin: fromRows(
        values.map((v) => [v]),
        { ...shape, window: period + 2 },
      ),
    };
  },
  target_leaks_from_input: changed((plan, uniform) => {
    const back = whole(uniform, 0, 2);
    const leak = ([x]: readonly [Plan["x"], Plan["y"]]): number[] =>
      (x as number[][][]).map((row) => row.at(-1 - back)![0]!);
    return { y: leak([plan.x, plan.y]), validation: [plan.validation![0], leak(plan.validation!)] };
  }),
  targets_not_matching_inputs: changed((plan, uniform) => ({ y: shuffled(plan.y as number[], uniform) })),
  learning_rate_too_high: changed(
    (_plan, uniform) => ({
      optimizer: pick(uniform, [
        { name: "adam", config: { learningRate: between(uniform, 0.7, 5) } },
        { name: "adam", config: { learningRate: 3 } },
        { name: "rmsprop", config: { learningRate: between(uniform, 0.7, 3) } },
      ]),
    }),
    true,
  ),
  learning_rate_too_low: changed(
    (_plan, uniform) => ({
      optimizer: {
        name: pick(uniform, ["adam", "adam", "nadam", "sgd"]),
        config: { learningRate: 10 ** between(uniform, -7, -5.3) },
      },
    }),
    true,
  ),
  saturated_gates: changed((_plan, uniform) => {
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
  }, true),
  symmetric_or_zero_initialisation: changed((_plan, uniform) => {
    const value = pick(uniform, [0, 0, between(uniform, 0.01, 0.3)]);
    return { tamper: (model) => setAll(model, () => value) };
  }, true),
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
  missing_values: changed((plan, uniform) => ({
    x: (plan.x as number[][][]).map((row) => row.map(([value]) => [uniform() < 0.03 ? Number.NaN : value!])),
    isTrained: false,
  })),
  non_stationary_target: (uniform, part, isTrained) => {
    const slope = between(uniform, 0.05, 0.2) * pick(uniform, [1, -1]);
    const raw = drawRegular(uniform, part).values.map((value, t) => value + slope * t);
    const shape = shapeOf(uniform, isTrained);
    const steps = raw.slice(1).map((value, t) => value - raw[t]!);
    return { sick: protocol(raw, shape), twin: protocol(steps, shape) };
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
    return { layers: () => [plan.layers()[0]!, dense({ units: 1, activation: name })] };
  }),
  constant_target: changed((plan, uniform) => {
    const value = between(uniform, -2, 2);
    return {
      y: (plan.y as number[]).map(() => value),
      validation: [plan.validation![0], (plan.validation![1] as number[]).map(() => value)],
    };
  }),
  data_leakage_scaler: (uniform, part, isTrained) => {
    const slope = between(uniform, 0.004, 0.03);
    const raw = drawRegular(uniform, part).values.map((value, t) => value + slope * t);
    const shape = shapeOf(uniform, isTrained);
    return {
      sick: {
        ...fromRows(
          standardised(raw, raw.length).map((v) => [v]),
          shape,
          raw,
        ),
      },
      twin: protocol(raw, shape),
    };
  },
  constant_feature: (uniform, part, isTrained) => {
    const { values } = drawSeries(uniform, part);
    const scaled = standardised(values, Math.floor(0.8 * values.length));
    const shape = shapeOf(uniform, isTrained);
    return {
      sick: {
        ...fromRows(
          scaled.map((value) => [value, Number.NaN]),
          shape,
        ),
        isTrained: false,
      },
      twin: fromRows(
        scaled.map((value) => [value, 0]),
        shape,
      ),
    };
  },
  stateful_with_shuffle: (uniform, part) => {
    const base = {
      stateful: true,
      streams: part === "develop" ? 4 : 5,
      epochs: 25,
      isTrained: true,
      cell: pick(uniform, ["lstm", "gru"] as const),
    };
    const seed = whole(uniform, 1, 1e6);
    return {
      sick: statefulPlan(seed, { ...base, shuffle: true }),
      twin: statefulPlan(seed, { ...base, shuffle: false }),
    };
  },
  state_never_carried: (uniform, part, isTrained) => {
    const base = {
      streams: part === "develop" ? 4 : 5,
      epochs: 20,
      isTrained,
      cell: pick(uniform, ["lstm", "gru"] as const),
    };
    const seed = whole(uniform, 1, 1e6);
    return {
      sick: statefulPlan(seed, { ...base, stateful: false, shuffle: true }),
      twin: statefulPlan(seed, { ...base, stateful: true, shuffle: false }),
    };
  },
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
  label_shape_mismatch: changed((plan) => ({
    y: (plan.y as number[]).map((value) => [value, value, value]),
    isTrained: true,
  })),
  weight_decay_too_high: changed(
    (_plan, uniform) => ({
      optimizer: { name: "adamw", config: { learningRate: 0.01, weightDecay: between(uniform, 8, 80) } },
    }),
    true,
  ),
  outliers: (uniform, part, isTrained) => {
    const { values } = drawRegular(uniform, part);
    const [size, share] = [between(uniform, 60, 300), between(uniform, 0.008, 0.03)];
    const spiked = values.map((value) => value + (uniform() < share ? (uniform() < 0.5 ? -size : size) : 0));
    const shape = shapeOf(uniform, isTrained);
    return { sick: protocol(spiked, shape), twin: protocol(values, shape) };
  },
  dying_relu: changed((plan, uniform) => {
    const bias = -between(uniform, 5, 15);
    const units = whole(uniform, 8, 20);
    return {
      layers: () => [
        plan.layers()[0]!,
        dense({ units, activation: "relu", biasInitializer: constant({ value: bias }) }),
        dense({ units: 1 }),
      ],
    };
  }, true),
  insufficient_data: (uniform, part, isTrained) => {
    const { values } = drawRegular(uniform, part);
    const shape = shapeOf(uniform, isTrained, { window: 10, epochs: 10 });
    return {
      sick: { ...protocol(values.slice(0, whole(uniform, 15, 30)), shape) },
      twin: protocol(values, shape),
    };
  },
  batch_size_too_large: changed(() => ({ batchSize: 512, isTrained: true }), true, {
    epochs: 20,
    learningRate: 0.005,
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
  class_imbalance: (uniform, _part, isTrained) => ({
    sick: signPlan(uniform, isTrained, between(uniform, 1.9, 2.3), 1200),
    twin: signPlan(uniform, isTrained, 0, 1200),
  }),
  dropout_too_high: changed((_plan, uniform, { units, window }) => {
    const rate = between(uniform, 0.7, 0.95);
    return {
      layers: () =>
        uniform() < 0.5
          ? [lstm({ units, inputShape: [window, 1] }), dropout({ rate }), dense({ units: 1 })]
          : [lstm({ units, dropout: rate, inputShape: [window, 1] }), dense({ units: 1 })],
    };
  }, true),
  target_scale_mismatch: changed((plan, uniform) => ({
    validation: [
      plan.validation![0],
      scaledBy(plan.validation![1], between(uniform, 8, 100), pick(uniform, [0, 200])),
    ],
  })),
  data_drift: (uniform, part, isTrained) => {
    const { values } = drawRegular(uniform, part);
    const shift = between(uniform, 3, 8) * pick(uniform, [-1, 1]);
    const shape = shapeOf(uniform, isTrained);
    const at = Math.floor(0.8 * values.length);
    return {
      sick: protocol(
        values.map((value, t) => (t < at ? value : value + shift)),
        shape,
      ),
      twin: protocol(values, shape),
    };
  },
  duplicate_windows_across_split: changed((plan, uniform) => {
    const [vx, vy] = plan.validation! as unknown as [number[][][], number[]];
    const x = [...(plan.x as number[][][]), ...vx];
    const y = [...(plan.y as number[]), ...vy];
    const order = shuffled(
      x.map((_, i) => i),
      uniform,
    );
    const cut = Math.floor(0.8 * x.length);
    const [train, held] = [order.slice(0, cut), order.slice(cut)];
    return {
      x: train.map((i) => x[i]!),
      y: train.map((i) => y[i]!),
      validation: [held.map((i) => x[i]!), held.map((i) => y[i]!)],
    };
  }),
  underfitting_stopped_early: changed(
    (_plan, uniform) => ({ epochs: whole(uniform, 1, 2), isTrained: true }),
    true,
    { learningRate: 0.005 },
  ),
  gradient_clipping_always_active: changed(
    (_plan, uniform) => ({
      optimizer: {
        name: "sgd",
        config: { learningRate: 0.05, globalClipnorm: 10 ** between(uniform, -5, -3) },
      },
    }),
    true,
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
  nan_in_loss: changed((_plan, uniform) => {
    const name = pick(uniform, ["lstm/kernel", "lstm/recurrent_kernel", "dense/kernel"]);
    return { tamper: (model) => setOne(model, name, pick(uniform, [Number.NaN, Number.POSITIVE_INFINITY])) };
  }),
};

function setOne(model: Sequential, name: string, value: number): void {
  model.setWeights(
    model.getWeights().map((weight) => {
      if (!weight.name.endsWith(name)) return weight;
      const data = Float32Array.from(weight.data);
      data[Math.floor(data.length / 2)] = value;
      return { ...weight, data };
    }),
  );
}
