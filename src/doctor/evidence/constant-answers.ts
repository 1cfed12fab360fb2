import type { Loss } from "../../losses/loss.js";
import { largerErrorsP } from "../../numerics/significance.js";
import { mean as meanOf, rmsOf, variance as varianceOf } from "../../numerics/statistics.js";
import { seasonality } from "../../series/analysis/seasonality.js";
import type { ModelCase } from "../model-case.js";
import { type Alignment, alignmentOf, type Windows } from "./window-source.js";

/** Shared out among the baselines that are tried (Bonferroni). */
const BASELINE_P = 0.01;
/** By how much, beside being significant: a hundredth of an error nobody would change a model for. */
const MAX_ERROR_RATIO = 1.1;
/** A model that leaves less than this of the variance has learnt the series; which is exacter then is another question. */
const MIN_UNEXPLAINED_SHARE = 0.02;
/** Numbers a sample may ask for: each is looked for in the series by itself. */
const MOST_OUTPUTS = 64;

interface Baseline {
  readonly name: string;
  /** Root mean square error of each sample's numbers. */
  readonly errors: Float64Array;
}

/** Size of a sample's error: root mean square over its numbers. */
const errorsOf = (windows: Windows, errorAt: (n: number, k: number) => number): Float64Array =>
  Float64Array.from({ length: windows.samples }, (_, n) => {
    let squares = 0;
    for (let k = 0; k < windows.width; k++) squares += errorAt(n, k) ** 2;
    return Math.sqrt(squares / windows.width);
  });

/**
 * Baselines from what stands in each window. Targets are one or several steps ahead of the window, or, where there is one
 * at every time step, ahead of that step.
 */
function baselines(windows: Windows, at: ModelCase, places: readonly TargetPlace[]): Baseline[] {
  const { timesteps, targets } = windows;
  const { feature } = places[0]!;
  const forecast = (n: number, k: number, back: number): number => {
    const place = places[k]!;
    return place.scale * windows.at(n, place.step - back, place.feature) + place.offset;
  };
  const errors = (backAt: (k: number) => number): Float64Array =>
    errorsOf(windows, (n, k) => forecast(n, k, backAt(k)) - targets[k]![n]!);
  const found = [{ name: "the last value repeated", errors: errors(() => 0) }];
  const column = at.windows.columns[feature]!;
  const { season } = column.length >= 40 ? seasonality(column.subarray(-3000)) : { season: null };
  const reaches =
    season !== null &&
    places.every(
      (place) => season >= place.horizon && place.step >= season - place.horizon && place.step < timesteps,
    );
  if (season !== null && reaches)
    found.push({
      name: `the value one season (${season}) ago`,
      errors: errors((k) => season - places[k]!.horizon),
    });
  return found;
}

/** Where a target number belongs: so many steps after a step of the window. */
interface TargetPlace extends Alignment {
  readonly step: number;
}

/** Where each of a sample's target numbers stands in the series; null where one cannot be told. */
function targetPlaces(at: ModelCase, width: number): readonly TargetPlace[] | null {
  const { windows } = at;
  const { timesteps, y } = windows;
  if (at.data.alignment === null && width === 1) return null;
  const isSequence = y.shape.length >= 3 && y.shape[1] === timesteps;
  if (isSequence) {
    // One series, told from the last step: the others lie as far ahead of theirs.
    if (width !== timesteps) return null;
    const last = alignmentOf(windows, windows.targets[width - 1]);
    return last === null ? null : windows.targets.map((_, step) => ({ ...last, step }));
  }
  if (width > MOST_OUTPUTS) return null;
  const places = windows.targets.map((target, k) =>
    k === 0 ? at.data.alignment : alignmentOf(windows, target),
  );
  return places.every((place) => place !== null)
    ? places.map((place) => ({ ...place, step: timesteps - 1 }))
    : null;
}

/** Which of a model's outputs is its forecast of a target number: the median of quantiles, the mean of a distribution. */
function pointForecast(
  { name, config }: Loss,
  width: number,
): { outputs: number; at: (k: number) => number } {
  if (name === "gaussianNegativeLogLikelihood") return { outputs: 2 * width, at: (k) => k };
  if (name !== "quantile") return { outputs: width, at: (k) => k };
  const levels = config.quantiles as readonly number[];
  const middle = levels.reduce(
    (best, level, i) => (Math.abs(level - 0.5) < Math.abs(levels[best]! - 0.5) ? i : best),
    0,
  );
  return { outputs: levels.length * width, at: (k) => k * levels.length + middle };
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
  at.experiments.once("beaten by", async () => {
    const { isStateful, isMany } = at.experiments;
    if (!at.isTrained || at.data.isClassification || isStateful || isMany) return null;
    const windows = at.data.validation ?? at.windows;
    const { samples, features, width, targets } = windows;
    if (samples < 20 || features !== at.windows.features || width !== at.windows.width) return null;
    const places = targetPlaces(at, width);
    if (places === null) return null;
    const tried = baselines(windows, at, places);
    const { data } = await at.experiments.copy.predict(
      { shape: windows.x.shape, data: windows.x.data },
      { batchSize: 256 },
    );
    const point = pointForecast(at.file.loss, width);
    if (data.length !== samples * point.outputs) return null;
    const own = errorsOf(windows, (n, k) => data[n * point.outputs + point.at(k)]! - targets[k]![n]!);
    const horizon = Math.max(...places.map((place) => place.horizon));
    const variance = meanOf(targets.map(varianceOf));
    for (const { name, errors } of tried) {
      const [modelRmse, baselineRmse] = [rmsOf(own), rmsOf(errors)];
      const ratio = modelRmse / baselineRmse;
      const p = largerErrorsP(own, errors, horizon);
      if (
        !(
          ratio > MAX_ERROR_RATIO &&
          p < BASELINE_P / tried.length &&
          modelRmse ** 2 > MIN_UNEXPLAINED_SHARE * variance
        )
      )
        continue;
      const measuredOn = at.data.validation === null ? "training windows" : "validation windows";
      return {
        name,
        modelRmse,
        baselineRmse,
        ratio,
        bound: MAX_ERROR_RATIO,
        p,
        measuredOn,
        forecasts: samples,
      };
    }
    return null;
  });
