import type { Picture } from "../viz/picture.js";

/** How much a fault costs: `error` nothing can be learnt, `warning` it learns far less than it could, `hint` worth a look. */
export type Severity = "error" | "warning" | "hint";

/** One reason why a model does not learn, with the numbers that show it. */
export interface Diagnosis {
  /** Stable identifier, such as `unscaled_inputs`. */
  readonly code: string;
  readonly severity: Severity;
  /** One line: what is wrong, and where. */
  readonly title: string;
  /** What was measured, the bound it was held to, and the place. */
  readonly evidence: Readonly<Record<string, number | string>>;
  /** How the fault keeps the model from learning. */
  readonly why: string;
  /** The change to make, with its option and value. */
  readonly remedy: string;
  /** The same change as a patch of a recipe, where a machine can make it. */
  readonly fix?: RecipePatch;
  /** What was measured, as plain data that `drawPicture` and `printPicture` show. */
  readonly picture?: Picture;
}

/**
 * A change to a recipe as plain data. Objects are merged, everything else replaces; a `layers` patch is merged into every
 * layer that has (or may have) the option; null takes an option away.
 */
export interface RecipePatch {
  readonly series?: Readonly<Record<string, unknown>>;
  readonly window?: number;
  readonly layers?: readonly LayerPatch[];
  readonly compile?: Readonly<Record<string, unknown>>;
  readonly fit?: Readonly<Record<string, unknown>>;
}

/** A change to all layers of some kinds (`"recurrent"`: lstm, gru, simpleRNN), or to the last layer alone. */
export interface LayerPatch {
  readonly kind: string;
  readonly set: Readonly<Record<string, unknown>>;
}

/** What a rule has found; the rule's own code and severity are added. */
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
  readonly code: string;
  readonly severity: Severity;
  /** Codes of root causes: once one of them is found, this would only describe its symptom again. */
  readonly explainedBy?: readonly string[];
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
