import { changed, type Fault, scaledBy, shapeOf, shuffled, signPlan } from "./fault.js";
import { fromRows, type Plan, protocol, standardised } from "./patient.js";
import { between, drawRegular, drawSeries, normalOf, pick, whole } from "./series.js";
import { statefulPlan } from "./tasks.js";

/** Faults of the data, with generators that draw series, sizes and degree. */
export const dataFaults: Readonly<Record<string, Fault>> = {
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
  constant_target: changed((plan, uniform) => {
    const value = between(uniform, -2, 2);
    return {
      y: (plan.y as number[]).map(() => value),
      validation: [plan.validation![0], (plan.validation![1] as number[]).map(() => value)],
    };
  }),
  data_leakage_scaler: (uniform, part, isTrained) => {
    const slope = between(uniform, 0.004, 0.02);
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
  label_shape_mismatch: changed((plan) => ({
    y: (plan.y as number[]).map((value) => [value, value, value]),
    isTrained: true,
  })),
  outliers: (uniform, part, isTrained) => {
    const { values } = drawRegular(uniform, part);
    const [size, share] = [between(uniform, 60, 300), between(uniform, 0.008, 0.03)];
    const spiked = values.map((value) => value + (uniform() < share ? (uniform() < 0.5 ? -size : size) : 0));
    const shape = shapeOf(uniform, isTrained);
    return { sick: protocol(spiked, shape), twin: protocol(values, shape) };
  },
  insufficient_data: (uniform, part, isTrained) => {
    const { values } = drawRegular(uniform, part);
    const shape = shapeOf(uniform, isTrained, { window: 10, epochs: 10 });
    return {
      sick: { ...protocol(values.slice(0, whole(uniform, 15, 30)), shape) },
      twin: protocol(values, shape),
    };
  },
  class_imbalance: (uniform, _part, isTrained) => ({
    sick: signPlan(uniform, isTrained, between(uniform, 1.9, 2.3), 1200),
    twin: signPlan(uniform, isTrained, 0, 1200),
  }),
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
};
