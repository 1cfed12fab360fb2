import { ConfigError, told } from "../../errors.js";
import { numberIn } from "../../options.js";
import { closeTable, open, type SeriesLike, type TableInKind } from "../kinds.js";

/** Each lag is a column of its own: more of them than this are a slip of the pen. */
const MOST_LAGS = 1_000_000;

/** The lags as a list. @throws ConfigError for lags that are not whole numbers of at least 0. */
export function readLags(where: string, lags: number | readonly number[]): readonly number[] {
  const list =
    typeof lags === "number"
      ? Array.from(
          { length: numberIn(where, "lags", lags, { min: 1, max: MOST_LAGS, integer: true }) },
          (_, i) => i + 1,
        )
      : lags;
  if (!Array.isArray(list) || list.length === 0) {
    throw new ConfigError(`${where}: \`lags\` is ${told(lags)}, expected a number or a list of numbers.`, {
      received: lags,
    });
  }
  list.forEach((lag, i) => {
    numberIn(where, `lags[${i}]`, lag, { min: 0, integer: true });
  });
  return list;
}

/**
 * The values of earlier time steps as columns: row t holds x[t - lag] for each lag.
 *
 * @param lags the lags in the order wanted, or a number n for 1, 2, … n. Zero is the present; a negative lag would be
 *   the future and is refused.
 * @returns rows (a Tensor for a Tensor), `columns * lags` wide: all columns at the first lag, then at the next. Entries
 *   from before the series began are NaN.
 * @throws ConfigError for lags that are not whole numbers of at least 0.
 *
 * @example
 * lagFeatures([1, 2, 3], 2); // [[NaN, NaN], [1, NaN], [2, 1]]
 */
export function lagFeatures<T extends SeriesLike>(x: T, lags: number | readonly number[]): TableInKind<T> {
  const where = "lagFeatures()";
  const list = readLags(where, lags);
  const frame = open(where, x);
  const columns = list.flatMap((lag) =>
    frame.columns.map((values) => values.map((_, t) => (t < lag ? Number.NaN : values[t - lag]!))),
  );
  return closeTable<T>(frame, columns);
}
