import { DataError, ShapeError } from "../../errors.js";
import { numberIn, refuseUnknown } from "../../options.js";
import { close, type InKind, open, placeIn, type SeriesLike } from "../kinds.js";

/** Options of `difference`. */
export interface DifferenceOptions {
  /** How often the difference is taken. Default 1. */
  readonly order?: number;
  /** How many steps back is subtracted: 1 removes a trend, the season's length a season. Default 1. */
  readonly lag?: number;
}

/** Options of `undifference`. */
export interface UndifferenceOptions extends DifferenceOptions {
  /** The `order * lag` raw values that stand before the first difference, in time order, a row each. */
  readonly initial: SeriesLike;
}

const subtract = (values: Float64Array, lag: number): Float64Array =>
  Float64Array.from({ length: values.length - lag }, (_, t) => values[t + lag]! - values[t]!);

function accumulate(differences: Float64Array, initial: Float64Array, lag: number): Float64Array {
  const values = new Float64Array(lag + differences.length);
  values.set(initial.subarray(0, lag));
  for (let t = 0; t < differences.length; t++) values[t + lag] = values[t]! + differences[t]!;
  return values;
}

function undo(differences: Float64Array, initial: Float64Array, order: number, lag: number): Float64Array {
  if (order === 1) return accumulate(differences, initial, lag);
  return accumulate(undo(differences, subtract(initial, lag), order - 1, lag), initial, lag);
}

/** Options with their defaults. @throws ConfigError */
export function readDifference(where: string, options: DifferenceOptions): { order: number; lag: number } {
  return {
    order: numberIn(where, "order", options.order ?? 1, { min: 1, integer: true }),
    lag: numberIn(where, "lag", options.lag ?? 1, { min: 1, integer: true }),
  };
}

/**
 * Differences `x[t] - x[t - lag]`, `order` times over.
 *
 * @returns the same kind, `order * lag` rows shorter. A difference with a gap on either side is a gap (NaN).
 * @throws DataError when fewer than `order * lag + 1` rows came; ConfigError for options out of range.
 *
 * @example
 * difference([1, 4, 9, 16]); // [3, 5, 7]
 * difference([1, 4, 9, 16], { order: 2 }); // [2, 2]
 */
export function difference<T extends SeriesLike>(x: T, options: DifferenceOptions = {}): InKind<T> {
  const where = "difference()";
  refuseUnknown(where, options, ["order", "lag"]);
  const { order, lag } = readDifference(where, options);
  const frame = open(where, x);
  if (frame.rows <= order * lag) {
    throw new DataError(
      `${where}: ${frame.rows} values are too few for order ${order} and lag ${lag}, which need at least ${order * lag + 1}.`,
      { received: frame.rows, expected: order * lag + 1 },
    );
  }
  const columns = frame.columns.map((values) => {
    let result = values;
    for (let round = 0; round < order; round++) result = subtract(result, lag);
    return result;
  });
  return close<T>(frame, columns);
}

/**
 * The inverse of {@link difference}: gives back `initial` followed by one value for each difference.
 *
 * It also continues a series: with the last `order * lag` raw values as `initial` and forecast differences as `d`, what
 * follows the first `order * lag` entries is the forecast in raw units, any number of steps ahead.
 *
 * @param d differences; the result has their kind.
 * @returns `order * lag` rows more than `d`.
 * @throws ShapeError when `initial` has not exactly `order * lag` rows of `d`'s columns; DataError for a gap, which would
 *   make every later value unknown.
 *
 * @example
 * undifference([3, 5, 7], { initial: [1] }); // [1, 4, 9, 16]
 * undifference([2, 2, 2], { order: 2, initial: [9, 16] }).slice(2); // [25, 36, 49]: three steps on
 */
export function undifference<T extends SeriesLike>(d: T, options: UndifferenceOptions): InKind<T> {
  const where = "undifference()";
  refuseUnknown(where, options, ["order", "lag", "initial"]);
  const { order, lag } = readDifference(where, options);
  const frame = open(where, d);
  const initial = open(`${where} initial`, options.initial);
  if (initial.rows !== order * lag || initial.columns.length !== frame.columns.length) {
    throw new ShapeError(
      `${where}: \`initial\` has ${initial.rows} rows of ${initial.columns.length} columns, expected order * lag = ${order * lag} rows of ${frame.columns.length}.`,
      { received: initial.shape, expected: [order * lag, frame.columns.length] },
    );
  }
  for (const [name, { columns }] of [["d", frame] as const, ["initial", initial] as const]) {
    columns.forEach((values, f) => {
      const gap = values.findIndex(Number.isNaN);
      if (gap < 0) return;
      throw new DataError(
        `${where}: ${placeIn(frame, gap, f)} of \`${name}\` is a gap; every value after it would be unknown. Fill it first.`,
        { code: "missing_values", received: Number.NaN },
      );
    });
  }
  return close<T>(
    frame,
    frame.columns.map((values, f) => undo(values, initial.columns[f]!, order, lag)),
  );
}
