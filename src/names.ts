/**
 * All names by which options are given, registered on import, with the kernels they need. `gateflow` and whatever reads
 * models from files import this; `gateflow/core` does not.
 */
import { nonNeg } from "./constraints/non-neg.js";
import { maxNorm, minMaxNorm, unitNorm } from "./constraints/norms.js";
import { type ConstraintName, constraints } from "./constraints/to-constraint.js";
import { allBuilds } from "./engine/all-builds.js";
import { registerBuilds } from "./engine/builds.js";
import { chrono } from "./initializers/chrono.js";
import { constant, identity, ones, zeros } from "./initializers/constant.js";
import { orthogonal, orthogonalPerGate } from "./initializers/orthogonal.js";
import { randomNormal, randomUniform, truncatedNormal } from "./initializers/random-distributions.js";
import { type InitializerName, initializers } from "./initializers/to-initializer.js";
import {
  glorotNormal,
  glorotUniform,
  heNormal,
  heUniform,
  lecunNormal,
  lecunUniform,
  varianceScaling,
} from "./initializers/variance-scaling.js";
import { registerKerasOptions } from "./layers/keras-options.js";
import { registerExtendedStage } from "./layers/recurrent/lstm.js";
import { LstmExtendedStage } from "./layers/recurrent/lstm-extended-stage.js";
import {
  binaryCrossentropy,
  categoricalCrossentropy,
  sparseCategoricalCrossentropy,
} from "./losses/crossentropy.js";
import { lossExtras } from "./losses/loss.js";
import { hinge, klDivergence, squaredHinge } from "./losses/margins.js";
import { gaussianNegativeLogLikelihood, quantile } from "./losses/probabilistic.js";
import { registerReductions } from "./losses/reduction.js";
import {
  cosineSimilarity,
  huber,
  logCosh,
  meanAbsoluteError,
  meanAbsolutePercentageError,
  meanSquaredError,
  meanSquaredLogarithmicError,
  poisson,
} from "./losses/regression.js";
import { type LossName, losses } from "./losses/to-loss.js";
import { outputWeighing } from "./losses/weigh-outputs.js";
import {
  binaryAccuracy,
  categoricalAccuracy,
  sparseCategoricalAccuracy,
  sparseTopKCategoricalAccuracy,
  topKCategoricalAccuracy,
} from "./metrics/accuracy.js";
import { accuracyByLoss } from "./metrics/accuracy-by-loss.js";
import { auc } from "./metrics/auc.js";
import { f1Score, precision, recall } from "./metrics/confusion.js";
import { cosineSimilarityMetric, mase, r2, rmse, rootMeanSquaredError } from "./metrics/regression.js";
import { type MetricName, metrics } from "./metrics/to-metric.js";
import { registerGraphs } from "./model/graph/apply-model.js";
import { registerKerasCalls } from "./model/keras-calls.js";
import { adadelta } from "./optimizers/adadelta.js";
import { adagrad } from "./optimizers/adagrad.js";
import { adam, adamw, nadam } from "./optimizers/adam.js";
import { adamax } from "./optimizers/adamax.js";
import { lion } from "./optimizers/lion.js";
import { rmsprop } from "./optimizers/rmsprop.js";
import { sgd } from "./optimizers/sgd.js";
import { type OptimizerName, optimizers } from "./optimizers/to-optimizer.js";
import { l1, l1l2, l2 } from "./regularizers/l1l2.js";
import { orthogonal as orthogonalRegularizer } from "./regularizers/orthogonal.js";
import { type RegularizerName, regularizers } from "./regularizers/to-regularizer.js";
import { cosineDecay, cosineDecayRestarts } from "./schedules/cosine-decay.js";
import { exponentialDecay, inverseTimeDecay, polynomialDecay } from "./schedules/decay.js";
import { oneCycle } from "./schedules/one-cycle.js";
import { piecewiseConstantDecay } from "./schedules/piecewise-constant-decay.js";
import { schedules, toSchedule } from "./schedules/to-schedule.js";
import { type WarmupOptions, warmup } from "./schedules/warmup.js";

registerBuilds(allBuilds);
registerGraphs();
registerKerasOptions();
registerKerasCalls();
registerExtendedStage(LstmExtendedStage);
Object.assign(lossExtras, outputWeighing);
registerReductions();

initializers.complete({
  glorotUniform,
  glorotNormal,
  heUniform,
  heNormal,
  lecunUniform,
  lecunNormal,
  varianceScaling,
  randomUniform,
  randomNormal,
  truncatedNormal,
  orthogonal,
  orthogonalPerGate,
  identity,
  zeros,
  ones,
  constant,
  chrono,
} satisfies Record<InitializerName, unknown>);

regularizers.complete({ l1, l2, l1l2, orthogonal: orthogonalRegularizer } satisfies Record<
  RegularizerName,
  unknown
>);

constraints.complete({ maxNorm, nonNeg, unitNorm, minMaxNorm } satisfies Record<ConstraintName, unknown>);

losses.complete({
  meanSquaredError,
  mse: meanSquaredError,
  meanAbsoluteError,
  mae: meanAbsoluteError,
  huber,
  logCosh,
  meanAbsolutePercentageError,
  mape: meanAbsolutePercentageError,
  meanSquaredLogarithmicError,
  msle: meanSquaredLogarithmicError,
  hinge,
  squaredHinge,
  klDivergence,
  binaryCrossentropy,
  categoricalCrossentropy,
  sparseCategoricalCrossentropy,
  poisson,
  cosineSimilarity,
  gaussianNegativeLogLikelihood,
  quantile,
} satisfies Record<LossName | "quantile", unknown>);

metrics.complete({
  binaryAccuracy,
  categoricalAccuracy,
  sparseCategoricalAccuracy,
  topKCategoricalAccuracy,
  sparseTopKCategoricalAccuracy,
  rootMeanSquaredError,
  rmse,
  r2,
  mase,
  auc,
  precision,
  recall,
  f1Score,
  cosineSimilarity: cosineSimilarityMetric,
  accuracy: accuracyByLoss("accuracy"),
  acc: accuracyByLoss("acc"),
} satisfies Record<Exclude<MetricName, LossName> | "cosineSimilarity", unknown>);

optimizers.complete({ sgd, rmsprop, adagrad, adadelta, adam, adamw, adamax, nadam, lion } satisfies Record<
  OptimizerName,
  unknown
>);

schedules.complete({
  exponentialDecay,
  inverseTimeDecay,
  polynomialDecay,
  cosineDecay,
  cosineDecayRestarts,
  piecewiseConstantDecay,
  oneCycle,
  /** What comes after may be described too. */
  warmup(options: WarmupOptions) {
    const { target } = options;
    return warmup(
      typeof target === "object" ? { ...options, target: toSchedule("warmup()", "target", target) } : options,
    );
  },
});
