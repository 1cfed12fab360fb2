import type { Loss, LossOptions } from "./losses/loss.js";
import {
  meanAbsoluteError,
  meanAbsolutePercentageError,
  meanSquaredError,
  meanSquaredLogarithmicError,
} from "./losses/regression.js";
import type { MetricFactory } from "./metrics/metric.js";
import { type MaseMetricOptions, mase as maseMetric } from "./metrics/regression.js";
import { type MaseOptions, mae as maeOf, mase as maseOf } from "./series/baselines/forecast-metrics.js";
import type { SeriesLike } from "./series/kinds.js";

/** Keras's short names of losses. */
export const mse = meanSquaredError;
/** `meanAbsolutePercentageError` by its short name. */
export const mape = meanAbsolutePercentageError;
/** `meanSquaredLogarithmicError` by its short name. */
export const msle = meanSquaredLogarithmicError;

/** `mae()` is the loss, for `compile`; `mae(actual, predicted)` the mean absolute error of a forecast. */
export function mae(options?: LossOptions): Loss;
export function mae(actual: SeriesLike, predicted: SeriesLike): number;
export function mae(first?: SeriesLike | LossOptions, predicted?: SeriesLike): Loss | number {
  const isSeries = typeof first === "object" && first !== null && ("length" in first || "shape" in first);
  if (predicted === undefined && !isSeries) return meanAbsoluteError(first as LossOptions | undefined);
  return maeOf(first as SeriesLike, predicted as SeriesLike);
}

/** `mase({ season })` is the metric, for `compile`; `mase(actual, predicted, { train, season })` that of a forecast. */
export function mase(options?: MaseMetricOptions): MetricFactory;
export function mase(actual: SeriesLike, predicted: SeriesLike, options: MaseOptions): number;
export function mase(
  first?: SeriesLike | MaseMetricOptions,
  predicted?: SeriesLike,
  options?: MaseOptions,
): MetricFactory | number {
  if (predicted === undefined) return maseMetric(first as MaseMetricOptions | undefined);
  return maseOf(first as SeriesLike, predicted, options as MaseOptions);
}
