import type { RecipePatch } from "../recipe/patch.js";
import type { Picture } from "../viz/picture.js";
import type { Code, Severity } from "./causes.js";

/** One reason why a model does not learn, with the numbers that show it. */
export interface Diagnosis {
  /** Stable identifier, such as `unscaled_inputs`; `refused`: what `fit` refuses and no diagnosis has a name for. */
  readonly code: Code | "refused";
  readonly severity: Severity;
  /** One line: what is wrong, and where. */
  readonly title: string;
  /** What was measured, the bound it was held to, and the place. */
  readonly evidence: Readonly<Record<string, number | string>>;
  /** How the fault keeps the model from learning. */
  readonly why: string;
  /** The change to make, with its option and value. */
  readonly remedy: string;
  /** What the change takes: time, memory, data, a number that looks worse, or nothing. */
  readonly cost: string;
  /** What to see when it has helped; where that does not show, the cause is another one. */
  readonly expect: string;
  /** The same change as a patch of a recipe, where a machine can make it. */
  readonly fix?: RecipePatch;
  /** What was measured, as plain data that `drawPicture` and `printPicture` show. */
  readonly picture?: Picture;
}

/** What a rule has found; the rule's code is added, and its severity where none is said. */
export interface Finding {
  readonly severity?: Severity;
  readonly title: string;
  readonly evidence: Readonly<Record<string, number | string>>;
  readonly why: string;
  readonly remedy: string;
  readonly fix?: RecipePatch;
  readonly picture?: Picture;
}

/** One way in which a model does not learn: what it looks at is a `Case`, what it says a `Finding`, or null: not this. */
export interface Rule<Case> {
  readonly code: Code;
  /** Asked only where nothing else was found: a result, not a cause. */
  readonly isLast?: true;
  /** Whether it looks at configuration alone: then it can be asked where nothing can be run. */
  readonly isStatic?: true;
  look(at: Case): Finding | null | Promise<Finding | null>;
  /** What can be said without a run even where another cause explains every symptom: two faults are two faults. */
  lookAnyway?(at: Case): Finding | null;
}

const weight: Readonly<Record<Severity, number>> = { error: 0, warning: 1, hint: 2 };

/** Worst first; among equals the order in which they came, which is that of the rules: causes before symptoms. */
export const worstFirst = (found: readonly Diagnosis[]): Diagnosis[] =>
  [...found].sort((a, b) => weight[a.severity] - weight[b.severity]);

/** Four significant digits: enough to read, stable to print. */
export const short = (value: number): number =>
  Number.isFinite(value) ? Number(value.toPrecision(4)) : value;
