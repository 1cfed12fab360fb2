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
export { ones, zeros } from "./initializers/constant.js";
export type { Initializer, InitializerFunction } from "./initializers/initializer.js";
export { orthogonal } from "./initializers/orthogonal.js";
export {
  glorotNormal,
  glorotUniform,
  heNormal,
  heUniform,
  lecunNormal,
  lecunUniform,
} from "./initializers/variance-scaling.js";
export { type DenseOptions, dense } from "./layers/dense.js";
export type { Layer, LayerOptions } from "./layers/layer.js";
export { type LstmOptions, lstm } from "./layers/recurrent/lstm.js";
export type { LossContext, LossFunction, LossResult } from "./losses/custom.js";
export type { Loss } from "./losses/loss.js";
export { huber, meanAbsoluteError, meanSquaredError } from "./losses/regression.js";
export type { MetricFunction } from "./metrics/custom.js";
export type { Metric, MetricFactory } from "./metrics/metric.js";
export { rootMeanSquaredError } from "./metrics/regression.js";
export type { CompileOptions } from "./model/compile.js";
export type { Dataset, DatasetBatch } from "./model/data/examples.js";
export type { BatchOptions, EvaluateOptions, WeightOption } from "./model/data/sources.js";
export type {
  Callback,
  CallbackState,
  History,
  Logs,
  TrainingModel,
  TrainingParams,
} from "./model/events.js";
export type { GradientFlow } from "./model/flow.js";
export type { Model } from "./model/model.js";
export type { ModelOptions } from "./model/model-options.js";
export type { Gradients } from "./model/on-demand/gradients.js";
export { type Sequential, type SequentialOptions, sequential } from "./model/sequential.js";
export type { FitOptions } from "./model/training/fit-options.js";
export { adam, adamw } from "./optimizers/adam.js";
export type { Optimizer } from "./optimizers/optimizer.js";
export { sgd } from "./optimizers/sgd.js";
export type { Schedule } from "./schedules/schedule.js";
export {
  type NamedTensor,
  type NestedArray,
  type Tensor,
  type TensorLike,
  tensor,
  toArray,
} from "./tensor.js";

// The text of the kernels stands last in a bundle: gzip looks back 32 KB, and would not see past it.
import { registerBuilds } from "./engine/builds.js";
import { coreBuilds } from "./engine/core-builds.js";

registerBuilds(coreBuilds);
