import { resolve } from "node:path";
import { ConfigError } from "../../errors.js";
import type { Recipe } from "../../index.js";
import { checkFile } from "../output.js";
import type { ColumnOptions } from "../series-file.js";
import { checkWholeRecipe, readRecipe } from "./recipe-file.js";
import { type RecipeFlags, recipeOf } from "./recipe-options.js";

export interface DoctorOptions extends ColumnOptions, RecipeFlags {
  /** The user's own recipe, a JSON file. */
  readonly recipe?: string;
  readonly testFraction: number;
  readonly seed: number;
  readonly fix?: boolean;
  /** Trainings the repair may make. */
  readonly budget?: number;
  readonly out?: string;
  readonly report?: string;
  readonly quiet?: boolean;
  readonly json?: boolean;
}

/** Where `--fix` writes its recipe. */
export const OUT = "recipe.json";

/** @throws ConfigError for options that say nothing together, and for a recipe that would be overwritten unasked. */
export async function checkOptions({ fix, budget, out, recipe, report }: DoctorOptions): Promise<void> {
  if (fix !== true) {
    const idle = budget !== undefined ? "--budget" : out !== undefined ? "--out" : undefined;
    if (idle !== undefined)
      throw new ConfigError(`${idle} belongs to --fix: say --fix as well, or leave it out.`);
    if (report !== undefined) await checkFile("--report", report);
    return;
  }
  await checkFile("--out", out ?? OUT);
  if (out === undefined && recipe !== undefined && resolve(recipe) === resolve(OUT))
    throw new ConfigError(
      `--fix would write its recipe over ${recipe}, the one it was given. Say --out ${recipe} if that is meant, or --out with another name.`,
    );
}

/** The recipe of `--recipe`, or the one the other options describe. @throws ConfigError, FormatError */
export async function recipeFor(options: DoctorOptions): Promise<Recipe> {
  if (options.recipe === undefined) {
    const recipe = recipeOf(options);
    checkWholeRecipe("gateflow doctor", recipe);
    return recipe;
  }
  const recipe = await readRecipe(options.recipe);
  const { epochs } = options;
  return epochs === undefined ? recipe : { ...recipe, fit: { ...recipe.fit, epochs } };
}

/** Quotes only where a shell needs them. */
const shellWord = (text: string): string =>
  /^[\w./:=+-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;

/** The same columns of the same file once more, with other options. */
export function nextCommand(file: string, options: DoctorOptions, rest: readonly string[]): string {
  const { target, date, id, series, dataUnit } = options;
  const columns = Object.entries({ target, date, id, series, "data-unit": dataUnit }).flatMap(
    ([name, value]) => (value === undefined ? [] : [`--${name}`, value]),
  );
  return ["gateflow", "doctor", ...[file, ...columns, ...rest].map(shellWord)].join(" ");
}
