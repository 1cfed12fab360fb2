/** Whatever carries a shape and numbers, row-major; gateflow's own tensors fit. */
export interface AnyTensor {
  readonly shape: readonly number[];
  readonly data: ArrayLike<number>;
}

/** A dense float64 array, row-major. */
export interface Tensor64 extends AnyTensor {
  readonly data: Float64Array;
}

export const sizeOf = (shape: readonly number[]): number => shape.reduce((size, extent) => size * extent, 1);

/** A copy in float64. Throws RangeError when `shape` does not hold the data. */
export function tensor64(shape: readonly number[], data: ArrayLike<number>): Tensor64 {
  if (sizeOf(shape) !== data.length) {
    throw new RangeError(`oracle: shape [${shape.join(", ")}] does not hold ${data.length} numbers.`);
  }
  return { shape: [...shape], data: Float64Array.from(data) };
}

export const toTensor64 = (value: AnyTensor): Tensor64 => tensor64(value.shape, value.data);

/** Frobenius norm. */
export const norm = (data: ArrayLike<number>): number => {
  let sum = 0;
  for (let i = 0; i < data.length; i++) sum += data[i]! * data[i]!;
  return Math.sqrt(sum);
};

/** What an operation refuses, in one voice. */
export const shapeMismatch = (operation: string, ...shapes: readonly (readonly number[])[]): RangeError =>
  new RangeError(`oracle: ${operation} of ${shapes.map((shape) => `[${shape.join(", ")}]`).join(" and ")}.`);
