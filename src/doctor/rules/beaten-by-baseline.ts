import { beatenBy } from "../baselines.js";
import { type Finding, type Rule, short } from "../diagnosis.js";
import type { ModelCase } from "../model-case.js";
import { bars } from "../pictures.js";

/** From this share of the loss of one answer for everything on, nothing of the examples has been learnt. */
const NOTHING = 0.97;

/** A trained model that is no better, on what it was trained on, than the best constant answer; null where it is. */
async function beatenByConstant({ isTrained, lab, file }: ModelCase): Promise<Finding | null> {
  const { constantLoss } = lab;
  if (!isTrained || lab.isStateful || constantLoss === null || !(constantLoss > 0)) return null;
  const loss = await lab.trainLoss();
  if (!(loss > NOTHING * constantLoss)) return null;
  return {
    title: "the same answer for everything does as well as the model",
    evidence: {
      baseline: "the best constant answer",
      modelLoss: short(loss),
      baselineLoss: short(constantLoss),
      ratio: short(loss / constantLoss),
      bound: NOTHING,
      measuredOn: "training examples",
    },
    why: "After training the loss is still where it would be without looking at the inputs: what was trained never came to depend on them.",
    remedy:
      "Train a few examples until they are known by heart: where that fails too, look at the gradients (model.gradientFlow) and the output's activation; where it succeeds, train longer, with lrFinder()'s rate.",
    picture: bars(
      "Loss of the model and of a constant answer",
      [
        ["the model", loss],
        ["the best constant answer", constantLoss],
      ],
      {
        x: `loss (${file.loss.name}, training examples)`,
        y: "answer",
        marks: { bound: NOTHING * constantLoss },
      },
    ),
  };
}

/** A trained model whose errors are larger than those of a rule without any learning. */
export const beatenByBaseline: Rule<ModelCase> = {
  code: "beaten_by_baseline",
  severity: "warning",
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
