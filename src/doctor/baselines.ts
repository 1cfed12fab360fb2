import { seasonality } from "../series/seasonality.js";
import type { ModelCase } from "./model-case.js";
import { largerErrorsP, rmsOf, varianceOf } from "./statistics.js";
import type { Windows } from "./windows.js";

/** Shared out among the baselines that are tried (Bonferroni). */
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

/** A model beside the baseline that does better. */
export interface Beaten {
  readonly name: string;
  readonly modelRmse: number;
  readonly baselineRmse: number;
  readonly ratio: number;
  readonly bound: number;
  readonly p: number;
  readonly measuredOn: string;
  readonly forecasts: number;
}

/** The first baseline whose errors are significantly smaller than the trained model's (Diebold & Mariano 1995); or null. */
export const beatenBy = (at: ModelCase): Promise<Beaten | null> =>
  at.lab.once("beaten by", async () => {
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
    const tried = baselines(windows, at);
    for (const { name, forecast } of tried) {
      const theirs = forecast.map((value, n) => value - target[n]!);
      const [modelRmse, baselineRmse] = [rmsOf(own), rmsOf(theirs)];
      const ratio = modelRmse / baselineRmse;
      const p = largerErrorsP(own, theirs, at.data.alignment.horizon);
      if (!(ratio > WORSE && p < LEVEL / tried.length && modelRmse ** 2 > MATERIAL * varianceOf(target)))
        continue;
      const measuredOn = at.data.validation === null ? "training windows" : "validation windows";
      return {
        name,
        modelRmse,
        baselineRmse,
        ratio,
        bound: WORSE,
        p,
        measuredOn,
        forecasts: windows.samples,
      };
    }
    return null;
  });
