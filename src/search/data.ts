import { ConfigError, DataError } from "../errors.js";
import { openRaw } from "../forecast/chain/raw-series.js";
import type { ForecastSeries } from "../forecast/types.js";
import { refuseUnknown } from "../options.js";
import { openSingle, type SeriesLike } from "../series/kinds.js";
import { type Tensor, type TensorLike, toTensor } from "../tensor.js";
import { canonicalJson, sha256 } from "./canonical.js";

/** What trainings learn from: a raw series, oldest value first (null and NaN are gaps), or examples. */
export type SearchData =
  | SeriesLike
  | { readonly series: SeriesLike }
  | { readonly x: TensorLike; readonly y: TensorLike };

/** What a recipe learns from, as plain data. */
export type RecipeData =
  | { readonly kind: "series"; readonly values: Float64Array }
  | { readonly kind: "examples"; readonly x: Tensor; readonly y: Tensor };

/** The same as plain data, or a forecaster's columns by name: what may travel to another thread or machine. */
export type PlainData =
  | RecipeData
  | {
      readonly kind: "columns";
      readonly names: readonly string[];
      /** The name of the column to forecast. */
      readonly target: string;
      /** In the order of `names`. */
      readonly columns: readonly Float64Array[];
    };

const isRecord = (data: object, key: string): boolean => Object.hasOwn(data, key);

/** @throws ConfigError for what is neither a series nor examples; DataError, ShapeError for values that are none. */
export function openData(where: string, data: unknown): RecipeData {
  if (typeof data !== "object" || data === null) {
    throw new ConfigError(`${where}: \`data\` is missing: give a series, { series } or { x, y }.`, {
      received: data,
    });
  }
  if (isRecord(data, "x") || isRecord(data, "y")) {
    const { x, y } = data as { x?: TensorLike; y?: TensorLike };
    refuseUnknown(`${where}: data`, data, ["x", "y"]);
    if (x === undefined || y === undefined) {
      throw new ConfigError(`${where}: \`data.${x === undefined ? "x" : "y"}\` is missing: give { x, y }.`);
    }
    const [inputs, targets] = [toTensor(x), toTensor(y)];
    if (inputs.shape[0] !== targets.shape[0]) {
      throw new DataError(
        `${where}: \`data.x\` has ${inputs.shape[0]} samples and \`data.y\` ${targets.shape[0]}.`,
        {
          received: [inputs.shape, targets.shape],
        },
      );
    }
    return { kind: "examples", x: inputs, y: targets };
  }
  if (isRecord(data, "series")) {
    refuseUnknown(`${where}: data`, data, ["series"]);
    return { kind: "series", values: openSingle(where, (data as { series: SeriesLike }).series) };
  }
  return { kind: "series", values: openSingle(where, data as SeriesLike) };
}

/**
 * What a forecaster learns from.
 * @param target the column of a table without names.
 * @throws DataError, ShapeError for what is no series.
 */
export function openForecastData(where: string, series: ForecastSeries, target: number): PlainData {
  const { names, columns, target: at } = openRaw(where, series, target);
  const isNamed = typeof series === "object" && series !== null && "columns" in series;
  return columns.length === 1 && !isNamed
    ? { kind: "series", values: columns[0]! }
    : { kind: "columns", names, target: names[at]!, columns };
}

/** @throws ConfigError for columns: a recipe learns from one series. */
export function forRecipe(data: PlainData): RecipeData {
  if (data.kind !== "columns") return data;
  throw new ConfigError("A recipe learns from one series or from examples, not from columns by name.", {
    received: data.names,
  });
}

function header(data: PlainData): Record<string, unknown> {
  if (data.kind === "series") return { kind: data.kind, length: data.values.length };
  if (data.kind === "columns")
    return { kind: data.kind, names: data.names, target: data.target, length: data.columns[0]!.length };
  return {
    kind: data.kind,
    x: { shape: data.x.shape, type: data.x.data.constructor.name },
    y: { shape: data.y.shape, type: data.y.data.constructor.name },
  };
}

function buffersOf(data: PlainData): readonly (Float64Array | Float32Array | Int32Array)[] {
  if (data.kind === "series") return [data.values];
  return data.kind === "columns" ? data.columns : [data.x.data, data.y.data];
}

/** Data as bytes: a line of JSON that says what follows, then the numbers, little-endian as on every host of WebAssembly. */
export function encodeData(data: PlainData): Uint8Array {
  const head = new TextEncoder().encode(`${canonicalJson(header(data))}\n`);
  const buffers = buffersOf(data).map(
    ({ buffer, byteOffset, byteLength }) => new Uint8Array(buffer, byteOffset, byteLength),
  );
  const bytes = new Uint8Array(head.length + buffers.reduce((sum, { length }) => sum + length, 0));
  bytes.set(head);
  let offset = head.length;
  for (const buffer of buffers) {
    bytes.set(buffer, offset);
    offset += buffer.length;
  }
  return bytes;
}

/** @throws DataError for bytes that `encodeData` did not write. */
export function decodeData(bytes: Uint8Array): PlainData {
  const end = bytes.indexOf(10);
  try {
    const head = JSON.parse(new TextDecoder().decode(bytes.subarray(0, end))) as {
      kind: string;
      length: number;
      names: string[];
      target: string;
      x: { shape: number[]; type: string };
      y: { shape: number[]; type: string };
    };
    let offset = end + 1;
    const take = (count: number, type: string): Float64Array | Float32Array | Int32Array => {
      const size = type === "Float64Array" ? 8 : 4;
      // A copy of its own: a Node Buffer's slice() would show the pool it lies in.
      const raw = Uint8Array.from(bytes.subarray(offset, offset + count * size));
      if (raw.length !== count * size) throw new Error("too short");
      offset += raw.length;
      if (type === "Float64Array") return new Float64Array(raw.buffer);
      return type === "Int32Array" ? new Int32Array(raw.buffer) : new Float32Array(raw.buffer);
    };
    if (head.kind === "series")
      return { kind: "series", values: take(head.length, "Float64Array") as Float64Array };
    if (head.kind === "columns") {
      const columns = head.names.map(() => take(head.length, "Float64Array") as Float64Array);
      return { kind: "columns", names: head.names, target: head.target, columns };
    }
    const tensorOf = ({ shape, type }: { shape: number[]; type: string }): Tensor => ({
      shape,
      data: take(
        shape.reduce((product, extent) => product * extent, 1),
        type,
      ) as Float32Array | Int32Array,
    });
    return { kind: "examples", x: tensorOf(head.x), y: tensorOf(head.y) };
  } catch (error) {
    throw new DataError(`The data of a trial cannot be read: ${(error as Error).message}.`);
  }
}

/** What tells one set of data from another: SHA-256 of its bytes. */
export const hashOf = (data: PlainData): Promise<string> => sha256(encodeData(data));
