import { exp, log } from "../elementary.js";
import { ConfigError, DataError } from "../errors.js";
import { forwardFill, interpolate } from "../series/prepare/gaps.js";
import { minMaxScaler } from "../series/prepare/min-max-scaler.js";
import { robustScaler } from "../series/prepare/robust-scaler.js";
import { standardScaler } from "../series/prepare/standard-scaler.js";
import type { Tensor } from "../tensor.js";
import type { Recipe } from "./recipe.js";

/** Examples of one part, and what turns their predictions into the series' own units. */
export interface PreparedPart {
  readonly x: Tensor;
  readonly y: Tensor;
  /** True values in the series' units, `[samples · horizon]`; NaN where the series had a gap. */
  readonly actual: Float64Array;
  /** Predictions in the model's units → the series' units. */
  restore(predictions: ArrayLike<number>): Float64Array;
}

/** A recipe's examples: a training and a validation part. */
export interface Prepared {
  readonly train: PreparedPart;
  readonly validation: PreparedPart;
  /** Of a series: values a window of the training part can be cut from. */
  readonly trainValues?: number;
}

const scalers = { standard: standardScaler, minMax: minMaxScaler, robust: robustScaler } as const;

/**
 * Fills, transforms, scales and cuts a series; everything is learnt from the training part alone.
 * @param split index of the first validation value.
 */
export function prepareSeries(recipe: Recipe, raw: Float64Array, split: number): Prepared {
  const { series: steps = {}, window = 1, horizon = 1 } = recipe;
  const given = Array.from(raw);
  const hasGap = given.some(Number.isNaN);
  const whole =
    !hasGap || steps.impute == null
      ? given
      : steps.impute === "forward"
        ? forwardFill(given)
        : interpolate(given);
  if (steps.log === true && whole.some((value) => value <= 0))
    throw new DataError("repair(): log needs values above 0.", { received: Math.min(...whole) });
  const logged = steps.log === true ? whole.map((value) => log(value)) : whole;
  const order = steps.difference ?? 0;
  if (order !== 0 && order !== 1)
    throw new ConfigError(`repair(): recipe.series.difference is ${order}, expected 0 or 1.`, {
      received: order,
    });
  const levels = order === 1 ? logged.slice(1).map((value, t) => value - logged[t]!) : logged;
  const scaler = steps.scale == null ? null : scalers[steps.scale]();
  const finite = levels.slice(0, split - order).filter(Number.isFinite);
  scaler?.fit(finite);
  const clip = steps.clip ?? Number.POSITIVE_INFINITY;
  const scaled = (scaler === null ? levels : scaler.transform(levels)).map((value) =>
    Number.isNaN(value) ? value : Math.max(-clip, Math.min(clip, value)),
  );
  const part = (from: number, to: number): PreparedPart => {
    // Index i of `scaled` is raw value i + order; windows of the validation part may look back into the training part.
    const starts: number[] = [];
    for (let target = Math.max(from - order, window); target + horizon <= to - order; target++)
      starts.push(target);
    const x = new Float32Array(starts.length * window);
    const y = new Float32Array(starts.length * horizon);
    const actual = new Float64Array(starts.length * horizon);
    starts.forEach((target, n) => {
      for (let t = 0; t < window; t++) x[n * window + t] = scaled[target - window + t]!;
      for (let h = 0; h < horizon; h++) {
        y[n * horizon + h] = scaled[target + h]!;
        actual[n * horizon + h] = raw[target + h + order]!;
      }
    });
    return {
      x: { shape: [starts.length, window, 1], data: x },
      y: { shape: [starts.length, horizon], data: y },
      actual,
      restore(predictions) {
        const flat = Array.from(predictions);
        const unscaled =
          scaler === null
            ? flat
            : flat.map((value) => (Number.isFinite(value) ? scaler.inverseTransform([value])[0]! : value));
        return Float64Array.from(unscaled, (_, i) => {
          const [n, h] = [Math.floor(i / horizon), i % horizon];
          let value = unscaled[i]!;
          if (order === 1) {
            value = logged[starts[n]!]!;
            for (let k = 0; k <= h; k++) value += unscaled[n * horizon + k]!;
          }
          return steps.log === true ? exp(value) : value;
        });
      },
    };
  };
  return { train: part(0, split), validation: part(split, raw.length), trainValues: split - order };
}

/** Ready-made examples: the recipe's scaling is done to inputs and (regression) targets, learnt from the training part. */
export function prepareExamples(
  recipe: Recipe,
  x: Tensor,
  y: Tensor,
  split: number,
  isClassification: boolean,
): Prepared {
  const { scale = null, clip } = recipe.series ?? {};
  const bound = clip ?? Number.POSITIVE_INFINITY;
  const features = x.shape.at(-1)!;
  const row = x.data.length / x.shape[0]!;
  const width = y.data.length / y.shape[0]!;
  const make = scale === null ? null : scalers[scale];
  const column = (data: ArrayLike<number>, f: number, of: number, to: number): number[] => {
    const values: number[] = [];
    for (let i = f; i < to; i += of) values.push(data[i]!);
    return values;
  };
  const inputs =
    make === null
      ? null
      : Array.from({ length: features }, (_, f) => make().fit(column(x.data, f, features, split * row)));
  const outputs =
    make === null || isClassification ? null : make().fit(Array.from(y.data.subarray(0, split * width)));
  const cut = (value: number): number => Math.max(-bound, Math.min(bound, value));
  const scaledX = inputs === null ? Float32Array.from(x.data) : new Float32Array(x.data.length);
  inputs?.forEach((scaler, f) => {
    scaler.transform(column(x.data, f, features, x.data.length)).forEach((value, i) => {
      scaledX[i * features + f] = cut(value);
    });
  });
  const scaledY =
    outputs === null
      ? Float32Array.from(y.data)
      : Float32Array.from(outputs.transform(Array.from(y.data)), cut);
  const part = (from: number, to: number): PreparedPart => ({
    x: { shape: [to - from, ...x.shape.slice(1)], data: scaledX.subarray(from * row, to * row) },
    y: { shape: [to - from, ...y.shape.slice(1)], data: scaledY.subarray(from * width, to * width) },
    actual: Float64Array.from(y.data.subarray(from * width, to * width)),
    restore: (predictions) =>
      Float64Array.from(
        outputs === null ? Array.from(predictions) : outputs.inverseTransform(Array.from(predictions)),
      ),
  });
  return { train: part(0, split), validation: part(split, x.shape[0]!) };
}
