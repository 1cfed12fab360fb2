import { mean, squaredDeviations } from "../../numerics/statistics.js";
import { flag, refuseUnknown } from "../../options.js";
import { createScaler, type Scaler, type ScalerMethod } from "./scaler.js";

/** Options of `standardScaler`. */
export interface StandardScalerOptions {
  /** Whether the mean is subtracted. Default true; false: the level stays, divided by the standard deviation. */
  readonly withMean?: boolean;
  /** Whether values are divided by the standard deviation. Default true; false: they keep their unit. */
  readonly withStd?: boolean;
}

export type StandardParameters = { readonly mean: number; readonly scale: number };

/** Mean and standard deviation of one column's values; scale 1 where they are constant. */
export function standardParameters(values: Float64Array): StandardParameters {
  const n = values.length;
  const center = mean(values);
  const variance = squaredDeviations(values, center) / n;
  // The rounding error a two-pass variance may have (Chan, Golub & LeVeque 1983): below it, the column is constant.
  const noise = n * Number.EPSILON * variance + (n * center * Number.EPSILON) ** 2;
  return { mean: center, scale: variance <= noise ? 1 : Math.sqrt(variance) };
}

export function standardMethod(options: StandardScalerOptions): ScalerMethod<StandardParameters> {
  const where = "standardScaler()";
  refuseUnknown(where, options, ["withMean", "withStd"]);
  const withMean = flag(where, "withMean", options.withMean ?? true);
  const withStd = flag(where, "withStd", options.withStd ?? true);
  return {
    kind: "standardScaler",
    options: { withMean, withStd },
    parameters: ["mean", "scale"],
    learn(values) {
      const { mean, scale } = standardParameters(values);
      return { mean: withMean ? mean : 0, scale: withStd ? scale : 1 };
    },
    apply: (value, { mean, scale }) => (value - mean) / scale,
    invert: (value, { mean, scale }) => value * scale + mean,
  };
}

/**
 * Mean 0 and standard deviation 1 (divided by n), each column on its own, as scikit-learn's `StandardScaler`.
 * A constant column keeps scale 1 and becomes 0.
 * @throws ConfigError for an unknown option or one that is not true or false.
 *
 * @example
 * standardScaler().fitTransform([1, 2, 3]);
 * standardScaler({ withStd: false }).fitTransform([1, 2, 3]); // [-1, 0, 1]
 */
export const standardScaler = (options: StandardScalerOptions = {}): Scaler =>
  createScaler(standardMethod(options));
