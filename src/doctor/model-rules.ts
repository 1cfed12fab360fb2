import type { Rule } from "./diagnosis.js";
import type { ModelCase } from "./model-case.js";
import { batchSizeTooLarge } from "./rules/batch-size-too-large.js";
import { beatenByBaseline } from "./rules/beaten-by-baseline.js";
import { classImbalanceLearnt } from "./rules/class-imbalance.js";
import { dropoutTooHigh } from "./rules/dropout-too-high.js";
import { dyingRelu } from "./rules/dying-relu.js";
import { explodingGradients } from "./rules/exploding-gradients.js";
import { gradientClippingAlwaysActive } from "./rules/gradient-clipping-always-active.js";
import { insufficientCapacity } from "./rules/insufficient-capacity.js";
import { learningRateTooHigh } from "./rules/learning-rate-too-high.js";
import { learningRateTooLow } from "./rules/learning-rate-too-low.js";
import { lossActivationMismatch } from "./rules/loss-activation-mismatch.js";
import { nanInLoss } from "./rules/nan-in-loss.js";
import { noiseFeaturesLearnt } from "./rules/noise-features.js";
import { nonStationaryAndBeaten } from "./rules/non-stationary-target.js";
import { outputActivationRange } from "./rules/output-activation-range.js";
import { overfitting } from "./rules/overfitting.js";
import { saturatedGates } from "./rules/saturated-gates.js";
import { softmaxWithOneUnit } from "./rules/softmax-with-one-unit.js";
import { stateNeverCarried } from "./rules/state-never-carried.js";
import { statefulWithShuffle } from "./rules/stateful-with-shuffle.js";
import { symmetricOrZeroInitialisation } from "./rules/symmetric-or-zero-initialisation.js";
import { truncationShorterThanDependency } from "./rules/truncation-shorter-than-dependency.js";
import { underfittingStoppedEarly } from "./rules/underfitting-stopped-early.js";
import { unreadFeatures } from "./rules/unread-features.js";
import { vanishingGradients } from "./rules/vanishing-gradients.js";
import { weightDecayTooHigh } from "./rules/weight-decay-too-high.js";

/** What is asked of any diagnosis but a result beside its baselines: that one is the symptom of all. */
const others: readonly Rule<ModelCase>[] = [
  // Configuration, and weights as they stand.
  softmaxWithOneUnit,
  lossActivationMismatch,
  outputActivationRange,
  classImbalanceLearnt,
  noiseFeaturesLearnt,
  weightDecayTooHigh,
  symmetricOrZeroInitialisation,
  dyingRelu,
  unreadFeatures,
  truncationShorterThanDependency,
  // The first step.
  explodingGradients,
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
];

/** Where a training has been, gates may be saturated by its rate; before one, a rate cannot be told from their start. */
function inOrder(isTrained: boolean): readonly Rule<ModelCase>[] {
  if (!isTrained) return others;
  const rest = others.filter((rule) => rule !== learningRateTooHigh);
  const at = rest.indexOf(saturatedGates);
  return [...rest.slice(0, at), learningRateTooHigh, ...rest.slice(at)];
}

/** What needs the model; causes before their symptoms, cheap before dear. */
export const modelRules = (found: readonly string[], isTrained: boolean): readonly Rule<ModelCase>[] => [
  ...inOrder(isTrained),
  { ...beatenByBaseline, explainedBy: [...found, ...others.map(({ code }) => code)] },
];
