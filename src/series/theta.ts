import { pow } from "../elementary.js";
import { DataError } from "../errors.js";
import { numberIn, refuseUnknown } from "../options.js";
import { openComplete, type SeriesLike } from "./kinds.js";
import { nelderMead } from "./nelder-mead.js";
import { mean } from "./statistics.js";

export interface ThetaOptions {
  /** Steps ahead. Default 1. */
  readonly horizon?: number;
  /** Steps in one season, whose pattern is taken out first and put back at the end. Default null: none. */
  readonly season?: number | null;
}

interface Pattern {
  /** One season, by the index modulo its length. */
  readonly values: Float64Array;
  readonly multiplicative: boolean;
}

/** Classical decomposition: the mean of each phase about a centred moving average, normed to mean 1 or 0. */
function seasonalPattern(y: Float64Array, season: number): Pattern {
  const half = Math.floor(season / 2);
  const edge = season % 2 === 0 ? 0.5 : 1;
  const averages = Float64Array.from({ length: y.length - 2 * half }, (_, i) => {
    let sum = edge * (y[i]! + y[i + 2 * half]!);
    for (let k = 1; k < 2 * half; k++) sum += y[i + k]!;
    return sum / season;
  });
  const phases = (multiplicative: boolean): Float64Array => {
    const sums = new Float64Array(season);
    const counts = new Float64Array(season);
    averages.forEach((average, i) => {
      const phase = (i + half) % season;
      sums[phase]! += multiplicative ? y[i + half]! / average : y[i + half]! - average;
      counts[phase]! += 1;
    });
    const means = sums.map((sum, phase) => sum / counts[phase]!);
    const center = mean(means);
    return means.map((value) => (multiplicative ? value / center : value - center));
  };
  if (y.every((value) => value > 0)) {
    const values = phases(true);
    if (values.every((value) => value > 0)) return { values, multiplicative: true };
  }
  return { values: phases(false), multiplicative: false };
}

/** Simple exponential smoothing from the first value on: the level after the last. */
function levelAfter(y: Float64Array, alpha: number): { level: number; sse: number } {
  let level = y[0]!;
  let sse = 0;
  for (const value of y) {
    const error = value - level;
    sse += error * error;
    level += alpha * error;
  }
  return { level, sse };
}

/**
 * The theta method (Assimakopoulos & Nikolopoulos 2000) as Hyndman & Billah (2003) wrote it: exponential smoothing with
 * half the slope of the straight line through the data as its drift. The winner of the M3 competition.
 *
 * The season, where one is given, is taken out by classical decomposition first: by division where all values and its
 * whole pattern are positive, by subtraction otherwise (as statsmodels' `ThetaModel`).
 *
 * @param x one series without gaps.
 * @throws DataError for gaps, fewer than 3 values or fewer than two seasons; ShapeError for several columns.
 */
export function thetaForecast(x: SeriesLike, options: ThetaOptions = {}): number[] {
  const where = "thetaForecast()";
  refuseUnknown(where, options, ["horizon", "season"]);
  const y = openComplete(where, x);
  const horizon = numberIn(where, "horizon", options.horizon ?? 1, { min: 1, integer: true });
  const season =
    options.season == null ? 1 : numberIn(where, "season", options.season, { min: 1, integer: true });
  const needed = Math.max(3, season > 1 ? 2 * season : 0);
  if (y.length < needed) {
    throw new DataError(`${where}: ${y.length} values are too few, expected at least ${needed}.`, {
      code: "insufficient_data",
      received: y.length,
      expected: needed,
    });
  }
  const pattern = season > 1 ? seasonalPattern(y, season) : null;
  const phase = (t: number): number => pattern!.values[t % season]!;
  const adjusted =
    pattern === null
      ? y
      : y.map((value, t) => (pattern.multiplicative ? value / phase(t) : value - phase(t)));

  const n = y.length;
  const middle = (n - 1) / 2;
  let [product, square] = [0, 0];
  adjusted.forEach((value, t) => {
    product += (t - middle) * value;
    square += (t - middle) ** 2;
  });
  const slope = product / square;
  const cost = ([alpha]: readonly number[]): number => levelAfter(adjusted, alpha!).sse;
  const starts = [0.1, 0.5, 0.9].map((alpha) => nelderMead(cost, [alpha], [[1e-4, 1]]));
  const alpha = starts.reduce((a, b) => (b.value < a.value ? b : a)).x[0]!;
  const { level } = levelAfter(adjusted, alpha);
  const lead = (1 - pow(1 - alpha, n)) / alpha;
  return Array.from({ length: horizon }, (_, h) => {
    const value = level + 0.5 * slope * (h + lead);
    if (pattern === null) return value;
    return pattern.multiplicative ? value * phase(n + h) : value + phase(n + h);
  });
}
