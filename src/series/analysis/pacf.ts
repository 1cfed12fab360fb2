import { DataError } from "../../errors.js";
import { leastSquaresSteps } from "../../numerics/least-squares.js";
import { Z_95 } from "../../numerics/normal.js";
import { complete, type Steps } from "../../numerics/steps.js";
import { numberIn, oneOf, refuseUnknown } from "../../options.js";
import { openComplete, type SeriesLike } from "../kinds.js";
import { autocovariances, type Correlogram, defaultLags, refuseConstant } from "./acf.js";

/** Options of `pacf`. */
export interface PacfOptions {
  /** Highest lag, below half the length. Default min(floor(10 log10 n), floor(n / 2) - 1). */
  readonly nLags?: number;
  /**
   * `"ywm"` (default) Yule-Walker with covariances divided by n; `"yw"` by n - k; `"ols"` a regression on the lags and
   * a constant for each lag; `"ldb"` the Levinson-Durbin recursion, which solves the same equations as `"ywm"`.
   */
  readonly method?: "ywm" | "yw" | "ols" | "ldb";
}

/** The last coefficient of each order's autoregression: Levinson 1946, Durbin 1960. */
function* levinsonDurbin(covariances: readonly number[], nLags: number): Steps<number[]> {
  const partial = [1];
  let phi: number[] = [];
  let power = covariances[0]!;
  for (let k = 1; k <= nLags; k++) {
    const explained = phi.reduce((sum, coefficient, j) => sum + coefficient * covariances[k - 1 - j]!, 0);
    const reflection = (covariances[k]! - explained) / power;
    phi = [...phi.map((coefficient, j) => coefficient - reflection * phi[k - 2 - j]!), reflection];
    power *= 1 - reflection * reflection;
    partial.push(reflection);
    yield;
  }
  return partial;
}

function* byRegression(where: string, x: Float64Array, nLags: number): Steps<number[]> {
  const partial = [1];
  for (let k = 1; k <= nLags; k++) {
    const n = x.length - k;
    const lagged = Array.from({ length: k }, (_, i) => x.subarray(k - 1 - i, k - 1 - i + n));
    const fit = yield* leastSquaresSteps([new Float64Array(n).fill(1), ...lagged], x.subarray(k));
    if (fit.rank < k + 1) {
      throw new DataError(
        `${where}: at lag ${k} the lagged values are exact combinations of each other; method "ols" has no answer. Use "ywm".`,
      );
    }
    partial.push(fit.coefficients().at(-1)!);
  }
  return partial;
}

/**
 * Partial autocorrelations with statsmodels' meaning; the interval at every lag is ± 1.96 / √n.
 *
 * @param x one series without gaps.
 * @throws DataError for gaps, a constant series, or fewer than 4 values; ConfigError when `nLags` reaches half the length.
 *
 * @example
 * pacf(series, { nLags: 12 }).values;
 */
export const pacf = (x: SeriesLike, options: PacfOptions = {}): Correlogram =>
  complete(pacfSteps(x, options));

/** {@link pacf}, in pieces of one lag. */
export function* pacfSteps(x: SeriesLike, options: PacfOptions = {}): Steps<Correlogram> {
  const where = "pacf()";
  refuseUnknown(where, options, ["nLags", "method"]);
  const method = oneOf(where, "method", options.method ?? "ywm", ["ywm", "yw", "ols", "ldb"]);
  const series = openComplete(where, x);
  refuseConstant(where, series);
  const n = series.length;
  if (n < 4)
    throw new DataError(`${where}: ${n} values are too few, at least 4 are needed.`, { received: n });
  const nLags = numberIn(where, "nLags", options.nLags ?? Math.min(defaultLags(n), Math.floor(n / 2) - 1), {
    min: 1,
    max: Math.floor(n / 2) - 1,
    integer: true,
  });
  const values =
    method === "ols"
      ? yield* byRegression(where, series, nLags)
      : yield* levinsonDurbin(yield* autocovariances(series, nLags, method === "yw"), nLags);
  const half = Z_95 / Math.sqrt(n);
  const confidence = values.map((value, lag): [number, number] =>
    lag === 0 ? [value, value] : [value - half, value + half],
  );
  return { values, confidence };
}
