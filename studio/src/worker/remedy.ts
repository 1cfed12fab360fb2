import { applyFix, type Diagnosis, type Recipe } from "gateflow";
import { isRecurrent, type StudioRecipe } from "../recipe/studio-recipe.ts";

/** Options by which weights begin: a remedy that touches them means the gates' biases, too. */
const isBeginning = (set: Readonly<Record<string, unknown>>): boolean =>
  Object.keys(set).some((key) => /[iI]nitializer$|^unitForgetBias$/.test(key));

/** Where all recurrent layers but the last hand on their sequences. */
function withSequences(recipe: Recipe): Recipe {
  const last = recipe.layers.findLastIndex(isRecurrent);
  return {
    ...recipe,
    layers: recipe.layers.map((layer, i) =>
      i < last && isRecurrent(layer) ? { ...layer, returnSequences: true } : layer,
    ),
  };
}

/**
 * The recipe with what a finding asks for; null where no machine can make the change.
 *
 * @param cure the healthy twin of a sick case.
 */
export function remedied(
  studio: StudioRecipe,
  { code, fix }: Diagnosis,
  cure: StudioRecipe | null,
): StudioRecipe | null {
  const { case: name, fault, ...rest } = studio;
  const isOfCase = name?.endsWith(": sick") === true && name.startsWith(code);
  // What was done to the data, or to the biases of gates, stands in no recipe of the library: the case knows its cure.
  if (isOfCase && cure !== null && (fault !== undefined || studio.gateBias !== undefined))
    return { ...cure, seed: studio.seed };
  if (code === "stacked_lstm_needs_return_sequences")
    return { ...rest, recipe: withSequences(studio.recipe) };
  if (fix !== undefined) {
    const begins = (fix.layers ?? []).some(({ kind, set }) => kind !== "last" && isBeginning(set));
    const { gateBias: _, ...plain } = rest;
    return {
      ...(begins ? plain : rest),
      ...(fault === undefined ? {} : { fault }),
      recipe: applyFix(studio.recipe, fix),
    };
  }
  // A fault of the data is mended by leaving the data as they were.
  return fault === undefined ? null : rest;
}
