import { readFile } from "node:fs/promises";
import { FormatError } from "../../errors.js";
import type { Recipe } from "../../index.js";
import { checkWholeRecipe } from "../../recipe/check-recipe.js";

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
