import type { LayerRecipe, OptimizerRecipe, Recipe } from "gateflow";
import type { Gate } from "./gates.ts";

/** What a case of the clinic does to data on their way to the model, that no option of a recipe says. */
export type Fault =
  | "leak"
  | "permuted targets"
  | "constant target"
  | "raw target"
  | "scaler on all"
  | "no zero guard"
  | "label shape";

/** A training in the studio: the library's recipe, the data it is for, and what is done to either. */
export interface StudioRecipe {
  /** Name of the data: a key of `sources`, or `file`. */
  readonly data: string;
  /** Of a table that was opened: the column that is forecast. Default: its last one. */
  readonly target?: string;
  /** Of the data: what differs from the source's own values. */
  readonly knobs: Readonly<Record<string, number>>;
  readonly fault?: Fault;
  /** `code: sick`, `code: cured`: the case it came from. */
  readonly case?: string;
  /** Of weights, order and dropout. */
  readonly seed: number;
  /** Share of the values, or examples, that are trained on; the rest validates. */
  readonly trainShare: number;
  /** Biases the gates of recurrent layers start with, where they differ from the initializer's. */
  readonly gateBias?: Readonly<Partial<Record<Gate, number>>>;
  /** The same kernels on every machine; false: the fastest there are. */
  readonly reproducible: boolean;
  readonly recipe: Recipe;
}

export const DEFAULT_RECIPE: StudioRecipe = {
  data: "sines",
  knobs: {},
  seed: 1,
  trainShare: 0.8,
  reproducible: true,
  recipe: {
    series: { scale: null },
    window: 20,
    horizon: 1,
    layers: [
      { kind: "lstm", units: 24 },
      { kind: "dense", units: 1 },
    ],
    compile: { optimizer: { name: "adam", learningRate: 0.01 }, loss: "mse" },
    fit: { epochs: 25, batchSize: 32, shuffle: true },
  },
};

export const recurrentKinds = ["lstm", "gru", "simpleRNN"] as const;
export type Cell = (typeof recurrentKinds)[number];

export const isRecurrent = ({ kind }: LayerRecipe): boolean =>
  (recurrentKinds as readonly string[]).includes(kind);

/** The first recurrent layer: what Cell and Units show. */
export const firstRecurrent = ({ layers }: Recipe): LayerRecipe | undefined => layers.find(isRecurrent);

/** The optimizer with its options beside its name. */
export function optimizerOf({ compile }: Recipe): OptimizerRecipe {
  const { optimizer = "rmsprop" } = compile;
  if (typeof optimizer === "string") return { name: optimizer };
  const { config, ...rest } = optimizer;
  return { ...(config as object | undefined), ...rest };
}

export const withRecipe = (studio: StudioRecipe, recipe: Partial<Recipe>): StudioRecipe => ({
  ...studio,
  recipe: { ...studio.recipe, ...recipe },
});

/** Every recurrent layer with options changed; what is undefined is taken away. */
export function withRecurrent(studio: StudioRecipe, set: Readonly<Record<string, unknown>>): StudioRecipe {
  const layers = studio.recipe.layers.map((layer) =>
    isRecurrent(layer) ? cleaned({ ...layer, ...set }) : layer,
  );
  return withRecipe(studio, { layers });
}

export function withOptimizer(studio: StudioRecipe, set: Readonly<Record<string, unknown>>): StudioRecipe {
  const optimizer = cleaned({ ...optimizerOf(studio.recipe), ...set });
  return withRecipe(studio, { compile: { ...studio.recipe.compile, optimizer } });
}

const cleaned = <T extends object>(options: T): T =>
  Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as T;

/** So many recurrent layers, each like the first; all but the last hand on their sequences. */
export function withDepth(studio: StudioRecipe, depth: number): StudioRecipe {
  const { layers } = studio.recipe;
  const first = firstRecurrent(studio.recipe);
  if (first === undefined) return studio;
  const last = layers.findLast(isRecurrent)!;
  const { returnSequences: _, ...plain } = first;
  const stack = Array.from({ length: depth }, (_, i) =>
    i < depth - 1
      ? { ...plain, returnSequences: true }
      : last.returnSequences === true
        ? { ...plain, returnSequences: true }
        : plain,
  ) as unknown as LayerRecipe[];
  const from = layers.indexOf(first);
  const rest = layers.filter((layer) => !isRecurrent(layer));
  return withRecipe(studio, { layers: [...rest.slice(0, from), ...stack, ...rest.slice(from)] });
}
