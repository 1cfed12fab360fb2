import { seasonality } from "../../series/seasonality.js";
import { type Rule, short } from "../diagnosis.js";
import type { ModelCase } from "../model-case.js";
import { largerErrorsP, rmsOf, varianceOf } from "../statistics.js";
import type { Windows } from "../windows.js";

const LEVEL = 0.01;
/** By how much, beside being significant: a hundredth of an error nobody would change a model for. */
const WORSE = 1.1;
/** A model that leaves less than this of the variance has learnt the series; which is exacter then is another question. */
const MATERIAL = 0.02;

/** The baselines' forecasts, from what stands in each window. */
function baselines(windows: Windows, at: ModelCase): { name: string; forecast: Float64Array }[] {
  const { alignment } = at.data;
  if (alignment === null) return [];
  const { feature, horizon, scale, offset } = alignment;
  const { timesteps, samples } = windows;
  const take = (step: number): Float64Array =>
    Float64Array.from({ length: samples }, (_, n) => scale * windows.at(n, step, feature) + offset);
  const found = [{ name: "the last value repeated", forecast: take(timesteps - 1) }];
  const column = at.windows.columns[feature]!;
  const { season } = column.length >= 40 ? seasonality(column.subarray(-3000)) : { season: null };
  if (season !== null && season >= horizon && season - horizon < timesteps)
    found.push({
      name: `the value one season (${season}) ago`,
      forecast: take(timesteps - 1 - (season - horizon)),
    });
  return found;
}

/** A trained model whose errors are larger than those of a rule without any learning (Diebold & Mariano 1995). */
export const beatenByBaseline: Rule<ModelCase> = {
  code: "beaten_by_baseline",
  severity: "warning",
  async look(at) {
    if (!at.isTrained || at.data.isClassification || at.lab.isStateful || at.data.alignment === null)
      return null;
    const windows = at.data.validation ?? at.windows;
    const target = windows.targets[0]!;
    if (windows.samples < 20 || windows.features !== at.windows.features || windows.width !== 1) return null;
    const { data } = await at.lab.copy.predict(
      { shape: windows.x.shape, data: windows.x.data },
      { batchSize: 256 },
    );
    const own = target.map((value, n) => data[n]! - value);
    for (const { name, forecast } of baselines(windows, at)) {
      const theirs = forecast.map((value, n) => value - target[n]!);
      const ratio = rmsOf(own) / rmsOf(theirs);
      const p = largerErrorsP(own, theirs, at.data.alignment.horizon);
      if (!(ratio > WORSE && p < LEVEL && rmsOf(own) ** 2 > MATERIAL * varianceOf(target))) continue;
      return {
        title: `${name} forecasts better than the model`,
        evidence: {
          baseline: name,
          modelRmse: short(rmsOf(own)),
          baselineRmse: short(rmsOf(theirs)),
          ratio: short(ratio),
          bound: WORSE,
          pValue: short(p),
          measuredOn: at.data.validation === null ? "training windows" : "validation windows",
          forecasts: windows.samples,
        },
        why: "A model that has learnt something is better than repeating what was there. This one is significantly worse: it has learnt a level, or too little, or another time.",
        remedy:
          "Forecast the difference from the baseline (difference(series), or a season's lag), train longer, and keep the baseline in the table of results.",
        fix: { series: { difference: 1, scale: "standard" } },
      };
    }
    return null;
  },
};
