import { pow } from "../../elementary.js";
import { ConfigError, DataError, told } from "../../errors.js";
import { leastSquares } from "../../numerics/least-squares.js";
import { dot, mean } from "../../numerics/statistics.js";
import { numberIn, oneOf, refuseUnknown } from "../../options.js";
import { openComplete, type SeriesLike } from "../kinds.js";

/** Options of `kpss`. */
export interface KpssOptions {
  /** The null: stationary around a level (`"c"`, default) or around a straight line (`"ct"`). */
  readonly regression?: "c" | "ct";
  /**
   * Lags in the long-run variance. `"auto"` (default): Hobijn, Franses & Ooms 1998; `"legacy"`:
   * ceil(12 (n / 100)^(1/4)), Schwert 1989.
   */
  readonly nLags?: "auto" | "legacy" | number;
}

/** What `kpss` gives. */
export interface KpssResult {
  readonly statistic: number;
  /** Small: not stationary. Interpolated in a table that ends at 0.01 and 0.1: a value at an end means «or beyond». */
  readonly pValue: number;
  readonly usedLag: number;
  readonly criticalValues: {
    readonly "10%": number;
    readonly "5%": number;
    readonly "2.5%": number;
    readonly "1%": number;
  };
}

/** Kwiatkowski, Phillips, Schmidt & Shin 1992, table 1, at 10 %, 5 %, 2.5 % and 1 %. */
const CRITICAL = { c: [0.347, 0.463, 0.574, 0.739], ct: [0.119, 0.146, 0.176, 0.216] } as const;
const LEVELS = [0.1, 0.05, 0.025, 0.01] as const;

const autocovarianceSum = (residuals: Float64Array, lag: number): number =>
  dot(residuals.subarray(lag), residuals.subarray(0, residuals.length - lag));

function automaticLags(residuals: Float64Array): number {
  const n = residuals.length;
  let s0 = dot(residuals, residuals) / n;
  let s1 = 0;
  for (let lag = 1; lag <= Math.floor(pow(n, 2 / 9)); lag++) {
    const term = (2 * autocovarianceSum(residuals, lag)) / n;
    s0 += term;
    s1 += lag * term;
  }
  const ratio = s1 / s0;
  return Math.floor(1.1447 * pow(ratio * ratio, 1 / 3) * pow(n, 1 / 3));
}

function interpolateP(statistic: number, critical: readonly number[]): number {
  if (statistic <= critical[0]!) return LEVELS[0];
  for (let i = 1; i < critical.length; i++) {
    const [low, high] = [critical[i - 1]!, critical[i]!];
    if (statistic <= high)
      return LEVELS[i - 1]! + ((LEVELS[i]! - LEVELS[i - 1]!) * (statistic - low)) / (high - low);
  }
  return LEVELS[3];
}

/**
 * The KPSS test with statsmodels' meaning: the null hypothesis is stationarity, the reverse of {@link adfuller}.
 *
 * @param x one series without gaps.
 * @throws DataError for gaps or a series that is exactly constant (or a straight line with `"ct"`).
 *
 * @example
 * kpss(series).pValue; // small: not stationary
 */
export function kpss(x: SeriesLike, options: KpssOptions = {}): KpssResult {
  const where = "kpss()";
  refuseUnknown(where, options, ["regression", "nLags"]);
  const trend = oneOf(where, "regression", options.regression ?? "c", ["c", "ct"]);
  const values = openComplete(where, x);
  const n = values.length;
  if (n < 4)
    throw new DataError(`${where}: ${n} values are too few, at least 4 are needed.`, { received: n });
  let residuals: Float64Array;
  if (trend === "c") {
    const center = mean(values);
    residuals = values.map((value) => value - center);
  } else {
    const time = Float64Array.from(values, (_, t) => t + 1);
    const [slope, constant] = leastSquares([time, new Float64Array(n).fill(1)], values).coefficients() as [
      number,
      number,
    ];
    residuals = values.map((value, t) => value - constant - slope * (t + 1));
  }
  const power = dot(residuals, residuals);
  // Residuals no larger than rounding of the values themselves leave nothing to test.
  if (power <= (n * Number.EPSILON) ** 2 * dot(values, values)) {
    throw new DataError(`${where}: the series is ${trend === "c" ? "constant" : "a straight line"}.`);
  }
  let lags: number;
  const wanted = options.nLags ?? "auto";
  if (wanted === "auto") lags = Math.min(n - 1, automaticLags(residuals));
  else if (wanted === "legacy") lags = Math.min(n - 1, Math.ceil(12 * pow(n / 100, 0.25)));
  else if (typeof wanted === "number")
    lags = numberIn(where, "nLags", wanted, { min: 0, max: n - 1, integer: true });
  else {
    throw new ConfigError(`${where}: \`nLags\` is ${told(wanted)}, expected "auto", "legacy" or a number.`, {
      received: wanted,
    });
  }
  let longRun = power;
  for (let lag = 1; lag <= lags; lag++)
    longRun += 2 * autocovarianceSum(residuals, lag) * (1 - lag / (lags + 1));
  let partial = 0;
  let squares = 0;
  for (const residual of residuals) {
    partial += residual;
    squares += partial * partial;
  }
  const statistic = squares / (n * longRun);
  const [ten, five, twoHalf, one] = CRITICAL[trend];
  return {
    statistic,
    pValue: interpolateP(statistic, CRITICAL[trend]),
    usedLag: lags,
    criticalValues: { "10%": ten, "5%": five, "2.5%": twoHalf, "1%": one },
  };
}
