import { DataError } from "../errors.js";
import { numberIn, refuseUnknown } from "../options.js";
import { type Tensor, type TensorLike, toTensor } from "../tensor.js";

/** Options of `toCategorical`. */
export interface ToCategoricalOptions {
  /** Number of classes. Default, and null: one more than the largest label. */
  readonly numClasses?: number | null;
}

/** As many as an array may well hold. */
const MOST_NUMBERS = 2 ** 30;

/**
 * One-hot labels `[…, numClasses]` of class indices, as categoricalCrossentropy takes them. A last axis of one, as in
 * `[N, 1]`, is dropped first. Source: Keras's to_categorical.
 * @throws DataError for a label that is no class index below `numClasses`; ConfigError for a bad option.
 *
 * @example
 * toCategorical([0, 2, 1]); // [[1, 0, 0], [0, 0, 1], [0, 1, 0]]
 */
export function toCategorical(labels: TensorLike, options: ToCategoricalOptions = {}): Tensor {
  const where = "toCategorical()";
  refuseUnknown(where, options, ["numClasses"] satisfies (keyof ToCategoricalOptions)[]);
  const { shape, data } = toTensor(labels);
  const lead = shape.length > 1 && shape.at(-1) === 1 ? shape.slice(0, -1) : shape;
  let largest = -1;
  for (const label of data) largest = Math.max(largest, label);
  const classes =
    options.numClasses == null
      ? Math.max(0, Math.floor(largest) + 1)
      : numberIn(where, "numClasses", options.numClasses, { min: 1, integer: true });
  if (!(data.length * classes <= MOST_NUMBERS)) {
    throw new DataError(
      `${where}: ${data.length} labels of ${classes} classes make ${data.length * classes} numbers, expected at most ${MOST_NUMBERS}. Keep the indices, and use the loss sparseCategoricalCrossentropy.`,
      { received: classes },
    );
  }
  const hot = new Float32Array(data.length * classes);
  for (let n = 0; n < data.length; n++) {
    const label = data[n]!;
    if (!Number.isInteger(label) || label < 0 || label >= classes) {
      throw new DataError(
        `${where}: label ${n} is ${label}, expected a whole number from 0 to ${Math.max(0, classes - 1)}. Count classes from 0.`,
        { received: label, expected: `0 … ${classes - 1}` },
      );
    }
    hot[n * classes + label] = 1;
  }
  return { shape: [...lead, classes], data: hot };
}
