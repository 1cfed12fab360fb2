import { exp, log } from "../elementary.js";
import { StateError } from "../errors.js";
import { isRecurrentKind } from "../layers/from-config.js";
import type { Callback } from "../model/events.js";
import { numberIn, refuseUnknown } from "../options.js";
import { createRandom, type Random } from "../random.js";
import { checkWholeRecipe } from "../recipe/check-recipe.js";
import { checkSource, examplesFor, type RecipeSource } from "../recipe/examples-for.js";
import { openBlock } from "../recipe/open-block.js";
import type { RecipePatch } from "../recipe/patch.js";
import { applyFix, RECIPE_DEFAULTS, type Recipe } from "../recipe/recipe.js";
import { refinements } from "../recipe/refinements.js";
import { type Attempt, runRecipe } from "../recipe/train-recipe.js";
import { openSingle } from "../series/kinds.js";
import { type BaselineErrors, baselineErrors } from "./baseline-errors.js";
import { diagnose } from "./diagnose.js";
import type { Diagnosis } from "./diagnosis.js";
import { examine } from "./examine.js";
import { refusalOf, refusedCodes } from "./refusal.js";
import { reasonOf, windowTooLong } from "./untrainable.js";

/** One training of a repair. */
export interface RepairProgress {
  readonly training: number;
  readonly budget: number;
  /** What was tried: a diagnosis's code, `"as it is"`, an option (`"rate"`, `"epochs"`, `"units"`, `"batchSize"`) or `"control"`. */
  readonly tried: string;
  readonly error: number;
  readonly isKept: boolean;
  /** What was changed for this training; of the control, what was drawn. Undefined: nothing, or no patch can say it. */
  readonly change?: RecipePatch;
}

/** Options of `repair`. */
export interface RepairOptions extends RecipeSource {
  /** Trainings the repair may make; the control makes as many. Default 10. */
  readonly budget?: number;
  /** Default 0. */
  readonly seed?: number;
  /** Whether a random search with the same number of trainings is run beside it. Default true. */
  readonly withControl?: boolean;
  /** Told after every training. Default: nobody. */
  readonly onProgress?: (progress: RepairProgress) => void;
  /** Asked in every training, the control's included, as `fit` asks them. Default: none. */
  readonly callbacks?: readonly Callback[];
  /** Ends the repair at a batch boundary. Default: nothing ends it. */
  readonly signal?: AbortSignal;
}

/** What `repair` gives. */
export interface Repaired {
  readonly recipe: Recipe;
  /** The diagnoses whose remedies were kept, in the order in which they were applied. */
  readonly applied: Diagnosis[];
  /** Validation error of the recipe as it came: root mean square in the target's units, of classes the loss. Infinity where it gave no model. */
  readonly before: number;
  readonly after: number;
  /** Why even the recipe that is returned gives no error; null where it gives one. */
  readonly refused: string | null;
  /** What forecasts that learn nothing come to on the same part: where one is below `after`, it is the better forecast. null: no series. */
  readonly baselines: BaselineErrors | null;
  /** The best of as many trainings with options drawn at random; NaN without a control. */
  readonly control: number;
  readonly trainings: number;
}

/** Remedies that make a measured error honest, and so often larger: they are kept whatever the error. */
const keptRegardless: readonly string[] = ["data_leakage_scaler"];
/** A remedy has helped if the error is lower by more than this: less is the luck of a seed. */
const HELPS = 0.99;

const known = [
  "series",
  "data",
  "budget",
  "seed",
  "testFraction",
  "validationFraction",
  "withControl",
  "onProgress",
  "callbacks",
  "signal",
] as const;

/** All recurrent layers but the last hand on their sequences. */
function withSequences(recipe: Recipe): Recipe {
  const last = recipe.layers.findLastIndex(({ kind }) => isRecurrentKind(kind) || kind === "bidirectional");
  return {
    ...recipe,
    layers: recipe.layers.map((layer, i) =>
      i < last && isRecurrentKind(layer.kind) ? { ...layer, returnSequences: true } : layer,
    ),
  };
}

/** A recipe with what a diagnosis asks for. */
export const withFix = (recipe: Recipe, { code, fix }: Diagnosis): Recipe =>
  code === "stacked_lstm_needs_return_sequences" ? withSequences(recipe) : applyFix(recipe, fix!);

/** What is wrong with an attempt: with its training, or, where it gave no model, with the data and what was refused. */
export async function diagnosesOf(
  { model, prepared, history, refused, recipe }: Attempt,
  { signal }: { readonly signal?: AbortSignal } = {},
): Promise<Diagnosis[]> {
  const { train, validation } = prepared;
  if (model === null) {
    const found = examine({ x: train.x, y: train.y, validationData: [validation.x, validation.y] }).map(
      (diagnosis) => windowTooLong(diagnosis, recipe, prepared),
    );
    if (refused === null || found.some(({ code }) => code === refused.code)) return found;
    // What else stands in the data may be why it was refused, but not of a shape.
    const isExplained =
      !refusedCodes.some((code) => code === refused.code) && found.some(({ fix }) => fix !== undefined);
    return isExplained ? found : [refusalOf(refused, train.x.shape[1]), ...found];
  }
  const { batchSize = RECIPE_DEFAULTS.batchSize, shuffle = true } = recipe.fit ?? {};
  return diagnose(model, {
    x: train.x,
    y: train.y,
    validationData: [validation.x, validation.y],
    ...(history === null ? {} : { history }),
    fit: {
      batchSize,
      shuffle,
      ...(recipe.fit?.classWeight === undefined ? {} : { classWeight: recipe.fit.classWeight }),
    },
    ...(signal === undefined ? {} : { signal }),
  });
}

/**
 * Repairs a recipe: trains it, diagnoses, tries remedies in the order of severity, keeps what lowers the validation error, and
 * goes on until nothing is found or the budget is spent; what is left of it goes into epochs, rate, units and batch size. A random search
 * with as many trainings runs beside it as a control, from the first recipe that gave a model. The test part, the series' end, is never touched.
 *
 * @param recipe plain JSON; it stays as it is.
 * @returns where even the last recipe gives no model, `after` is Infinity and `refused` says why.
 * @throws ConfigError for a recipe or options that are none, naming the field; DataError for too few values; StateError when `signal` was
 *   aborted.
 *
 * @example
 * const { recipe, applied, before, after } = await repair(sick, { series, budget: 8, seed: 1 });
 */
export async function repair(recipe: Recipe, options: RepairOptions): Promise<Repaired> {
  const where = "repair()";
  refuseUnknown(where, options, known);
  checkSource(where, options);
  const shapes =
    options.data === undefined
      ? undefined
      : { x: openBlock(options.data.x).shape.slice(1), y: openBlock(options.data.y).shape.slice(1) };
  checkWholeRecipe(`${where}: recipe`, recipe, shapes);
  const budget = numberIn(where, "budget", options.budget ?? RECIPE_DEFAULTS.budget, {
    min: 1,
    integer: true,
  });
  const seed = numberIn(where, "seed", options.seed ?? 0, { min: 0, integer: true });
  const prepare = examplesFor(options, where);
  let trainings = 0;
  const train = async (candidate: Recipe): Promise<Attempt> => {
    const attempt = await runRecipe(candidate, prepare(candidate), seed, options);
    if (options.signal?.aborted === true) {
      attempt.model?.dispose();
      throw new StateError(`${where}: stopped by its signal; nothing was repaired.`);
    }
    return attempt;
  };
  const run = (candidate: Recipe): Promise<Attempt> => {
    trainings++;
    return train(candidate);
  };
  const tell = (tried: string, error: number, isKept: boolean, change?: RecipePatch): void =>
    options.onProgress?.({
      training: trainings,
      budget,
      tried,
      error,
      isKept,
      ...(change === undefined ? {} : { change }),
    });

  let best = await run(recipe);
  // A search of options cannot draw what makes training possible at all, such as filled gaps: it begins where that is given.
  let trainable = recipe;
  const before = best.error;
  tell("as it is", before, true);
  const applied: Diagnosis[] = [];
  const tried = new Set<string>();
  while (trainings < budget) {
    const found = (await diagnosesOf(best)).filter(
      (diagnosis) => !tried.has(diagnosis.code) && diagnosis.fix !== undefined,
    );
    const [next] = found;
    if (next === undefined) break;
    tried.add(next.code);
    const attempt = await run(withFix(best.recipe, next));
    const isKept =
      attempt.error < HELPS * best.error ||
      (keptRegardless.includes(next.code) && Number.isFinite(attempt.error)) ||
      (best.error === Infinity && attempt.model !== null) ||
      removesRefusal(best, attempt);
    tell(next.code, attempt.error, isKept, next.fix);
    if (isKept) {
      if (best.model === null) trainable = attempt.recipe;
      best.model?.dispose();
      best = attempt;
      applied.push(next);
    } else attempt.model?.dispose();
  }
  // What is left of the budget: one option after the other, those again that have helped.
  const turns = applied.length === 0 ? [] : refinements();
  while (trainings < budget && turns.length > 0) {
    const turn = turns.shift()!;
    const patch = turn.change(best.recipe);
    if (patch === null) continue;
    const attempt = await run(applyFix(best.recipe, patch));
    const isKept = attempt.error < HELPS * best.error;
    tell(turn.tried, attempt.error, isKept, patch);
    if (isKept) {
      best.model?.dispose();
      best = attempt;
      turns.push(turn);
    } else attempt.model?.dispose();
  }
  best.model?.dispose();
  const control =
    options.withControl === false
      ? Number.NaN
      : await randomSearch(trainable, trainings, createRandom(seed), train, options.onProgress);
  const refused = reasonOf(best);
  const baselines = options.series === undefined ? null : baselinesOf(where, best.recipe, options);
  return { recipe: best.recipe, applied, before, after: best.error, refused, baselines, control, trainings };
}

/** What baselines come to on the part by which remedies are judged. */
function baselinesOf(where: string, recipe: Recipe, options: RepairOptions): BaselineErrors | null {
  const raw = Float64Array.from(openSingle(where, options.series!));
  const { testFraction = RECIPE_DEFAULTS.testFraction } = options;
  const { validationFraction = RECIPE_DEFAULTS.validationFraction } = options;
  const seen = Math.floor(raw.length * (1 - testFraction));
  return baselineErrors(recipe, {
    values: raw.subarray(0, seen),
    split: Math.floor(seen * (1 - validationFraction)),
  });
}

/** Refused before, refused for another reason now: one of two faults is gone. */
const removesRefusal = (from: Attempt, to: Attempt): boolean =>
  from.model === null && to.model === null && from.refused?.message !== to.refused?.message;

/** The control: the same number of trainings, options drawn at random, the best by the same measure. */
async function randomSearch(
  recipe: Recipe,
  trainings: number,
  random: Random,
  train: (recipe: Recipe) => Promise<Attempt>,
  onProgress: RepairOptions["onProgress"],
): Promise<number> {
  const pick = <T>(choices: readonly T[]): T => choices[random.integer(choices.length)]!;
  let best = Infinity;
  for (let training = 1; training <= trainings; training++) {
    const patch: RecipePatch = {
      series: { scale: pick(["standard", "minMax", "robust", null]) },
      ...(recipe.window === undefined ? {} : { window: pick([recipe.window, 10, 20, 30]) }),
      layers: [{ kind: "recurrent", set: { units: pick([8, 16, 32, 64]), dropout: pick([0, 0, 0.2]) } }],
      compile: { optimizer: { learningRate: exp(log(1e-4) + random.uniform() * log(1000)) } },
      fit: {
        batchSize: pick([16, 32, 64]),
        epochs: pick([1, 2]) * (recipe.fit?.epochs ?? RECIPE_DEFAULTS.epochs),
      },
    };
    const attempt = await train(applyFix(recipe, patch));
    attempt.model?.dispose();
    best = Math.min(best, attempt.error);
    onProgress?.({
      training,
      budget: trainings,
      tried: "control",
      error: attempt.error,
      isKept: attempt.error === best,
      change: patch,
    });
  }
  return best;
}
