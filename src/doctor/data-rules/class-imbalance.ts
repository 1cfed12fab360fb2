import type { DataCase } from "../data-case.js";
import { type Finding, type Rule, short } from "../diagnosis.js";
import { type Classes, classesOf, distanceOf } from "../evidence/classes.js";
import { answersOf, recallsOf } from "../evidence/model-classes.js";
import type { Windows } from "../evidence/window-source.js";
import type { ModelCase } from "../model-case.js";
import { bars, PER_CENT } from "../pictures/pictures.js";

/** A class nine times as frequent as another: where collections of imbalanced data begin (Fernández et al. 2008, KEEL). */
const IMBALANCE_RATIO = 9;
/** Keras's default. */
const USUAL_BATCH_SIZE = 32;
/** With three rare examples expected in a batch, one batch in twenty has none (Poisson): then the class is not seen at all. */
const MIN_EXPECTED_IN_A_BATCH = 3;
/**
 * Classes that lie apart are learnt whatever their share (Japkowicz & Stephen 2002): four standard deviations, where one of
 * forty is mistaken.
 */
const MAX_DISTANCE_STDS = 4;
/** A class that is missed as often as found has not been learnt. */
const MIN_RECALL = 0.5;
/** What classes given equal weight would gain in mean recall: a fifth of the way from guessing to always right. */
const MIN_RECALL_GAIN = 0.1;

/** More classes than a person would balance: words and letters, of which most are rare. */
const MOST_CLASSES = 20;

/** Whether targets are the next of the tokens that stand in the inputs, as indices or one-hot: words and letters are rare by nature. */
function areTokens(windows: Windows, classes: Classes, isIndexed: boolean): boolean {
  const { counts } = classes;
  if (severalOf(classes, windows) === "questions") return false;
  if (counts.size > MOST_CLASSES) return true;
  if (!isIndexed) {
    const { features, targets, columns } = windows;
    const isOneHot = columns.every((column) => column.every((value) => value === 0 || value === 1));
    return features > 2 && isOneHot && (targets.length === features || counts.size >= features / 2);
  }
  const seen = new Set(windows.x.data);
  return counts.size >= seen.size / 2 && [...counts.keys()].every((label) => seen.has(label));
}

/** The classes of a case one of which is rare; null where none is. */
function rareOf(at: DataCase): Classes | null {
  if (!at.isClassification || at.windows === null) return null;
  const classes = classesOf(at.windows);
  if (classes === null || areTokens(at.windows, classes, at.isIndexed)) return null;
  const { rarest, commonest, total } = classes;
  const inABatch = (USUAL_BATCH_SIZE * rarest.count) / total;
  return commonest.count > IMBALANCE_RATIO * rarest.count && inABatch < MIN_EXPECTED_IN_A_BATCH
    ? classes
    : null;
}

/** What there are several labels of in a sample: its steps, or questions that are asked at once; null: one label. */
type Several = "steps" | "questions" | null;

function severalOf({ labels }: Classes, { samples, y }: Windows): Several {
  if (labels.length === samples) return null;
  return y.shape.length === 2 && labels.length === y.data.length && isAsked(y.data, y.shape[1]!)
    ? "questions"
    : "steps";
}

/** Whether rows of zeros and ones are answers to several questions: one-hot rows are one answer. */
const isAsked = (data: ArrayLike<number>, width: number): boolean =>
  width > 1 && Array.prototype.every.call(data, (value: number) => value === 0 || value === 1);

const howToWeigh: Readonly<Record<"steps" | "questions" | "one", string>> = {
  steps:
    "fit(x, y, { sampleWeight }) with a weight for every step, [N, T], for classWeight knows one label a sample: labels / (classes · count) of the step's label",
  questions:
    "fit(x, y, { sampleWeight }) with a larger weight, [N], for samples in which it occurs (classWeight knows one label a sample), and a threshold below 0.5 for the answer; for a label of its own weigh",
  one: "fit(x, y, { classWeight: { … } }) with weights labels / (classes · count)",
};

function findingOf(
  { counts, rarest, commonest, total }: Classes,
  several: Several,
  more: Readonly<Record<string, number | string>>,
): Finding {
  const weights = [...counts].map(([name, n]) => [name, short(total / (counts.size * n))] as const);
  return {
    title: `class ${rarest.label} is ${short((100 * rarest.count) / total)} % of ${total} labels`,
    evidence: {
      class: rarest.label,
      count: rarest.count,
      share: short(rarest.count / total),
      commonestOverRarest: short(commonest.count / rarest.count),
      bound: IMBALANCE_RATIO,
      expectedInABatch: short((USUAL_BATCH_SIZE * rarest.count) / total),
      batchBound: MIN_EXPECTED_IN_A_BATCH,
      classes: counts.size,
      labels: total,
      ...more,
    },
    why: "The mean of the loss hardly notices the rare class: always answering the frequent one is a deep valley near the start, with a fine accuracy and no use.",
    remedy: `${howToWeigh[several ?? "one"]}: ${weights.map(([name, weight]) => `${name}: ${weight}`).join(", ")}. Judge by recall, not accuracy.`,
    ...(several !== null ? {} : { fix: { fit: { classWeight: Object.fromEntries(weights) } } }),
    picture: bars(
      "Labels by class",
      [...counts].sort(([a], [b]) => a - b).map(([name, n]) => [`class ${name}`, (100 * n) / total] as const),
      { x: `share of ${total} labels (%)`, y: "class", range: PER_CENT },
    ),
  };
}

/** Whether the weights it was trained with make up for the classes' numbers. */
function isWeighed({ rarest, commonest }: Classes, weights: DataCase["classWeight"]): boolean {
  const own = ({ label, count }: { label: number; count: number }): number => count * (weights?.[label] ?? 1);
  return own(commonest) <= IMBALANCE_RATIO * own(rarest);
}

/** One class hardly occurs, and the inputs do not set it apart by themselves. */
export const classImbalance: Rule<DataCase> = {
  code: "class_imbalance",
  look(at) {
    // What has been trained is judged by what it answers.
    if (at.isTrained) return null;
    const classes = rareOf(at);
    // Whoever weighs the classes already has done what would be said.
    if (classes === null || isWeighed(classes, at.classWeight)) return null;
    const distance = distanceOf(at.windows!, classes, classes.rarest.label);
    if (distance !== null && distance > MAX_DISTANCE_STDS) return null;
    return findingOf(
      classes,
      severalOf(classes, at.windows!),
      distance === null ? {} : { distanceInStds: short(distance), distanceBound: MAX_DISTANCE_STDS },
    );
  },
};

/** The same of a trained model: it misses the rare class, or would not if it were to weigh all classes alike. */
export const classImbalanceLearnt: Rule<ModelCase> = {
  code: "class_imbalance",
  async look(at) {
    const classes = at.isTrained ? rareOf(at.data) : null;
    const answers = classes === null ? null : await answersOf(at, classes);
    if (classes === null || answers === null || isWeighed(classes, at.fit.classWeight)) return null;
    const { label } = classes.rarest;
    const asIs = recallsOf(answers, false, label);
    const weighted = recallsOf(answers, true, label);
    if (asIs.rare > MIN_RECALL && weighted.mean - asIs.mean <= MIN_RECALL_GAIN) return null;
    return findingOf(classes, severalOf(classes, at.windows), {
      recallOfTheClass: short(asIs.rare),
      recallBound: MIN_RECALL,
      meanRecall: short(asIs.mean),
      meanRecallWithEqualWeights: short(weighted.mean),
      gainBound: MIN_RECALL_GAIN,
      measuredOn: answers.measuredOn,
    });
  },
};
