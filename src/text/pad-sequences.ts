import { ConfigError, DataError, ShapeError } from "../errors.js";
import { numberIn, oneOf, refuseUnknown } from "../options.js";
import type { Tensor } from "../tensor.js";

const SIDES = ["pre", "post"] as const;
const DTYPES = ["int32", "float32"] as const;

/** Options of `padSequences`. */
export interface PadSequencesOptions {
  /** Length of every row afterwards. Default, and null: the longest row's. */
  readonly maxLength?: number | null;
  /** Where short rows are filled. Default `pre`, at their begin. */
  readonly padding?: "pre" | "post";
  /** Where long rows are cut. Default `pre`, at their begin. */
  readonly truncating?: "pre" | "post";
  /** What they are filled with. Default 0. */
  readonly value?: number;
  /** What comes back; `"int32"` cuts fractions off, as in Keras. Default: `"int32"` where all numbers are whole and fit, else `"float32"`. */
  readonly dtype?: "int32" | "float32";
}

/** A row of numbers, or of steps of equally many numbers. */
export type PaddedRow = ArrayLike<number> | readonly ArrayLike<number>[];

const isList = (value: unknown): value is ArrayLike<unknown> =>
  Array.isArray(value) || ArrayBuffer.isView(value);

/**
 * Rows of various lengths as one tensor `[rows, maxLength]`, or `[rows, maxLength, features]` where each step has several
 * numbers. Source: Keras's pad_sequences.
 * @throws DataError for what is no row of finite numbers; ShapeError for steps of various widths; ConfigError for a bad option.
 *
 * @example
 * padSequences([[1], [2, 3], [4, 5, 6]], { maxLength: 2 }); // [[0, 1], [2, 3], [5, 6]]
 */
export function padSequences(rows: readonly PaddedRow[], options: PadSequencesOptions = {}): Tensor {
  const where = "padSequences()";
  refuseUnknown(where, options, [
    "maxLength",
    "padding",
    "truncating",
    "value",
    "dtype",
  ] satisfies (keyof PadSequencesOptions)[]);
  const padding = oneOf(where, "padding", options.padding ?? "pre", SIDES);
  const truncating = oneOf(where, "truncating", options.truncating ?? "pre", SIDES);
  const value = numberIn(where, "value", options.value ?? 0);
  if (!Array.isArray(rows)) {
    throw new ConfigError(`${where}: expected an array of rows, got ${typeof rows}.`, { received: rows });
  }
  let longest = 0;
  let whole = Number.isInteger(value);
  /** Numbers a step; undefined before the first, 0: steps are numbers themselves. */
  let width: number | undefined;
  const check = (place: string, number: unknown): void => {
    if (typeof number !== "number" || !Number.isFinite(number)) {
      throw new DataError(`${where}: ${place}, expected a finite number.`, { received: number });
    }
    whole &&= Number.isInteger(number) && Math.abs(number) < 2 ** 31;
  };
  rows.forEach((row: unknown, n) => {
    if (!isList(row)) {
      throw new DataError(
        `${where}: row ${n} is ${row === null ? "null" : typeof row}, expected an array of numbers.`,
        { received: row },
      );
    }
    longest = Math.max(longest, row.length);
    for (let i = 0; i < row.length; i++) {
      const step: unknown = row[i];
      const own = isList(step) ? step.length : 0;
      width ??= own;
      if (own !== width || (isList(step) && own === 0)) {
        throw new ShapeError(
          `${where}: step ${i} of row ${n} holds ${own || "a single number, or none"}, the first step ${width || "a single number"}: every step needs as many.`,
          { received: own, expected: width },
        );
      }
      if (!isList(step)) check(`row ${n} holds ${String(step)} at ${i}`, step);
      else for (let k = 0; k < own; k++) check(`row ${n} holds ${String(step[k])} at ${i}, ${k}`, step[k]);
    }
  });
  const length =
    options.maxLength == null
      ? longest
      : numberIn(where, "maxLength", options.maxLength, { min: 1, integer: true });
  const dtype =
    options.dtype === undefined
      ? whole
        ? "int32"
        : "float32"
      : oneOf(where, "dtype", options.dtype, DTYPES);
  const features = width || 1;
  const data = new (dtype === "int32" ? Int32Array : Float32Array)(rows.length * length * features).fill(
    value,
  );
  rows.forEach((row: PaddedRow, n) => {
    const kept = Math.min(row.length, length);
    const from = truncating === "pre" ? row.length - kept : 0;
    const to = n * length + (padding === "pre" ? length - kept : 0);
    for (let i = 0; i < kept; i++) {
      const step = row[from + i]!;
      if (typeof step === "number") data[to + i] = step;
      else data.set(step, (to + i) * features);
    }
  });
  return { shape: width ? [rows.length, length, width] : [rows.length, length], data };
}
