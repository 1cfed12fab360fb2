import { fromSafetensors } from "../formats/safetensors.js";
import type { BatchOptions } from "../model/data/sources.js";
import { numberIn, refuseUnknown } from "../options.js";
import { checkWholeRecipe } from "../recipe/check-recipe.js";
import type { Recipe } from "../recipe/recipe.js";
import type { Tensor, TensorLike } from "../tensor.js";
import { openData, type SearchData } from "./data.js";
import { runAll } from "./run-all.js";
import type { Runner } from "./runners/runner.js";

/** Options of `ensemble`. */
export interface EnsembleOptions {
  /** How many trainings. Default 5. */
  readonly members?: number;
  /** Member i trains with seed + i. Default 0. */
  readonly seed?: number;
  /** Where members train. Default: threads of this machine in Node, this process elsewhere. */
  readonly runner?: Runner;
  /** Ends it with the signal's reason. Default: nothing ends it. */
  readonly signal?: AbortSignal;
}

/** What a saved model is loaded as. */
export type LoadedModel = Awaited<ReturnType<typeof fromSafetensors>>;

/** Trainings that differ by their seed, whose mean errs less than most of them. */
export interface Ensemble {
  /** The models, with the validation loss each ended with. */
  readonly members: readonly { readonly seed: number; readonly value: number; readonly model: LoadedModel }[];
  /** Means over the members, `[N, …]`; in the recipe's own units, scaled as its training was. @throws as `model.predict`. */
  predict(x: TensorLike, options?: BatchOptions): Promise<Tensor>;
  /** Gives the members' memory back. */
  dispose(): void;
}

/**
 * Trains a recipe several times, from different seeds.
 *
 * @param data a series, oldest value first, `{ series }` or `{ x, y }`. The last fifth is not looked at; of the rest the last fifth is validation.
 * @throws ConfigError for a recipe that is none; what a training refuses, with the member's number.
 * @example
 * const recipe = { window: 8, layers: [{ kind: "lstm", units: 4 }, { kind: "dense", units: 1 }], compile: { optimizer: "adam", loss: "mse" }, fit: { epochs: 2 } };
 * const series = Array.from({ length: 120 }, (_, t) => Math.sin(t / 4));
 * const three = await ensemble(recipe, series, { members: 3 });
 */
export async function ensemble(
  recipe: Recipe,
  data: SearchData,
  options: EnsembleOptions = {},
): Promise<Ensemble> {
  const where = "ensemble()";
  refuseUnknown(where, options, ["members", "seed", "runner", "signal"]);
  checkWholeRecipe(where, recipe);
  const count = numberIn(where, "members", options.members ?? 5, { min: 1, max: 1000, integer: true });
  const seed = numberIn(where, "seed", options.seed ?? 0, { min: 0, integer: true });
  const plain = openData(where, data);
  const results = await runAll(
    where,
    Array.from({ length: count }, (_, i) => ({
      name: `member ${i}`,
      job: { kind: "recipe", recipe, seed: seed + i, keep: true } as const,
      data: plain,
    })),
    options,
  );
  const members: { seed: number; value: number; model: LoadedModel }[] = [];
  for (const [i, { value, bytes }] of results.entries()) {
    members.push({ seed: seed + i, value, model: await fromSafetensors(bytes!) });
  }
  return {
    members,
    async predict(x, batch) {
      let sum: { shape: readonly number[]; data: Float64Array } | undefined;
      for (const { model } of members) {
        const { shape, data: own } = await model.predict(x, batch);
        sum ??= { shape, data: new Float64Array(own.length) };
        for (let i = 0; i < own.length; i++) sum.data[i]! += own[i]!;
      }
      return { shape: sum!.shape, data: Float32Array.from(sum!.data, (total) => total / members.length) };
    },
    dispose() {
      for (const { model } of members) model.dispose();
    },
  };
}
