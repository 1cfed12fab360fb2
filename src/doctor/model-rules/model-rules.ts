import { classImbalanceLearnt } from "../data-rules/class-imbalance.js";
import { insufficientDataLearnt } from "../data-rules/insufficient-data.js";
import { noiseFeaturesLearnt } from "../data-rules/noise-features.js";
import { nonStationaryAndBeaten } from "../data-rules/non-stationary-target.js";
import type { Rule } from "../diagnosis.js";
import type { ModelCase } from "../model-case.js";
import { activationNotForRecurrence } from "./activation-not-for-recurrence.js";
import { batchSizeTooLarge } from "./batch-size-too-large.js";
import { beatenByBaseline } from "./beaten-by-baseline.js";
import { dropoutTooHigh } from "./dropout-too-high.js";
import { dyingRelu } from "./dying-relu.js";
import { explodingGradients } from "./exploding-gradients.js";
import { frozenWeights } from "./frozen-weights.js";
import { gradientClippingAlwaysActive } from "./gradient-clipping-always-active.js";
import { insufficientCapacity } from "./insufficient-capacity.js";
import { learningRateTooHigh } from "./learning-rate-too-high.js";
import { learningRateTooLow } from "./learning-rate-too-low.js";
import { lossActivationMismatch } from "./loss-activation-mismatch.js";
import { metricDoesNotFit } from "./metric-does-not-fit.js";
import { nanInLoss } from "./nan-in-loss.js";
import { outputActivationRange } from "./output-activation-range.js";
import { overfitting } from "./overfitting.js";
import { paddingCounted } from "./padding-counted.js";
import { saturatedGates } from "./saturated-gates.js";
import { softmaxWithOneUnit } from "./softmax-with-one-unit.js";
import { stateNeverCarried } from "./state-never-carried.js";
import { statefulWithShuffle } from "./stateful-with-shuffle.js";
import { symmetricOrZeroInitialisation } from "./symmetric-or-zero-initialisation.js";
import { truncationShorterThanDependency } from "./truncation-shorter-than-dependency.js";
import { underfittingStoppedEarly } from "./underfitting-stopped-early.js";
import { unreadFeatures } from "./unread-features.js";
import { vanishingGradients } from "./vanishing-gradients.js";
import { weightDecayTooHigh } from "./weight-decay-too-high.js";

/** What is asked of any diagnosis but a result beside its baselines: that one is the symptom of all. */
const others: readonly Rule<ModelCase>[] = [
  // Configuration, and weights as they stand.
  frozenWeights,
  softmaxWithOneUnit,
  lossActivationMismatch,
  metricDoesNotFit,
  outputActivationRange,
  paddingCounted,
  classImbalanceLearnt,
  noiseFeaturesLearnt,
  weightDecayTooHigh,
  symmetricOrZeroInitialisation,
  dyingRelu,
  unreadFeatures,
  truncationShorterThanDependency,
  // The first step.
  explodingGradients,
  activationNotForRecurrence,
  statefulWithShuffle,
  saturatedGates,
  vanishingGradients,
  stateNeverCarried,
  dropoutTooHigh,
  gradientClippingAlwaysActive,
  // Short trainings of copies, and the history.
  learningRateTooHigh,
  learningRateTooLow,
  nanInLoss,
  batchSizeTooLarge,
  insufficientCapacity,
  overfitting,
  underfittingStoppedEarly,
  nonStationaryAndBeaten,
  insufficientDataLearnt,
];

/** Where a training has been, gates may be saturated by its rate; before one, a rate cannot be told from their start. */
function inOrder(isTrained: boolean): readonly Rule<ModelCase>[] {
  if (!isTrained) return others;
  const rest = others.filter((rule) => rule !== learningRateTooHigh);
  const at = rest.indexOf(saturatedGates);
  return [...rest.slice(0, at), learningRateTooHigh, ...rest.slice(at)];
}

/** What needs the model; causes before their symptoms, cheap before dear. */
export const modelRules = (isTrained: boolean): readonly Rule<ModelCase>[] => [
  ...inOrder(isTrained),
  beatenByBaseline,
];
