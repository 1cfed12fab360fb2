import { mean, squaredDeviations } from "../../numerics/statistics.js";
import { createScaler, type Scaler, type ScalerMethod } from "./scaler.js";

export type StandardParameters = { readonly mean: number; readonly scale: number };

export const standardMethod: ScalerMethod<StandardParameters> = {
  kind: "standardScaler",
  options: {},
  parameters: ["mean", "scale"],
  learn(values) {
    const n = values.length;
    const center = mean(values);
    const variance = squaredDeviations(values, center) / n;
    // The rounding error a two-pass variance may have (Chan, Golub & LeVeque 1983): below it, the column is constant.
    const noise = n * Number.EPSILON * variance + (n * center * Number.EPSILON) ** 2;
    return { mean: center, scale: variance <= noise ? 1 : Math.sqrt(variance) };
  },
  apply: (value, { mean, scale }) => (value - mean) / scale,
  invert: (value, { mean, scale }) => value * scale + mean,
};

/**
 * Mean 0 and standard deviation 1 (divided by n), each column on its own, as scikit-learn's `StandardScaler`.
 * A constant column keeps scale 1 and becomes 0.
 *
 * @example
 * standardScaler().fitTransform([1, 2, 3]);
 */
export const standardScaler = (): Scaler => createScaler(standardMethod);
