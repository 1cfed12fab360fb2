// A recipe names what a model is made of.
import "../names.js";
import { earlyStopping } from "../callbacks/early-stopping.js";
import { terminateOnNaN } from "../callbacks/terminate-on-nan.js";
import type { Engine } from "../engine/engine.js";
import { EngineError, GateflowError } from "../errors.js";
import { layersFromConfig } from "../layers/from-config.js";
import type { Callback, History } from "../model/events.js";
import { type Sequential, sequential } from "../model/sequential.js";
import { toOptimizer } from "../optimizers/to-optimizer.js";
import type { Prepared } from "./prepare.js";
import { optimizerOf, RECIPE_DEFAULTS, type Recipe } from "./recipe.js";

/** A recipe that was trained, or refused. */
export interface Attempt {
  readonly recipe: Recipe;
  readonly prepared: Prepared;
  /** Root mean square error of the validation part in the target's own units (classes: the loss). Infinity: no model. */
  readonly error: number;
  readonly model: Sequential | null;
  readonly history: History | null;
  /** Why there is no model. */
  readonly refused: GateflowError | null;
}

const classLosses: readonly string[] = [
  "binaryCrossentropy",
  "categoricalCrossentropy",
  "sparseCategoricalCrossentropy",
];

/** Whether a loss takes classes or shares, not amounts. */
export const isClassLoss = (loss: string): boolean => classLosses.includes(loss);

/** The recipe's model, with the shapes its data asks for. */
export function buildRecipe(recipe: Recipe, prepared: Prepared, seed: number, engine?: Engine): Sequential {
  const layers = recipe.layers.map(({ kind, ...config }) => ({
    kind,
    config: { ...config } as Record<string, unknown>,
  }));
  const isStateful = layers.some(({ config }) => config.stateful === true);
  if (isStateful) layers[0]!.config.batchSize = recipe.fit?.batchSize ?? RECIPE_DEFAULTS.batchSize;
  const model = sequential(layersFromConfig(layers, prepared.train.x.shape.slice(1)), {
    seed,
    ...(engine === undefined ? {} : { engine }),
  });
  const { loss, truncate } = recipe.compile;
  model.compile({
    optimizer: toOptimizer("repair()", optimizerOf(recipe)),
    loss: loss as "mse",
    ...(truncate == null ? {} : { truncate }),
  });
  return model;
}

async function errorOf(model: Sequential, { validation }: Prepared, loss: string): Promise<number> {
  const batchSize = model.batchSize ?? 256;
  if (isClassLoss(loss)) {
    const { loss: value } = await model.evaluate(validation.x, validation.y, { batchSize });
    return Number.isFinite(value) ? value! : Infinity;
  }
  const { data } = await model.predict(validation.x, { batchSize });
  const restored = validation.restore(data);
  let [sum, count] = [0, 0];
  for (const [i, value] of restored.entries()) {
    const actual = validation.actual[i]!;
    if (Number.isNaN(actual)) continue;
    sum += (value - actual) ** 2;
    count++;
  }
  const error = Math.sqrt(sum / count);
  return Number.isFinite(error) ? error : Infinity;
}

/** What a training is watched and stopped by. */
export interface Watch {
  readonly callbacks?: readonly Callback[];
  readonly signal?: AbortSignal;
  /** Where it runs. Default: the engine that all models share. */
  readonly engine?: Engine;
}

/** Trains a recipe. A fault that is refused gives an attempt without a model and with the refusal. */
export async function runRecipe(
  recipe: Recipe,
  prepared: Prepared,
  seed: number,
  { callbacks = [], signal, engine }: Watch = {},
): Promise<Attempt> {
  const { train, validation } = prepared;
  const {
    epochs = RECIPE_DEFAULTS.epochs,
    batchSize = RECIPE_DEFAULTS.batchSize,
    shuffle = true,
    classWeight,
    earlyStopping: stopping,
  } = recipe.fit ?? {};
  let model: Sequential | null = null;
  try {
    model = buildRecipe(recipe, prepared, seed, engine);
    const own = model;
    const isStateful = model.batchSize !== undefined;
    const history = await model.fit(train.x, train.y, {
      epochs,
      batchSize,
      shuffle,
      ...(classWeight === undefined ? {} : { classWeight }),
      ...(isStateful ? {} : { validationData: [validation.x, validation.y] as const }),
      ...(signal === undefined ? {} : { signal }),
      callbacks: [
        ...callbacks,
        terminateOnNaN(),
        ...(stopping === undefined || isStateful
          ? []
          : [earlyStopping({ monitor: "val_loss", ...stopping })]),
        ...(isStateful ? [{ onEpochBegin: () => own.resetStates() }] : []),
      ],
    });
    return {
      recipe,
      prepared,
      error: await errorOf(model, prepared, recipe.compile.loss),
      model,
      history,
      refused: null,
    };
  } catch (error) {
    model?.dispose();
    // An engine that is not there says nothing of the recipe.
    if (!(error instanceof GateflowError) || error instanceof EngineError) throw error;
    return { recipe, prepared, error: Infinity, model: null, history: null, refused: error };
  }
}
