import { isRecurrentKind } from "../layers/from-config.js";
import type { RecipePatch } from "./patch.js";
import { optimizerOf, RECIPE_DEFAULTS, type Recipe } from "./recipe.js";

/** One option of a recipe in which it may be tried further. */
export interface Refinement {
  /** The option: `epochs`, `rate`, `units` or `batchSize`. */
  readonly tried: string;
  /** null where the recipe has no such option, or it is at its end. */
  change(recipe: Recipe): RecipePatch | null;
}

const MOST_UNITS = 64;
const LEAST_BATCH = 8;

const rateTimes = (factor: number): Refinement => ({
  tried: "rate",
  change(recipe) {
    const { learningRate = 0.001 } = optimizerOf(recipe).config;
    return typeof learningRate === "number"
      ? { compile: { optimizer: { learningRate: Number((factor * learningRate).toPrecision(4)) } } }
      : null;
  },
});

const moreEpochs: Refinement = {
  tried: "epochs",
  change: ({ fit }) => ({ fit: { epochs: 2 * (fit?.epochs ?? RECIPE_DEFAULTS.epochs) } }),
};

const moreUnits: Refinement = {
  tried: "units",
  change({ layers }) {
    const units = Number(layers.find(({ kind }) => isRecurrentKind(kind))?.units);
    return units < MOST_UNITS
      ? { layers: [{ kind: "recurrent", set: { units: Math.min(MOST_UNITS, 2 * units) } }] }
      : null;
  },
};

const smallerBatches: Refinement = {
  tried: "batchSize",
  change({ fit, layers }) {
    const batchSize = fit?.batchSize ?? RECIPE_DEFAULTS.batchSize;
    const isStateful = layers.some(({ stateful }) => stateful === true);
    return isStateful || batchSize <= LEAST_BATCH ? null : { fit: { batchSize: Math.ceil(batchSize / 2) } };
  },
};

/**
 * Single steps from a cured recipe, in the order in which they most often help: time to use the rate, the rate itself (a
 * third and three times, half a decade each way), room, and more updates an epoch.
 */
export const refinements = (): Refinement[] => [
  moreEpochs,
  rateTimes(1 / 3),
  rateTimes(3),
  moreUnits,
  smallerBatches,
];
