import type { Attempt } from "../../recipe/train-recipe.js";
import type { Tensor } from "../../tensor.js";
import { deadLayers } from "./dead-layers.js";
import type { FlowWatch, TrainingFlow } from "./training-flow.js";

/** Windows a look at the trained model takes. */
const MOST = 64;

/** Samples spread over all, or, where batches follow each other, the first batch. */
function some({ shape, data }: Tensor, count: number, spread: boolean): Tensor {
  const [samples = 0, ...rest] = shape;
  const row = data.length / Math.max(1, samples);
  const rows = new Float32Array(count * row);
  for (let n = 0; n < count; n++) {
    const from = (spread ? Math.floor((n * samples) / count) : n) * row;
    rows.set(data.subarray(from, from + row), n * row);
  }
  return { shape: [count, ...rest], data: rows };
}

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
  const sample = [x, y].map((part) => some(part, count, model.batchSize === undefined)) as [Tensor, Tensor];
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
