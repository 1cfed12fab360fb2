import { DataError, FormatError, told } from "../../errors.js";
import { flag, HORIZON, numberIn, refuseUnknown } from "../../options.js";
import { openComplete, type SeriesLike } from "../kinds.js";
import { inverseLogTransform, logTransform } from "../prepare/log-transform.js";
import {
  fitRidgeAutoregression,
  type RidgeAutoregression,
  ridgePath,
  ridgeReach,
  seasonalLags,
  teachableLags,
} from "./ridge-autoregression.js";

/** Options of `autoregression`. */
export interface AutoregressionOptions {
  /** Steps back that are regressors, each at least 1. Default: from `seasons`; without any, 1 … ⌈12 (n / 100)^¼⌉. */
  readonly lags?: readonly number[];
  /** Steps in one season, or in each of several. Default: none. */
  readonly seasons?: number | readonly number[];
  /** Whether logarithms are modelled. Default `"auto"`: where all values are above 0. */
  readonly log?: boolean | "auto";
  /** Models differences over so many steps instead of the values; 0 or false (default): the values. */
  readonly difference?: number | false;
  /** Penalty on the coefficients, as a share of the mean sum of squares of a regressor. Default 0.001, with differences 0.05. */
  readonly ridge?: number;
}

/** A fitted autoregression as plain JSON. */
export interface AutoregressionJSON {
  readonly kind: "autoregression";
  readonly log: boolean;
  readonly model: RidgeAutoregression;
  /** The last values, in logarithms where `log` says so: as many as a forecast looks back at. */
  readonly recent: readonly number[];
}

/** A fitted autoregression. */
export interface SeasonalAutoregression {
  readonly lags: readonly number[];
  /** One for each of `lags`. */
  readonly coefficients: readonly number[];
  readonly intercept: number;
  readonly log: boolean;
  /** Steps over which differences are modelled, 0: none. */
  readonly difference: number;
  /** The next `horizon` values, in the units of the data. */
  forecast(horizon: number): number[];
  toJSON(): AutoregressionJSON;
}

function readNumbers(where: string, name: string, value: number | readonly number[], min: number): number[] {
  const list = typeof value === "number" ? [value] : [...value];
  return [...new Set(list.map((item) => numberIn(where, name, item, { min, integer: true })))].sort(
    (a, b) => a - b,
  );
}

function fittedFrom({ log, model, recent }: AutoregressionJSON): SeasonalAutoregression {
  const values = Float64Array.from(recent);
  return {
    lags: model.lags,
    coefficients: model.coefficients,
    intercept: model.intercept,
    log,
    difference: model.difference,
    forecast(horizon) {
      numberIn("forecast()", "horizon", horizon, HORIZON);
      const path = ridgePath(model, values, values.length, horizon);
      return Array.from(log ? inverseLogTransform(path) : path);
    },
    toJSON: () => ({ kind: "autoregression", log, model, recent: [...recent] }),
  };
}

/**
 * A linear autoregression on chosen lags, by least squares with a ridge (Hoerl & Kennard 1970), in logarithms where all
 * values are positive. With seasons its lags are the last steps, each season and its neighbours, and further multiples:
 * few numbers that reach far, cheap enough for thousands of series. A path stays within one range of the values seen.
 *
 * @param x one series without gaps, oldest value first.
 * @throws DataError for gaps, too few values for the lags, or a logarithm of what is not positive; ConfigError for options;
 *   ShapeError for several columns.
 *
 * @example
 * const hourly = Array.from({ length: 400 }, (_, t) => 50 + 10 * Math.sin((2 * Math.PI * t) / 24));
 * autoregression(hourly, { seasons: 24 }).forecast(48).length; // 48
 */
export function autoregression(x: SeriesLike, options: AutoregressionOptions = {}): SeasonalAutoregression {
  const where = "autoregression()";
  refuseUnknown(where, options, ["lags", "seasons", "log", "difference", "ridge"]);
  const y = openComplete(where, x);
  const seasons = options.seasons === undefined ? [] : readNumbers(where, "seasons", options.seasons, 2);
  const difference =
    options.difference === undefined || options.difference === false
      ? 0
      : numberIn(where, "difference", options.difference, { min: 0, integer: true });
  const ridge = numberIn(where, "ridge", options.ridge ?? (difference === 0 ? 1e-3 : 0.05), { min: 0 });
  const positive = y.every((value) => value > 0);
  const { log = "auto" } = options;
  const inLogs = log === "auto" ? positive : flag(where, "log", log);
  if (inLogs && !positive) {
    const lowest = y.reduce((a, b) => Math.min(a, b));
    throw new DataError(
      `${where}: log is true, but the lowest value is ${lowest}; a logarithm needs values above 0. Leave \`log\` out.`,
      { received: lowest, expected: "values above 0" },
    );
  }
  const lags =
    options.lags !== undefined
      ? readNumbers(where, "lags", options.lags, 1)
      : seasons.length > 0
        ? teachableLags(seasonalLags(seasons), difference, y.length)
        : teachableLags(
            Array.from({ length: Math.ceil(12 * Math.sqrt(Math.sqrt(y.length / 100))) }, (_, i) => i + 1),
            difference,
            y.length,
          );
  const values = inLogs ? logTransform(y) : y;
  const needed = difference + (lags.at(-1) ?? 1) + lags.length + 2;
  if (lags.length === 0 || y.length < needed) {
    throw new DataError(
      `${where}: ${y.length} values are too few${lags.length === 0 ? "" : ` for lags up to ${lags.at(-1)}`}, expected at least ${Math.max(needed, 14 + difference)}.`,
      { code: "insufficient_data", received: y.length, expected: Math.max(needed, 14 + difference) },
    );
  }
  const shrinkConstant = difference === 0 ? 0 : 0.2;
  const model = fitRidgeAutoregression(values, { lags, difference, ridge, shrinkConstant });
  if (model === null) {
    throw new DataError(
      `${where}: the lags follow from each other exactly (a constant or a perfectly regular series), so their coefficients are not determined. Use a \`ridge\` above 0 or fewer lags.`,
      { code: "constant_target", received: ridge },
    );
  }
  const recent = Array.from(values.subarray(values.length - ridgeReach(model)));
  return fittedFrom({ kind: "autoregression", log: inLogs, model, recent });
}

/**
 * The autoregression that `toJSON()` described: it forecasts the same.
 * @throws FormatError for another description.
 *
 * @example
 * const fit = autoregression([3, 5, 4, 6, 5, 7, 6, 8, 7, 9, 8, 10, 9, 11, 10, 12], { lags: [1, 2] });
 * autoregressionFromJSON(fit.toJSON()).forecast(3); // as fit.forecast(3)
 */
export function autoregressionFromJSON(json: AutoregressionJSON): SeasonalAutoregression {
  if (json?.kind !== "autoregression" || json.model === undefined || !Array.isArray(json.recent)) {
    throw new FormatError(
      `autoregressionFromJSON(): got ${told(json)}, expected what autoregression().toJSON() gives.`,
      { received: json },
    );
  }
  return fittedFrom(json);
}
