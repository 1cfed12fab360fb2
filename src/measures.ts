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

/**
 * `meanSquaredError` by its short name.
 * @throws ConfigError for an unknown option.
 *
 * @example
 * model.compile({ optimizer: "adam", loss: mse() });
 */
export const mse = meanSquaredError;
/**
 * `meanAbsolutePercentageError` by its short name.
 * @throws ConfigError for an unknown option.
 *
 * @example
 * model.compile({ optimizer: "adam", loss: mape() });
 */
export const mape = meanAbsolutePercentageError;
/**
 * `meanSquaredLogarithmicError` by its short name.
 * @throws ConfigError for an unknown option.
 *
 * @example
 * model.compile({ optimizer: "adam", loss: msle() });
 */
export const msle = meanSquaredLogarithmicError;

/**
 * `mae()` is the loss, for `compile`; `mae(actual, predicted)` the mean absolute error of a forecast.
 * @throws ConfigError for an unknown option; ShapeError, DataError as `rmse`.
 *
 * @example
 * model.compile({ optimizer: "adam", loss: mae() });
 * mae([1, 2], [1, 4]); // 1
 */
export function mae(options?: LossOptions): Loss;
export function mae(actual: SeriesLike, predicted: SeriesLike): number;
export function mae(first?: SeriesLike | LossOptions, predicted?: SeriesLike): Loss | number {
  const isSeries = typeof first === "object" && first !== null && ("length" in first || "shape" in first);
  if (predicted === undefined && !isSeries) return meanAbsoluteError(first as LossOptions | undefined);
  return maeOf(first as SeriesLike, predicted as SeriesLike);
}

/**
 * `mase({ season })` is the metric, for `compile`; `mase(actual, predicted, { train, season })` that of a forecast.
 * @throws ConfigError for an unknown option; ShapeError as `rmse`; DataError for a `train` without changes.
 *
 * @example
 * model.compile({ optimizer: "adam", loss: "mse", metrics: [mase({ season: 7 })] });
 * mase([11, 12], [10, 12], { train: [8, 9, 11, 10] }); // 0.375
 */
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
