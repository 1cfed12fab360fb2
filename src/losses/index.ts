/** The losses as a program gives them to `compile`. */
export {
  binaryCrossentropy,
  type CrossentropyOptions,
  categoricalCrossentropy,
  type SparseCrossentropyOptions,
  sparseCategoricalCrossentropy,
} from "./crossentropy.js";
export type { LossContext, LossFunction, LossResult } from "./custom.js";
export type { Loss, LossBatch, LossOptions } from "./loss.js";
export { hinge, klDivergence, squaredHinge } from "./margins.js";
export { gaussianNegativeLogLikelihood, type QuantileOptions, quantile } from "./probabilistic.js";
export type { Reduction as LossReduction } from "./reduction.js";
export {
  type CosineSimilarityOptions,
  cosineSimilarity,
  type HuberOptions,
  huber,
  logCosh,
  meanAbsoluteError,
  meanAbsolutePercentageError,
  meanSquaredError,
  meanSquaredLogarithmicError,
  poisson,
} from "./regression.js";
export type { LossLike, LossName } from "./to-loss.js";
