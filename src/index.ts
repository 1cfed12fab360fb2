/** gateflow: the public door, for Node, browsers, workers, Deno and Bun. Files are behind `gateflow/node`. */
import { registerWeightFiles } from "./formats/model-weights.js";
import "./names.js";

export * from "./background/index.js";
export type { CalendarUnit } from "./calendar/periods.js";
// Callbacks
export type { BackupAndRestoreOptions, BackupStore } from "./callbacks/backup-and-restore.js";
export { type CsvLoggerOptions, csvLogger, type LineSink } from "./callbacks/csv-logger.js";
export { type EarlyStopping, type EarlyStoppingOptions, earlyStopping } from "./callbacks/early-stopping.js";
export { type LambdaCallbackOptions, lambdaCallback } from "./callbacks/lambda-callback.js";
export {
  type LearningRateSchedulerOptions,
  learningRateScheduler,
} from "./callbacks/learning-rate-scheduler.js";
export {
  type LearningRateRange,
  type LrFinder,
  type LrFinderOptions,
  lrFinder,
} from "./callbacks/lr-finder.js";
export {
  type ModelCheckpoint,
  type ModelCheckpointOptions,
  modelCheckpoint,
  type SaveFunction,
} from "./callbacks/model-checkpoint.js";
export type { MonitorMode } from "./callbacks/monitor.js";
export { type ProgressBarOptions, progressBar } from "./callbacks/progress-bar.js";
export { type ReduceLROnPlateauOptions, reduceLROnPlateau } from "./callbacks/reduce-lr-on-plateau.js";
export { type TerminateOnNaN, terminateOnNaN } from "./callbacks/terminate-on-nan.js";
export type { AxisOption, Constraint } from "./constraints/constraint.js";
// Regularizers and constraints
export { nonNeg } from "./constraints/non-neg.js";
export {
  type MaxNormOptions,
  type MinMaxNormOptions,
  maxNorm,
  minMaxNorm,
  unitNorm,
} from "./constraints/norms.js";
export type { ConstraintLike, ConstraintName } from "./constraints/to-constraint.js";
export type { BaselineErrors } from "./doctor/baseline-errors.js";
export type { Code, Severity } from "./doctor/causes.js";
export {
  type Cause,
  type Checkup,
  type CheckupOptions,
  type CheckupStep,
  checkup,
  type ModelExamples,
} from "./doctor/checkup.js";
export { diagnose } from "./doctor/diagnose.js";
export type { DiagnoseOptions, DiagnoseProgress, Several } from "./doctor/diagnose-options.js";
export type { Diagnosis } from "./doctor/diagnosis.js";
export { type ExamplesLike, examine } from "./doctor/examine.js";
export { type Repaired, type RepairOptions, type RepairProgress, repair } from "./doctor/repair.js";
// The doctor
export { type Doctor, type DoctorOptions, doctor } from "./doctor/watch.js";
export type { Activation, ElementwiseActivation } from "./engine/activation-codes.js";
export type { Variant as SimdVariant } from "./engine/builds.js";
export { createEngine, type Engine, type EngineInfo, type EngineOptions } from "./engine/engine.js";
// What compilers without the browser's and Node's types have to know.
export type {} from "./engine/host-types.js";
export type { WorkerFile } from "./engine/threads/host-workers.js";
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
export { backupAndRestore } from "./formats/backup-and-restore.js";
export type { CustomObjects } from "./formats/custom-objects.js";
export * from "./formats/index.js";
export type { LoadWeightsOptions } from "./formats/model-weights.js";
export {
  type FromSafetensorsOptions,
  fromSafetensors,
  type SafetensorsOptions,
  toSafetensors,
} from "./formats/safetensors.js";
// Initializers
export * from "./initializers/index.js";
// Gradient flow: recording it, and what follows from it
export * from "./inspect/index.js";
export type {} from "./layers/graph/apply.js";
// Layers
export * from "./layers/index.js";
export type { SetWeightsOptions } from "./layers/variable.js";
// Losses and metrics
export * from "./losses/index.js";
// Names that are a loss or metric of training and a measure of forecasts
export { mae, mape, mase, mse, msle } from "./measures.js";
export {
  type BinaryAccuracyOptions,
  binaryAccuracy,
  categoricalAccuracy,
  sparseCategoricalAccuracy,
  sparseTopKCategoricalAccuracy,
  type TopKOptions,
  topKCategoricalAccuracy,
} from "./metrics/accuracy.js";
export { type AucOptions, auc } from "./metrics/auc.js";
export {
  type ClassificationReportOptions,
  type ConfusionMatrixOptions,
  classificationReport,
  confusionMatrix,
} from "./metrics/classification-report.js";
export {
  type F1ScoreOptions,
  f1Score,
  type PrecisionOptions,
  precision,
  type RecallOptions,
  recall,
} from "./metrics/confusion.js";
export type { MetricFunction } from "./metrics/custom.js";
export type { Metric, MetricBatch, MetricFactory, MetricOptions } from "./metrics/metric.js";
export { type MaseMetricOptions, r2, rootMeanSquaredError } from "./metrics/regression.js";
export type { MetricLike, MetricName } from "./metrics/to-metric.js";
export type { CompileOptions, PerOutput } from "./model/compile.js";
export type { Dataset, DatasetBatch } from "./model/data/examples.js";
export type { BatchOptions, EvaluateOptions, WeightOption } from "./model/data/sources.js";
// Model
export type {
  Callback,
  CallbackState,
  History,
  Hook as CallbackHook,
  Logs,
  TrainingModel,
  TrainingParams,
} from "./model/events.js";
export type { FlowListener } from "./model/flow.js";
export type {} from "./model/graph/apply-model.js";
export type { Graph as ModelGraph } from "./model/graph/graph.js";
export {
  type GraphFitOptions,
  type GraphModel,
  type GraphOptions,
  model,
  type OneOrMany as GraphPorts,
  type WeightsOption as GraphWeightOption,
} from "./model/graph/graph-model.js";
export type { ModelLayer } from "./model/graph/model-layer.js";
export { plotModel } from "./model/graph/plot-model.js";
export type { ManyBatch, ManyDataset, Tensors } from "./model/graph/ports.js";
export type { Verbosity } from "./model/keras-calls.js";
export type { LayerSet } from "./model/layer-set.js";
export type { LayerStack } from "./model/layer-stack.js";
export type { Model } from "./model/model.js";
export type { ModelOptions } from "./model/model-options.js";
export type { Gradients } from "./model/on-demand/gradients.js";
export { type Sequential, type SequentialOptions, sequential } from "./model/sequential.js";
export type { FitOptions } from "./model/training/fit-options.js";
// Optimizers and schedules
export * from "./optimizers/index.js";
export { createRandom, type Random, type RandomState, type Shuffleable } from "./random.js";
export type { RecipeSource } from "./recipe/examples-for.js";
export { type FixAsCodeOptions, fixAsCode } from "./recipe/fix-as-code.js";
export type { Framework } from "./recipe/fix-in-python.js";
export type { LayerPatch, RecipePatch } from "./recipe/patch.js";
export type { Prepared as PreparedExamples, PreparedPart } from "./recipe/prepare.js";
export {
  applyFix,
  type LayerRecipe,
  type OptimizerRecipe,
  type Recipe,
  type SeriesRecipe,
} from "./recipe/recipe.js";
export type { Attempt as RecipeAttempt } from "./recipe/train-recipe.js";
export type { Described } from "./registry.js";
export { type L1L2Options, type L1Options, type L2Options, l1, l1l2, l2 } from "./regularizers/l1l2.js";
export {
  type OrthogonalRegularizerMode,
  type OrthogonalRegularizerOptions,
  orthogonal as orthogonalRegularizer,
} from "./regularizers/orthogonal.js";
export type { Regularizer } from "./regularizers/regularizer.js";
export type { RegularizerLike, RegularizerName } from "./regularizers/to-regularizer.js";
export {
  type CosineDecayOptions,
  type CosineDecayRestartsOptions,
  cosineDecay,
  cosineDecayRestarts,
} from "./schedules/cosine-decay.js";
export {
  type DecayOptions,
  exponentialDecay,
  inverseTimeDecay,
  type PolynomialDecayOptions,
  polynomialDecay,
} from "./schedules/decay.js";
export { type OneCycleOptions, oneCycle } from "./schedules/one-cycle.js";
export {
  type PiecewiseConstantDecayOptions,
  piecewiseConstantDecay,
} from "./schedules/piecewise-constant-decay.js";
export type { Schedule, ScheduleFunction } from "./schedules/schedule.js";
export { type WarmupOptions, warmup } from "./schedules/warmup.js";
// Many trainings: searches, folds, ensembles
export * from "./search/index.js";
// Time series: all of gateflow/series
export * from "./series.js";
// Tables from bytes
export * from "./table/index.js";
export type { TableOptions } from "./table/table.js";
export {
  type NamedTensor,
  type NestedArray,
  type NestedNumbers,
  type Tensor,
  type TensorLike,
  tensor,
  toArray,
} from "./tensor.js";
export { type PaddedRow, type PadSequencesOptions, padSequences } from "./text/pad-sequences.js";
export {
  type TextOutputMode,
  type TextSplit,
  type TextStandardization,
  type TextVectorization,
  type TextVectorizationJSON,
  type TextVectorizationOptions,
  textVectorization,
} from "./text/text-vectorization.js";
export { type ToCategoricalOptions, toCategorical } from "./text/to-categorical.js";
// Pictures
export * from "./viz/index.js";

registerWeightFiles();
