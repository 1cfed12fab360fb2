import { RECIPE_DEFAULTS } from "../../recipe/recipe.js";
import type { Windows } from "../evidence/window-source.js";
import type { ModelFile } from "./model-copy.js";

/**
 * Trials of copies take no longer, all together, than the training that is judged; but half a second is always worth it: so many
 * multiplications, of which a core makes some thousand millions.
 */
const LEAST_WORK = 4e9;
/** Multiplications a weight takes part in at each step of a sample: forward, and twice back. */
const PASSES = 3;
/** What a layer costs at a step beside its weights, in weights: measured, narrow layers are no faster than that. */
const WEIGHTS_OF_A_STEP = 300;
/** A training to come, of which nothing is known, has so many epochs. */
const USUAL_EPOCHS = RECIPE_DEFAULTS.epochs;
const USUAL_BATCH = RECIPE_DEFAULTS.batchSize;

/** Steps a model takes over a sample: tokens have no axis of features. */
export function stepsOf({ layers }: Pick<ModelFile, "layers">, { x, timesteps }: Windows): number {
  return layers[0]?.kind === "embedding" && x.shape.length === 2 ? (x.shape[1] ?? 1) : timesteps;
}

/** What a step of a sample costs, in weights: of an embedding one row is read. */
export function costOfAStep(
  kinds: readonly string[],
  weights: readonly { readonly name: string; readonly data: { readonly length: number } }[],
): number {
  return weights.reduce(
    (sum, { name, data }) => sum + (name.includes("embeddings") ? 0 : data.length),
    WEIGHTS_OF_A_STEP * kinds.length,
  );
}

/**
 * Samples × steps all trials of copies together may take.
 * @param epochs of the training that is judged, where they were logged.
 */
export function allowanceFor(file: ModelFile, windows: Windows, epochs?: number): number {
  const { samples } = windows;
  const cost = costOfAStep(
    file.layers.map(({ kind }) => kind),
    file.weights ?? [],
  );
  const updates = file.updates / Math.max(1, samples / USUAL_BATCH);
  const known =
    epochs !== undefined && epochs > 0 ? epochs : file.updates > 0 ? Math.ceil(updates) : USUAL_EPOCHS;
  return Math.max(known * samples * stepsOf(file, windows), LEAST_WORK / (2 * PASSES * cost));
}
