import { exp, log } from "../../elementary.js";
import { DataError } from "../../errors.js";
import { numberIn, refuseUnknown } from "../../options.js";
import { close, type InKind, open, placeIn, type SeriesLike } from "../kinds.js";

/** Options of `logTransform`. */
export interface LogTransformOptions {
  /** Added before the logarithm, so that zeros or small negative values have one. Default 0. */
  readonly offset?: number;
}

function mapValues<T extends SeriesLike>(
  where: string,
  x: T,
  map: (value: number, place: string) => number,
): InKind<T> {
  const frame = open(where, x, Number.POSITIVE_INFINITY);
  const columns = frame.columns.map((values, f) =>
    values.map((value, t) => (Number.isNaN(value) ? value : map(value, placeIn(frame, t, f)))),
  );
  return close<T>(frame, columns);
}

function offsetOf(where: string, options: LogTransformOptions): number {
  refuseUnknown(where, options, ["offset"]);
  return numberIn(where, "offset", options.offset ?? 0);
}

/**
 * Natural logarithm of `x + offset`: turns growth by a percentage into a straight line and even seasonal swings.
 * @returns the same kind and shape; gaps stay gaps.
 * @throws DataError where `x + offset` is not greater than zero.
 *
 * @example
 * logTransform([1, 10]);
 */
export function logTransform<T extends SeriesLike>(x: T, options: LogTransformOptions = {}): InKind<T> {
  const where = "logTransform()";
  const offset = offsetOf(where, options);
  return mapValues(where, x, (value, place) => {
    if (value + offset > 0) return log(value + offset);
    throw new DataError(
      `${where}: ${place} is ${value}${offset === 0 ? "" : ` (with offset ${offset}: ${value + offset})`}, and a logarithm needs values above zero. ` +
        'Give an `offset`, or use powerTransform({ method: "yeo-johnson" }).',
      { received: value, expected: "> 0" },
    );
  });
}

/**
 * The inverse of {@link logTransform}: `exp(x) - offset`.
 * @throws DataError where the exponential overflows float64 (x above 709.78).
 *
 * @example
 * inverseLogTransform(logTransform([1, 10]));
 */
export function inverseLogTransform<T extends SeriesLike>(
  x: T,
  options: LogTransformOptions = {},
): InKind<T> {
  const where = "inverseLogTransform()";
  const offset = offsetOf(where, options);
  return mapValues(where, x, (value, place) => {
    const result = exp(value) - offset;
    if (Number.isFinite(result)) return result;
    throw new DataError(`${where}: ${place} is ${value}, whose exponential is too large for a float64.`, {
      received: value,
    });
  });
}
