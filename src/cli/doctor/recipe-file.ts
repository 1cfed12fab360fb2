import { readFile } from "node:fs/promises";
import { checkRecipe } from "../../doctor/recipe.js";
import { buildRecipe } from "../../doctor/run-recipe.js";
import { ConfigError, FormatError, GateflowError } from "../../errors.js";
import type { Recipe } from "../../index.js";
import { flag, numberIn, oneOf, refuseUnknown } from "../../options.js";

const whole = { min: 1, integer: true };

function checkSeries(where: string, series: Recipe["series"] = {}): void {
  const place = `${where}, series`;
  refuseUnknown(place, series, ["impute", "log", "difference", "scale", "clip"]);
  const { impute, log, difference, scale, clip } = series;
  if (impute != null) oneOf(place, "impute", impute, ["linear", "forward"]);
  if (log !== undefined) flag(place, "log", log);
  if (difference !== undefined) numberIn(place, "difference", difference, { min: 0, max: 1, integer: true });
  if (scale != null) oneOf(place, "scale", scale, ["standard", "minMax", "robust"]);
  if (clip != null) numberIn(place, "clip", clip, { above: 0 });
}

function checkFit(where: string, fit: Recipe["fit"] = {}): void {
  const place = `${where}, fit`;
  refuseUnknown(place, fit, ["epochs", "batchSize", "shuffle", "classWeight", "earlyStopping"]);
  const { epochs, batchSize, shuffle, earlyStopping } = fit;
  if (epochs !== undefined) numberIn(place, "epochs", epochs, whole);
  if (batchSize !== undefined) numberIn(place, "batchSize", batchSize, whole);
  if (shuffle !== undefined) flag(place, "shuffle", shuffle);
  if (earlyStopping === undefined) return;
  refuseUnknown(`${place}.earlyStopping`, earlyStopping, ["patience", "restoreBestWeights"]);
  numberIn(`${place}.earlyStopping`, "patience", earlyStopping.patience, { min: 0, integer: true });
  if (earlyStopping.restoreBestWeights !== undefined)
    flag(`${place}.earlyStopping`, "restoreBestWeights", earlyStopping.restoreBestWeights);
}

/** Layers, optimizer and loss say themselves what they do not know. */
function tryBuilding(where: string, recipe: Recipe): void {
  const part = {
    x: { shape: [1, recipe.window ?? 1, 1], data: new Float32Array(recipe.window ?? 1) },
    y: { shape: [1, recipe.horizon ?? 1], data: new Float32Array(recipe.horizon ?? 1) },
    actual: new Float64Array(),
    restore: () => new Float64Array(),
  };
  try {
    buildRecipe(recipe, { train: part, validation: part }, 0).dispose();
  } catch (error) {
    if (!(error instanceof GateflowError)) throw error;
    // An error with a code is a fault the doctor explains.
    if (error.code !== undefined) return;
    const text = error.message.replace(/^repair\(\): /, "");
    throw new ConfigError(`${where}: ${text}`, { received: error.received, cause: error });
  }
}

/**
 * Checks a recipe for a single series to the last option, so that no slip of the keyboard is taken for an illness.
 * @param where what the recipe is called in a complaint: its file.
 * @throws ConfigError naming the option and the nearest known one.
 */
export function checkWholeRecipe(where: string, recipe: Recipe): void {
  checkRecipe(where, recipe);
  checkSeries(where, recipe.series);
  if (recipe.window !== undefined) numberIn(where, "window", recipe.window, whole);
  if (recipe.horizon !== undefined) numberIn(where, "horizon", recipe.horizon, whole);
  for (const [i, layer] of recipe.layers.entries()) {
    if (typeof layer?.kind !== "string")
      throw new ConfigError(`${where}: layers[${i}] has no kind, expected { "kind": "lstm", "units": 50 }.`, {
        received: layer,
      });
  }
  refuseUnknown(`${where}, compile`, recipe.compile, ["optimizer", "loss", "truncate"]);
  if (recipe.compile.truncate != null)
    numberIn(`${where}, compile`, "truncate", recipe.compile.truncate, whole);
  checkFit(where, recipe.fit);
  tryBuilding(where, recipe);
}

/**
 * Reads a recipe.
 * @throws FormatError for a file that is no JSON; ConfigError for a recipe that is none; both name the file.
 */
export async function readRecipe(path: string): Promise<Recipe> {
  const text = await readFile(path, "utf8");
  let recipe: Recipe;
  try {
    recipe = JSON.parse(text) as Recipe;
  } catch (error) {
    throw new FormatError(`${path}: is no JSON: ${(error as Error).message}.`, { cause: error });
  }
  checkWholeRecipe(path, recipe);
  return recipe;
}
