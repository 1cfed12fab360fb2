import { log } from "../../elementary.js";
import { labelsOf } from "./classes.js";
import type { Windows } from "./window-source.js";

/** Factors of classes, as `fit` takes them: a class without one has 1. */
export type ClassWeight = Readonly<Record<number, number>>;

const weightOf = (classWeight: ClassWeight, label: number): number => classWeight[label] ?? 1;

/**
 * Each example's weight, for losses that are measured as they were trained: of mean 1 over the training examples, so that a
 * weighted loss is as large as one without.
 * @param training the examples over which the mean is taken.
 * @returns null where there is a label at every step, which knows no weights of classes.
 */
export function exampleWeights(
  windows: Windows,
  classWeight: ClassWeight,
  training: Windows = windows,
): Float32Array | null {
  const [labels, all] = [labelsOf(windows), labelsOf(training)];
  if (labels.length !== windows.samples) return null;
  const mean = all.reduce((sum, label) => sum + weightOf(classWeight, label), 0) / all.length;
  return mean > 0 ? Float32Array.from(labels, (label) => weightOf(classWeight, label) / mean) : null;
}

/** The cross-entropy of the best constant answer, examples weighted: the entropy of the weighted shares of classes. */
export function weightedConstantLoss(windows: Windows, weights: Float32Array): number {
  const shares = new Map<number, number>();
  const whole = weights.reduce((sum, weight) => sum + weight, 0);
  for (const [n, label] of labelsOf(windows).entries())
    shares.set(label, (shares.get(label) ?? 0) + weights[n]! / whole);
  // The weights of examples held back have another mean.
  return (
    (whole / weights.length) * -[...shares.values()].reduce((sum, p) => sum + (p > 0 ? p * log(p) : 0), 0)
  );
}
