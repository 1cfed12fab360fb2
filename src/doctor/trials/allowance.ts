import { RECIPE_DEFAULTS } from "../../recipe/recipe.js";
import type { Windows } from "../evidence/window-source.js";
import type { ModelFile } from "./model-copy.js";

/**
 * Trials of copies take no longer, all together, than the training that is judged; but a second is always worth it: so many
 * multiplications, of which a core makes some thousand millions.
 */
const LEAST_WORK = 4e9;
/** Multiplications a weight takes part in at each step of a sample: forward, and twice back. */
const PASSES = 3;
/** A training to come, of which nothing is known, has so many epochs. */
const USUAL_EPOCHS = RECIPE_DEFAULTS.epochs;
const USUAL_BATCH = RECIPE_DEFAULTS.batchSize;

/**
 * Samples × steps all trials of copies together may take.
 * @param epochs of the training that is judged, where they were logged.
 */
export function allowanceFor(file: ModelFile, { samples, timesteps }: Windows, epochs?: number): number {
  const weights = (file.weights ?? []).reduce((sum, { data }) => sum + data.length, 1);
  const updates = file.updates / Math.max(1, samples / USUAL_BATCH);
  const known =
    epochs !== undefined && epochs > 0 ? epochs : file.updates > 0 ? Math.ceil(updates) : USUAL_EPOCHS;
  return Math.max(known * samples * timesteps, LEAST_WORK / (2 * PASSES * weights));
}
