import type { Matrix } from "../oracle/kernels/linalg.js";
import { type Arena, type Region, randomValues } from "./kernels.js";

/** Extents on both sides of a vector of four, a panel of sixteen and two of them, and primes between. */
export const extents: readonly number[] = [1, 2, 3, 4, 5, 7, 8, 11, 13, 15, 16, 17, 23, 29, 31, 32, 33];

export const padded = (count: number, to: number): number => Math.ceil(count / to) * to;

/** Rows of random numbers with NaN between them, where no kernel may look. */
export function rowsOfNumbers(rows: number, columns: number, stride: number, seed: number): Matrix {
  const data = new Float32Array(rows * stride).fill(Number.NaN);
  const values = randomValues(rows * columns, seed);
  for (let row = 0; row < rows; row++) {
    data.set(values.subarray(row * columns, (row + 1) * columns), row * stride);
  }
  return { data, rows, columns, stride };
}

export const placed = (memory: Arena, matrix: Matrix): Region => memory.input(matrix.data);

/** Rows as kernels leave them, padding cut off. */
export function withoutPadding(
  data: ArrayLike<number>,
  rows: number,
  columns: number,
  stride: number,
): Float64Array {
  return Float64Array.from(
    { length: rows * columns },
    (_, i) => data[Math.floor(i / columns) * stride + (i % columns)]!,
  );
}
