import { log, pow } from "../../elementary.js";
import { ConfigError, DataError } from "../../errors.js";
import { type LeastSquares, leastSquaresSteps } from "../../numerics/least-squares.js";
import { complete, type Steps } from "../../numerics/steps.js";
import { numberIn, oneOf, refuseUnknown } from "../../options.js";
import { openComplete, type SeriesLike } from "../kinds.js";
import { mackinnonCriticalValues, mackinnonPValue, type Trend } from "./mackinnon.js";

/** Options of `adfuller`. */
export interface AdfullerOptions {
  /** Deterministic terms in the regression. Default `"c"`, a constant. */
  readonly regression?: Trend;
  /** Most lagged differences considered. Default ceil(12 (n / 100)^(1/4)), Schwert 1989, capped by the length. */
  readonly maxLag?: number;
  /** How the number of lags is chosen; null takes `maxLag` as it is. Default `"AIC"`. */
  readonly autolag?: "AIC" | "BIC" | "t-stat" | null;
}

/** What `adfuller` gives, as statsmodels names it. */
export interface AdfullerResult {
  readonly statistic: number;
  /** Probability of so low a statistic when the series has a unit root; small: stationary. */
  readonly pValue: number;
  readonly usedLag: number;
  /** Observations in the final regression. */
  readonly nObs: number;
  readonly criticalValues: { readonly "1%": number; readonly "5%": number; readonly "10%": number };
}

/** The 95 % quantile of the standard normal, the bound for the last lag's t statistic. */
const LAST_LAG_BOUND = 1.6448536269514722;

function trendColumns(trend: Trend, n: number): Float64Array[] {
  const powers = trend === "n" ? 0 : trend.length;
  return Array.from({ length: powers }, (_, power) =>
    Float64Array.from({ length: n }, (_, t) => (t + 1) ** power),
  );
}

/** The regression's parts with `lags` lagged differences: Δx[t] on x[t-1] and Δx[t-1] … Δx[t-lags]. */
function regression(x: Float64Array, lags: number) {
  const n = x.length - 1 - lags;
  const differences = Float64Array.from({ length: x.length - 1 }, (_, t) => x[t + 1]! - x[t]!);
  return {
    n,
    target: differences.subarray(lags),
    level: x.subarray(lags, lags + n),
    lagged: Array.from({ length: lags }, (_, i) => differences.subarray(lags - 1 - i, lags - 1 - i + n)),
  };
}

function* chooseLag(
  fit: LeastSquares,
  fixed: number,
  maxLag: number,
  autolag: "AIC" | "BIC" | "t-stat",
): Steps<number> {
  if (autolag === "t-stat") {
    for (let lag = maxLag; lag > 0; lag--) if (Math.abs(fit.lastT(fixed + lag)) >= LAST_LAG_BOUND) return lag;
    return 0;
  }
  const n = fit.observations;
  const penalty = autolag === "AIC" ? 2 : log(n);
  let [best, bestLag] = [Number.POSITIVE_INFINITY, 0];
  for (let lag = 0; lag <= maxLag; lag++) {
    const criterion = n * log(fit.residualSum(fixed + lag) / n) + penalty * (fixed + lag);
    if (criterion < best) [best, bestLag] = [criterion, lag];
    yield;
  }
  return bestLag;
}

const tooRegular = (where: string, trend: Trend): DataError =>
  new DataError(
    `${where}: with regression "${trend}" the series follows from its own past exactly; it is too regular to test (a straight line, or a season that repeats to the digit).`,
    { received: "no residual", expected: "a series with some noise" },
  );

/** Share of the changes' deviation below which residuals are rounding: the test would divide one by another. */
const ROUNDING = 1e-10;

/** Whether the regression leaves nothing but rounding, as for a season that repeats to the digit. */
function isExact(fit: LeastSquares, target: Float64Array): boolean {
  const squares = target.reduce((sum, value) => sum + value * value, 0);
  return fit.residualSum(fit.rank) <= ROUNDING * ROUNDING * squares;
}

/**
 * The augmented Dickey-Fuller test with statsmodels' meaning: the null hypothesis is a unit root, so a small p-value
 * speaks for a stationary series, a large one for differencing.
 *
 * Said & Dickey 1984; p-values and critical values from MacKinnon's response surfaces (1994, 2010).
 *
 * @param x one series without gaps.
 * @throws DataError for gaps, a constant series, one too regular to test, or too few values for the terms; ConfigError for a `maxLag` too large.
 *
 * @example
 * adfuller(series).pValue; // small: no unit root
 */
export const adfuller = (x: SeriesLike, options: AdfullerOptions = {}): AdfullerResult =>
  complete(adfullerSteps(x, options));

/** {@link adfuller}, in pieces of one regressor or one lag. */
export function* adfullerSteps(x: SeriesLike, options: AdfullerOptions = {}): Steps<AdfullerResult> {
  const where = "adfuller()";
  refuseUnknown(where, options, ["regression", "maxLag", "autolag"]);
  const trend = oneOf(where, "regression", options.regression ?? "c", ["n", "c", "ct", "ctt"]);
  const autolag =
    options.autolag === null
      ? null
      : oneOf(where, "autolag", options.autolag ?? "AIC", ["AIC", "BIC", "t-stat"]);
  const values = openComplete(where, x);
  const terms = trend === "n" ? 0 : trend.length;
  const cap = Math.floor(values.length / 2) - terms - 1;
  if (cap < 0) {
    throw new DataError(`${where}: ${values.length} values are too few with regression "${trend}".`, {
      received: values.length,
      expected: 2 * (terms + 1),
    });
  }
  if (values.every((value) => value === values[0])) {
    throw new DataError(`${where}: the series is constant (${values[0]}), so there is nothing to test.`);
  }
  let maxLag: number;
  if (options.maxLag === undefined) maxLag = Math.min(cap, Math.ceil(12 * pow(values.length / 100, 0.25)));
  else {
    maxLag = numberIn(where, "maxLag", options.maxLag, { min: 0, integer: true });
    if (maxLag > cap) {
      throw new ConfigError(
        `${where}: \`maxLag\` is ${maxLag}, but ${values.length} values with regression "${trend}" allow at most ${cap}.`,
        { received: maxLag, expected: cap },
      );
    }
  }
  let usedLag = maxLag;
  if (autolag !== null) {
    // All candidates on the same observations, or their criteria would not compare.
    const { n, target, level, lagged } = regression(values, maxLag);
    const search = yield* leastSquaresSteps([...trendColumns(trend, n), level, ...lagged], target);
    if (search.rank < terms + 1 || isExact(search, target)) throw tooRegular(where, trend);
    usedLag = yield* chooseLag(search, terms + 1, Math.min(maxLag, search.rank - terms - 1), autolag);
  }
  const { n, target, level, lagged } = regression(values, usedLag);
  // The level stands last, where its t statistic can be read off.
  const fit = yield* leastSquaresSteps([...trendColumns(trend, n), ...lagged, level], target);
  if (n <= terms + 1 + usedLag) {
    throw new DataError(`${where}: ${values.length} values leave no degree of freedom with ${usedLag} lags.`);
  }
  if (fit.rank < terms + 1 + usedLag || isExact(fit, target)) throw tooRegular(where, trend);
  const statistic = fit.lastT(terms + 1 + usedLag);
  return {
    statistic,
    pValue: mackinnonPValue(statistic, trend),
    usedLag,
    nObs: n,
    criticalValues: mackinnonCriticalValues(trend, n),
  };
}
