/** assembly/linalg/ in float64, on matrices as flat rows of `stride` numbers. */

export interface Matrix {
  readonly data: ArrayLike<number>;
  readonly rows: number;
  readonly columns: number;
  /** Numbers from row to row. */
  readonly stride: number;
}

export const at = ({ data, stride }: Matrix, row: number, column: number): number =>
  data[row * stride + column]!;

/** A product element by element, and Σ|terms| beside each: the scale of its rounding errors. */
export interface Product {
  readonly values: Float64Array;
  readonly magnitudes: Float64Array;
}

/** A B, `[a.rows, b.columns]`. */
export function product(a: Matrix, b: Matrix): Product {
  const values = new Float64Array(a.rows * b.columns);
  const magnitudes = new Float64Array(a.rows * b.columns);
  for (let i = 0; i < a.rows; i++) {
    for (let j = 0; j < b.columns; j++) {
      for (let k = 0; k < a.columns; k++) {
        const term = at(a, i, k) * at(b, k, j);
        values[i * b.columns + j]! += term;
        magnitudes[i * b.columns + j]! += Math.abs(term);
      }
    }
  }
  return { values, magnitudes };
}

export function transposed(a: Matrix): Matrix {
  const data = Float64Array.from({ length: a.rows * a.columns }, (_, i) =>
    at(a, i % a.rows, Math.floor(i / a.rows)),
  );
  return { data, rows: a.columns, columns: a.rows, stride: a.rows };
}

/** B [depth, columns] in panels of sixteen columns, depth-major: `[⌈columns/16⌉][depth][16]`, the rest zeros. */
export function panels(b: Matrix): Float64Array {
  const packed = new Float64Array(Math.ceil(b.columns / 16) * b.rows * 16);
  for (let k = 0; k < b.rows; k++) {
    for (let j = 0; j < b.columns; j++) {
      packed[(Math.floor(j / 16) * b.rows + k) * 16 + (j % 16)] = at(b, k, j);
    }
  }
  return packed;
}
