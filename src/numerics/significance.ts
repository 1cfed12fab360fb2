import { exp, log } from "../elementary.js";
import type { LeastSquares } from "./least-squares.js";
import { normalCdf } from "./normal.js";
import { correlation, mean as meanOf, variance as varianceOf } from "./statistics.js";

/** Fisher's z of a correlation in standard errors: about standard normal where there is none (Fisher 1921). */
export function fisherZ(r: number, n: number): number {
  if (n <= 3) return 0;
  const bounded = Math.max(-0.9999999, Math.min(0.9999999, r));
  return 0.5 * log((1 + bounded) / (1 - bounded)) * Math.sqrt(n - 3);
}

/** The probability of `count` or more out of `n`, each with probability `p`. */
export function binomialTail(count: number, n: number, p: number): number {
  if (count <= 0) return 1;
  if (!(p > 0) || count > n) return 0;
  if (p >= 1) return 1;
  // Terms from the first one wanted on; each is the one before it times (n - k + 1) p / k (1 - p).
  let term = n * log(1 - p);
  for (let k = 1; k <= count; k++) term += log(((n - k + 1) * p) / (k * (1 - p)));
  let value = exp(term);
  let total = value;
  for (let k = count + 1; k <= n; k++) {
    value *= ((n - k + 1) * p) / (k * (1 - p));
    total += value;
  }
  return Math.min(1, total);
}

/** What further columns of a regression add to the first ones. */
export interface Effect {
  /** Shares of the variance left by the first columns, and by all: degrees of freedom counted. */
  readonly unexplained: number;
  readonly rest: number;
  /** Fisher's F of the added columns, and its p-value. */
  readonly f: number;
  readonly p: number;
}

/**
 * Tests the columns after the first `count` together. F times its degrees of freedom is chi-square where there are many more
 * observations than columns, and the cube root of that over its mean about normal (Wilson & Hilferty 1931).
 */
export function effectOf(fit: LeastSquares, count: number, variance: number): Effect {
  const [first, all] = [fit.residualSum(count), fit.residualSum(fit.rank)];
  const [added, freedom] = [fit.rank - count, fit.observations - fit.rank];
  if (added < 1 || freedom < 1 || !(variance > 0)) return { unexplained: 1, rest: 1, f: 0, p: 1 };
  const whole = variance * fit.observations;
  const f = (first - all) / added / Math.max(all / freedom, (1e-12 * whole) / freedom);
  const width = 2 / (9 * added);
  const z = ((f > 0 ? exp(log(f) / 3) : 0) - (1 - width)) / Math.sqrt(width);
  return {
    unexplained: first / (fit.observations - count) / variance,
    rest: all / freedom / variance,
    f,
    p: 1 - normalCdf(z),
  };
}

/** First-order autocorrelation. */
export const lagOne = (values: Float64Array): number =>
  values.length < 3 ? 0 : correlation(values.subarray(1), values.subarray(0, values.length - 1));

/** Lags in the long-run variance: enough for a season of a few dozen steps to cancel out. */
const MOST_LAGS = 60;

/**
 * How many independent values tell as much of the mean: n times the variance over the long-run variance, Bartlett's weights
 * (Newey & West 1987). Swings that come back, as seasons do, count for themselves.
 */
export function effectiveSize(values: Float64Array): number {
  const n = values.length;
  const variance = varianceOf(values);
  if (n < 4 || !(variance > 0)) return Math.max(2, n);
  const center = meanOf(values);
  const lags = Math.min(MOST_LAGS, Math.floor(n / 3));
  let longRun = variance;
  for (let lag = 1; lag <= lags; lag++) {
    let sum = 0;
    for (let t = lag; t < n; t++) sum += (values[t]! - center) * (values[t - lag]! - center);
    longRun += 2 * (1 - lag / (lags + 1)) * (sum / n);
  }
  return Math.min(n, Math.max(2, (n * variance) / Math.max(longRun, variance / n)));
}

/** One-sided p-value of Mann & Kendall's test (1945) for an upward trend, without correction for ties. */
export function risingP(values: ArrayLike<number>): number {
  const n = values.length;
  if (n < 4) return 1;
  let score = 0;
  for (let i = 0; i < n; i++) for (let j = i + 1; j < n; j++) score += Math.sign(values[j]! - values[i]!);
  const spread = Math.sqrt((n * (n - 1) * (2 * n + 5)) / 18);
  return 1 - normalCdf((score - Math.sign(score)) / spread);
}

/** One-sided p-value of Mann & Whitney's rank sum test (1947) for «the first are larger», normal approximation, halves for ties. */
export function largerP(first: readonly number[], second: readonly number[]): number {
  let wins = 0;
  for (const a of first) for (const b of second) wins += a > b ? 1 : a === b ? 0.5 : 0;
  const pairs = first.length * second.length;
  const spread = Math.sqrt((pairs * (first.length + second.length + 1)) / 12);
  return 1 - normalCdf((wins - pairs / 2 - 0.5) / spread);
}

/**
 * Diebold & Mariano (1995): one-sided p-value for «the first errors are larger than the second», squared losses. The variance
 * of their difference takes in its autocorrelation with Bartlett's weights, to the lag 4 (n / 100)^(2/9) of Newey & West
 * (1994) or the horizon, for a model that is wrong at one step is wrong at the next; corrected for small samples as Harvey,
 * Leybourne & Newbold (1997) do.
 */
export function largerErrorsP(first: Float64Array, second: Float64Array, horizon = 1): number {
  const n = first.length;
  if (n < 10) return 1;
  const loss = Float64Array.from(first, (error, i) => error * error - second[i]! * second[i]!);
  const center = meanOf(loss);
  const lags = Math.max(horizon - 1, Math.floor(4 * exp((2 / 9) * log(n / 100))));
  let longRun = varianceOf(loss);
  for (let lag = 1; lag <= lags; lag++) {
    let sum = 0;
    for (let i = lag; i < n; i++) sum += (loss[i]! - center) * (loss[i - lag]! - center);
    longRun += (2 * (1 - lag / (lags + 1)) * sum) / n;
  }
  if (!(longRun > 0)) return center > 0 ? 0 : 1;
  const correction = Math.sqrt((n + 1 - 2 * horizon + (horizon * (horizon - 1)) / n) / n);
  return 1 - normalCdf((correction * center) / Math.sqrt(longRun / n));
}

/**
 * How likely times that come at random (gaps between them exponential) are as evenly spaced as these, to first order: the
 * gaps' shares of the whole lie in a ball around the middle of the simplex that all gaps with this sum make up, and its
 * share of the simplex's volume is the probability (an upper bound where the ball reaches out of it).
 *
 * @param times rising whole numbers; fewer than four give 1.
 */
export function evenlySpacedP(times: readonly number[]): number {
  const gaps = times.slice(1).map((time, i) => time - times[i]!);
  const n = gaps.length;
  if (n < 3) return 1;
  // Two roundings to whole steps in a gap add a variance of 1/12 each.
  const squares = Math.max(varianceOf(gaps), 1 / 6) * n;
  const radius = Math.sqrt(squares) / meanOf(gaps);
  // Volume of the unit ball in n - 1 dimensions over that of the simplex of n gaps with mean 1, sqrt(n) n^(n-1) / (n-1)!.
  let share = 1;
  for (let d = n - 1; d >= 2; d -= 2) share *= (2 * Math.PI) / d;
  if ((n - 1) % 2 === 1) share *= 2;
  for (let k = 1; k < n; k++) share *= (radius * k) / n;
  return Math.min(1, share / Math.sqrt(n));
}
