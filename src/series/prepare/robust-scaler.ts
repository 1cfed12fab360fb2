import { largestMagnitude, percentile } from "../../numerics/statistics.js";
import { flag, refuseUnknown } from "../../options.js";
import { ascendingPair, createScaler, type Scaler, type ScalerMethod, scaleOrOne } from "./scaler.js";

/** Options of `robustScaler`. */
export interface RobustScalerOptions {
  /** The two percentiles whose distance becomes 1, from 0 to 100. Default [25, 75]. */
  readonly quantileRange?: readonly [number, number];
  /** Whether the median is subtracted. Default true; false: the level stays. */
  readonly withCentering?: boolean;
  /** Whether values are divided by the distance of the two percentiles. Default true; false: they keep their unit. */
  readonly withScaling?: boolean;
}

export type RobustParameters = { readonly median: number; readonly scale: number };

export function robustMethod(options: RobustScalerOptions): ScalerMethod<RobustParameters> {
  const where = "robustScaler()";
  refuseUnknown(where, options, ["quantileRange", "withCentering", "withScaling"]);
  const withCentering = flag(where, "withCentering", options.withCentering ?? true);
  const withScaling = flag(where, "withScaling", options.withScaling ?? true);
  const [low, high] = ascendingPair(where, "quantileRange", options.quantileRange ?? [25, 75], {
    min: 0,
    max: 100,
  });
  return {
    kind: "robustScaler",
    options: { quantileRange: [low, high], withCentering, withScaling },
    parameters: ["median", "scale"],
    learn(values) {
      const sorted = values.slice().sort();
      const spread = percentile(sorted, high) - percentile(sorted, low);
      return {
        median: withCentering ? percentile(sorted, 50) : 0,
        scale: withScaling ? scaleOrOne(spread, largestMagnitude(values)) : 1,
      };
    },
    apply: (value, { median, scale }) => (value - median) / scale,
    invert: (value, { median, scale }) => value * scale + median,
  };
}

/**
 * Median 0 and interquartile range 1, as scikit-learn's `RobustScaler`: a few spikes cannot squeeze the rest together.
 * A column whose two percentiles coincide keeps scale 1.
 * @throws ConfigError when `quantileRange` is not two ascending percentiles, or an option is unknown.
 *
 * @example
 * robustScaler().fitTransform([1, 2, 3, 100]);
 */
export const robustScaler = (options: RobustScalerOptions = {}): Scaler =>
  createScaler(robustMethod(options));
