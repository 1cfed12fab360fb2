import { beatenBy } from "../baselines.js";
import { type Rule, short } from "../diagnosis.js";
import type { ModelCase } from "../model-case.js";
import { bars } from "../pictures.js";

/** A trained model whose errors are larger than those of a rule without any learning. */
export const beatenByBaseline: Rule<ModelCase> = {
  code: "beaten_by_baseline",
  severity: "warning",
  async look(at) {
    const beaten = await beatenBy(at);
    if (beaten === null) return null;
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
