import { ConfigError, GateflowError } from "../errors.js";
import type { Callback, History } from "../model/events.js";
import { Model } from "../model/model.js";
import { numberIn, refuseUnknown } from "../options.js";
import { checkWholeRecipe } from "../recipe/check-recipe.js";
import { examplesFor } from "../recipe/examples-for.js";
import { type FixAsCodeOptions, fixAsCode, recipeAsCode } from "../recipe/fix-as-code.js";
import { openBlock } from "../recipe/open-block.js";
import { RECIPE_DEFAULTS, type Recipe } from "../recipe/recipe.js";
import { type Attempt, buildRecipe, runRecipe } from "../recipe/train-recipe.js";
import { openSingle, type SeriesLike } from "../series/kinds.js";
import { isTensor, type TensorLike } from "../tensor.js";
import { type BaselineErrors, baselineErrors } from "./baseline-errors.js";
import { diagnose } from "./diagnose.js";
import type { Several } from "./diagnose-options.js";
import { type Diagnosis, worstFirst } from "./diagnosis.js";
import type { ExamplesLike } from "./examine.js";
import { namesOf, partsOf } from "./graph-parts.js";
import { diagnosesOf, withFix } from "./repair.js";
import { copyOf, fileOf } from "./trials/model-copy.js";

/** One reason why a recipe or model does not learn. */
export interface Cause {
  /** What is wrong, measured. */
  readonly diagnosis: Diagnosis;
  /** The change as code; empty where no machine can make it. */
  readonly asCode: string;
  /** Whether the untrained model showed it, the trained one, or both. */
  readonly seen: "before" | "after" | "both";
  /** Codes of what was taken as changed when it was found, since nothing could be trained before. */
  readonly behind: readonly string[];
}

/** Examples of a model, of several inputs or outputs an array or a record, as for `fit`. */
export interface ModelExamples {
  readonly x: TensorLike | Several;
  readonly y: TensorLike | Several;
  readonly validationData?: readonly [TensorLike | Several, TensorLike | Several] | undefined;
}

/** What a checkup is told of while it goes on. */
export type CheckupStep = "before" | "training" | "after";

/** Options of `checkup`. */
export interface CheckupOptions {
  /** Of a recipe's weights and order. Default 0. */
  readonly seed?: number;
  /** Of a recipe: the share at the end that is never looked at. Default 0.2. */
  readonly testFraction?: number;
  /** Of a recipe: the share of the rest, at its end, by which the training is judged. Default 0.2. */
  readonly validationFraction?: number;
  /** Of a model: epochs its copy is trained for. Default 25. */
  readonly epochs?: number;
  /** Of a model: samples an update. Default 32. */
  readonly batchSize?: number;
  /** Of a model: whether samples are shuffled in each epoch. Default true. */
  readonly shuffle?: boolean;
  /**
   * Of a model: what was logged when it was trained, as `fit` returned it, or its `history`. The first look is then one at a
   * trained model, and the copy is trained anew from its initializers. Default: the model is looked at as it stands.
   */
  readonly history?: History | Readonly<Record<string, readonly number[]>>;
  /** Whose words the changes are said in as code. Default `"gateflow"`. */
  readonly as?: FixAsCodeOptions["as"];
  /** Ends the checkup between two steps, or the training at a batch boundary, with the signal's reason. Default: nothing ends it. */
  readonly signal?: AbortSignal;
  /** Asked in the training, as `fit` asks them. Default none. */
  readonly callbacks?: readonly Callback[];
  /** Told before each step that takes a while: a look at the untrained model, the training, a look at the trained one. Default: nobody. */
  readonly onStep?: (step: CheckupStep) => void;
}

/** What `checkup` found, tried and says. */
export interface Checkup {
  /** Worst first; empty where nothing speaks against it. */
  readonly causes: readonly Cause[];
  /** Codes of the changes that were taken as made before the last training. */
  readonly assumed: readonly string[];
  /**
   * Error of the last training on its validation part: of a recipe root mean square in the series' units (of classes the
   * loss), of a model the loss. Infinity where there was no training, or no number came of it.
   */
  readonly error: number;
  /** What forecasts that learn nothing come to on the same part; null where there is no series. */
  readonly baselines: BaselineErrors | null;
  /** What the last training logged; null where nothing could be trained. */
  readonly history: History | null;
  /** The trained model, yours to dispose; of a model a copy, for the model itself stays as it is. null: none. */
  readonly model: Model | null;
  /** Of a recipe: its last training, with what `assumed` names changed. */
  readonly attempt?: Attempt;
}

/** Refusals that may lie behind each other: gaps, then a shape. */
const MOST_ROUNDS = 3;

/** A recipe's model before any training; where it is refused, why. */
function untrained(recipe: Recipe, prepared: Attempt["prepared"], seed: number): Attempt {
  const nothing = { recipe, prepared, error: Infinity, history: null };
  try {
    return { ...nothing, model: buildRecipe(recipe, prepared, seed), refused: null };
  } catch (error) {
    if (!(error instanceof GateflowError)) throw error;
    return { ...nothing, model: null, refused: error };
  }
}

/** The change as code: a stack is put right by a change no patch can say. */
const codeOf = (recipe: Recipe, diagnosis: Diagnosis, as: CheckupOptions["as"]): string =>
  diagnosis.fix === undefined
    ? ""
    : as !== undefined && as !== "gateflow"
      ? diagnosis.code === "stacked_lstm_needs_return_sequences"
        ? fixAsCode({ layers: [{ kind: "recurrent", set: { returnSequences: true } }] }, undefined, { as })
        : fixAsCode(diagnosis.fix, undefined, { as })
      : diagnosis.code === "stacked_lstm_needs_return_sequences"
        ? recipeAsCode(withFix(recipe, diagnosis), ["layers"])
        : fixAsCode(diagnosis.fix, recipe);

/**
 * Both looks as one list, worst first. Where both saw a fault, the later numbers count; what only the first saw is no more
 * than a hint when the training went well all the same.
 */
export function bothLooks(
  before: readonly Diagnosis[],
  after: readonly Diagnosis[],
  wentWell: boolean,
): { diagnosis: Diagnosis; seen: Cause["seen"] }[] {
  const seenBefore = new Set(before.map(({ code }) => code));
  const seenAfter = new Set(after.map(({ code }) => code));
  const first = before
    .filter(({ code }) => !seenAfter.has(code))
    .map((diagnosis) => (wentWell ? { ...diagnosis, severity: "hint" as const } : diagnosis));
  return worstFirst([...after, ...first]).map((diagnosis) => ({
    diagnosis,
    seen: !seenAfter.has(diagnosis.code) ? "before" : seenBefore.has(diagnosis.code) ? "both" : "after",
  }));
}

const sortedCauses = (causes: readonly Cause[]): Cause[] =>
  worstFirst(causes.map(({ diagnosis }) => diagnosis)).map(
    (worst) => causes.find(({ diagnosis }) => diagnosis === worst)!,
  );

const isExamples = <Data extends ExamplesLike | ModelExamples>(data: SeriesLike | Data): data is Data =>
  typeof data === "object" && data !== null && "x" in data && "y" in data && !isTensor(data);

/** Trains a recipe again and again, until nothing is refused that a change could mend. */
async function ofRecipe(
  where: string,
  recipe: Recipe,
  data: SeriesLike | ExamplesLike,
  options: CheckupOptions,
): Promise<Checkup> {
  const { signal, callbacks = [], onStep } = options;
  const seed = numberIn(where, "seed", options.seed ?? 0, { min: 0, integer: true });
  const shares = {
    testFraction: options.testFraction ?? RECIPE_DEFAULTS.testFraction,
    validationFraction: options.validationFraction ?? RECIPE_DEFAULTS.validationFraction,
  };
  const examples = isExamples(data) ? { x: data.x, y: data.y } : undefined;
  checkWholeRecipe(
    `${where}: recipe`,
    recipe,
    examples === undefined
      ? undefined
      : { x: openBlock(examples.x).shape.slice(1), y: openBlock(examples.y).shape.slice(1) },
  );
  const given = examples === undefined ? { series: data as SeriesLike } : { data: examples };
  const prepare = examplesFor({ ...given, ...shares }, where);
  const causes: Cause[] = [];
  const assumed: string[] = [];
  let current = recipe;
  for (let round = 1; ; round++) {
    signal?.throwIfAborted();
    const prepared = prepare(current);
    onStep?.("before");
    const fresh = untrained(current, prepared, seed);
    const before = await diagnosesOf(fresh, options);
    fresh.model?.dispose();
    signal?.throwIfAborted();
    onStep?.("training");
    const attempt = await runRecipe(current, prepared, seed, {
      callbacks,
      ...(signal === undefined ? {} : { signal }),
    });
    signal?.throwIfAborted();
    onStep?.("after");
    const after = await diagnosesOf(attempt, options);
    signal?.throwIfAborted();
    const wentWell = attempt.model !== null && after.length === 0;
    const known = new Set(causes.map(({ diagnosis }) => diagnosis.code));
    const found = bothLooks(before, after, wentWell).filter(({ diagnosis }) => !known.has(diagnosis.code));
    causes.push(
      ...found.map(({ diagnosis, seen }) => ({
        diagnosis,
        seen,
        asCode: codeOf(current, diagnosis, options.as),
        behind: [...assumed],
      })),
    );
    const next = found.find(({ diagnosis }) => diagnosis.fix !== undefined)?.diagnosis;
    if (attempt.model !== null || next === undefined || round === MOST_ROUNDS) {
      const { error, history, model } = attempt;
      const values = examples === undefined ? Float64Array.from(openSingle(where, data as SeriesLike)) : null;
      const seen = values === null ? 0 : Math.floor(values.length * (1 - shares.testFraction));
      const baselines =
        values === null
          ? null
          : baselineErrors(current, {
              values: values.subarray(0, seen),
              split: Math.floor(seen * (1 - shares.validationFraction)),
            });
      return { causes: sortedCauses(causes), assumed, error, baselines, history, model, attempt };
    }
    current = withFix(current, next);
    assumed.push(next.code);
  }
}

/** Looks at a model, trains a copy of it, and looks at that. */
async function ofModel(
  where: string,
  model: Model,
  data: SeriesLike | ModelExamples,
  options: CheckupOptions,
): Promise<Checkup> {
  if (!isExamples<ModelExamples>(data))
    throw new ConfigError(`${where}: a model is looked at with its examples: { x, y, validationData }.`);
  const { signal, callbacks = [], onStep, epochs = RECIPE_DEFAULTS.epochs, shuffle = true } = options;
  const { x, y, validationData } = data;
  const fit = { batchSize: model.batchSize ?? options.batchSize ?? RECIPE_DEFAULTS.batchSize, shuffle };
  const look = (own: Model, history?: CheckupOptions["history"]): Promise<Diagnosis[]> =>
    diagnose(own, {
      x,
      y,
      fit,
      ...(validationData === undefined ? {} : { validationData }),
      ...(history === undefined ? {} : { history }),
      ...(signal === undefined ? {} : { signal }),
    });
  onStep?.("before");
  const before = await look(model, options.history);
  const nothing = { assumed: [], error: Infinity, baselines: null, history: null, model: null };
  const causesOf = (found: ReturnType<typeof bothLooks>): Cause[] =>
    found.map(({ diagnosis, seen }) => ({
      diagnosis,
      seen,
      asCode:
        diagnosis.fix === undefined
          ? ""
          : fixAsCode(diagnosis.fix, undefined, { as: options.as ?? "gateflow" }),
      behind: [],
    }));
  onStep?.("training");
  const first = partsOf(x, namesOf(model, "inputs"))[0];
  const file = fileOf(model, first?.block.shape.slice(1) ?? []);
  const wasTrained = options.history !== undefined || file.updates > 0;
  const copy = copyOf(file, wasTrained ? { weights: "fresh" } : {});
  try {
    const isStateful = copy.batchSize !== undefined;
    const history = await copy.fit(x as TensorLike, y as TensorLike, {
      ...fit,
      epochs,
      ...(validationData === undefined || isStateful
        ? {}
        : { validationData: validationData as readonly [TensorLike, TensorLike] }),
      ...(signal === undefined ? {} : { signal }),
      callbacks: [...callbacks, ...(isStateful ? [{ onEpochBegin: () => copy.resetStates() }] : [])],
    });
    signal?.throwIfAborted();
    onStep?.("after");
    const after = await look(copy, history);
    const { loss = [], val_loss: held = loss } = history.history;
    const error = held.at(-1) ?? Infinity;
    return {
      // A training that was logged is not excused by another one.
      causes: causesOf(bothLooks(before, after, options.history === undefined && after.length === 0)),
      assumed: [],
      error: Number.isFinite(error) ? error : Infinity,
      baselines: null,
      history,
      model: copy,
    };
  } catch (error) {
    copy.dispose();
    // What is refused has been told by the first look.
    if (!(error instanceof GateflowError) || before.length === 0) throw error;
    return { ...nothing, causes: causesOf(bothLooks(before, [], false)) };
  }
}

const known = [
  "seed",
  "testFraction",
  "validationFraction",
  "epochs",
  "batchSize",
  "shuffle",
  "history",
  "as",
  "signal",
  "callbacks",
  "onStep",
] as const;

/**
 * Looks, trains, and looks again: what `gateflow doctor` does, for programs.
 *
 * Of a recipe: diagnoses it untrained, trains it, and diagnoses again with what the training was like. Where nothing can be
 * trained (gaps, a shape), the change that allows it is taken as made, so that what stands behind it is found at once as
 * well. Of a model: the same with a copy; the model itself stays as it is.
 *
 * @param subject a recipe (plain JSON), or a compiled model.
 * @param data a recipe's raw series, or examples `{ x, y, validationData? }` with the shapes of `fit`.
 * @returns causes worst first, the training between the looks, and its model, to be disposed of.
 * @throws ConfigError for a recipe or options that are none; DataError for too few values; the signal's reason once it is aborted.
 *
 * @example
 * const { causes, model } = await checkup(recipe, series, { seed: 1 });
 * for (const { diagnosis, asCode } of causes) console.log(diagnosis.title, asCode);
 * model?.dispose();
 */
export async function checkup(
  subject: Recipe | Model,
  data: SeriesLike | ModelExamples,
  options: CheckupOptions = {},
): Promise<Checkup> {
  const where = "checkup()";
  refuseUnknown(where, options, known);
  options.signal?.throwIfAborted();
  return subject instanceof Model
    ? ofModel(where, subject, data, options)
    : ofRecipe(where, subject, data as SeriesLike | ExamplesLike, options);
}
