import {
  forwardFill,
  naiveForecast,
  type Recipe,
  rmse,
  seasonality,
  seasonalNaiveForecast,
} from "../../index.js";
import { isClassLoss } from "../../recipe/train-recipe.js";
import type { ErrorTable } from "./error-table.js";

export interface ValidationRows {
  /** All rows the doctor may look at: the test part is cut off. */
  readonly values: Float64Array;
  /** The first row of the validation part. */
  readonly split: number;
}

/**
 * A recipe's root mean square error on the validation part, in the series' units, beside forecasts that learn nothing; over
 * the same targets, gaps left out. @returns undefined for losses of classes, whose error is the loss.
 */
export function validationErrors(
  recipe: Recipe,
  errors: readonly { readonly name: string; readonly error: number }[],
  { values, split }: ValidationRows,
  unit: string | undefined,
): ErrorTable | undefined {
  if (isClassLoss(recipe.compile.loss)) return undefined;
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
  const baselineError = (forecast: (known: Float64Array) => number[]): number => {
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
    unit,
    columns: [horizon === 1 ? "RMSE, 1 step ahead" : `RMSE, steps 1 to ${horizon}`],
    rows: [
      ...errors.map(({ name, error }) => ({ name, values: [error] })),
      { name: "naive", values: [baselineError((past) => naiveForecast(past.subarray(-1), { horizon }))] },
      ...(season === null
        ? []
        : [
            {
              name: "seasonal naive",
              values: [
                baselineError((past) => seasonalNaiveForecast(past.subarray(-season), { season, horizon })),
              ],
            },
          ]),
    ],
  };
}
