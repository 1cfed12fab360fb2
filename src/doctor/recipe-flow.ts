import { deadLayers } from "../inspect/dead-layers.js";
import type { FlowWatch, TrainingFlow } from "../inspect/training-flow.js";
import type { Attempt } from "../recipe/train-recipe.js";
import { head, spread } from "./trials/rows.js";

/** Windows a look at the trained model takes. */
const MOST = 64;

/**
 * How the gradient flowed while a recipe was trained, and how it flows in the model that came of it, measured on training
 * windows. @returns undefined where there is no model, or nothing in it is recurrent.
 */
export async function recipeFlow(
  { model, prepared }: Attempt,
  watch: FlowWatch,
): Promise<TrainingFlow | undefined> {
  const recorded = model === null ? undefined : watch.ofModel(model);
  if (model === null || recorded === undefined) return undefined;
  const { x, y } = prepared.train;
  const count = model.batchSize ?? Math.min(MOST, x.shape[0]!);
  // Batches of stateful layers follow each other: the first one whole; else samples spread over all.
  const take = model.batchSize === undefined ? spread : head;
  const sample = [take(x, count), take(y, count)] as const;
  const trained = await model.gradientFlow(...sample);
  const { weights } = await model.gradients(...sample);
  return {
    ...recorded,
    trained,
    dead: {
      sign: `no weight into them gets a gradient from ${count} training windows`,
      layers: deadLayers(model.layers, trained, weights),
    },
  };
}
