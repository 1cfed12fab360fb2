export { type CrossValidateOptions, type CrossValidation, crossValidate } from "./cross-validate.js";
export type { PlainData, RecipeData, SearchData } from "./data.js";
export {
  type Ensemble,
  type EnsembleOptions,
  ensemble,
  type LoadedModel as EnsembleModel,
} from "./ensemble.js";
export { type FitManyOptions, type FittedSeries, fitMany } from "./fit-many.js";
export type { Job, JobHooks, JobResult } from "./job.js";
export { type InProcessOptions, inProcess } from "./runners/in-process.js";
export type { Runner, Task } from "./runners/runner.js";
export {
  type ChoiceDistribution,
  choice,
  type Distribution,
  type IntDistribution,
  int,
  type LogUniformDistribution,
  logUniform,
  type Params,
  type UniformDistribution,
  uniform,
} from "./space.js";
export type { BestTrial, Study } from "./study.js";
export { type RunningTrial, type Trial, TrialPruned, type TrialState } from "./trial.js";
export { tune } from "./tune.js";
export type {
  Objective,
  PrunerName,
  SamplerName,
  StudyCallback,
  TuneFunctionOptions,
  TuneOptions,
  TuneRecipeOptions,
} from "./tune-options.js";
