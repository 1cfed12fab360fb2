/** gateflow: the public door, for Node, browsers, workers, Deno and Bun. Files are behind `gateflow/node`. */
import "./names.js";

// Callbacks
export { csvLogger } from "./callbacks/csv-logger.js";
export { earlyStopping } from "./callbacks/early-stopping.js";
export { learningRateScheduler } from "./callbacks/learning-rate-scheduler.js";
export {
  type LearningRateRange,
  type LrFinder,
  type LrFinderOptions,
  lrFinder,
} from "./callbacks/lr-finder.js";
export { modelCheckpoint } from "./callbacks/model-checkpoint.js";
export { progressBar } from "./callbacks/progress-bar.js";
export { reduceLROnPlateau } from "./callbacks/reduce-lr-on-plateau.js";
export { terminateOnNaN } from "./callbacks/terminate-on-nan.js";
// Regularizers and constraints
export { nonNeg } from "./constraints/non-neg.js";
export { maxNorm, minMaxNorm, unitNorm } from "./constraints/norms.js";
export type { Code, Severity } from "./doctor/causes.js";
export { type DiagnoseOptions, diagnose } from "./doctor/diagnose.js";
export type { Diagnosis } from "./doctor/diagnosis.js";
export { type ExamplesLike, examine } from "./doctor/examine.js";
export { type Repaired, type RepairOptions, type RepairProgress, repair } from "./doctor/repair.js";
// The doctor
export { type Doctor, type DoctorOptions, doctor } from "./doctor/watch.js";
export { createEngine, type Engine, type EngineInfo, type EngineOptions } from "./engine/engine.js";
export {
  ConfigError,
  DataError,
  EngineError,
  type ErrorDetails,
  FormatError,
  GateflowError,
  ShapeError,
  StateError,
} from "./errors.js";
// Forecasters
export { forecaster, loadForecaster } from "./forecast/forecaster.js";
export type * from "./forecast/types.js";
// Formats
export { fromSafetensors, type SafetensorsOptions, toSafetensors } from "./formats/safetensors.js";
// Initializers
export { chrono } from "./initializers/chrono.js";
export { constant, identity, ones, zeros } from "./initializers/constant.js";
export type { Initializer, InitializerFunction } from "./initializers/initializer.js";
export { orthogonal, orthogonalPerGate } from "./initializers/orthogonal.js";
export { randomNormal, randomUniform, truncatedNormal } from "./initializers/random-distributions.js";
export {
  glorotNormal,
  glorotUniform,
  heNormal,
  heUniform,
  lecunNormal,
  lecunUniform,
  varianceScaling,
} from "./initializers/variance-scaling.js";
// Gradient flow: recording it, and what follows from it
export * from "./inspect/index.js";
// Layers
export { type ActivationOptions, activation } from "./layers/activation.js";
export { type DenseOptions, dense } from "./layers/dense.js";
export { type DropoutOptions, dropout } from "./layers/dropout.js";
export { type EmbeddingOptions, embedding } from "./layers/embedding.js";
export { type FlattenOptions, flatten } from "./layers/flatten.js";
export { type InputLayerOptions, inputLayer } from "./layers/input-layer.js";
export type { Layer, LayerOptions } from "./layers/layer.js";
export { type LayerNormalizationOptions, layerNormalization } from "./layers/layer-normalization.js";
export { type MaskingOptions, masking } from "./layers/masking.js";
export { type BidirectionalOptions, bidirectional } from "./layers/recurrent/bidirectional.js";
export { type GruOptions, gru } from "./layers/recurrent/gru.js";
export { type LstmOptions, lstm } from "./layers/recurrent/lstm.js";
export { type SimpleRnnOptions, simpleRNN } from "./layers/recurrent/simple-rnn.js";
export { type RepeatVectorOptions, repeatVector } from "./layers/repeat-vector.js";
export { type TimeDistributedOptions, timeDistributed } from "./layers/time-distributed.js";
// Losses and metrics
export {
  binaryCrossentropy,
  categoricalCrossentropy,
  sparseCategoricalCrossentropy,
} from "./losses/crossentropy.js";
export type { LossFunction, LossResult } from "./losses/custom.js";
export type { Loss } from "./losses/loss.js";
export { gaussianNegativeLogLikelihood, quantile } from "./losses/probabilistic.js";
export {
  cosineSimilarity,
  huber,
  logCosh,
  meanAbsoluteError,
  meanAbsolutePercentageError,
  meanSquaredError,
  poisson,
} from "./losses/regression.js";
// Names that are a loss or metric of training and a measure of forecasts
export { mae, mape, mase, mse } from "./measures.js";
export {
  binaryAccuracy,
  categoricalAccuracy,
  sparseCategoricalAccuracy,
  sparseTopKCategoricalAccuracy,
  topKCategoricalAccuracy,
} from "./metrics/accuracy.js";
export type { MetricFunction } from "./metrics/custom.js";
export type { Metric, MetricFactory } from "./metrics/metric.js";
export { r2, rootMeanSquaredError } from "./metrics/regression.js";
export type { CompileOptions } from "./model/compile.js";
// Model
export type { Callback, History, Logs, TrainingModel, TrainingParams } from "./model/events.js";
export type { Dataset, DatasetBatch } from "./model/examples.js";
export type { FitOptions } from "./model/fit.js";
export type { Gradients } from "./model/on-demand/gradients.js";
export {
  type BatchOptions,
  type Sequential,
  type SequentialOptions,
  sequential,
} from "./model/sequential.js";
// Optimizers and schedules
export { adagrad } from "./optimizers/adagrad.js";
export { adam, adamw, nadam } from "./optimizers/adam.js";
export { lion } from "./optimizers/lion.js";
export type { Optimizer } from "./optimizers/optimizer.js";
export { rmsprop } from "./optimizers/rmsprop.js";
export { sgd } from "./optimizers/sgd.js";
export { createRandom, type Random } from "./random.js";
export { fixAsCode } from "./recipe/fix-as-code.js";
export type { LayerPatch, RecipePatch } from "./recipe/patch.js";
export type { LayerRecipe, OptimizerRecipe, Recipe, SeriesRecipe } from "./recipe/recipe.js";
export { l1, l1l2, l2 } from "./regularizers/l1l2.js";
export { orthogonal as orthogonalRegularizer } from "./regularizers/orthogonal.js";
export { cosineDecay, cosineDecayRestarts } from "./schedules/cosine-decay.js";
export { exponentialDecay, inverseTimeDecay, polynomialDecay } from "./schedules/decay.js";
export { oneCycle } from "./schedules/one-cycle.js";
export { piecewiseConstantDecay } from "./schedules/piecewise-constant-decay.js";
export type { Schedule } from "./schedules/schedule.js";
export { warmup } from "./schedules/warmup.js";

// Time series
export { type AcfOptions, acf, type Correlogram } from "./series/analysis/acf.js";
export { type AdfullerOptions, type AdfullerResult, adfuller } from "./series/analysis/adfuller.js";
export { type KpssOptions, type KpssResult, kpss } from "./series/analysis/kpss.js";
export type * from "./series/analysis/mstl.js";
export { mstl } from "./series/analysis/mstl.js";
export { pacf } from "./series/analysis/pacf.js";
export { type Season, type Seasonality, seasonality } from "./series/analysis/seasonality.js";
export type * from "./series/analysis/stl.js";
export { stl } from "./series/analysis/stl.js";
export type * from "./series/baselines/competition-measures.js";
export { msis, naive2Forecast, owa } from "./series/baselines/competition-measures.js";
export { coverage, pinball, rmse, smape } from "./series/baselines/forecast-metrics.js";
export { type HoltWinters, holtWinters, holtWintersForecast } from "./series/baselines/holt-winters.js";
export { driftForecast, naiveForecast, seasonalNaiveForecast } from "./series/baselines/naive.js";
export type { RidgeAutoregression } from "./series/baselines/ridge-autoregression.js";
export type * from "./series/baselines/seasonal-autoregression.js";
export { autoregression, autoregressionFromJSON } from "./series/baselines/seasonal-autoregression.js";
export { thetaForecast } from "./series/baselines/theta.js";
export type { InKind, Rows, SeriesLike, Vector } from "./series/kinds.js";
export { calendarFeatures } from "./series/prepare/calendar-features.js";
export {
  type DifferenceOptions,
  difference,
  type UndifferenceOptions,
  undifference,
} from "./series/prepare/difference.js";
export { backwardFill, forwardFill, type InterpolateOptions, interpolate } from "./series/prepare/gaps.js";
export { type KnnImputeOptions, knnImpute } from "./series/prepare/knn-impute.js";
export { lagFeatures } from "./series/prepare/lag-features.js";
export { inverseLogTransform, logTransform } from "./series/prepare/log-transform.js";
export { minMaxScaler } from "./series/prepare/min-max-scaler.js";
export { oneHot } from "./series/prepare/one-hot.js";
export { powerTransform } from "./series/prepare/power-transform.js";
export { type ResampleOptions, resample, type TimedValues } from "./series/prepare/resample.js";
export { returns } from "./series/prepare/returns.js";
export { robustScaler } from "./series/prepare/robust-scaler.js";
export { type Rolling, rolling } from "./series/prepare/rolling.js";
export type { Scaler, ScalerJSON } from "./series/prepare/scaler.js";
export { scalerFromJSON } from "./series/prepare/scaler-from-json.js";
export { type Spacing, spacing } from "./series/prepare/spacing.js";
export { standardScaler } from "./series/prepare/standard-scaler.js";
export { type Fold, kFold, type Splitter, timeSeriesSplit, walkForward } from "./series/windows/folds.js";
export { lookback } from "./series/windows/lookback.js";
export {
  type CovariateSeries,
  type Numbers,
  type SeriesWindowsOptions,
  seriesWindows,
} from "./series/windows/series-windows.js";
export { slidingWindows } from "./series/windows/sliding-windows.js";
export { timeseriesDatasetFromArray } from "./series/windows/timeseries-dataset-from-array.js";
export { timeseriesGenerator } from "./series/windows/timeseries-generator.js";
export { trainTestSplit } from "./series/windows/train-test-split.js";
export type { InputBatch, LabeledBatch, WindowDataset } from "./series/windows/window-dataset.js";
export {
  type NamedTensor,
  type NestedArray,
  type Tensor,
  type TensorLike,
  tensor,
  toArray,
} from "./tensor.js";
// Pictures
export * from "./viz/index.js";
