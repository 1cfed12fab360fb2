import { baselineErrors, type ValidationRows } from "../../doctor/baseline-errors.js";
import type { Recipe } from "../../recipe/recipe.js";
import type { ErrorTable } from "./error-table.js";

/**
 * A recipe's root mean square error on the validation part, in the series' units, beside forecasts that learn nothing; over
 * the same targets, gaps left out. @returns undefined for losses of classes, whose error is the loss.
 */
export function validationErrors(
  recipe: Recipe,
  errors: readonly { readonly name: string; readonly error: number }[],
  rows: ValidationRows,
  unit: string | undefined,
): ErrorTable | undefined {
  const baselines = baselineErrors(recipe, rows);
  if (baselines === null) return undefined;
  const { horizon = 1 } = recipe;
  const { naive, seasonalNaive } = baselines;
  return {
    unit,
    columns: [horizon === 1 ? "RMSE, 1 step ahead" : `RMSE, steps 1 to ${horizon}`],
    rows: [
      ...errors.map(({ name, error }) => ({ name, values: [error] })),
      { name: "naive", values: [naive] },
      ...(seasonalNaive === null ? [] : [{ name: "seasonal naive", values: [seasonalNaive] }]),
    ],
  };
}
