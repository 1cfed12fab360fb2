import { resolve } from "node:path";
import { ConfigError } from "../../errors.js";
import type { Recipe } from "../../index.js";
import { checkWholeRecipe } from "../../recipe/check-recipe.js";
import { checkFile } from "../files/output.js";
import { readRecipe } from "../files/recipe-file.js";
import type { ColumnOptions } from "../files/series-file.js";
import { DEFAULTS, type RecipeFlags, recipeOf } from "./recipe-options.js";

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
  /** Whose words the changes are said in. */
  readonly as?: "gateflow" | "keras" | "pytorch";
  readonly quiet?: boolean;
  readonly json?: boolean;
}

/** Where `--fix` writes its recipe. */
export const OUT = "recipe.json";

/** @throws ConfigError for options that say nothing together, and for a recipe that would be overwritten unasked. */
export async function checkOptions({ fix, budget, out, recipe, report }: DoctorOptions): Promise<void> {
  if (report !== undefined) await checkFile("--report", report);
  if (fix !== true) {
    const idle = budget !== undefined ? "--budget" : out !== undefined ? "--out" : undefined;
    if (idle !== undefined)
      throw new ConfigError(`${idle} belongs to --fix: say --fix as well, or leave it out.`);
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
  /^[\w./:=+,-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;

/** `--learning-rate 0.01` for what was given and is not the default. */
function flagsOf(options: Readonly<Record<string, unknown>>, defaults: Readonly<Record<string, unknown>>) {
  return Object.entries(options).flatMap(([name, value]) => {
    if (value === undefined || String(value) === String(defaults[name])) return [];
    const flag = `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
    return value === true ? [flag] : [flag, String(value)];
  });
}

/** What says which recipe is meant, as it was given. */
function shapeOf(options: DoctorOptions): Readonly<Record<string, unknown>> {
  const { recipe, epochs, window, horizon, impute, log, difference, scale, layer, units } = options;
  const { loss, optimizer, learningRate, batchSize } = options;
  if (recipe !== undefined) return { recipe, epochs };
  return {
    ...{ window, horizon, impute, log, difference, scale, layer, units },
    ...{ loss, optimizer, learningRate, batchSize, epochs },
  };
}

/** A command to go on with: the same file, columns and parts, and the same recipe or that of a file. */
export function nextCommand(
  file: string,
  options: DoctorOptions,
  next: { readonly recipe?: string; readonly fix?: boolean },
): string {
  const { target, date, id, series, dataUnit, testFraction, seed } = options;
  const shape = next.recipe === undefined ? shapeOf(options) : {};
  // Beside a recipe, epochs have no default of their own.
  const defaults = options.recipe === undefined ? DEFAULTS : { ...DEFAULTS, epochs: undefined };
  const flags = flagsOf(
    { target, date, id, series, dataUnit, testFraction, seed, ...shape, ...next },
    defaults,
  );
  return ["gateflow", "doctor", ...[file, ...flags].map(shellWord)].join(" ");
}
