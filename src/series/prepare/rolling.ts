import { mean, squaredDeviations } from "../../numerics/statistics.js";
import { numberIn } from "../../options.js";
import { close, type InKind, open, type SeriesLike } from "../kinds.js";

/** Statistics over the last `n` values at each time step. */
export interface Rolling<T extends SeriesLike> {
  mean(): InKind<T>;
  /** Sample standard deviation, divided by n - 1; all NaN for n = 1, as in pandas. */
  std(): InKind<T>;
  min(): InKind<T>;
  max(): InKind<T>;
}

/**
 * Trailing windows: entry t sees x[t - n + 1 .. t] and nothing later, as pandas' `rolling(n)`.
 *
 * @param n length of the window in time steps.
 * @returns the same kind and shape from each method; the first n - 1 entries, and all whose window holds a gap, are NaN.
 * @throws ConfigError when n is not a whole number of at least 1.
 *
 * @example
 * rolling([1, 2, 6], 2).mean(); // [NaN, 1.5, 4]
 */
export function rolling<T extends SeriesLike>(x: T, n: number): Rolling<T> {
  const where = "rolling()";
  numberIn(where, "n", n, { min: 1, integer: true });
  const frame = open(where, x);
  // Each window is computed anew: a running sum would be quicker and would drift.
  const over = (statistic: (window: Float64Array) => number): InKind<T> => {
    const columns = frame.columns.map((values) =>
      values.map((_, t) => {
        if (t < n - 1) return Number.NaN;
        return statistic(values.subarray(t - n + 1, t + 1));
      }),
    );
    return close<T>(frame, columns);
  };
  return {
    mean: () => over(mean),
    std: () => over((window) => (n === 1 ? Number.NaN : Math.sqrt(deviation(window) / (n - 1)))),
    min: () => over((window) => window.reduce((a, b) => Math.min(a, b))),
    max: () => over((window) => window.reduce((a, b) => Math.max(a, b))),
  };
}

const deviation = (window: Float64Array): number => {
  const center = mean(window);
  // Math.max(0, NaN) is NaN, so a gap in the window stays one.
  return squaredDeviations(window, center);
};
