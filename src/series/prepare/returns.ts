import { log } from "../../elementary.js";
import { DataError } from "../../errors.js";
import { numberIn, oneOf, refuseUnknown } from "../../options.js";
import { close, type InKind, open, placeIn, type SeriesLike } from "../kinds.js";

/** Options of `returns`. */
export interface ReturnsOptions {
  /** `"simple"` (default): x[t] / x[t - lag] - 1; `"log"`: the logarithm of the quotient, which adds up over time. */
  readonly method?: "simple" | "log";
  /** Default 1. */
  readonly lag?: number;
}

/**
 * Relative change, as pandas' `pct_change` without filling gaps.
 * @returns the same kind and shape; the first `lag` entries are NaN, and so is every entry with a gap on either side.
 * @throws DataError where the earlier value is zero, or the quotient not above zero with `"log"`.
 *
 * @example
 * returns([100, 110]); // [NaN, 0.1]
 */
export function returns<T extends SeriesLike>(x: T, options: ReturnsOptions = {}): InKind<T> {
  const where = "returns()";
  refuseUnknown(where, options, ["method", "lag"]);
  const method = oneOf(where, "method", options.method ?? "simple", ["simple", "log"]);
  const lag = numberIn(where, "lag", options.lag ?? 1, { min: 1, integer: true });
  const frame = open(where, x);
  const columns = frame.columns.map((values, f) =>
    values.map((value, t) => {
      const earlier = t < lag ? Number.NaN : values[t - lag]!;
      const quotient = value / earlier;
      if (Number.isNaN(earlier) || Number.isNaN(value)) return Number.NaN;
      if (earlier === 0 || (method === "log" && quotient <= 0)) {
        throw new DataError(
          `${where}: no ${method} return from ${earlier} (${placeIn(frame, t - lag, f)}) to ${value} (row ${t}).`,
          {
            received: [earlier, value],
            expected: method === "log" ? "values of one sign" : "a value other than 0",
          },
        );
      }
      return method === "log" ? log(quotient) : quotient - 1;
    }),
  );
  return close<T>(frame, columns);
}
