import { ConfigError, DataError } from "../errors.js";
import { numberIn, oneOf, refuseUnknown } from "../options.js";
import type { Tensor } from "../tensor.js";

const SIDES = ["pre", "post"] as const;

/** Options of `padSequences`. */
export interface PadSequencesOptions {
  /** Length of every row afterwards. Default: the longest row's. */
  readonly maxLength?: number;
  /** Where short rows are filled. Default `pre`, at their begin. */
  readonly padding?: "pre" | "post";
  /** Where long rows are cut. Default `pre`, at their begin. */
  readonly truncating?: "pre" | "post";
  /** What they are filled with. Default 0. */
  readonly value?: number;
}

/**
 * Rows of various lengths as one tensor `[rows, maxLength]`: int32 where all numbers are whole and fit, else float32
 * (Keras's dtype is int32 unless told otherwise, which cuts fractions off). Source: Keras's pad_sequences.
 * @throws DataError for what is no row of finite numbers; ConfigError for a bad option.
 *
 * @example
 * padSequences([[1], [2, 3], [4, 5, 6]], { maxLength: 2 }); // [[0, 1], [2, 3], [5, 6]]
 */
export function padSequences(rows: readonly ArrayLike<number>[], options: PadSequencesOptions = {}): Tensor {
  const where = "padSequences()";
  refuseUnknown(where, options, [
    "maxLength",
    "padding",
    "truncating",
    "value",
  ] satisfies (keyof PadSequencesOptions)[]);
  const padding = oneOf(where, "padding", options.padding ?? "pre", SIDES);
  const truncating = oneOf(where, "truncating", options.truncating ?? "pre", SIDES);
  const value = numberIn(where, "value", options.value ?? 0);
  if (!Array.isArray(rows)) {
    throw new ConfigError(`${where}: expected an array of rows, got ${typeof rows}.`, { received: rows });
  }
  let longest = 0;
  let whole = Number.isInteger(value);
  rows.forEach((row: ArrayLike<number>, n) => {
    if (!Array.isArray(row) && !ArrayBuffer.isView(row)) {
      throw new DataError(
        `${where}: row ${n} is ${row === null ? "null" : typeof row}, expected an array of numbers.`,
        { received: row },
      );
    }
    longest = Math.max(longest, row.length);
    for (let i = 0; i < row.length; i++) {
      const number: unknown = row[i];
      if (typeof number !== "number" || !Number.isFinite(number)) {
        throw new DataError(`${where}: row ${n} holds ${String(number)} at ${i}, expected a finite number.`, {
          received: number,
        });
      }
      whole &&= Number.isInteger(number) && Math.abs(number) < 2 ** 31;
    }
  });
  const length =
    options.maxLength === undefined
      ? longest
      : numberIn(where, "maxLength", options.maxLength, { min: 1, integer: true });
  const data = new (whole ? Int32Array : Float32Array)(rows.length * length).fill(value);
  rows.forEach((row: ArrayLike<number>, n) => {
    const kept = Math.min(row.length, length);
    const from = truncating === "pre" ? row.length - kept : 0;
    const to = n * length + (padding === "pre" ? length - kept : 0);
    for (let i = 0; i < kept; i++) data[to + i] = row[from + i]!;
  });
  return { shape: [rows.length, length], data };
}
