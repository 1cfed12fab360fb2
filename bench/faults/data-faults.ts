import { bidirectional, dense, gru, lstm } from "../../src/index.js";
import { drawRegular } from "./draw.js";
import { byPart, changed, type Fault, rowsPlan, scaledBy, shapeOf, sized, timestepsOf } from "./fault.js";
import { fromRows, type Plan, protocol, standardised } from "./patient.js";
import { autoregressive, between, mulberry32, normalOf, pick, whole } from "./series.js";
import { binaryPlan } from "./tasks.js";

const column = (values: readonly number[]): number[][] => values.map((value) => [value]);

/** Faults of the values themselves: their scale, gaps, constants, level and number. */
export const dataFaults: Readonly<Record<string, Fault>> = {
  unscaled_inputs: (uniform, part, isTrained) => {
    const values = drawRegular(uniform, part);
    const scaled = standardised(values, Math.floor(0.8 * values.length));
    const shape = shapeOf(uniform, isTrained);
    const cell = whole(uniform, 1, 1e6);
    const plan = (rows: number[][]): Plan => rowsPlan(rows, shape, mulberry32(cell));
    if (part === "develop") {
      const factor = between(uniform, 100, 3000);
      const offset = pick(uniform, [0, 0.5 * factor, factor]);
      const noise = scaled.map(() => uniform());
      return {
        sick: plan(scaled.map((value, t) => [value, offset + factor * noise[t]!])),
        twin: plan(scaled.map((value, t) => [value, (noise[t]! - 0.5) * 3.46])),
      };
    }
    // A pressure in hectopascal beside scaled values, or the series itself in kelvin.
    const other = standardised(autoregressive(values.length, cell, 0.7), values.length);
    const twin = plan(scaled.map((value, t) => [value, other[t]!]));
    if (uniform() < 0.5) return { sick: plan(scaled.map((v, t) => [v, 1013 + 8 * other[t]!])), twin };
    const kelvin = (rows: Plan["x"]): number[][][] =>
      (rows as number[][][]).map((row) => row.map(([value]) => [285 + 7 * value!]));
    const single = sized(values, shape);
    return {
      sick: {
        ...single,
        x: kelvin(single.x),
        validation: [kelvin(single.validation![0]), single.validation![1]],
      },
      twin: single,
    };
  },
  unscaled_target: changed((plan, uniform, part) => {
    const [scale, offset] = byPart(
      part,
      () => [between(uniform, 30, 2000), pick(uniform, [0, 1, 5]) * between(uniform, 100, 2000)] as const,
      () => [10 ** between(uniform, 0, 5), 10 ** between(uniform, 2, 6)] as const,
    );
    const [vx, vy] = plan.validation!;
    return {
      y: scaledBy(plan.y, scale, offset),
      validation: [vx, scaledBy(vy as number[], scale, offset)],
      optimizer: { name: "adam", config: { learningRate: 0.001 } },
    };
  }),
  missing_values: changed(
    (plan, uniform, part) => {
      const length = timestepsOf(plan);
      const from = whole(uniform, 0, length - 2);
      const isTarget = uniform() < 0.3;
      const every = whole(uniform, 5, 40);
      const lost = (n: number, t: number): boolean =>
        part === "develop" ? uniform() < 0.03 : n % every === 1 && t >= from;
      return {
        isTrained: false,
        ...(part === "report" && isTarget && !Array.isArray((plan.y as unknown[])[0])
          ? { y: (plan.y as number[]).map((value, n) => (n % every === 1 ? Number.NaN : value)) }
          : {
              x: (plan.x as number[][][]).map((row, n) =>
                row.map((values, t) => values.map((value) => (lost(n, t) ? Number.NaN : value))),
              ),
            }),
      };
    },
    { anyTask: true },
  ),
  non_stationary_target: (uniform, part, isTrained) => {
    const base = drawRegular(uniform, part);
    const shape = shapeOf(uniform, isTrained);
    const slope = between(uniform, 0.05, 0.2) * pick(uniform, [1, -1]);
    const normal = normalOf(uniform);
    const kind = pick(uniform, ["walk", "growth", "line"] as const);
    let level = 0;
    const raw = base.map((value, t) => {
      if (part === "develop") return value + slope * t;
      if (kind === "line") return 10 * value + 15 * slope * t;
      if (kind === "growth") return Math.exp(0.2 * value + 0.006 * t);
      level += slope + 0.5 * normal();
      return level + value;
    });
    const steps = raw
      .slice(1)
      .map((value, t) =>
        kind === "growth" && part === "report" ? Math.log(value / raw[t]!) : value - raw[t]!,
      );
    return { sick: protocol(raw, shape), twin: protocol(steps, shape) };
  },
  constant_target: changed((plan, uniform, part) => {
    const value = part === "develop" ? between(uniform, -2, 2) : whole(uniform, -3, 3);
    return {
      y: (plan.y as number[]).map(() => value),
      validation: [plan.validation![0], (plan.validation![1] as number[]).map(() => value)],
    };
  }),
  constant_feature: (uniform, part, isTrained) => {
    const values = drawRegular(uniform, part);
    const scaled = standardised(values, Math.floor(0.8 * values.length));
    const shape = shapeOf(uniform, isTrained);
    const normal = normalOf(uniform);
    const other = scaled.map(() => normal());
    const broken = byPart(
      part,
      () => Number.NaN,
      () => pick(uniform, [Number.NaN, between(uniform, 1, 9), -1]),
    );
    const plan = (value: number): Plan =>
      fromRows(
        scaled.map((own, t) => (part === "develop" ? [own, value] : [own, other[t]!, value])),
        shape,
      );
    return { sick: { ...plan(broken), isTrained: isTrained && Number.isFinite(broken) }, twin: plan(0) };
  },
  outliers: (uniform, part, isTrained) => {
    const values = drawRegular(uniform, part);
    const shape = shapeOf(uniform, isTrained);
    const twin = protocol(values, shape);
    const spike = byPart(
      part,
      () => {
        const size = between(uniform, 60, 300);
        return () => (uniform() < 0.5 ? -size : size);
      },
      () => {
        // What a logger writes where its sensor is silent.
        const sentinel = pick(uniform, [-999, 9999, -99]);
        return () => sentinel;
      },
    );
    const share = between(uniform, 0.008, 0.03);
    return {
      sick: protocol(
        values.map((value) => (uniform() < share ? value + spike() : value)),
        shape,
      ),
      twin,
    };
  },
  insufficient_data: (uniform, part, isTrained) => {
    if (part === "develop") {
      const values = drawRegular(uniform, part);
      const shape = shapeOf(uniform, isTrained, { window: 10, epochs: 10 });
      return {
        sick: protocol(values.slice(0, whole(uniform, 15, 30)), shape),
        twin: protocol(values, shape),
      };
    }
    const twin = binaryPlan(uniform, part, isTrained);
    const few = whole(uniform, 4, 17);
    return {
      sick: { ...twin, x: (twin.x as number[][][]).slice(0, few), y: (twin.y as number[]).slice(0, few) },
      twin,
    };
  },
  class_imbalance: (uniform, part, isTrained) => ({
    sick: binaryPlan(
      uniform,
      part,
      isTrained,
      byPart(
        part,
        () => between(uniform, 1.9, 2.3),
        () => -between(uniform, 2, 2.4),
      ),
      1200,
    ),
    twin: binaryPlan(uniform, part, isTrained, 0, 1200),
  }),
  unused_features: (uniform, part, isTrained) => {
    const values = drawRegular(uniform, part);
    const scaled = standardised(values, Math.floor(0.8 * values.length));
    const shape = shapeOf(uniform, isTrained);
    const normal = normalOf(uniform);
    const other = scaled.map(() => normal());
    const [factor, cell] = [-between(uniform, 0.3, 3), whole(uniform, 1, 1e6)];
    return {
      sick: rowsPlan(
        scaled.map((value, t) =>
          part === "develop" ? [value, value] : [value, other[t]!, factor * other[t]! + 0.5],
        ),
        shape,
        mulberry32(cell),
      ),
      twin: rowsPlan(
        scaled.map((value, t) => (part === "develop" ? [value] : [value, other[t]!])),
        shape,
        mulberry32(cell),
      ),
    };
  },
  data_drift: (uniform, part, isTrained) => {
    const values = drawRegular(uniform, part);
    const shape = shapeOf(uniform, isTrained);
    const at = Math.floor(0.8 * values.length);
    const shift = between(uniform, 3, 8) * pick(uniform, [-1, 1]);
    if (part === "develop") {
      return {
        sick: protocol(
          values.map((value, t) => (t < at ? value : value + shift)),
          shape,
        ),
        twin: protocol(values, shape),
      };
    }
    // A second sensor that is exchanged for one with another zero, or another gain.
    const scaled = standardised(values, at);
    const second = standardised(autoregressive(values.length, shape.seed, 0.5), at);
    const isGain = uniform() < 0.5;
    const rows = (hasFault: boolean): number[][] =>
      scaled.map((value, t) => {
        const own = second[t]!;
        return [value, !hasFault || t < at ? own : isGain ? 2.2 * Math.abs(shift) * own : own + 1.2 * shift];
      });
    return { sick: fromRows(rows(true), shape), twin: fromRows(rows(false), shape) };
  },
  label_shape_mismatch: changed((plan, uniform, part) => {
    const count = part === "develop" ? 3 : whole(uniform, 2, 6);
    const isPerStep = part === "report" && uniform() < 0.5;
    return {
      y: (plan.y as number[]).map((value, n) =>
        isPerStep
          ? (plan.x as number[][][])[n]!.map(([own]) => [own!])
          : new Array<number>(count).fill(value),
      ),
      isTrained: true,
    };
  }),
  stacked_lstm_needs_return_sequences: changed(
    (_plan, uniform, part, { window, units }) => {
      const inputShape = [window, 1];
      const kind = byPart(
        part,
        () => "lstm",
        () => pick(uniform, ["gru", "three", "bidirectional"]),
      );
      return {
        layers: () => {
          const end = [lstm({ units }), dense({ units: 1 })];
          if (kind === "lstm") return [lstm({ units, inputShape }), ...end];
          if (kind === "gru") return [gru({ units, inputShape }), ...end];
          if (kind === "three")
            return [lstm({ units, returnSequences: true, inputShape }), gru({ units }), ...end];
          return [bidirectional({ layer: lstm({ units }), inputShape }), ...end];
        },
      };
    },
    { regular: true },
  ),
  data_leakage_scaler: (uniform, part, isTrained) => {
    const slope =
      between(uniform, 0.004, 0.02) *
      byPart(
        part,
        () => 1,
        () => pick(uniform, [-1, 0.6]),
      );
    const raw = drawRegular(uniform, part).map((value, t) => value + slope * t);
    const shape = shapeOf(uniform, isTrained);
    const [low, high] = [Math.min(...raw), Math.max(...raw)];
    const leaked =
      part === "report" && uniform() < 0.5
        ? raw.map((value) => (value - low) / (high - low))
        : standardised(raw, raw.length);
    return { sick: fromRows(column(leaked), shape, raw), twin: protocol(raw, shape) };
  },
  target_scale_mismatch: changed(
    (plan, uniform, part) => {
      const [scale, offset] = byPart(
        part,
        () => [between(uniform, 8, 100), pick(uniform, [0, 200])] as const,
        () => pick(uniform, [[0.01, 0] as const, [between(uniform, 6, 12), 0] as const, [1, 40] as const]),
      );
      return { validation: [plan.validation![0], scaledBy(plan.validation![1], scale, offset)] };
    },
    { regular: true },
  ),
};
