import { numberIn, refuseUnknown } from "../../options.js";
import { type DifferenceOptions, readDifference } from "../prepare/difference.js";
import { readLags } from "../prepare/lag-features.js";
import type { ReturnsOptions } from "../prepare/returns.js";

/**
 * How many time steps before the present one a feature reads, asked with the feature's own arguments.
 *
 * A value of lookback b at row t reads rows t - b … t and no others; the first b rows have none. What follows: raw rows to
 * keep in order to continue a feature, the `gap` between training and test part that keeps either from reading the other, and for
 * features of features the sum.
 *
 * Each throws ConfigError for arguments the feature would refuse.
 *
 * @example
 * lookback.rolling(7); // 6: the present value is one of the seven
 * lookback.lagFeatures([1, 12]); // 12
 * lookback.difference({ order: 2, lag: 12 }); // 24
 */
export const lookback = {
  /** `n - 1`. */
  rolling: (n: number): number => numberIn("lookback.rolling()", "n", n, { min: 1, integer: true }) - 1,

  /** The largest lag. */
  lagFeatures: (lags: number | readonly number[]): number =>
    readLags("lookback.lagFeatures()", lags).reduce((largest, lag) => Math.max(largest, lag), 0),

  /** `lag`. */
  returns: (options: ReturnsOptions = {}): number => {
    const where = "lookback.returns()";
    refuseUnknown(where, options, ["method", "lag"]);
    return numberIn(where, "lag", options.lag ?? 1, { min: 1, integer: true });
  },

  /** `order * lag`. The result is that much shorter: its row i stands for row `i + order * lag` of the series. */
  difference: (options: DifferenceOptions = {}): number => {
    const where = "lookback.difference()";
    refuseUnknown(where, options, ["order", "lag"]);
    const { order, lag } = readDifference(where, options);
    return order * lag;
  },
} as const;
