import { DataError } from "../../errors.js";
import { normalQuantile } from "../../numerics/normal.js";
import { HORIZON, numberIn, refuseUnknown } from "../../options.js";
import { openComplete, type SeriesLike } from "../kinds.js";
import { smape } from "./forecast-metrics.js";

/** Options of `msis`. */
export interface MsisOptions {
  /** The series the forecast was learnt from: its seasonal naive error is the unit. */
  readonly train: SeriesLike;
  /** Steps in one season. Default 1. */
  readonly season?: number;
  /** Share of values the interval is meant to hold, between 0 and 1. Default 0.95. */
  readonly level?: number;
}

/** Options of `owa`. */
export interface OwaOptions {
  /** The series the forecast was learnt from; Naive2 is made from it. */
  readonly train: SeriesLike;
  /** Steps in one season. Default 1: Naive2 is then the naive forecast. */
  readonly season?: number;
}

const seasonOf = (where: string, season: number | undefined): number =>
  numberIn(where, "season", season ?? 1, { min: 1, integer: true });

/** Mean absolute seasonal change of `y`, the unit of MASE and MSIS. */
function seasonalUnit(where: string, y: Float64Array, season: number): number {
  let sum = 0;
  for (let t = season; t < y.length; t++) sum += Math.abs(y[t]! - y[t - season]!);
  if (y.length > season && sum > 0) return sum / (y.length - season);
  throw new DataError(
    `${where}: the seasonal naive forecast with a season of ${season} is never wrong on \`train\` (${y.length} values), so there is no unit to measure in.`,
    { received: y.length },
  );
}

function sameLength(where: string, values: readonly Float64Array[]): void {
  const [first] = values;
  for (const other of values) {
    if (other.length === first!.length) continue;
    throw new DataError(
      `${where}: ${first!.length} actual values, but ${other.length} to hold against them.`,
      {
        received: other.length,
        expected: first!.length,
      },
    );
  }
}

/**
 * Mean scaled interval score of the M4 competition (Makridakis et al. 2020, after Gneiting & Raftery 2007): the width of
 * the interval, and 2 / (1 - level) for each unit an actual value lies outside, over the seasonal naive error of `train`.
 *
 * @param actual of one series, as many values as the bounds.
 * @throws DataError for gaps, other lengths, a lower bound above its upper one, or a `train` without seasonal changes.
 *
 * @example
 * msis([11, 12], [9, 9], [13, 13], { train: [8, 9, 11, 10, 12, 11] }); // 2.857…
 */
export function msis(actual: SeriesLike, lower: SeriesLike, upper: SeriesLike, options: MsisOptions): number {
  const where = "msis()";
  refuseUnknown(where, options, ["train", "season", "level"]);
  const [a, low, high] = [actual, lower, upper].map((x) => openComplete(where, x));
  sameLength(where, [a!, low!, high!]);
  const level = numberIn(where, "level", options.level ?? 0.95, { above: 0, below: 1 });
  const unit = seasonalUnit(where, openComplete(where, options.train), seasonOf(where, options.season));
  let sum = 0;
  for (let t = 0; t < a!.length; t++) {
    const [y, from, to] = [a![t]!, low![t]!, high![t]!];
    if (from > to) {
      throw new DataError(`${where}: at ${t} the lower bound ${from} is above the upper ${to}.`, {
        received: from,
        expected: to,
      });
    }
    sum += to - from + (2 / (1 - level)) * (Math.max(0, from - y) + Math.max(0, y - to));
  }
  return sum / a!.length / unit;
}

/**
 * Whether the organisers of M4 take a series for seasonal: its autocorrelation at the season beyond the 90 % bound of
 * Bartlett's formula, from at least three seasons.
 */
function isSeasonal(y: Float64Array, season: number): boolean {
  const n = y.length;
  if (season < 2 || n < 3 * season) return false;
  const center = y.reduce((sum, value) => sum + value, 0) / n;
  const at = (lag: number): number => {
    let sum = 0;
    for (let t = lag; t < n; t++) sum += (y[t]! - center) * (y[t - lag]! - center);
    return sum;
  };
  const whole = at(0);
  if (whole === 0) return false;
  let squares = 0;
  for (let lag = 1; lag < season; lag++) squares += (at(lag) / whole) ** 2;
  return Math.abs(at(season) / whole) > normalQuantile(0.95) * Math.sqrt((1 + 2 * squares) / n);
}

/** Multiplicative factors of the phases by classical decomposition, mean 1; the first belongs to row 0. */
function seasonalFactors(y: Float64Array, season: number): Float64Array {
  const half = Math.floor(season / 2);
  const edge = season % 2 === 0 ? 0.5 : 1;
  const sums = new Float64Array(season);
  const counts = new Float64Array(season);
  for (let t = half; t + half < y.length; t++) {
    let around = edge * (y[t - half]! + y[t + half]!);
    for (let k = t - half + 1; k < t + half; k++) around += y[k]!;
    sums[t % season]! += y[t]! / (around / season);
    counts[t % season]! += 1;
  }
  const factors = sums.map((sum, phase) => sum / counts[phase]!);
  const mean = factors.reduce((sum, factor) => sum + factor, 0) / season;
  return factors.map((factor) => factor / mean);
}

/**
 * Naive2 of the M competitions: the last value, seasonally adjusted by multiplicative factors of a classical decomposition
 * where the autocorrelation at the season passes a test at 90 % and all values are positive; otherwise the naive forecast.
 *
 * @param x one series without gaps.
 * @throws DataError for gaps; ConfigError for options.
 *
 * @example
 * naive2Forecast([10, 20, 11, 21, 12, 22, 13, 23], { season: 2, horizon: 2 });
 */
export function naive2Forecast(
  x: SeriesLike,
  options: {
    /** Steps in one season. Default 1: none. */
    readonly season?: number;
    /** Steps ahead. Default 1. */
    readonly horizon?: number;
  } = {},
): number[] {
  const where = "naive2Forecast()";
  refuseUnknown(where, options, ["season", "horizon"]);
  const y = openComplete(where, x);
  const season = seasonOf(where, options.season);
  const horizon = numberIn(where, "horizon", options.horizon ?? 1, HORIZON);
  const last = y.at(-1)!;
  if (!isSeasonal(y, season) || !y.every((value) => value > 0)) return new Array<number>(horizon).fill(last);
  const factors = seasonalFactors(y, season);
  const level = last / factors[(y.length - 1) % season]!;
  return Array.from({ length: horizon }, (_, h) => level * factors[(y.length + h) % season]!);
}

/**
 * Overall weighted average of the M4 competition for one series: the mean of sMAPE and MASE, each over that of Naive2;
 * below 1 is better than Naive2. (The competition's own figure for many series averages sMAPE and MASE over all of them
 * first, and divides then.)
 *
 * @param actual of one series, as many values as `predicted`.
 * @throws DataError for gaps, other lengths, or where Naive2 makes no error.
 *
 * @example
 * owa([14, 24], [14, 23], { train: [10, 20, 11, 21, 12, 22, 13, 23], season: 2 });
 */
export function owa(actual: SeriesLike, predicted: SeriesLike, options: OwaOptions): number {
  const where = "owa()";
  refuseUnknown(where, options, ["train", "season"]);
  const [a, p, train] = [actual, predicted, options.train].map((x) => openComplete(where, x));
  sameLength(where, [a!, p!]);
  const season = seasonOf(where, options.season);
  const naive = Float64Array.from(naive2Forecast(train!, { season, horizon: a!.length }));
  const absolute = (q: Float64Array): number =>
    a!.reduce((sum, value, t) => sum + Math.abs(value - q[t]!), 0);
  const [own, other] = [absolute(p!), absolute(naive)];
  if (other === 0) {
    throw new DataError(`${where}: Naive2 makes no error here, so there is nothing to divide by.`);
  }
  // The unit of MASE is the same above and below the line.
  return (smape(a!, p!) / smape(a!, naive) + own / other) / 2;
}
