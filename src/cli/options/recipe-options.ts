import type { Recipe } from "../../index.js";
import { RECIPE_DEFAULTS } from "../../recipe/recipe.js";
import type { SCALES } from "./model-options.js";

export const LAYERS = ["lstm", "gru", "simpleRNN"] as const;
export const IMPUTES = ["linear", "forward"] as const;
export const RECIPE_DIFFERENCES = ["none", "first"] as const;

/** A recipe in a user's words. The defaults are what one writes by hand at first: raw values, one LSTM, mse, adam. */
export interface RecipeFlags {
  readonly window: number;
  readonly horizon: number;
  readonly impute?: (typeof IMPUTES)[number];
  readonly log?: boolean;
  readonly difference: (typeof RECIPE_DIFFERENCES)[number];
  readonly scale?: (typeof SCALES)[number];
  readonly layer: (typeof LAYERS)[number];
  readonly units: readonly number[];
  readonly loss: string;
  readonly optimizer: string;
  readonly learningRate?: number;
  /** Also in place of a recipe's own. */
  readonly epochs?: number;
  readonly batchSize: number;
}

/** What the help states for an option that is left out. */
export const DEFAULTS = {
  window: 20,
  horizon: 1,
  difference: "none",
  layer: "lstm",
  units: [50],
  loss: "mse",
  optimizer: "adam",
  epochs: RECIPE_DEFAULTS.epochs,
  batchSize: RECIPE_DEFAULTS.batchSize,
  testFraction: RECIPE_DEFAULTS.testFraction,
  seed: 1,
} as const;

/** The recipe that flags describe. */
export function recipeOf(flags: RecipeFlags): Recipe {
  const { window, horizon, impute, log, difference, scale, layer, units } = flags;
  const { loss, optimizer, learningRate, epochs = DEFAULTS.epochs, batchSize } = flags;
  return {
    series: {
      ...(impute === undefined ? {} : { impute }),
      ...(log === true ? { log } : {}),
      ...(difference === "none" ? {} : { difference: 1 }),
      ...(scale === undefined ? {} : { scale: scale === "minmax" ? "minMax" : scale }),
    },
    window,
    horizon,
    layers: [
      ...units.map((width, i) => ({
        kind: layer,
        units: width,
        // All but the last hand on every time step.
        ...(i < units.length - 1 ? { returnSequences: true } : {}),
      })),
      { kind: "dense", units: horizon },
    ],
    compile: {
      optimizer: { name: optimizer, ...(learningRate === undefined ? {} : { learningRate }) },
      loss,
    },
    fit: { epochs, batchSize },
  };
}
