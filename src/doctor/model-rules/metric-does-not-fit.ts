import { isClassLoss } from "../../recipe/train-recipe.js";
import { type Rule, short } from "../diagnosis.js";
import type { ModelCase } from "../model-case.js";
import { line, lines } from "../pictures/pictures.js";

/** Targets of which so many are whole numbers may be classes. */
const WHOLE_SHARE = 0.99;
/** Labels an accuracy can count: more different ones are amounts. */
const MOST_CLASSES = 50;
const SHOWN = 200;

const countsHits = (name: string): boolean => /accuracy|^acc$|precision|recall|f1|auc/i.test(name);

/** An accuracy of amounts: it counts answers that are equal to the last digit, and so none. */
export const metricDoesNotFit: Rule<ModelCase> = {
  code: "metric_does_not_fit",
  isStatic: true,
  look({ file, windows }) {
    const metric = file.metrics.find(countsHits);
    if (metric === undefined || isClassLoss(file.loss.name) || file.loss.targets === "classes") return null;
    const { data } = windows.y;
    const whole = Array.from(data).filter(Number.isInteger).length / data.length;
    if (whole > WHOLE_SHARE && new Set(data).size <= MOST_CLASSES) return null;
    return {
      severity: "warning",
      title: `${metric} counts right answers, and the targets are amounts`,
      evidence: {
        metric,
        loss: file.loss.name,
        wholeTargets: short(whole),
        bound: WHOLE_SHARE,
        different: new Set(data).size,
        differentBound: MOST_CLASSES,
      },
      why: "Accuracy is the share of predictions that equal their target. An amount is hardly ever met exactly: the number stays near 0, or at the share of targets that happen to be 0 or 1, however good the model is. It says nothing of the training.",
      remedy:
        'metrics: ["mae"] or ["rmse", "r2"] for amounts, beside a baseline; for classes a loss of classes: "sparseCategoricalCrossentropy" or "binaryCrossentropy".',
      picture: lines(
        "The targets: amounts, not classes",
        [line("target", data.subarray(0, SHOWN), { points: true })],
        { x: "target number, in the order of the samples", y: "target" },
      ),
    };
  },
};
