import { largestMagnitude } from "../../numerics/statistics.js";
import { refuseUnknown } from "../../options.js";
import { ascendingPair, createScaler, type Scaler, type ScalerMethod, scaleOrOne } from "./scaler.js";

/** Options of `minMaxScaler`. */
export interface MinMaxScalerOptions {
  /** Where the smallest and the largest value of the fitted data go. Default [0, 1]. */
  readonly featureRange?: readonly [number, number];
}

export type MinMaxParameters = { readonly min: number; readonly range: number };

export function minMaxMethod(options: MinMaxScalerOptions): ScalerMethod<MinMaxParameters> {
  const where = "minMaxScaler()";
  refuseUnknown(where, options, ["featureRange"]);
  const [low, high] = ascendingPair(where, "featureRange", options.featureRange ?? [0, 1]);
  return {
    kind: "minMaxScaler",
    options: { featureRange: [low, high] },
    parameters: ["min", "range"],
    learn(values) {
      const min = values.reduce((a, b) => Math.min(a, b));
      const max = values.reduce((a, b) => Math.max(a, b));
      return { min, range: scaleOrOne(max - min, largestMagnitude(values)) };
    },
    apply: (value, { min, range }) => low + ((value - min) / range) * (high - low),
    invert: (value, { min, range }) => min + ((value - low) / (high - low)) * range,
  };
}

/**
 * The fitted data's smallest and largest value go to the ends of `featureRange`, as scikit-learn's `MinMaxScaler`.
 *
 * Values beyond what was fitted leave the range and are not clipped: with a trend, most of the future does. A constant
 * column becomes the lower end.
 * @throws ConfigError when `featureRange` is not two ascending numbers.
 *
 * @example
 * minMaxScaler().fitTransform([1, 2, 3]); // [0, 0.5, 1]
 */
export const minMaxScaler = (options: MinMaxScalerOptions = {}): Scaler =>
  createScaler(minMaxMethod(options));
