/**
 * gateflow/core: a program that trains an LSTM and predicts with it, in as few bytes as that takes. Options are given as
 * objects, `optimizer: adam()`, `loss: meanSquaredError()`; of names it knows the defaults only, and says so when it is
 * given another. Its kernels are those of assembly/core.ts. What it computes has the bits that `gateflow` computes.
 *
 * @example
 * import { adam, dense, lstm, meanSquaredError, sequential } from "gateflow/core";
 *
 * const model = sequential([lstm({ units: 16, inputShape: [24, 1] }), dense({ units: 1 })], { seed: 1 });
 * model.compile({ optimizer: adam({ learningRate: 0.01 }), loss: meanSquaredError() });
 * await model.fit(x, y, { epochs: 15 });
 * const predicted = await model.predict(newX);
 */

export type { Constraint } from "./constraints/constraint.js";
export type { ConstraintLike, ConstraintName } from "./constraints/to-constraint.js";
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
export { ones, zeros } from "./initializers/constant.js";
export type { Initializer, InitializerFunction, SeedOption } from "./initializers/initializer.js";
export { type OrthogonalOptions, orthogonal } from "./initializers/orthogonal.js";
export type { InitializerLike, InitializerName } from "./initializers/to-initializer.js";
export {
  glorotNormal,
  glorotUniform,
  heNormal,
  heUniform,
  lecunNormal,
  lecunUniform,
} from "./initializers/variance-scaling.js";
export { type DenseLayer, type DenseOptions, dense } from "./layers/dense.js";
export type { Dtype, Shape as SymbolicShape, SymbolicTensor } from "./layers/graph/symbolic-tensor.js";
export type { Layer, LayerOptions, SampleShape } from "./layers/layer.js";
export { type LstmLayer, type LstmOptions, lstm } from "./layers/recurrent/lstm.js";
export type { RecurrentLayer, RecurrentOptions } from "./layers/recurrent/recurrent-layer.js";
export type { Signal as LayerSignal } from "./layers/signal.js";
export type { Call as LayerCall, Stage as LayerStage } from "./layers/stage.js";
export type { StoredArray } from "./layers/stored-array.js";
export type { SetWeightsOptions, Variable as LayerVariable } from "./layers/variable.js";
export type { Workspace as LayerWorkspace } from "./layers/workspace.js";
export type { LossContext, LossFunction, LossResult } from "./losses/custom.js";
export type { Loss, LossBatch, LossOptions } from "./losses/loss.js";
export { type HuberOptions, huber, meanAbsoluteError, meanSquaredError } from "./losses/regression.js";
export type { LossLike, LossName } from "./losses/to-loss.js";
export type { MetricFunction } from "./metrics/custom.js";
export type { Metric, MetricBatch, MetricFactory, MetricOptions } from "./metrics/metric.js";
export { rootMeanSquaredError } from "./metrics/regression.js";
export type { MetricLike, MetricName } from "./metrics/to-metric.js";
export type { CompileOptions, PerOutput } from "./model/compile.js";
export type { Dataset, DatasetBatch } from "./model/data/examples.js";
export type { BatchOptions, EvaluateOptions, WeightOption } from "./model/data/sources.js";
export type {
  Callback,
  CallbackState,
  History,
  Hook as CallbackHook,
  Logs,
  TrainingModel,
  TrainingParams,
} from "./model/events.js";
export type { FlowListener, GateFlow, GradientFlow, LayerFlow, WeightFlow } from "./model/flow.js";
export type { LayerSet } from "./model/layer-set.js";
export type { LayerStack } from "./model/layer-stack.js";
export type { Model } from "./model/model.js";
export type { ModelOptions } from "./model/model-options.js";
export type { Gradients } from "./model/on-demand/gradients.js";
export { type Sequential, type SequentialOptions, sequential } from "./model/sequential.js";
export type { FitOptions } from "./model/training/fit-options.js";
export { type AdamOptions, type AmsgradOption, adam, adamw } from "./optimizers/adam.js";
export type { ClipOptions } from "./optimizers/clipping.js";
export type { Optimizer, OptimizerOptions } from "./optimizers/optimizer.js";
export { type SgdOptions, sgd } from "./optimizers/sgd.js";
export type { OptimizerLike, OptimizerName } from "./optimizers/to-optimizer.js";
export type { Random, RandomState, Shuffleable } from "./random.js";
export type { Described } from "./registry.js";
export type { Regularizer } from "./regularizers/regularizer.js";
export type { RegularizerLike, RegularizerName } from "./regularizers/to-regularizer.js";
export type { Schedule, ScheduleFunction } from "./schedules/schedule.js";
export {
  type NamedTensor,
  type NestedArray,
  type NestedNumbers,
  type Tensor,
  type TensorLike,
  tensor,
  toArray,
} from "./tensor.js";

// The text of the kernels stands last in a bundle: gzip looks back 32 KB, and would not see past it.
import { registerBuilds } from "./engine/builds.js";
import { coreBuilds } from "./engine/core-builds.js";

registerBuilds(coreBuilds);
