import type { Recipe } from "../recipe/recipe.js";
import { isClassLoss } from "../recipe/train-recipe.js";
import { seasonality } from "../series/analysis/seasonality.js";
import { rmse } from "../series/baselines/forecast-metrics.js";
import { naiveForecast, seasonalNaiveForecast } from "../series/baselines/naive.js";
import { forwardFill } from "../series/prepare/gaps.js";

/** Root mean square errors of forecasts that learn nothing, in the series' units. */
export interface BaselineErrors {
  /** Of the last value repeated; NaN where no target is known. */
  readonly naive: number;
  /** Of the value one season ago; null where the series has no season. */
  readonly seasonalNaive: number | null;
}

export interface ValidationRows {
  /** All rows that may be looked at: the test part is cut off. */
  readonly values: Float64Array;
  /** The first row of the validation part. */
  readonly split: number;
}

/**
 * What baselines come to on a recipe's validation part, over the targets that its windows have there, gaps left out.
 * @returns null for losses of classes, whose error is the loss.
 */
export function baselineErrors(recipe: Recipe, { values, split }: ValidationRows): BaselineErrors | null {
  if (isClassLoss(recipe.compile.loss)) return null;
  const { window = 1, horizon = 1 } = recipe;
  const filled = Float64Array.from(forwardFill(values));
  const { season } = seasonality(values.subarray(0, split));
  // Leading gaps have no value before them.
  const known = filled.findIndex(Number.isFinite);
  const first = Math.max(split, window + (recipe.series?.difference ?? 0), known + (season ?? 1));
  const origins = Array.from(
    { length: Math.max(0, values.length - horizon + 1 - first) },
    (_, i) => first + i,
  );
  const errorOf = (forecast: (known: Float64Array) => number[]): number => {
    const pairs = origins
      .flatMap((origin) => {
        const predicted = forecast(filled.subarray(0, origin));
        return predicted.map((value, h) => [values[origin + h]!, value] as const);
      })
      .filter(([actual, predicted]) => Number.isFinite(actual) && Number.isFinite(predicted));
    return pairs.length === 0
      ? Number.NaN
      : rmse(
          pairs.map(([actual]) => actual),
          pairs.map(([, predicted]) => predicted),
        );
  };
  return {
    naive: errorOf((past) => naiveForecast(past.subarray(-1), { horizon })),
    seasonalNaive:
      season === null
        ? null
        : errorOf((past) => seasonalNaiveForecast(past.subarray(-season), { season, horizon })),
  };
}
