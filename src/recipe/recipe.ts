import { ConfigError, told } from "../errors.js";
import { isRecurrentKind, isWeightedKind } from "../layers/from-config.js";
import type { RecipePatch } from "./patch.js";

/** How a raw series becomes numbers a model can learn from, in the order in which it is done. */
export interface SeriesRecipe {
  /** How gaps are filled. Default: not at all. */
  readonly impute?: "linear" | "forward" | null;
  /** log(x): for series that grow in per cent. */
  readonly log?: boolean;
  /** 1: changes instead of levels. Default 0. */
  readonly difference?: number;
  /** Fitted on the training part. Default: raw. */
  readonly scale?: "standard" | "minMax" | "robust" | null;
  /** Cuts scaled values to ±clip; targets too. */
  readonly clip?: number | null;
}

/** A layer as plain JSON: its kind and its options. */
export interface LayerRecipe {
  readonly kind: string;
  readonly [option: string]: unknown;
}

/** An optimizer as plain JSON: its name and its options. */
export interface OptimizerRecipe {
  readonly name: string;
  readonly [option: string]: unknown;
}

/** A whole training as plain JSON. */
export interface Recipe {
  readonly series?: SeriesRecipe;
  readonly window?: number;
  /** Steps ahead. Default 1. */
  readonly horizon?: number;
  /** Without an inputShape: it follows from window and series. */
  readonly layers: readonly LayerRecipe[];
  readonly compile: {
    /** A name, `{ name, learningRate, … }`, or `{ name, config }`. */
    readonly optimizer?: string | OptimizerRecipe;
    readonly loss: string;
    readonly truncate?: number | null;
  };
  readonly fit?: {
    readonly epochs?: number;
    readonly batchSize?: number;
    readonly shuffle?: boolean;
    readonly classWeight?: Readonly<Record<number, number>>;
    readonly earlyStopping?: { readonly patience: number; readonly restoreBestWeights?: boolean };
    readonly [other: string]: unknown;
  };
}

/** Whether it may be what a model puts out: what stands behind it changes no number. */
const isHeadKind = (kind: string): boolean => kind === "dense" || kind === "activation";

/** What a recipe that does not say otherwise is trained and judged with. */
export const RECIPE_DEFAULTS = {
  window: 1,
  horizon: 1,
  optimizer: "rmsprop",
  epochs: 25,
  batchSize: 32,
  /** Share at the end that nobody looks at. */
  testFraction: 0.2,
  /** Share of the rest, at its end, by which a training is judged. */
  validationFraction: 0.2,
  /** Trainings a repair may make. */
  budget: 10,
} as const;

/** The optimizer as `{ name, config }`. */
export function optimizerOf({ compile }: Recipe): { name: string; config: Record<string, unknown> } {
  const { optimizer = RECIPE_DEFAULTS.optimizer } = compile;
  if (typeof optimizer === "string") return { name: optimizer, config: {} };
  const { name, config, ...rest } = optimizer;
  return { name, config: { ...(config as Record<string, unknown> | undefined), ...rest } };
}

/** null takes an option away. */
function merged(
  target: Record<string, unknown>,
  patch: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const result = { ...target };
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key];
    else result[key] = value;
  }
  return result;
}

/** Options only some kinds of layer have: kernels of dense layers have no recurrent weights. */
const own = (kind: string, set: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(set).filter(([key]) => isRecurrentKind(kind) || !key.startsWith("recurrent")),
  );

/**
 * A recipe with a diagnosis's change made to it; the recipe given stays as it is.
 *
 * @param patch a diagnosis's `fix`: objects are merged, everything else replaces, null takes an option away.
 * @throws ConfigError for what is no recipe or no fix.
 *
 * @example
 * const mended = applyFix(recipe, { compile: { optimizer: { learningRate: 0.01 } } });
 */
export function applyFix(recipe: Recipe, patch: RecipePatch): Recipe {
  if (!Array.isArray(recipe?.layers) || typeof patch !== "object" || patch === null) {
    const given = Array.isArray(recipe?.layers) ? patch : recipe;
    throw new ConfigError(`applyFix(): got ${told(given)}, expected a recipe with layers, and a fix.`, {
      received: given,
    });
  }
  const last = recipe.layers.findLastIndex(({ kind }) => isHeadKind(kind));
  let layers: readonly LayerRecipe[] = recipe.layers;
  for (const { kind, set } of patch.layers ?? []) {
    const isMeant = (layer: { readonly kind: string }, i: number): boolean =>
      kind === "last"
        ? i === last
        : kind === "recurrent"
          ? isRecurrentKind(layer.kind)
          : kind === "weighted"
            ? isWeightedKind(layer.kind)
            : layer.kind === kind && !(kind === "dense" && i === last);
    layers = layers.map((layer, i) => {
      if (isMeant(layer, i))
        return { ...merged({ ...layer }, own(layer.kind, set)), kind: layer.kind } as LayerRecipe;
      // The layer inside a wrapper, such as bidirectional.
      const inner = layer.layer as { kind: string; config: Record<string, unknown> } | undefined;
      return inner !== undefined && isMeant(inner, -1)
        ? { ...layer, layer: { ...inner, config: merged(inner.config, own(inner.kind, set)) } }
        : layer;
    });
  }
  const { optimizer, ...compile } = patch.compile ?? {};
  const { name, config } = optimizerOf(recipe);
  const other = (optimizer ?? {}) as Record<string, unknown>;
  return {
    ...recipe,
    ...(patch.series === undefined
      ? {}
      : { series: merged({ ...recipe.series }, patch.series) as SeriesRecipe }),
    ...(patch.window === undefined ? {} : { window: patch.window }),
    layers,
    compile: {
      ...(merged({ ...recipe.compile }, compile) as unknown as Recipe["compile"]),
      // Another optimizer has options of its own.
      optimizer:
        other.name === undefined || other.name === name
          ? { ...merged(config, other), name }
          : { ...other, name: String(other.name) },
    },
    ...(patch.fit === undefined
      ? {}
      : { fit: merged({ ...recipe.fit }, patch.fit) as NonNullable<Recipe["fit"]> }),
  };
}
