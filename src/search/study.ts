import { importanceOf } from "./importance.js";
import type { Dimension } from "./space.js";
import type { Trial } from "./trial.js";

/** The best trial of a study. */
export interface BestTrial<Recipe = unknown> {
  readonly number: number;
  readonly params: Trial["params"];
  readonly value: number;
  /** The space with the best values in it. */
  readonly recipe: Recipe;
}

/** What a search has found. */
export interface Study<Recipe = unknown> {
  /** Absent where no trial was completed. */
  readonly best?: BestTrial<Recipe>;
  /** Finished trials, by number. */
  readonly trials: readonly Trial[];
  readonly direction: "minimize" | "maximize";
  /** How much each dimension tells good trials from others: shares that add up to 1, largest first; {} after fewer than 8 complete trials. */
  importance(): Record<string, number>;
  /** A table of the trials, best first. */
  toString(): string;
  toJSON(): Record<string, unknown>;
}

const short = (value: unknown): string =>
  typeof value === "number"
    ? String(Number(value.toPrecision(5)))
    : typeof value === "string"
      ? value
      : JSON.stringify(value);

/** Complete trials, best first, then those given up, then failed ones. @param sign 1 to minimize, -1 to maximize. */
export function trialsByRank(trials: readonly Trial[], sign: 1 | -1): Trial[] {
  const rank = ({ state }: Trial): number => ["complete", "pruned", "failed"].indexOf(state);
  return [...trials].sort(
    (a, b) => rank(a) - rank(b) || sign * ((a.value ?? 0) - (b.value ?? 0)) || a.number - b.number,
  );
}

function table(trials: readonly Trial[], dimensions: readonly Dimension[], sign: 1 | -1): string {
  const ordered = trialsByRank(trials, sign);
  const rows = [
    ["trial", "value", "state", "seconds", ...dimensions.map(({ path }) => path)],
    ...ordered.map(({ number, value, state, seconds, params }) => [
      String(number),
      value === null ? "-" : short(value),
      state,
      seconds.toFixed(2),
      ...dimensions.map(({ path }) => short(params[path])),
    ]),
  ];
  const widths = rows[0]!.map((_, c) => Math.max(...rows.map((row) => row[c]!.length)));
  return rows.map((row) => row.map((cell, c) => cell.padStart(widths[c]!)).join("  ")).join("\n");
}

/** A study of finished trials. */
export function studyOf<Recipe>(
  trials: readonly Trial[],
  dimensions: readonly Dimension[],
  direction: "minimize" | "maximize",
  fill: (params: Trial["params"]) => Recipe,
): Study<Recipe> {
  const sign = direction === "minimize" ? 1 : -1;
  const ordered = [...trials].sort((a, b) => a.number - b.number);
  const complete = ordered.filter(({ state, value }) => state === "complete" && value !== null);
  const first = complete.reduce<Trial | undefined>(
    (best, trial) => (best === undefined || sign * (trial.value! - best.value!) < 0 ? trial : best),
    undefined,
  );
  const best =
    first === undefined
      ? undefined
      : { number: first.number, params: first.params, value: first.value!, recipe: fill(first.params) };
  return {
    ...(best === undefined ? {} : { best }),
    trials: ordered,
    direction,
    importance: () => importanceOf(dimensions, ordered, sign),
    toString: () => table(ordered, dimensions, sign),
    toJSON: () => ({ direction, ...(best === undefined ? {} : { best }), trials: ordered }),
  };
}
