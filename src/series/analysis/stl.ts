import { ConfigError, DataError } from "../../errors.js";
import { flag, numberIn, refuseUnknown } from "../../options.js";
import { openComplete, type SeriesLike } from "../kinds.js";
import { loess, loessAt } from "./loess.js";

/** Options of `stl`. */
export interface StlOptions {
  /** Steps in one season, at least 2. */
  readonly period: number;
  /** Values of a phase that are smoothed together, odd and at least 3: larger, and the season changes more slowly. Default 7. */
  readonly seasonal?: number;
  /** Whether outliers are given less weight. Default false. */
  readonly robust?: boolean;
  /**
   * Steps from one smoothed value of the trend to the next, straight lines between: a tenth of its window (about 0.2 periods)
   * changes little and takes a tenth as long. Default 1, every value.
   */
  readonly trendJump?: number;
  /** The same of the season's own level, whose window is one period. Default 1. */
  readonly lowPassJump?: number;
}

/** A series taken apart: value = trend + seasonal + remainder. */
export interface Decomposition {
  readonly trend: number[];
  readonly seasonal: number[];
  readonly remainder: number[];
}

const nextOdd = (x: number): number => {
  const up = Math.ceil(x);
  return up % 2 === 1 ? up : up + 1;
};

/** Moving averages of `y[0..n)` over `length` values, into `into`; n - length + 1 of them. */
function movingAverage(y: Float64Array, n: number, length: number, into: Float64Array): number {
  let sum = 0;
  for (let t = 0; t < length; t++) sum += y[t]!;
  into[0] = sum / length;
  for (let t = length; t < n; t++) {
    sum += y[t]! - y[t - length]!;
    into[t - length + 1] = sum / length;
  }
  return n - length + 1;
}

/** Smooths each phase of `y` and extends it by one season at both ends: into `into`, `y.length + 2 period` values. */
function smoothPhases(
  y: Float64Array,
  period: number,
  window: number,
  robustness: Float64Array | null,
  weights: Float64Array,
  into: Float64Array,
): void {
  const most = Math.ceil(y.length / period);
  const own = new Float64Array(most);
  const trust = robustness === null ? null : new Float64Array(most);
  const smoothed = new Float64Array(most + 2);
  for (let phase = 0; phase < period; phase++) {
    const count = Math.floor((y.length - 1 - phase) / period) + 1;
    for (let k = 0; k < count; k++) {
      own[k] = y[k * period + phase]!;
      if (trust !== null) trust[k] = robustness![k * period + phase]!;
    }
    loess(own, count, window, trust, weights, smoothed, 1);
    const before = loessAt(own, count, window, -1, 0, Math.min(window, count) - 1, trust, weights);
    smoothed[0] = Number.isNaN(before) ? smoothed[1]! : before;
    const after = loessAt(own, count, window, count, Math.max(0, count - window), count - 1, trust, weights);
    smoothed[count + 1] = Number.isNaN(after) ? smoothed[count]! : after;
    for (let k = 0; k < count + 2; k++) into[k * period + phase] = smoothed[k]!;
  }
}

/** Bisquare weights of what the fit leaves, six median absolute deviations as their reach. */
function bisquare(y: Float64Array, fit: (t: number) => number, into: Float64Array): void {
  for (let t = 0; t < y.length; t++) into[t] = Math.abs(y[t]! - fit(t));
  const sorted = into.slice().sort();
  const n = y.length;
  const reach = 3 * (sorted[Math.floor(n / 2)]! + sorted[n - Math.floor(n / 2) - 1]!);
  for (let t = 0; t < n; t++) {
    const distance = into[t]!;
    into[t] =
      distance <= 0.001 * reach ? 1 : distance <= 0.999 * reach ? (1 - (distance / reach) ** 2) ** 2 : 0;
  }
}

/** STL of values without gaps; see {@link stl}. */
export function decompose(
  y: Float64Array,
  period: number,
  seasonalWindow: number,
  robust: boolean,
  trendJump = 1,
  lowPassJump = 1,
): { trend: Float64Array; seasonal: Float64Array } {
  const n = y.length;
  const trendWindow = nextOdd((1.5 * period) / (1 - 1.5 / seasonalWindow));
  const lowPass = nextOdd(period + 1);
  const [inner, outer] = robust ? [2, 15] : [5, 0];
  const trend = new Float64Array(n);
  const seasonal = new Float64Array(n);
  const weights = new Float64Array(Math.max(n + 2 * period, trendWindow, lowPass, seasonalWindow));
  const cycles = new Float64Array(n + 2 * period);
  const [first, second] = [new Float64Array(n + 2 * period), new Float64Array(n + 2 * period)];
  const low = new Float64Array(n);
  const rest = new Float64Array(n);
  const robustness = new Float64Array(n);
  for (let round = 0; round <= outer; round++) {
    const trust = round === 0 ? null : robustness;
    for (let pass = 0; pass < inner; pass++) {
      for (let t = 0; t < n; t++) rest[t] = y[t]! - trend[t]!;
      smoothPhases(rest, period, seasonalWindow, trust, weights, cycles);
      const once = movingAverage(cycles, n + 2 * period, period, first);
      const twice = movingAverage(first, once, period, second);
      movingAverage(second, twice, 3, first);
      loess(first, n, lowPass, null, weights, low, 0, lowPassJump);
      for (let t = 0; t < n; t++) {
        seasonal[t] = cycles[period + t]! - low[t]!;
        rest[t] = y[t]! - seasonal[t]!;
      }
      loess(rest, n, trendWindow, trust, weights, trend, 0, trendJump);
    }
    if (round < outer) bisquare(y, (t) => seasonal[t]! + trend[t]!, robustness);
  }
  return { trend, seasonal };
}

/** @throws ConfigError unless the window is odd and at least 3. */
export function readSeasonalWindow(where: string, name: string, value: number): number {
  numberIn(where, name, value, { min: 3, integer: true });
  if (value % 2 === 1) return value;
  throw new ConfigError(`${where}: \`${name}\` is ${value}, expected an odd number such as ${value + 1}.`, {
    received: value,
    expected: value + 1,
  });
}

/** @throws DataError for fewer than two seasons. */
export function refuseFewSeasons(where: string, rows: number, period: number): void {
  if (rows >= 2 * period) return;
  throw new DataError(
    `${where}: ${rows} values are fewer than two seasons of ${period}, which a decomposition needs.`,
    { code: "insufficient_data", received: rows, expected: 2 * period },
  );
}

/**
 * Seasonal and trend decomposition by loess (Cleveland, Cleveland, McRae & Terpenning 1990), with the meaning and the
 * defaults of statsmodels' `STL`: the trend's window is the next odd number above 1.5 period / (1 - 1.5 / seasonal), all
 * lines are straight, five inner passes; `robust` makes it two and fifteen outer ones.
 *
 * @param x one series without gaps.
 * @throws DataError for gaps or fewer than two seasons; ConfigError for options; ShapeError for several columns.
 *
 * @example
 * const monthly = Array.from({ length: 60 }, (_, t) => t + 10 * Math.sin((2 * Math.PI * t) / 12));
 * stl(monthly, { period: 12 }).seasonal.length; // 60
 */
export function stl(x: SeriesLike, options: StlOptions): Decomposition {
  const where = "stl()";
  refuseUnknown(where, options, ["period", "seasonal", "robust", "trendJump", "lowPassJump"]);
  const y = openComplete(where, x);
  const period = numberIn(where, "period", options.period, { min: 2, integer: true });
  const window = readSeasonalWindow(where, "seasonal", options.seasonal ?? 7);
  const robust = flag(where, "robust", options.robust ?? false);
  const trendJump = numberIn(where, "trendJump", options.trendJump ?? 1, { min: 1, integer: true });
  const lowPassJump = numberIn(where, "lowPassJump", options.lowPassJump ?? 1, { min: 1, integer: true });
  refuseFewSeasons(where, y.length, period);
  const { trend, seasonal } = decompose(y, period, window, robust, trendJump, lowPassJump);
  return {
    trend: Array.from(trend),
    seasonal: Array.from(seasonal),
    remainder: Array.from(y, (value, t) => value - trend[t]! - seasonal[t]!),
  };
}
