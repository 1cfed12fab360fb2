import { type Finding, type Rule, short } from "../diagnosis.js";
import { constantLoss } from "../evidence/baseline-loss.js";
import { beatenBy } from "../evidence/constant-answers.js";
import type { ModelCase } from "../model-case.js";
import { bars } from "../pictures/pictures.js";
import { unlearnt } from "../trials/unlearnt.js";

/**
 * From this share of the loss of one answer for everything on, nothing of the examples has been learnt; on new examples a
 * tenth more, as beside the other baselines.
 */
const NOTHING_LEARNT_RATIO = 1;
const WORSE_ON_NEW_RATIO = 1.1;
/** Below this share of it a few examples have been learnt by heart. */
const BY_HEART_SHARE = 0.3;
/** A mean recall a tenth of the way from guessing to always right is something. */
const NOTHING_FOUND_SHARE = 0.9;

interface Losses {
  readonly loss: number;
  readonly constant: number;
  readonly bound: number;
  readonly measuredOn: string;
}

/** What a trained model and the best constant answer come to, where the model is no better; null where it is. */
async function noBetterThanConstant(at: ModelCase): Promise<Losses | null> {
  const { isTrained, experiments, data, file } = at;
  const constant = experiments.constantLoss;
  if (!isTrained || experiments.isStateful || constant === null || !(constant > 0)) return null;
  const loss = await experiments.trainLoss();
  // Trained with weights of classes, a classifier may cost more than a constant answer and find what that one never does.
  if (data.isClassification && (await unlearnt(at)) < NOTHING_FOUND_SHARE) return null;
  if (loss > NOTHING_LEARNT_RATIO * constant)
    return { loss, constant, bound: NOTHING_LEARNT_RATIO, measuredOn: "training examples" };
  // A classifier may be right and too sure of itself: its crossentropy on new examples says little.
  if (data.validation === null || data.isClassification) return null;
  const [held, itsConstant] = [await experiments.validationLoss(), constantLoss(data.validation, file.loss)];
  return held !== null && itsConstant !== null && itsConstant > 0 && held > WORSE_ON_NEW_RATIO * itsConstant
    ? { loss: held, constant: itsConstant, bound: WORSE_ON_NEW_RATIO, measuredOn: "validation examples" }
    : null;
}

/** The fault of all faults, where none of the others was found. */
async function beatenByConstant(at: ModelCase): Promise<Finding | null> {
  const found = await noBetterThanConstant(at);
  if (found === null) return null;
  const { loss, constant, bound, measuredOn } = found;
  const overfitFewExamples = await at.experiments.overfitFewExamples();
  const canLearn = overfitFewExamples < BY_HEART_SHARE * constant;
  return {
    title: "the same answer for everything does as well as the model",
    evidence: {
      baseline: "the best constant answer",
      modelLoss: short(loss),
      baselineLoss: short(constant),
      ratio: short(loss / constant),
      bound,
      measuredOn,
      lossOfSixteenLearntByHeart: short(overfitFewExamples),
    },
    why: canLearn
      ? "After training the loss is where it would be without looking at the inputs. A few examples can be learnt by heart, so the gradient arrives: what was learnt of all of them does not hold for others, or the training ended before it."
      : "After training the loss is where it would be without looking at the inputs, and not even sixteen examples can be learnt by heart: the gradient does not arrive, or the output cannot go where the targets are.",
    remedy: canLearn
      ? "Train longer at lrFinder()'s rate, with more examples or inputs that tell more; keep a baseline in the table of results."
      : "Look at model.gradientFlow(x, y) and the output's activation; begin again from the default initializers with adam().",
    picture: bars(
      "Loss of the model and of a constant answer",
      [
        ["the model", loss],
        ["the best constant answer", constant],
        ["a copy, of 16 examples learnt by heart", overfitFewExamples],
      ],
      { x: `loss (${at.file.loss.name}, ${measuredOn})`, y: "answer", marks: { bound: bound * constant } },
    ),
  };
}

/** A trained model whose errors are larger than those of a rule without any learning. */
export const beatenByBaseline: Rule<ModelCase> = {
  code: "beaten_by_baseline",
  async look(at) {
    const beaten = await beatenBy(at);
    if (beaten === null) return beatenByConstant(at);
    const { name, modelRmse, baselineRmse, ratio, bound, p, measuredOn, forecasts } = beaten;
    return {
      title: `${name} forecasts better than the model`,
      evidence: {
        baseline: name,
        modelRmse: short(modelRmse),
        baselineRmse: short(baselineRmse),
        ratio: short(ratio),
        bound,
        pValue: short(p),
        measuredOn,
        forecasts,
      },
      why: "A model that has learnt something is better than repeating what was there. This one is significantly worse: it has learnt a level, or too little, or another time.",
      remedy:
        "Forecast the difference from the baseline (difference(series), or a season's lag), train longer, and keep the baseline in the table of results.",
      fix: { series: { difference: 1, scale: "standard" } },
      picture: bars(
        "Errors of the model and of the baseline",
        [
          ["the model", modelRmse],
          [name, baselineRmse],
        ],
        {
          x: `root mean square error (${forecasts} ${measuredOn})`,
          y: "forecast",
          marks: { [`bound: ${bound} × the baseline's`]: bound * baselineRmse },
        },
      ),
    };
  },
};
