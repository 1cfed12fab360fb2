import pc from "picocolors";
import type { Diagnosis, Recipe, RecipePatch, Repaired, RepairProgress } from "../../index.js";
import type { ErrorTable } from "../../report/summary/error-table.js";
import type { NamedSeries } from "../../report/summary/series-summary.js";
import type { Fact } from "../../report/text/describe-summary.js";
import type { TextTable } from "../../report/text/flow-table.js";
import { plural, readableNumber } from "../../report/text/numbers.js";
import { recipeChanges } from "../../report/text/recipe-facts.js";
import type { Io } from "../files/io.js";
import { oneLineCause } from "./print-checkup.js";
import { factLines, heading, wrap } from "./text.js";
import { errorsText } from "./text-table.js";

/** What a repair came to. */
export interface RepairOutcome {
  readonly series: NamedSeries;
  /** As it came. */
  readonly recipe: Recipe;
  readonly repaired: Repaired;
  /** Every training but the control's. */
  readonly attempts: readonly RepairProgress[];
  /** What is still found in the repaired recipe. */
  readonly left: readonly Diagnosis[];
  readonly errors: ErrorTable | undefined;
  /** Said where nothing is left to find, and a forecast that learns nothing does better all the same. */
  readonly better?: string | undefined;
}

/** An error for a reader; of a training that gave no model there is none. */
const errorText = (error: number): string => (Number.isFinite(error) ? readableNumber(error) : "no model");

const pairs = (options: Readonly<Record<string, unknown>>): string =>
  Object.entries(options)
    .map(([name, value]) => {
      if (value === null) return `without ${name}`;
      if (typeof value === "object") return `${name} ${pairs(value as Readonly<Record<string, unknown>>)}`;
      return `${name} ${value}`;
    })
    .join(", ");

/** A change in a few words: `scale standard, window 26`. */
export function changeText({ series, window, layers = [], compile, fit }: RecipePatch): string {
  const { optimizer, ...rest } = compile ?? {};
  return [
    pairs(series ?? {}),
    window === undefined ? "" : `window ${window}`,
    ...layers.map(({ set }) => pairs(set)),
    pairs((optimizer ?? {}) as Readonly<Record<string, unknown>>),
    pairs(rest),
    pairs(fit ?? {}),
  ]
    .filter((part) => part !== "")
    .join(", ");
}

/** Options that are tried once the diagnoses are through; a diagnosis goes by its code. */
const names: Readonly<Record<string, string>> = {
  rate: "another rate",
  epochs: "more epochs",
  units: "more units",
  batchSize: "smaller batches",
};

const nameOf = ({ tried }: RepairProgress): string => names[tried] ?? tried;

/** What came of a training: `kept: scale standard`. */
const fateOf = ({ isKept, change, tried }: RepairProgress): string =>
  [tried === "as it is" ? "" : isKept ? "kept" : "not kept", change === undefined ? "" : changeText(change)]
    .filter((part) => part !== "")
    .join(": ");

/** Each training with its error, for a page. */
export const attemptTable = (attempts: readonly RepairProgress[]): TextTable => ({
  columns: ["What was tried", "validation error", ""],
  rows: attempts.map((attempt) => [nameOf(attempt), errorText(attempt.error), fateOf(attempt)]),
});

/** Each training with its error, whether its change was kept, and what the change was. */
function attemptLines(attempts: readonly RepairProgress[], columns: number): string {
  const labels = attempts.map(nameOf);
  const errors = attempts.map(({ error }) => errorText(error));
  const nameWidth = Math.max(...labels.map(({ length }) => length));
  const errorWidth = Math.max(...errors.map(({ length }) => length));
  const before = 2 + nameWidth + 2 + errorWidth + 2;
  return attempts
    .flatMap((attempt, i) => {
      const lines = wrap(fateOf(attempt), Math.max(20, columns - before));
      const head = `  ${labels[i]!.padEnd(nameWidth)}  ${errors[i]!.padStart(errorWidth)}  `;
      return (lines.length === 0 ? [""] : lines).map((line, k) =>
        `${(k === 0 ? head : " ".repeat(before)) + line}`.trimEnd().concat("\n"),
      );
    })
    .join("");
}

/** Before and after in sentences, and what luck alone would have reached. */
export function repairSentence({ repaired, errors }: Pick<RepairOutcome, "repaired" | "errors">): string {
  const { before, after, control, trainings, refused } = repaired;
  const withUnit = (error: number): string =>
    Number.isFinite(error)
      ? `${readableNumber(error)}${errors?.unit === undefined ? "" : ` ${errors.unit}`}`
      : "none, for there was no model";
  const course =
    before === after
      ? after === Infinity
        ? "No change made a training possible."
        : `No change made the validation error lower: ${withUnit(before)}.`
      : `Validation error before: ${withUnit(before)}; after: ${withUnit(after)}.`;
  const why = refused === null ? "" : ` ${refused}`;
  return `${course}${why} A random search with as many trainings (${trainings}) came to ${withUnit(control)}.`;
}

/** @param next the command that looks at the repaired recipe; it is not broken, for it is to be copied. */
export function printRepair(outcome: RepairOutcome, next: string, files: readonly string[], io: Io): void {
  const { recipe, repaired, attempts, left, errors, series } = outcome;
  const colors = pc.createColors(io.color);
  const title = (text: string): void => io.out(`\n${heading(text, io.columns, colors.bold)}`);
  title(`What was tried: ${plural(repaired.trainings, "training")}, each with its validation error`);
  io.out(attemptLines(attempts, io.columns));
  title("What it is worth");
  if (errors !== undefined) io.out(errorsText(errors, colors));
  io.out(`${wrap(repairSentence(outcome), io.columns).join("\n")}\n`);
  title("What is different in the recipe");
  const changes: Fact[] = recipeChanges(recipe, repaired.recipe);
  io.out(changes.length === 0 ? "  nothing\n" : factLines(changes, io.columns));
  title(
    left.length > 0
      ? "Still found in the repaired recipe"
      : (outcome.better ?? "Nothing is found in the repaired recipe"),
  );
  for (const diagnosis of left) {
    const lines = wrap(oneLineCause(series, diagnosis), io.columns - 4);
    io.out(lines.map((line, i) => `${i === 0 ? "  - " : "    "}${line}\n`).join(""));
  }
  io.out(`\nWrote ${files.join(", ")}. Go on with it:\n${next}\n`);
}
