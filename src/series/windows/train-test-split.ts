import { ConfigError, DataError, ShapeError, told } from "../../errors.js";
import { numberIn, refuseUnknown } from "../../options.js";
import { isTensor, sizeOf, type Tensor } from "../../tensor.js";
import { viewOf } from "./window-view.js";

/** Options of `trainTestSplit`. */
export interface TrainTestSplitOptions {
  /** Share of the rows, rounded up, that becomes the test part; between 0 and 1. Default 0.2. */
  readonly testFraction?: number;
  /**
   * Rows left out between the parts, so that no window or lag of the test part reaches into training. Default: the
   * `overlap` of windows that say theirs, as those of `slidingWindows` do; else 0.
   */
  readonly gap?: number;
}

/** Anything with rows in time order along its first axis. */
export type Splittable = Tensor | readonly unknown[] | Float64Array | Float32Array | Int32Array;
/** Inputs and targets split at the same row. */
export interface Pair {
  readonly x: Splittable;
  readonly y: Splittable;
  /** How many rows after one still share values with it, as windows do. */
  readonly overlap?: number;
}

const rowsOf = (x: Splittable): number =>
  viewOf(x) !== undefined || isTensor(x) ? ((x as Tensor).shape[0] ?? 0) : x.length;

function slice(x: Splittable, from: number, to: number): Splittable {
  const view = viewOf(x);
  if (view !== undefined) return view.rows(from, to);
  if (!isTensor(x)) return x.slice(from, to);
  const width = sizeOf(x.shape.slice(1));
  return { shape: [to - from, ...x.shape.slice(1)], data: x.data.slice(from * width, to * width) };
}

const isSplittable = (x: unknown): x is Splittable =>
  (typeof x === "object" && x !== null && viewOf(x) !== undefined) ||
  isTensor(x) ||
  Array.isArray(x) ||
  (ArrayBuffer.isView(x) && !(x instanceof DataView));

/**
 * Cuts a series into an earlier and a later part: never shuffled, for the future must not teach the past.
 *
 * @param x a series of any kind, or `{ x, y }` with as many rows each; values pass through untouched.
 * @returns both parts in the kind that came.
 * @throws DataError when a part would be empty, ShapeError when x and y differ in rows, ConfigError for options.
 *
 * @example
 * trainTestSplit([1, 2, 3, 4, 5]); // { train: [1, 2, 3, 4], test: [5] }
 */
export function trainTestSplit<T extends Splittable | Pair>(
  x: T,
  options: TrainTestSplitOptions = {},
): { train: T; test: T } {
  const where = "trainTestSplit()";
  refuseUnknown(where, options, ["testFraction", "gap"]);
  const fraction = numberIn(where, "testFraction", options.testFraction ?? 0.2, { above: 0, below: 1 });
  const pair = isSplittable(x) ? undefined : (x as Partial<Pair> | null | undefined);
  const gap = numberIn(where, "gap", options.gap ?? pair?.overlap ?? 0, { min: 0, integer: true });
  const given = isSplittable(x) ? [x] : [pair?.x, pair?.y];
  const [rows, other = rows] = given.map((part) => {
    if (isSplittable(part)) return rowsOf(part);
    throw new ConfigError(`${where}: expected a series or { x, y }, got ${told(x)}.`, { received: x });
  }) as [number, number?];
  if (rows !== other) {
    throw new ShapeError(`${where}: x has ${rows} rows, y has ${other}; expected as many.`, {
      received: other,
      expected: rows,
    });
  }
  // 0.07 * 100 is 7.000000000000001 in float64 and must not round up to 8.
  const test = Math.ceil(rows * fraction - 1e-9);
  const train = rows - test - gap;
  if (train < 1 || test < 1) {
    throw new DataError(
      `${where}: ${rows} rows leave ${Math.max(0, train)} for training after ${test} for the test and a gap of ${gap}.`,
      { received: rows, expected: test + gap + 1 },
    );
  }
  const cut = (from: number, to: number): T => {
    const [first, second] = given.map((part) => slice(part!, from, to));
    return (pair === undefined ? first : { ...pair, x: first, y: second }) as T;
  };
  return { train: cut(0, train), test: cut(rows - test, rows) };
}
