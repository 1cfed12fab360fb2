import { largestMagnitude, percentile } from "../../numerics/statistics.js";
import { refuseUnknown } from "../../options.js";
import { ascendingPair, createScaler, type Scaler, type ScalerMethod, scaleOrOne } from "./scaler.js";

/** Options of `robustScaler`. */
export interface RobustScalerOptions {
  /** The two percentiles whose distance becomes 1, from 0 to 100. Default [25, 75]. */
  readonly quantileRange?: readonly [number, number];
}

export type RobustParameters = { readonly median: number; readonly scale: number };

export function robustMethod(options: RobustScalerOptions): ScalerMethod<RobustParameters> {
  const where = "robustScaler()";
  refuseUnknown(where, options, ["quantileRange"]);
  const [low, high] = ascendingPair(where, "quantileRange", options.quantileRange ?? [25, 75], {
    min: 0,
    max: 100,
  });
  return {
    kind: "robustScaler",
    options: { quantileRange: [low, high] },
    parameters: ["median", "scale"],
    learn(values) {
      const sorted = values.slice().sort();
      const spread = percentile(sorted, high) - percentile(sorted, low);
      return { median: percentile(sorted, 50), scale: scaleOrOne(spread, largestMagnitude(values)) };
    },
    apply: (value, { median, scale }) => (value - median) / scale,
    invert: (value, { median, scale }) => value * scale + median,
  };
}

/**
 * Median 0 and interquartile range 1, as scikit-learn's `RobustScaler`: a few spikes cannot squeeze the rest together.
 * A column whose two percentiles coincide keeps scale 1.
 * @throws ConfigError when `quantileRange` is not two ascending percentiles.
 *
 * @example
 * robustScaler().fitTransform([1, 2, 3, 100]);
 */
export const robustScaler = (options: RobustScalerOptions = {}): Scaler =>
  createScaler(robustMethod(options));
