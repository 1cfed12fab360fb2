import type { LayerRecipe, Recipe } from "gateflow";
import { knobsOf, sources } from "../data/sources.ts";
import { isRecurrent, type StudioRecipe } from "./studio-recipe.ts";

/** What the examples of some data look like to a model. */
export interface Targets {
  readonly outputs: number;
  /** Targets at every step. */
  readonly sequences: boolean;
  readonly classes: boolean;
}

/** Lets the last layers fit targets: as many outputs, a sequence or its end, amounts or two classes. */
export function fitted(
  { layers, compile, ...recipe }: Recipe,
  { outputs, sequences, classes }: Targets,
): Recipe {
  const last = layers.findLastIndex(isRecurrent);
  const shaped = layers.map((layer, i): LayerRecipe => {
    if (i === last) {
      const { returnSequences: _, stateful: __, ...rest } = layer;
      return (sequences ? { ...rest, returnSequences: true } : rest) as unknown as LayerRecipe;
    }
    if (i === layers.length - 1 && layer.kind === "dense") {
      const { activation, ...rest } = layer;
      return {
        ...rest,
        units: outputs,
        ...(classes
          ? { activation: "sigmoid" }
          : activation === undefined || activation === "sigmoid" || activation === "softmax"
            ? {}
            : { activation }),
      } as LayerRecipe;
    }
    return layer;
  });
  const isClassLoss = /crossentropy/i.test(compile.loss);
  const loss = classes ? "binaryCrossentropy" : isClassLoss ? "mse" : compile.loss;
  return { ...recipe, layers: shaped, compile: { ...compile, loss } };
}

/** A recipe for other data, with what these ask for; what a case did to the old ones is gone. */
export function adapted(studio: StudioRecipe, name: string): StudioRecipe {
  const source = sources[name];
  if (source === undefined) return studio;
  const { fault: _, case: __, gateBias: ___, target: ____, ...rest } = studio;
  const knobs = knobsOf(source, {});
  const targets: Targets = {
    outputs: source.outputs?.(knobs) ?? 1,
    sequences: name === "announcements",
    classes: name === "sign of sum",
  };
  const isMeasured = source.kind === "bundled";
  const window =
    source.kind === "examples"
      ? source.window
      : name === "spikes"
        ? 14
        : Math.max(20, studio.recipe.window ?? 20);
  return {
    ...rest,
    data: name,
    knobs: {},
    trainShare: 0.8,
    recipe: {
      ...fitted(studio.recipe, targets),
      window,
      series: isMeasured
        ? { impute: "linear", difference: name === "co2" ? 1 : 0, scale: "standard" }
        : { scale: null },
    },
  };
}
