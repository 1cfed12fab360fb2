import { DataError, ShapeError, told } from "../errors.js";
import { describeShape, isTensor, sizeOf, type Tensor } from "../tensor.js";

/** One column in time order; `null` and NaN are gaps. */
export type Vector = readonly (number | null)[] | Float64Array | Float32Array | Int32Array;
/** One row for each time step, all of one length. */
export type Rows = readonly Vector[];
/** Everything a time-series tool takes. */
export type SeriesLike = Vector | Rows | Tensor;

/** What was given comes back in kind; typed arrays come back as `Float64Array`, since that is what is computed in. */
export type InKind<T extends SeriesLike> = T extends Tensor
  ? Tensor
  : T extends Float64Array | Float32Array | Int32Array
    ? Float64Array
    : T extends readonly (number | null)[]
      ? number[]
      : number[][];

/** The kind for a result that has several columns even when one column came. */
export type TableInKind<T extends SeriesLike> = T extends Tensor ? Tensor : number[][];

type Kind = "vector" | "typed" | "rows" | "tensor";

/** A series opened for computing: float64 columns, gaps as NaN, and the memory of what it was. */
export interface Frame {
  readonly columns: Float64Array[];
  readonly rows: number;
  readonly kind: Kind;
  /** The shape that came, `[T]` or `[T, F]` (or a tensor's own of higher rank). */
  readonly shape: readonly number[];
}

const isTyped = (x: unknown): x is Float64Array | Float32Array | Int32Array =>
  x instanceof Float64Array || x instanceof Float32Array || x instanceof Int32Array;

/** Finite, or NaN for a gap. */
const isPlain = (value: unknown): value is number =>
  typeof value === "number" && value !== Number.POSITIVE_INFINITY && value !== Number.NEGATIVE_INFINITY;

function toNumber(where: string, value: unknown, place: string): number {
  if (value === null) return Number.NaN;
  if (typeof value !== "number") {
    throw new DataError(`${where}: ${place} is ${told(value)}, expected a number (null or NaN for a gap).`, {
      received: value,
      expected: "number | null",
    });
  }
  if (value === Number.POSITIVE_INFINITY || value === Number.NEGATIVE_INFINITY) {
    throw new DataError(
      `${where}: ${place} is ${value}. Infinity is no measurement: make it a gap (NaN) or correct it.`,
      {
        received: value,
        expected: "a finite number, or NaN for a gap",
      },
    );
  }
  return value;
}

function openRows(where: string, x: Rows): Frame {
  const width = x[0]!.length;
  if (width === 0) throw new ShapeError(`${where}: the rows are empty, expected at least one column.`);
  const columns = Array.from({ length: width }, () => new Float64Array(x.length));
  for (let t = 0; t < x.length; t++) {
    const row = x[t]!;
    if (!(Array.isArray(row) || isTyped(row)) || row.length !== width) {
      const came = Array.isArray(row) || isTyped(row) ? `has ${row.length} values` : `is ${told(row)}`;
      throw new ShapeError(
        `${where}: row ${t} ${came}, but row 0 has ${width}. Every row needs the same columns.`,
        {
          received: row,
          expected: width,
        },
      );
    }
    for (let f = 0; f < width; f++) {
      const value: unknown = row[f];
      columns[f]![t] = isPlain(value) ? value : toNumber(where, value, `row ${t}, column ${f}`);
    }
  }
  return { columns, rows: x.length, kind: "rows", shape: [x.length, width] };
}

function openTensor(where: string, x: Tensor, maxRank: number): Frame {
  if (x.shape.length === 0 || x.shape.length > maxRank) {
    throw new ShapeError(
      `${where}: got a tensor of shape ${describeShape(x.shape)}, expected [timesteps] or [timesteps, features].`,
      { received: x.shape, expected: "[T] or [T, F]" },
    );
  }
  const width = x.shape.length === 1 ? 1 : x.shape.at(-1)!;
  const rows = sizeOf(x.shape) / Math.max(1, width);
  if (x.data.length === 0) {
    throw new DataError(`${where}: the tensor of shape ${describeShape(x.shape)} is empty.`, {
      received: x.shape,
    });
  }
  const columns = Array.from({ length: width }, () => new Float64Array(rows));
  for (let i = 0; i < x.data.length; i++) {
    const f = i % width;
    const t = (i - f) / width;
    const value: unknown = x.data[i];
    columns[f]![t] = isPlain(value) ? value : toNumber(where, value, placeIn({ columns }, t, f));
  }
  return { columns, rows, kind: "tensor", shape: [...x.shape] };
}

/**
 * Opens a series for computing.
 * @param maxRank highest rank of tensor taken; above two, the last axis holds the columns.
 * @throws DataError for text, undefined, Infinity or nothing at all; ShapeError for ragged rows or a rank too high.
 */
export function open(where: string, x: SeriesLike, maxRank = 2): Frame {
  if (isTensor(x)) return openTensor(where, x, maxRank);
  if (!(Array.isArray(x) || isTyped(x))) {
    throw new DataError(
      `${where}: got ${x === null ? "null" : typeof x}, expected number[], number[][] or a Tensor.`,
      {
        received: x,
        expected: "number[] | number[][] | Tensor",
      },
    );
  }
  if (x.length === 0) throw new DataError(`${where}: the series is empty.`, { received: x });
  if (Array.isArray(x) && (Array.isArray(x[0]) || isTyped(x[0]))) return openRows(where, x as Rows);
  const values = new Float64Array(x.length);
  for (let t = 0; t < values.length; t++) {
    const value: unknown = x[t];
    // The place is put into words only where something is wrong: a long series has a million of them.
    values[t] = isPlain(value) ? value : toNumber(where, value, `x[${t}]`);
  }
  return { columns: [values], rows: x.length, kind: isTyped(x) ? "typed" : "vector", shape: [x.length] };
}

/** A column in words: a series that is one column has none to count. */
export const whichColumn = ({ columns }: { readonly columns: readonly unknown[] }, f: number): string =>
  columns.length === 1 ? "the series" : `column ${f}`;

/** A value's place in words: the row, and the column where there are several. */
export const placeIn = (
  { columns }: { readonly columns: readonly unknown[] },
  t: number,
  f: number,
): string => (columns.length === 1 ? `row ${t}` : `row ${t}, column ${f}`);

function interleave(columns: readonly Float64Array[]): Float32Array {
  const width = columns.length;
  const data = new Float32Array(width * columns[0]!.length);
  for (let f = 0; f < width; f++) {
    const column = columns[f]!;
    for (let t = 0; t < column.length; t++) data[t * width + f] = column[t]!;
  }
  return data;
}

const toRows = (columns: readonly Float64Array[]): number[][] =>
  Array.from({ length: columns[0]!.length }, (_, t) => columns.map((column) => column[t]!));

/** Gives columns back in the kind that came; their length may differ from what came, their number may not. */
export function close<T extends SeriesLike>(frame: Frame, columns: readonly Float64Array[]): InKind<T> {
  const length = columns[0]!.length;
  let result: Tensor | Float64Array | number[] | number[][];
  if (frame.kind === "tensor") {
    const { shape } = frame;
    const own = length === frame.rows ? shape : shape.length === 1 ? [length] : [length, columns.length];
    result = { shape: [...own], data: interleave(columns) };
  } else if (frame.kind === "typed") result = columns[0]!;
  else if (frame.kind === "vector") result = Array.from(columns[0]!);
  else result = toRows(columns);
  return result as InKind<T>;
}

/** Gives several columns back: a Tensor for a Tensor, rows for everything else. */
export const closeTable = <T extends SeriesLike>(
  frame: Frame,
  columns: readonly Float64Array[],
): TableInKind<T> =>
  (frame.kind === "tensor"
    ? { shape: [columns[0]!.length, columns.length], data: interleave(columns) }
    : toRows(columns)) as TableInKind<T>;

/**
 * The values of one column without gaps, for tools that cannot bridge any.
 * @throws ShapeError for several columns, DataError naming the first gap.
 */
export function openComplete(where: string, x: SeriesLike): Float64Array {
  const values = openSingle(where, x);
  const gap = values.findIndex(Number.isNaN);
  if (gap >= 0) {
    throw new DataError(`${where}: x[${gap}] is a gap. Fill gaps first, for instance with interpolate(x).`, {
      code: "missing_values",
      received: Number.NaN,
      expected: "a series without gaps",
    });
  }
  return values;
}

/** The values of one column, gaps as NaN. @throws ShapeError for several columns. */
export function openSingle(where: string, x: SeriesLike): Float64Array {
  const frame = open(where, x);
  if (frame.columns.length !== 1) {
    throw new ShapeError(
      `${where}: got ${frame.columns.length} columns ${describeShape(frame.shape)}, expected one series. Choose a column.`,
      { received: frame.shape, expected: "[T] or [T, 1]" },
    );
  }
  return frame.columns[0]!;
}
