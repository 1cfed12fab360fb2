import { DataError } from "../../errors.js";
import { HORIZON, numberIn, refuseUnknown } from "../../options.js";
import { openSingle, type SeriesLike } from "../kinds.js";

/** Options of forecasts that take nothing but their length. */
export interface HorizonOptions {
  /** Steps ahead. Default 1. */
  readonly horizon?: number;
}

/** Options of `seasonalNaiveForecast`. */
export interface SeasonalNaiveOptions extends HorizonOptions {
  /** Steps in one season. */
  readonly season: number;
}

const horizonOf = (where: string, options: HorizonOptions): number =>
  numberIn(where, "horizon", options.horizon ?? 1, HORIZON);

function known(where: string, values: Float64Array, t: number): number {
  const value = values[t]!;
  if (!Number.isNaN(value)) return value;
  throw new DataError(
    `${where}: x[${t}] is a gap, and the forecast is made from it. Fill it first, for instance with forwardFill(x).`,
    {
      code: "missing_values",
      received: value,
    },
  );
}

/**
 * The last value, `horizon` times: what a model must beat to have learnt anything.
 * @throws DataError when the last value is a gap.
 *
 * @example
 * naiveForecast([1, 2, 3], { horizon: 2 }); // [3, 3]
 */
export function naiveForecast(x: SeriesLike, options: HorizonOptions = {}): number[] {
  const where = "naiveForecast()";
  refuseUnknown(where, options, ["horizon"]);
  const values = openSingle(where, x);
  const last = known(where, values, values.length - 1);
  return new Array<number>(horizonOf(where, options)).fill(last);
}

/**
 * The last season, repeated.
 * @throws DataError when fewer than `season` values came or one of the last season is a gap.
 *
 * @example
 * seasonalNaiveForecast([1, 2, 1, 2], { season: 2, horizon: 2 }); // [1, 2]
 */
export function seasonalNaiveForecast(x: SeriesLike, options: SeasonalNaiveOptions): number[] {
  const where = "seasonalNaiveForecast()";
  refuseUnknown(where, options, ["season", "horizon"]);
  const values = openSingle(where, x);
  const season = numberIn(where, "season", options.season, { min: 1, integer: true });
  if (values.length < season) {
    throw new DataError(`${where}: ${values.length} values are less than one season of ${season}.`, {
      received: values.length,
      expected: season,
    });
  }
  const start = values.length - season;
  return Array.from({ length: horizonOf(where, options) }, (_, h) =>
    known(where, values, start + (h % season)),
  );
}

/**
 * The straight line through the first and the last value, drawn on.
 * @throws DataError when fewer than 2 values came or the first or last is a gap.
 *
 * @example
 * driftForecast([1, 2, 3], { horizon: 2 }); // [4, 5]
 */
export function driftForecast(x: SeriesLike, options: HorizonOptions = {}): number[] {
  const where = "driftForecast()";
  refuseUnknown(where, options, ["horizon"]);
  const values = openSingle(where, x);
  if (values.length < 2) throw new DataError(`${where}: one value has no drift, at least 2 are needed.`);
  const last = known(where, values, values.length - 1);
  const slope = (last - known(where, values, 0)) / (values.length - 1);
  return Array.from({ length: horizonOf(where, options) }, (_, h) => last + slope * (h + 1));
}
