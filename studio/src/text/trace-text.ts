import { namedGradients } from "../named-gradients.ts";
import type { Recorded } from "../protocol.ts";
import type { StudioRecipe } from "../recipe/studio-recipe.ts";

/** Typed arrays as lists; numbers JSON cannot say as null. */
const plain = (_: string, value: unknown): unknown =>
  ArrayBuffer.isView(value) ? Array.from(value as Float32Array) : value;

/** Everything that was recorded: `{ layers: [{ name }], steps: […] }`, one step a recorded update. */
export function traceText({ frames, points }: Recorded, recipe: StudioRecipe): string {
  const layers = (frames.at(-1)?.layers ?? []).map(({ name, kind, weights }) => ({
    name,
    kind,
    weights: weights.map((weight) => weight.name),
  }));
  const steps = frames.map(({ layers: own, ...step }) => ({
    ...step,
    layers: own.map(({ name, weights, recurrent }) => ({
      name,
      weights,
      ...namedGradients(recurrent),
    })),
  }));
  return JSON.stringify({ recipe, layers, epochs: points, steps }, plain);
}

/** The norms of every recorded update, one row a layer and time step. */
export function gradientTable({ frames }: Recorded): string {
  const rows = ["update,epoch,layer,time_step,hidden_gradient,cell_gradient,input_gradient"];
  for (const { update, epoch, layers } of frames) {
    for (const { name, recurrent } of layers) {
      if (recurrent === null) continue;
      recurrent.hidden.forEach((value, t) => {
        rows.push(
          [update, epoch, name, t + 1, value, recurrent.cell[t] ?? "", recurrent.input[t] ?? ""].join(","),
        );
      });
    }
  }
  return `${rows.join("\n")}\n`;
}
