import { GateflowError } from "../errors.js";
import type { Callback } from "../model/events.js";
import { fixAsCode, recipeAsCode } from "../recipe/fix-as-code.js";
import type { Recipe } from "../recipe/recipe.js";
import { type Attempt, buildRecipe, runRecipe } from "../recipe/train-recipe.js";
import { type Diagnosis, worstFirst } from "./diagnosis.js";
import { diagnosesOf, examplesFor, withFix } from "./repair.js";

/** One reason why a recipe does not learn. */
export interface Cause {
  readonly diagnosis: Diagnosis;
  /** The change as code; empty where no machine can make it. */
  readonly asCode: string;
  /** Whether the untrained model showed it, the trained one, or both. */
  readonly seen: "before" | "after" | "both";
  /** Codes of what was taken as changed when it was found, since nothing could be trained before. */
  readonly behind: readonly string[];
}

export interface CheckupOptions {
  readonly seed: number;
  /** Ends the checkup between two steps with the signal's reason. */
  readonly signal?: AbortSignal;
  readonly callbacks: readonly Callback[];
  /** Told before each step that takes a while: a look at the untrained model, the training, a look at the trained one. */
  readonly onStep: (step: "before" | "training" | "after") => void;
}

export interface Checkup {
  /** Worst first. */
  readonly causes: readonly Cause[];
  /** Codes of the changes that were taken as made before the last training. */
  readonly assumed: readonly string[];
  /** The last training: of the recipe as it is, or with what `assumed` names changed. Its model is yours to dispose. */
  readonly attempt: Attempt;
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
const codeOf = (recipe: Recipe, diagnosis: Diagnosis): string =>
  diagnosis.fix === undefined
    ? ""
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

/**
 * Diagnoses a recipe untrained, trains it, and diagnoses again with what the training was like. Where nothing can be trained
 * (gaps, a shape), the change that allows it is taken as made, so that what stands behind it is found at once as well.
 * @param values the series without its test part.
 * @throws the signal's reason once it is aborted.
 */
export async function checkup(
  recipe: Recipe,
  values: Float64Array,
  { seed, callbacks, onStep, signal }: CheckupOptions,
): Promise<Checkup> {
  const prepare = examplesFor({ series: values, testFraction: 0 }, "doctor()");
  const causes: Cause[] = [];
  const assumed: string[] = [];
  let current = recipe;
  for (let round = 1; ; round++) {
    const prepared = prepare(current);
    onStep("before");
    const fresh = untrained(current, prepared, seed);
    const before = await diagnosesOf(fresh);
    fresh.model?.dispose();
    signal?.throwIfAborted();
    onStep("training");
    const attempt = await runRecipe(current, prepared, seed, {
      callbacks,
      ...(signal === undefined ? {} : { signal }),
    });
    signal?.throwIfAborted();
    onStep("after");
    const after = await diagnosesOf(attempt);
    signal?.throwIfAborted();
    const wentWell = attempt.model !== null && after.length === 0;
    const known = new Set(causes.map(({ diagnosis }) => diagnosis.code));
    const found = bothLooks(before, after, wentWell).filter(({ diagnosis }) => !known.has(diagnosis.code));
    causes.push(
      ...found.map(({ diagnosis, seen }) => ({
        diagnosis,
        seen,
        asCode: codeOf(current, diagnosis),
        behind: [...assumed],
      })),
    );
    const next = found.find(({ diagnosis }) => diagnosis.fix !== undefined)?.diagnosis;
    if (attempt.model !== null || next === undefined || round === MOST_ROUNDS)
      return { causes: sortedCauses(causes), assumed, attempt };
    current = withFix(current, next);
    assumed.push(next.code);
  }
}
