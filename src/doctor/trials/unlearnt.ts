import { classesOf } from "../evidence/classes.js";
import { answersOf, recallsOf } from "../evidence/model-classes.js";
import type { ModelCase } from "../model-case.js";

/** From this share on a classifier's recalls are asked as well as its loss. */
const LITTLE_LEARNT = 0.1;

/** How much of what guessing misses a trained classifier misses, mean over its classes; null for other models. */
async function missedClasses(at: ModelCase): Promise<number | null> {
  const { isStateful, isMany } = at.experiments;
  if (!at.isTrained || !at.data.isClassification || isStateful || isMany) return null;
  return at.experiments.once("missed classes", async () => {
    const classes = classesOf(at.windows);
    const answers = classes === null ? null : await answersOf(at, classes, "training");
    if (classes === null || answers === null) return null;
    const { mean } = recallsOf(answers, false, classes.rarest.label);
    return (1 - mean) / (1 - 1 / classes.counts.size);
  });
}

/** Losses measured, in units of what a constant answer reaches: 1 is nothing learnt, 0 everything. */
export async function unlearnt(at: ModelCase): Promise<number> {
  const { experiments } = at;
  const loss = await experiments.trainLoss();
  if (experiments.constantLoss === null || !(experiments.constantLoss > 0)) return Number.NaN;
  const share = loss / experiments.constantLoss;
  // Trained with weights of classes, a classifier pays in the loss for what it gains in recall.
  const missed = share < LITTLE_LEARNT ? null : await missedClasses(at);
  return missed === null ? share : Math.min(share, missed);
}

/** The same, judged on validation too where there is any: what was learnt by heart is not learnt. */
export async function unlearntOnNew(at: ModelCase): Promise<number> {
  const own = await unlearnt(at);
  const held = await at.experiments.validationLoss();
  return held === null || at.experiments.constantLoss === null
    ? own
    : Math.max(own, held / at.experiments.constantLoss);
}
