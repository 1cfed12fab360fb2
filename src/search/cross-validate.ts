import { ConfigError } from "../errors.js";
import { numberIn, refuseUnknown } from "../options.js";
import { checkWholeRecipe } from "../recipe/check-recipe.js";
import type { Recipe } from "../recipe/recipe.js";
import type { Splitter } from "../series/windows/folds.js";
import { openData, type SearchData } from "./data.js";
import { runAll } from "./run-all.js";
import { examplesOf } from "./run-job.js";
import type { Runner } from "./runners/runner.js";

/** Options of `crossValidate`. */
export interface CrossValidateOptions {
  /** `kFold({ … })`, `timeSeriesSplit({ … })` or your own. Of a series, an example is a window. */
  readonly splitter: Splitter;
  /** Every fold begins with the same weights. Default 0. */
  readonly seed?: number;
  /** Where folds run. Default: threads of this machine in Node, this process elsewhere. */
  readonly runner?: Runner;
  /** Ends it with the signal's reason. Default: nothing ends it. */
  readonly signal?: AbortSignal;
}

/** Losses of each fold, after its training. */
export interface CrossValidation {
  readonly folds: readonly { readonly train: number; readonly test: number }[];
  /** Mean of the test losses. */
  readonly mean: number;
  /** Their standard deviation, divided by n - 1; NaN for one fold. */
  readonly std: number;
}

/**
 * Trains a recipe once for each fold, from the same seed, and tests it on what the fold leaves out. Scales are learnt from
 * each fold's own training part; early stopping looks at the last fifth of that, never at the test part.
 *
 * @param data a series, oldest value first, `{ series }` or `{ x, y }`.
 * @throws ConfigError for a recipe or a splitter that is none; what a training refuses, with the fold's number.
 * @example
 * const recipe = { window: 8, layers: [{ kind: "lstm", units: 4 }, { kind: "dense", units: 1 }], compile: { optimizer: "adam", loss: "mse" }, fit: { epochs: 2 } };
 * const series = Array.from({ length: 120 }, (_, t) => Math.sin(t / 4));
 * const { mean, std } = await crossValidate(recipe, series, { splitter: timeSeriesSplit({ nSplits: 3 }) });
 */
export async function crossValidate(
  recipe: Recipe,
  data: SearchData,
  options: CrossValidateOptions,
): Promise<CrossValidation> {
  const where = "crossValidate()";
  refuseUnknown(where, options, ["splitter", "seed", "runner", "signal"]);
  checkWholeRecipe(where, recipe);
  if (typeof options.splitter?.split !== "function") {
    throw new ConfigError(
      `${where}: \`splitter\` is none. Give kFold({ nSplits: 5 }) or timeSeriesSplit({ nSplits: 5 }).`,
      {
        received: options.splitter,
      },
    );
  }
  const seed = numberIn(where, "seed", options.seed ?? 0, { min: 0, integer: true });
  const plain = openData(where, data);
  const count = examplesOf(recipe, plain).x.shape[0]!;
  const splits = [...options.splitter.split(count)];
  const results = await runAll(
    where,
    splits.map(({ train, test }, i) => ({
      name: `fold ${i}`,
      job: { kind: "fold", recipe, seed, train: [...train], test: [...test] },
      data: plain,
    })),
    options,
  );
  const folds = results.map(({ value, train }) => ({ train: train!, test: value }));
  const mean = folds.reduce((sum, { test }) => sum + test, 0) / folds.length;
  const squares = folds.reduce((sum, { test }) => sum + (test - mean) ** 2, 0);
  return { folds, mean, std: Math.sqrt(squares / (folds.length - 1)) };
}
