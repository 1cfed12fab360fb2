import { ConfigError } from "../../errors.js";
import type { ForecasterOptions, ModelKind, Strategy } from "../../forecast/forecaster.js";

export const DIFFERENCES = ["auto", "none", "first", "second", "seasonal"] as const;
export const SCALES = ["standard", "minmax", "robust"] as const;
export const MODELS: readonly ModelKind[] = ["auto", "lstm", "hybrid"];
export const STRATEGIES: readonly Strategy[] = ["direct", "recursive", "seq2seq"];

/** What the command line says of a model; whatever is left out is chosen from the data. */
export interface ModelOptions {
  readonly window?: number;
  /** 1: none. */
  readonly season?: number;
  readonly model?: ModelKind;
  readonly strategy?: Strategy;
  readonly units?: readonly number[];
  readonly difference?: (typeof DIFFERENCES)[number];
  readonly scale?: (typeof SCALES)[number];
  readonly epochs?: number;
  readonly batchSize?: number;
  readonly learningRate?: number;
  readonly seed?: number;
}

function differenceOf(
  how: (typeof DIFFERENCES)[number],
  season: number | null,
): NonNullable<ForecasterOptions["difference"]> {
  switch (how) {
    case "auto":
      return "auto";
    case "none":
      return false;
    case "first":
      return { order: 1 };
    case "second":
      return { order: 2 };
    case "seasonal":
      if (season !== null) return { order: 1, lag: season };
      throw new ConfigError(
        "--difference seasonal: no season was found in the data. Say it with --season <n>.",
      );
  }
}

/**
 * The library's options.
 * @param found the season of the data, for a seasonal difference; the library looks for its own in the training rows.
 * @param seasonCandidates lengths the step between rows makes likely.
 * @throws ConfigError for a seasonal difference without a season.
 */
export function forecasterOptions(
  options: ModelOptions,
  horizon: number,
  found: number | null,
  seasonCandidates: readonly number[] = [],
): ForecasterOptions {
  const { window, model, strategy, units, difference, scale, epochs, batchSize, learningRate, seed } =
    options;
  const season = options.season === 1 ? null : options.season;
  return {
    horizon,
    ...(season === undefined ? { seasonCandidates } : { season }),
    ...(window === undefined ? {} : { window }),
    ...(model === undefined ? {} : { model }),
    ...(strategy === undefined ? {} : { strategy }),
    ...(units === undefined ? {} : { layers: units.length, units }),
    ...(difference === undefined
      ? {}
      : { difference: differenceOf(difference, season === undefined ? found : season) }),
    ...(scale === undefined ? {} : { scale: scale === "minmax" ? "minMax" : scale }),
    ...(epochs === undefined ? {} : { epochs }),
    ...(batchSize === undefined ? {} : { batchSize }),
    ...(learningRate === undefined ? {} : { learningRate }),
    ...(seed === undefined ? {} : { seed }),
  };
}
