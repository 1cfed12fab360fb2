/** Every initializer, with the types of its options. */
export { type ChronoOptions, chrono } from "./chrono.js";
export {
  type ConstantOptions,
  constant,
  type IdentityOptions,
  identity,
  ones,
  zeros,
} from "./constant.js";
export type { Initializer, InitializerFunction, SeedOption } from "./initializer.js";
export {
  type OrthogonalOptions,
  type OrthogonalPerGateOptions,
  orthogonal,
  orthogonalPerGate,
} from "./orthogonal.js";
export {
  type RandomNormalOptions,
  type RandomUniformOptions,
  randomNormal,
  randomUniform,
  truncatedNormal,
} from "./random-distributions.js";
export type { InitializerLike, InitializerName } from "./to-initializer.js";
export {
  glorotNormal,
  glorotUniform,
  heNormal,
  heUniform,
  lecunNormal,
  lecunUniform,
  type VarianceScalingDistribution,
  type VarianceScalingMode,
  type VarianceScalingOptions,
  varianceScaling,
} from "./variance-scaling.js";
