import { pow } from "../../elementary.js";
import { DataError } from "../../errors.js";
import { type Minimum, nelderMeadSteps } from "../../numerics/nelder-mead.js";
import { mean } from "../../numerics/statistics.js";
import { complete, type Steps } from "../../numerics/steps.js";
import { HORIZON, numberIn, refuseUnknown } from "../../options.js";
import { openComplete, type SeriesLike } from "../kinds.js";
import { readSeasons } from "./seasons.js";

/** Options of `thetaForecast`. */
export interface ThetaOptions {
  /** Steps ahead. Default 1. */
  readonly horizon?: number;
  /**
   * Steps in one season, or in each of several, whose patterns are taken out first (the shortest before the others) and put
   * back at the end. Default null: none.
   */
  readonly season?: number | readonly number[] | null;
}

export interface Pattern {
  /** One season, by the index modulo its length. */
  readonly values: Float64Array;
  readonly multiplicative: boolean;
}

/** Additions between two pauses: a few milliseconds of them. */
const SUMS = 2e6;

/** Classical decomposition: the mean of each phase about a centred moving average, normed to mean 1 or 0. */
function* seasonalPattern(y: Float64Array, season: number): Steps<Pattern> {
  const half = Math.floor(season / 2);
  const edge = season % 2 === 0 ? 0.5 : 1;
  const averages = new Float64Array(y.length - 2 * half);
  const stretch = Math.ceil(SUMS / season);
  for (let i = 0; i < averages.length; i++) {
    let sum = edge * (y[i]! + y[i + 2 * half]!);
    for (let k = 1; k < 2 * half; k++) sum += y[i + k]!;
    averages[i] = sum / season;
    if (i % stretch === stretch - 1) yield;
  }
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

/** Simple exponential smoothing from the first value on: the sum of its squared errors. */
function squaredErrors(y: Float64Array, alpha: number): number {
  let level = y[0]!;
  let sse = 0;
  for (const value of y) {
    const error = value - level;
    sse += error * error;
    level += alpha * error;
  }
  return sse;
}

/** What the theta method learns once: how fast its level follows, and the seasons. */
export interface Theta {
  readonly alpha: number;
  /** In the order they are taken out. */
  readonly patterns: readonly Pattern[];
}

const without = ({ values, multiplicative }: Pattern, value: number, t: number): number => {
  const phase = values[t % values.length]!;
  return multiplicative ? value / phase : value - phase;
};

const withoutSeasons = ({ patterns }: Theta, value: number, t: number): number =>
  patterns.reduce((left, pattern) => without(pattern, left, t), value);

const withSeasons = ({ patterns }: Theta, value: number, t: number): number =>
  patterns.reduceRight((whole, { values, multiplicative }) => {
    const phase = values[t % values.length]!;
    return multiplicative ? whole * phase : whole + phase;
  }, value);

/** @param seasons lengths, each above 1. @throws DataError for fewer than 3 values or two of the longest season. */
export const fitTheta = (where: string, y: Float64Array, seasons: readonly number[]): Theta =>
  complete(fitThetaSteps(where, y, seasons));

/** {@link fitTheta}, in pieces. */
export function* fitThetaSteps(where: string, y: Float64Array, seasons: readonly number[]): Steps<Theta> {
  const needed = Math.max(3, ...seasons.map((season) => 2 * season));
  if (y.length < needed) {
    throw new DataError(`${where}: ${y.length} values are too few, expected at least ${needed}.`, {
      code: "insufficient_data",
      received: y.length,
      expected: needed,
    });
  }
  let adjusted = y;
  const patterns: Pattern[] = [];
  for (const season of [...seasons].sort((a, b) => a - b)) {
    const pattern = yield* seasonalPattern(adjusted, season);
    adjusted = adjusted.map((value, t) => without(pattern, value, t));
    patterns.push(pattern);
  }
  const cost = ([alpha]: readonly number[]): number => squaredErrors(adjusted, alpha!);
  const found: Minimum[] = [];
  for (const alpha of [0.1, 0.5, 0.9]) found.push(yield* nelderMeadSteps(cost, [alpha], [[1e-4, 1]]));
  return { patterns, alpha: found.reduce((a, b) => (b.value < a.value ? b : a)).x[0]! };
}

/** Level, sum of the values and sum of time times value: what the method remembers of a series. */
export type ThetaState = Float64Array;

export const thetaStart = (): ThetaState => new Float64Array(3);

/** Takes the value of row `index` in, in place. */
export function thetaTake(theta: Theta, state: ThetaState, index: number, value: number): void {
  const y = withoutSeasons(theta, value, index);
  if (index === 0) state[0] = y;
  state[0]! += theta.alpha * (y - state[0]!);
  state[1]! += y;
  state[2]! += index * y;
}

/** Forecasts of rows `n` …, of which those before came: what was learnt stays, level and straight line go on. */
export function thetaPath(theta: Theta, state: ThetaState, n: number, horizon: number): Float64Array {
  const { alpha } = theta;
  const [level, sum, product] = state as unknown as [number, number, number];
  const slope = n < 2 ? 0 : (product - ((n - 1) / 2) * sum) / ((n * (n * n - 1)) / 12);
  const lead = (1 - pow(1 - alpha, n)) / alpha;
  return Float64Array.from({ length: horizon }, (_, h) =>
    withSeasons(theta, level + 0.5 * slope * (h + lead), n + h),
  );
}

/**
 * The theta method (Assimakopoulos & Nikolopoulos 2000) as Hyndman & Billah (2003) wrote it: exponential smoothing with
 * half the slope of the straight line through the data as its drift. The winner of the M3 competition.
 *
 * Seasons that are given are taken out by classical decomposition first: by division where all values and the whole
 * pattern are positive, by subtraction otherwise (as statsmodels' `ThetaModel`).
 *
 * @param x one series without gaps.
 * @throws DataError for gaps, fewer than 3 values or fewer than two seasons; ShapeError for several columns.
 *
 * @example
 * thetaForecast(series, { season: 12, horizon: 12 });
 */
export function thetaForecast(x: SeriesLike, options: ThetaOptions = {}): number[] {
  const where = "thetaForecast()";
  refuseUnknown(where, options, ["horizon", "season"]);
  const y = openComplete(where, x);
  const horizon = numberIn(where, "horizon", options.horizon ?? 1, HORIZON);
  const seasons = readSeasons(where, options.season, 1).filter((season) => season > 1);
  const theta = fitTheta(where, y, seasons);
  const state = thetaStart();
  for (let t = 0; t < y.length; t++) thetaTake(theta, state, t, y[t]!);
  return Array.from(thetaPath(theta, state, y.length, horizon));
}
