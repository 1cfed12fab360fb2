import { DataError } from "../../errors.js";
import { numberIn, oneOf, refuseUnknown } from "../../options.js";
import { close, type InKind, open, type SeriesLike, whichColumn } from "../kinds.js";

/** Options of `interpolate`. */
export interface InterpolateOptions {
  /** Only `"linear"`: a straight line between the neighbours, time steps taken as equally far apart. Default: that one. */
  readonly method?: "linear";
  /** How many consecutive gaps are filled at most; the rest of a longer run stays NaN. Default: all. */
  readonly limit?: number;
  /** From which side runs are filled, and thereby counted. Default: forward, and leading gaps backward. */
  readonly limitDirection?: "forward" | "backward" | "both";
  /** `"inside"`: only gaps between two values; `"outside"`: only leading and trailing ones. Default: both. */
  readonly limitArea?: "inside" | "outside";
}

/** Options of `forwardFill` and `backwardFill`. */
export interface FillOptions {
  /** How many consecutive gaps are filled at most. Default: all. */
  readonly limit?: number;
}

/** Runs of gaps as half-open ranges `[start, stop)`. */
function gapRuns(values: Float64Array): [start: number, stop: number][] {
  const runs: [number, number][] = [];
  for (let t = 0; t < values.length; t++) {
    if (!Number.isNaN(values[t])) continue;
    const start = t;
    while (t < values.length && Number.isNaN(values[t])) t++;
    runs.push([start, t]);
  }
  return runs;
}

function interpolateColumn(
  values: Float64Array,
  limit: number,
  direction: "forward" | "backward" | "both" | "default",
  area: "inside" | "outside" | undefined,
): Float64Array {
  const filled = values.slice();
  for (const [start, stop] of gapRuns(values)) {
    const leading = start === 0;
    const trailing = stop === values.length;
    if (area !== undefined && (area === "outside") !== (leading || trailing)) continue;
    // A leading run has no value before it to be filled forward from, a trailing one none after it.
    const forward = !leading && direction !== "backward";
    const backward =
      !trailing && (direction === "backward" || direction === "both" || (direction === "default" && leading));
    const before = values[start - 1];
    const after = values[stop];
    for (let t = start; t < stop; t++) {
      if (!((forward && t - start < limit) || (backward && stop - 1 - t < limit))) continue;
      if (before === undefined) filled[t] = after!;
      else if (after === undefined) filled[t] = before;
      else filled[t] = before + ((after - before) * (t - start + 1)) / (stop - start + 1);
    }
  }
  return filled;
}

const limitOf = (where: string, limit: unknown): number =>
  limit === undefined ? Number.POSITIVE_INFINITY : numberIn(where, "limit", limit, { min: 1, integer: true });

/**
 * Fills gaps with straight lines between their neighbours, each column on its own.
 *
 * `limit`, `limitDirection` and `limitArea` mean what they mean in pandas' `interpolate`. One difference: without
 * `limitDirection`, leading gaps take the first value (pandas leaves them); trailing gaps take the last, as in pandas.
 *
 * Interpolation looks at the value after the gap: a forecast made inside a filled gap has seen its future. Use
 * {@link forwardFill} where that matters.
 *
 * @param x `number[]`, `number[][]` (rows) or Tensor `[T]`/`[T, F]`; null and NaN are gaps.
 * @returns the same kind and shape; gaps that a limit left open are NaN.
 * @throws DataError for a column without any value; ConfigError for an unknown or impossible option.
 *
 * @example
 * interpolate([null, 1, NaN, 3, null]); // [1, 1, 2, 3, 3]
 */
export function interpolate<T extends SeriesLike>(x: T, options: InterpolateOptions = {}): InKind<T> {
  const where = "interpolate()";
  refuseUnknown(where, options, ["method", "limit", "limitDirection", "limitArea"]);
  oneOf(where, "method", options.method ?? "linear", ["linear"]);
  const limit = limitOf(where, options.limit);
  const direction =
    options.limitDirection === undefined
      ? "default"
      : oneOf(where, "limitDirection", options.limitDirection, ["forward", "backward", "both"]);
  const area =
    options.limitArea === undefined
      ? undefined
      : oneOf(where, "limitArea", options.limitArea, ["inside", "outside"]);
  const frame = open(where, x);
  const columns = frame.columns.map((values, f) => {
    if (values.every(Number.isNaN)) {
      throw new DataError(
        `${where}: ${whichColumn(frame, f)} has no value at all, so there is nothing to interpolate between.`,
        {
          code: "missing_values",
        },
      );
    }
    return interpolateColumn(values, limit, direction, area);
  });
  return close<T>(frame, columns);
}

function carry<T extends SeriesLike>(
  where: string,
  x: T,
  options: FillOptions,
  backward: boolean,
): InKind<T> {
  refuseUnknown(where, options, ["limit"]);
  const limit = limitOf(where, options.limit);
  const frame = open(where, x);
  const columns = frame.columns.map((values) => {
    const filled = backward ? values.slice().reverse() : values.slice();
    for (const [start, stop] of gapRuns(filled)) {
      if (start > 0) filled.fill(filled[start - 1]!, start, Math.min(stop, start + limit));
    }
    return backward ? filled.reverse() : filled;
  });
  return close<T>(frame, columns);
}

/**
 * Repeats the last value seen, as pandas' `ffill`: never looks ahead. Leading gaps stay NaN.
 * @returns the same kind and shape.
 * @throws ConfigError for an unknown option or a limit out of range; DataError for what is no series.
 *
 * @example
 * forwardFill([1, null, 3]); // [1, 1, 3]
 */
export const forwardFill = <T extends SeriesLike>(x: T, options: FillOptions = {}): InKind<T> =>
  carry("forwardFill()", x, options, false);

/**
 * Takes the next value, as pandas' `bfill`: looks ahead. Trailing gaps stay NaN.
 * @returns the same kind and shape.
 * @throws ConfigError for an unknown option or a limit out of range; DataError for what is no series.
 *
 * @example
 * backwardFill([null, 2, 3]); // [2, 2, 3]
 */
export const backwardFill = <T extends SeriesLike>(x: T, options: FillOptions = {}): InKind<T> =>
  carry("backwardFill()", x, options, true);
