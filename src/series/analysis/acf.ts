import { log } from "../../elementary.js";
import { DataError } from "../../errors.js";
import { Z_95 } from "../../numerics/normal.js";
import { dot, mean } from "../../numerics/statistics.js";
import { complete, type Steps } from "../../numerics/steps.js";
import { flag, numberIn, refuseUnknown } from "../../options.js";
import { openComplete, type SeriesLike } from "../kinds.js";

/** Options of `acf`. */
export interface AcfOptions {
  /** Highest lag. Default min(floor(10 log10 n), n - 1). */
  readonly nLags?: number;
  /** Divide the sum at lag k by n - k instead of n. Default false. */
  readonly adjusted?: boolean;
}

/** Correlations at lags 0, 1, 2, … with a 95 % interval each. */
export interface Correlogram {
  readonly values: number[];
  readonly confidence: [low: number, high: number][];
}

/** floor(10 log10 n): statsmodels' number of lags. The tiny addition keeps log10(1000) from landing below 3. */
export const defaultLags = (n: number): number => Math.floor((10 * log(n)) / Math.LN10 + 1e-12);

/** Autocovariances at lags 0 … nLags about the mean. */
export function* autocovariances(values: Float64Array, nLags: number, adjusted: boolean): Steps<number[]> {
  const n = values.length;
  const center = mean(values);
  const centered = values.map((value) => value - center);
  const found: number[] = [];
  for (let lag = 0; lag <= nLags; lag++) {
    const product = dot(centered.subarray(lag), centered.subarray(0, n - lag));
    found.push(product / (adjusted ? n - lag : n));
    yield;
  }
  return found;
}

/** @throws DataError when the series cannot have correlations: fewer than two values, or all the same. */
export function refuseConstant(where: string, values: Float64Array): void {
  if (values.length < 2)
    throw new DataError(`${where}: ${values.length} value is too few, at least 2 are needed.`);
  if (values.every((value) => value === values[0])) {
    throw new DataError(`${where}: the series is constant (${values[0]}), so it has no correlations.`, {
      received: values[0],
    });
  }
}

/**
 * Autocorrelations with statsmodels' meaning; the confidence intervals are Bartlett's, as its `acf(x, alpha=.05)`:
 * the variance at lag k is (1 + 2 Σ r_i², i < k) / n.
 *
 * @param x one series without gaps.
 * @throws DataError for gaps or a constant series.
 *
 * @example
 * acf(series, { nLags: 24 }).values;
 */
export const acf = (x: SeriesLike, options: AcfOptions = {}): Correlogram => complete(acfSteps(x, options));

/** {@link acf}, in pieces of one lag. */
export function* acfSteps(x: SeriesLike, options: AcfOptions = {}): Steps<Correlogram> {
  const where = "acf()";
  refuseUnknown(where, options, ["nLags", "adjusted"]);
  const adjusted = flag(where, "adjusted", options.adjusted ?? false);
  const series = openComplete(where, x);
  refuseConstant(where, series);
  const n = series.length;
  const nLags = numberIn(where, "nLags", options.nLags ?? Math.min(defaultLags(n), n - 1), {
    min: 0,
    max: n - 1,
    integer: true,
  });
  const covariances = yield* autocovariances(series, nLags, adjusted);
  const values = covariances.map((covariance) => covariance / covariances[0]!);
  let squares = 0;
  const confidence = values.map((value, lag): [number, number] => {
    if (lag === 0) return [value, value];
    if (lag > 1) squares += values[lag - 1]! ** 2;
    const half = Z_95 * Math.sqrt((1 + 2 * squares) / n);
    return [value - half, value + half];
  });
  return { values, confidence };
}
