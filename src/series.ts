/**
 * gateflow/series: the time-series tools alone, without layers and kernels: gaps, differences, scalers, windows, splits,
 * seasons, tests of stationarity, simple forecasts and their errors. `gateflow` exports all of them too; its `mae` and
 * `mase` are a loss and a metric of training as well.
 *
 * @example
 * import { standardScaler } from "gateflow/series";
 *
 * const scaler = standardScaler();
 * const scaled = scaler.fitTransform([1, 2, 3, 4]);
 * scaler.inverseTransform(scaled); // [1, 2, 3, 4]
 */

export type { CalendarUnit } from "./calendar/periods.js";
export {
  ConfigError,
  DataError,
  type ErrorDetails,
  FormatError,
  GateflowError,
  ShapeError,
  StateError,
} from "./errors.js";
export { type AcfOptions, acf, type Correlogram } from "./series/analysis/acf.js";
export { type AdfullerOptions, type AdfullerResult, adfuller } from "./series/analysis/adfuller.js";
export { type KpssOptions, type KpssResult, kpss } from "./series/analysis/kpss.js";
export type { Trend as StationarityTrend } from "./series/analysis/mackinnon.js";
export { type MstlOptions, type MultipleDecomposition, mstl } from "./series/analysis/mstl.js";
export { type PacfOptions, pacf } from "./series/analysis/pacf.js";
export { type Season, type Seasonality, seasonality } from "./series/analysis/seasonality.js";
export { seasonsOfStep } from "./series/analysis/seasons-of-step.js";
export { type Decomposition, type StlOptions, stl } from "./series/analysis/stl.js";
export type * from "./series/baselines/competition-measures.js";
export { msis, naive2Forecast, owa } from "./series/baselines/competition-measures.js";
export {
  coverage,
  type MaseOptions,
  mae,
  mase,
  pinball,
  rmse,
  smape,
} from "./series/baselines/forecast-metrics.js";
export {
  type HoltWinters,
  type HoltWintersOptions,
  holtWinters,
  holtWintersForecast,
} from "./series/baselines/holt-winters.js";
export {
  driftForecast,
  type HorizonOptions,
  naiveForecast,
  type SeasonalNaiveOptions,
  seasonalNaiveForecast,
} from "./series/baselines/naive.js";
export type { RidgeAutoregression } from "./series/baselines/ridge-autoregression.js";
export type * from "./series/baselines/seasonal-autoregression.js";
export { autoregression, autoregressionFromJSON } from "./series/baselines/seasonal-autoregression.js";
export type { SmoothingParameters } from "./series/baselines/smoothing-state.js";
export { type ThetaOptions, thetaForecast } from "./series/baselines/theta.js";
export type { InKind, Rows, SeriesLike, TableInKind, Vector } from "./series/kinds.js";
export {
  type CalendarFeaturesOptions,
  type CalendarField,
  calendarFeatures,
  type NamedRows,
} from "./series/prepare/calendar-features.js";
export {
  type DifferenceOptions,
  difference,
  type UndifferenceOptions,
  undifference,
} from "./series/prepare/difference.js";
export {
  backwardFill,
  type FillOptions,
  forwardFill,
  type InterpolateOptions,
  interpolate,
} from "./series/prepare/gaps.js";
export { type KnnImputeOptions, knnImpute } from "./series/prepare/knn-impute.js";
export { knnImputer } from "./series/prepare/knn-imputer.js";
export { lagFeatures } from "./series/prepare/lag-features.js";
export {
  inverseLogTransform,
  type LogTransformOptions,
  logTransform,
} from "./series/prepare/log-transform.js";
export { type MinMaxScalerOptions, minMaxScaler } from "./series/prepare/min-max-scaler.js";
export { type Category, type OneHotOptions, oneHot } from "./series/prepare/one-hot.js";
export { type PowerTransformOptions, powerTransform } from "./series/prepare/power-transform.js";
export {
  type ResampleMethod,
  type ResampleOptions,
  resample,
  type TimedValues,
} from "./series/prepare/resample.js";
export { type ReturnsOptions, returns } from "./series/prepare/returns.js";
export { type RobustScalerOptions, robustScaler } from "./series/prepare/robust-scaler.js";
export { type Rolling, rolling } from "./series/prepare/rolling.js";
export type {
  ColumnParameters,
  InverseTransformOptions,
  Scaler,
  ScalerJSON,
} from "./series/prepare/scaler.js";
export { scalerFromJSON } from "./series/prepare/scaler-from-json.js";
export { type Spacing, spacing } from "./series/prepare/spacing.js";
export { type StandardScalerOptions, standardScaler } from "./series/prepare/standard-scaler.js";
export {
  type Fold,
  type KFoldOptions,
  kFold,
  type Splitter,
  type TimeSeriesSplitOptions,
  timeSeriesSplit,
  type WalkForwardOptions,
  walkForward,
} from "./series/windows/folds.js";
export { lookback } from "./series/windows/lookback.js";
export {
  type CovariateSeries,
  type Numbers,
  type SeriesWindowsOptions,
  seriesWindows,
} from "./series/windows/series-windows.js";
export {
  type SlidingWindowsOptions,
  slidingWindows,
  type WindowBatchesOptions,
  type Windows,
  windowBatches,
} from "./series/windows/sliding-windows.js";
export {
  type TimeseriesDatasetOptions,
  timeseriesDatasetFromArray,
} from "./series/windows/timeseries-dataset-from-array.js";
export {
  type TimeseriesGeneratorOptions,
  timeseriesGenerator,
} from "./series/windows/timeseries-generator.js";
export {
  type Pair as SplitPair,
  type Splittable,
  type TrainTestSplitOptions,
  trainTestSplit,
} from "./series/windows/train-test-split.js";
export type { InputBatch, LabeledBatch, WindowDataset } from "./series/windows/window-dataset.js";
export {
  type NamedTensor,
  type NestedArray,
  type NestedNumbers,
  type Tensor,
  type TensorLike,
  tensor,
  toArray,
} from "./tensor.js";
