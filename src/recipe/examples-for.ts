import { ConfigError, DataError } from "../errors.js";
import { numberIn, refuseUnknown } from "../options.js";
import { openSingle, type SeriesLike } from "../series/kinds.js";
import type { TensorLike } from "../tensor.js";
import { openBlock } from "./open-block.js";
import { type Prepared, prepareExamples, prepareSeries } from "./prepare.js";
import { RECIPE_DEFAULTS, type Recipe } from "./recipe.js";
import { isClassLoss } from "./train-recipe.js";

/** What recipes are trained on: a raw series, which they prepare, or examples as they are. */
export interface RecipeSource {
  /** The raw series, oldest first; null or NaN: a gap. Default: none; then `data` is needed. */
  readonly series?: SeriesLike;
  /** Or examples as they are. Default: none; then `series` is needed. */
  readonly data?: { readonly x: TensorLike; readonly y: TensorLike };
  /** Share at the end that is never looked at. Default 0.2. */
  readonly testFraction?: number;
  /** Share of the rest, at its end, by which trainings are judged. Default 0.2. */
  readonly validationFraction?: number;
}

/** @throws ConfigError where neither a series nor examples are given, or both. */
export function checkSource(where: string, { series, data }: RecipeSource): void {
  if (series === undefined && data === undefined)
    throw new ConfigError(`${where}: give the data: { series } or { data: { x, y } }.`);
  if (series !== undefined && data !== undefined)
    throw new ConfigError(
      `${where}: \`series\` and \`data\` are both given. Leave one out: a raw series, which the recipe prepares, or examples as they are.`,
    );
  if (data === undefined) return;
  refuseUnknown(`${where}: data`, data, ["x", "y"]);
  for (const name of ["x", "y"] as const) {
    if (data[name] === undefined)
      throw new ConfigError(`${where}: \`data.${name}\` is missing: give { data: { x, y } }.`);
  }
}

/**
 * How recipes become examples: always from the part before the test part.
 * @throws ConfigError for shares out of range, or no source; DataError where too few values are left.
 */
export function examplesFor(options: RecipeSource, where: string): (recipe: Recipe) => Prepared {
  const test = numberIn(where, "testFraction", options.testFraction ?? RECIPE_DEFAULTS.testFraction, {
    min: 0,
    below: 1,
  });
  const held = numberIn(
    where,
    "validationFraction",
    options.validationFraction ?? RECIPE_DEFAULTS.validationFraction,
    {
      above: 0,
      below: 1,
    },
  );
  const splitOf = (count: number): { seen: number; split: number } => {
    const seen = Math.floor(count * (1 - test));
    const split = Math.floor(seen * (1 - held));
    if (split < 2 || seen - split < 1)
      throw new DataError(
        `${where}: ${count} values are too few to hold back a test and a validation part.`,
        { code: "insufficient_data", received: count },
      );
    return { seen, split };
  };
  if (options.series !== undefined) {
    const raw = openSingle(where, options.series);
    const { seen, split } = splitOf(raw.length);
    return (recipe) => prepareSeries(recipe, raw.slice(0, seen), split);
  }
  checkSource(where, options);
  const [x, y] = [openBlock(options.data!.x), openBlock(options.data!.y)];
  const { seen, split } = splitOf(x.shape[0] ?? 0);
  const cut = (block: typeof x): typeof x => ({
    shape: [seen, ...block.shape.slice(1)],
    data: block.data.subarray(0, (block.data.length / block.shape[0]!) * seen),
  });
  const [seenX, seenY] = [cut(x), cut(y)];
  return (recipe) => prepareExamples(recipe, seenX, seenY, split, isClassLoss(recipe.compile.loss));
}
