import type { LayerRecipe, Recipe } from "../../src/recipe/recipe.js";
import { applyFix } from "../../src/recipe/recipe.js";
import { drawRegular } from "./draw.js";
import { between, type Part, pick, type Uniform, whole } from "./series.js";

export interface RepairCase {
  readonly series: (number | null)[];
  readonly sick: Recipe;
  readonly twin: Recipe;
}

type Generator = (
  uniform: Uniform,
  twin: Recipe,
  series: number[],
) => { sick: Recipe; series?: (number | null)[]; twin?: Recipe };

const firstLayer = (recipe: Recipe, set: Record<string, unknown>): Recipe => ({
  ...recipe,
  layers: recipe.layers.map((layer, i) => (i === 0 ? { ...layer, ...set } : layer)) as LayerRecipe[],
});
const rate = (learningRate: number) => ({ compile: { optimizer: { learningRate } } });

/** Faults a machine can repair, on recipes. */
const generators: Readonly<Record<string, Generator>> = {
  unscaled_target: (uniform, twin, series) => {
    const [scale, offset] = [between(uniform, 50, 1000), between(uniform, 500, 5000)];
    return { sick: { ...twin, series: {} }, series: series.map((value) => offset + scale * value) };
  },
  window_length_one: (_uniform, twin) => ({ sick: { ...twin, window: 1 } }),
  learning_rate_too_high: (uniform, twin) => ({ sick: applyFix(twin, rate(between(uniform, 0.8, 4))) }),
  learning_rate_too_low: (uniform, twin) => ({
    sick: applyFix(twin, rate(10 ** between(uniform, -7, -5.3))),
  }),
  saturated_gates: (uniform, twin) => {
    const wide = { name: "randomNormal", config: { stddev: between(uniform, 15, 30) } };
    return {
      sick: firstLayer(twin, { kernelInitializer: wide, recurrentInitializer: wide, biasInitializer: wide }),
    };
  },
  symmetric_or_zero_initialisation: (_uniform, twin) => ({
    sick: {
      ...twin,
      layers: twin.layers.map((layer, i) => ({
        ...layer,
        kernelInitializer: "zeros",
        ...(i === 0 ? { recurrentInitializer: "zeros" } : {}),
      })) as LayerRecipe[],
    },
  }),
  exploding_gradients: (uniform, twin) => ({
    sick: firstLayer(
      { ...twin, compile: { loss: "mse", optimizer: { name: "sgd", learningRate: 0.05 } }, window: 40 },
      {
        activation: "linear",
        recurrentInitializer: { name: "orthogonal", config: { gain: between(uniform, 2, 4) } },
      },
    ),
    twin: {
      ...twin,
      compile: { loss: "mse", optimizer: { name: "sgd", learningRate: 0.05, globalClipnorm: 1 } },
      window: 40,
    },
  }),
  missing_values: (uniform, twin, series) => ({
    sick: { ...twin, series: { scale: "standard" } },
    series: series.map((value) => (uniform() < 0.04 ? null : value)),
  }),
  non_stationary_target: (uniform, twin, series) => {
    const slope = between(uniform, 0.05, 0.15);
    return {
      sick: twin,
      series: series.map((value, t) => value + slope * t),
      twin: { ...twin, series: { ...twin.series, difference: 1 } },
    };
  },
  output_activation_range: (uniform, twin) => ({
    sick: {
      ...twin,
      layers: twin.layers.map((layer, i) =>
        i === 1 ? { ...layer, activation: pick(uniform, ["sigmoid", "relu"]) } : layer,
      ) as LayerRecipe[],
    },
  }),
  weight_decay_too_high: (uniform, twin) => ({
    sick: {
      ...twin,
      compile: {
        loss: "mse",
        optimizer: { name: "adamw", learningRate: 0.01, weightDecay: between(uniform, 10, 60) },
      },
    },
  }),
  insufficient_capacity: (_uniform, twin) => ({ sick: firstLayer(twin, { units: 1 }) }),
  dropout_too_high: (uniform, twin) => ({ sick: firstLayer(twin, { dropout: between(uniform, 0.7, 0.95) }) }),
  underfitting_stopped_early: (_uniform, twin) => ({ sick: { ...twin, fit: { ...twin.fit, epochs: 1 } } }),
  gradient_clipping_always_active: (uniform, twin) => ({
    sick: {
      ...twin,
      compile: {
        loss: "mse",
        optimizer: {
          name: "sgd",
          learningRate: 0.1,
          momentum: 0.9,
          globalClipnorm: 10 ** between(uniform, -5, -3.5),
        },
      },
    },
    twin: {
      ...twin,
      compile: {
        loss: "mse",
        optimizer: { name: "sgd", learningRate: 0.1, momentum: 0.9, globalClipnorm: 1 },
      },
    },
  }),
  stacked_lstm_needs_return_sequences: (_uniform, twin) => {
    const [first, last] = twin.layers as [LayerRecipe, LayerRecipe];
    const second = { kind: "lstm", units: 16 };
    return {
      sick: { ...twin, layers: [first, second, last] },
      twin: { ...twin, layers: [{ ...first, returnSequences: true }, second, last] },
    };
  },
  dying_relu: (uniform, twin) => {
    const [first, last] = twin.layers as [LayerRecipe, LayerRecipe];
    const head = { kind: "dense", units: 16, activation: "relu" };
    return {
      sick: {
        ...twin,
        layers: [
          first,
          { ...head, biasInitializer: { name: "constant", config: { value: -between(uniform, 5, 12) } } },
          last,
        ],
      },
      twin: { ...twin, layers: [first, head, last] },
    };
  },
  batch_size_too_large: (_uniform, twin) => ({ sick: { ...twin, fit: { ...twin.fit, batchSize: 512 } } }),
};

export const repairCodes = Object.keys(generators);

export function repairCase(code: string, uniform: Uniform, part: Part): RepairCase {
  const values = drawRegular(uniform, part);
  // A linear GRU's gates keep what a linear LSTM lets explode.
  const cell = part === "develop" || code === "exploding_gradients" ? "lstm" : pick(uniform, ["lstm", "gru"]);
  const twin: Recipe = {
    series: { scale: "standard" },
    window: whole(uniform, 16, 24),
    layers: [
      { kind: cell, units: whole(uniform, 16, 28) },
      { kind: "dense", units: 1 },
    ],
    compile: { optimizer: { name: "adam", learningRate: 0.01 }, loss: "mse" },
    fit: { epochs: 25, batchSize: 32 },
  };
  const made = generators[code]!(uniform, twin, values);
  return { series: made.series ?? values, sick: made.sick, twin: made.twin ?? twin };
}
