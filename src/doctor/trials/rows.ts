import { isTensor, sizeOf, type Tensor } from "../../tensor.js";

/** What a model is given, or asked for: one tensor, or several by their names. */
export type Arrays = Tensor | Readonly<Record<string, Tensor>>;

/** As models take it, whose types say one tensor; a graph reads a record by its names. */
export const given = (arrays: Arrays): Tensor => arrays as Tensor;

export const isOne = (arrays: Arrays): arrays is Tensor => isTensor(arrays);

export const eachOf = (arrays: Arrays, change: (value: Tensor) => Tensor): Arrays =>
  isOne(arrays)
    ? change(arrays)
    : Object.fromEntries(Object.entries(arrays).map(([name, value]) => [name, change(value)]));

/** So many rows of a tensor from one on, not copied. */
export function rowsFrom(value: Tensor, first: number, count: number): Tensor {
  const row = sizeOf(value.shape.slice(1));
  const data = value.data.subarray(first * row, (first + count) * row);
  return { shape: [count, ...value.shape.slice(1)], data };
}

/** The first rows of a tensor, not copied. */
export const head = (value: Tensor, count: number): Tensor => rowsFrom(value, 0, count);

/** All rows but those from one to another, copied. */
export function rowsWithout(value: Tensor, from: number, to: number): Tensor {
  const row = sizeOf(value.shape.slice(1));
  const samples = value.shape[0]!;
  const data = new Float32Array((samples - to + from) * row);
  data.set(value.data.subarray(0, from * row));
  data.set(value.data.subarray(to * row), from * row);
  return { shape: [samples - to + from, ...value.shape.slice(1)], data };
}

/** Rows spread over the whole tensor. */
export function spread(value: Tensor, count: number): Tensor {
  const samples = value.shape[0]!;
  const row = sizeOf(value.shape.slice(1));
  const data = new Float32Array(count * row);
  for (let n = 0; n < count; n++) {
    const from = Math.floor((n * samples) / count) * row;
    data.set(value.data.subarray(from, from + row), n * row);
  }
  return { shape: [count, ...value.shape.slice(1)], data };
}
