import { largestMagnitude } from "../../numerics/statistics.js";
import { flag, refuseUnknown } from "../../options.js";
import { ascendingPair, createScaler, type Scaler, type ScalerMethod, scaleOrOne } from "./scaler.js";

/** Options of `minMaxScaler`. */
export interface MinMaxScalerOptions {
  /** Where the smallest and the largest value of the fitted data go. Default [0, 1]. */
  readonly featureRange?: readonly [number, number];
  /** Whether `transform` holds values beyond the fitted ones at the ends of the range, from where none comes back. Default false. */
  readonly clip?: boolean;
}

export type MinMaxParameters = { readonly min: number; readonly range: number };

export function minMaxMethod(options: MinMaxScalerOptions): ScalerMethod<MinMaxParameters> {
  const where = "minMaxScaler()";
  refuseUnknown(where, options, ["featureRange", "clip"]);
  const clip = flag(where, "clip", options.clip ?? false);
  const [low, high] = ascendingPair(where, "featureRange", options.featureRange ?? [0, 1]);
  return {
    kind: "minMaxScaler",
    options: { featureRange: [low, high], clip },
    parameters: ["min", "range"],
    learn(values) {
      const min = values.reduce((a, b) => Math.min(a, b));
      const max = values.reduce((a, b) => Math.max(a, b));
      return { min, range: scaleOrOne(max - min, largestMagnitude(values)) };
    },
    apply(value, { min, range }) {
      const scaled = low + ((value - min) / range) * (high - low);
      return clip ? Math.min(high, Math.max(low, scaled)) : scaled;
    },
    invert: (value, { min, range }) => min + ((value - low) / (high - low)) * range,
  };
}

/**
 * The fitted data's smallest and largest value go to the ends of `featureRange`, as scikit-learn's `MinMaxScaler`.
 *
 * Values beyond what was fitted leave the range unless `clip` holds them at its ends: with a trend, most of the future
 * does. A constant column becomes the lower end.
 * @throws ConfigError when `featureRange` is not two ascending numbers.
 *
 * @example
 * minMaxScaler().fitTransform([1, 2, 3]); // [0, 0.5, 1]
 */
export const minMaxScaler = (options: MinMaxScalerOptions = {}): Scaler =>
  createScaler(minMaxMethod(options));
