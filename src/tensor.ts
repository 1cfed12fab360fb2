import { DataError, ShapeError, told } from "./errors.js";

/** A dense array, row-major: `data[i * shape[1] + j]` is element `[i, j]`. */
export interface Tensor {
  readonly shape: readonly number[];
  readonly data: Float32Array | Int32Array;
}

/** A tensor that knows what it is called, such as `lstm/recurrent_kernel`. */
export interface NamedTensor extends Tensor {
  readonly name: string;
}

/** Numbers nested to any depth, rows of one length. */
export type NestedArray = ArrayLike<number> | readonly NestedArray[];

/** Wherever a tensor is taken, a nested array is too. */
export type TensorLike = Tensor | NestedArray;

export const sizeOf = (shape: readonly number[]): number => shape.reduce((size, extent) => size * extent, 1);

export const describeShape = (shape: readonly (number | null)[]): string =>
  `[${shape.map((extent) => String(extent ?? "?")).join(", ")}]`;

export const sameShape = (a: readonly (number | null)[], b: readonly (number | null)[]): boolean =>
  a.length === b.length && a.every((extent, axis) => extent === b[axis]);

export function isTensor(value: unknown): value is Tensor {
  if (typeof value !== "object" || value === null) return false;
  const { shape, data } = value as Partial<Tensor>;
  return Array.isArray(shape) && (data instanceof Float32Array || data instanceof Int32Array);
}

const isNumericArray = (value: unknown): value is ArrayLike<number> =>
  ArrayBuffer.isView(value) && !(value instanceof DataView);

/** An array that holds itself has no end. */
const MOST_AXES = 32;

/** Shape of a nested array, read along its first elements; `flatten` checks that all others agree. */
function shapeOfNested(value: unknown): number[] {
  const shape: number[] = [];
  let level = value;
  while (Array.isArray(level) || isNumericArray(level)) {
    shape.push(level.length);
    if (shape.length > MOST_AXES)
      throw new ShapeError("tensor: an array that holds itself, or too many axes.");
    if (level.length === 0) break;
    level = level[0];
  }
  return shape;
}

function flatten(value: unknown, shape: readonly number[], into: Float32Array): void {
  let next = 0;
  const visit = (node: unknown, axis: number, path: string): void => {
    if (axis === shape.length) {
      if (typeof node !== "number") {
        throw new DataError(
          `tensor: expected a number at ${path || "the root"}, got ${node === null ? "null" : typeof node} (${told(node)}). ` +
            "Convert text and fill gaps before making a tensor.",
          { received: node, expected: "number" },
        );
      }
      into[next++] = node;
      return;
    }
    if (!(Array.isArray(node) || isNumericArray(node))) {
      throw new ShapeError(
        `tensor: ${path || "the root"} is ${typeof node}, but its siblings are arrays of ${shape[axis]}. Every row needs the same depth.`,
        { received: node, expected: shape },
      );
    }
    if (node.length !== shape[axis]) {
      throw new ShapeError(
        `tensor: ragged rows: ${path || "the root"} has ${node.length} elements, the first at this depth has ${shape[axis]}. ` +
          "Pad or cut the rows to one length.",
        { received: node.length, expected: shape[axis] },
      );
    }
    for (let i = 0; i < node.length; i++) visit(node[i], axis + 1, `${path}[${i}]`);
  };
  visit(value, 0, "");
}

/**
 * Makes a tensor.
 *
 * @param data a flat array with `shape`, or nested arrays whose nesting is the shape. A `Float32Array` or
 *   `Int32Array` given with a shape is kept, not copied.
 * @param shape extents, first axis slowest; default: the nesting of `data`.
 * @throws ShapeError when rows are ragged or `shape` does not hold `data.length` elements; DataError for non-numbers.
 *
 * @example
 * tensor([[1, 2, 3], [4, 5, 6]]).shape; // [2, 3]
 * tensor(new Float32Array(6), [1, 3, 2]); // one sequence, three time steps, two features
 */
export function tensor(data: Float32Array | Int32Array | NestedArray, shape?: readonly number[]): Tensor {
  if (shape !== undefined) {
    if (!Array.isArray(shape)) throw new ShapeError(`tensor: shape is ${told(shape)}, expected an array.`);
    for (const extent of shape) {
      if (!Number.isInteger(extent) || extent < 0) {
        throw new ShapeError(`tensor: shape ${describeShape(shape)} needs whole, non-negative extents.`, {
          received: shape,
        });
      }
    }
  }
  if (data instanceof Float32Array || data instanceof Int32Array) {
    const own = shape ?? [data.length];
    if (sizeOf(own) !== data.length) {
      throw new ShapeError(
        `tensor: shape ${describeShape(own)} holds ${sizeOf(own)} elements, but ${data.length} were given.`,
        { received: data.length, expected: sizeOf(own) },
      );
    }
    return { shape: [...own], data };
  }
  if (!Array.isArray(data) && !isNumericArray(data)) {
    throw new ShapeError(`tensor: expected nested arrays or a typed array, got ${typeof data}.`, {
      received: data,
    });
  }
  const nesting = shapeOfNested(data);
  const values = new Float32Array(sizeOf(nesting));
  flatten(data, nesting, values);
  return tensor(values, shape ?? nesting);
}

/** A tensor as it is, a nested array as a new tensor. */
export const toTensor = (value: TensorLike): Tensor => (isTensor(value) ? value : tensor(value));

/**
 * Nested arrays with the nesting of `t.shape`; a number for a tensor of shape `[]`. No type knows how many axes a tensor
 * has: the nesting is taken from where the result goes, or said as `toArray<number[]>(t)`; else it is that of a matrix.
 * @throws ShapeError for what is no tensor.
 *
 * @example
 * toArray(tensor([[1, 2], [3, 4]])); // [[1, 2], [3, 4]]
 */
export function toArray<Nested extends number | NestedNumbers = number[][]>(t: Tensor): Nested {
  if (!isTensor(t)) throw new ShapeError(`toArray: expected a tensor, got ${told(t)}.`);
  const build = (axis: number, offset: number): number | NestedNumbers => {
    if (axis === t.shape.length) return t.data[offset]!;
    const stride = sizeOf(t.shape.slice(axis + 1));
    return Array.from({ length: t.shape[axis]! }, (_, i) => build(axis + 1, offset + i * stride));
  };
  return build(0, 0) as Nested;
}

/** Numbers nested to any depth, as `toArray` gives them. */
export type NestedNumbers = (number | NestedNumbers)[];

/** Index of the first NaN or Infinity, or -1. */
export function firstNonFinite(data: ArrayLike<number>): number {
  for (let i = 0; i < data.length; i++) if (!Number.isFinite(data[i])) return i;
  return -1;
}
