import { DataError, ShapeError } from "../../errors.js";
import {
  describeShape,
  firstNonFinite,
  isTensor,
  sizeOf,
  type Tensor,
  type TensorLike,
  toTensor,
} from "../../tensor.js";

/** One batch of a dataset, as a user hands it over. */
export interface DatasetBatch {
  readonly x: TensorLike;
  readonly y?: TensorLike;
  readonly sampleWeight?: TensorLike;
}

/**
 * Batches that can be iterated again for each epoch; nothing requires them to fit in memory together. A generator
 * function is one too: it is called anew for each epoch, or gone on with where `fit` is given `stepsPerEpoch`.
 */
export type Dataset =
  | Iterable<DatasetBatch>
  | AsyncIterable<DatasetBatch>
  | (() => Iterable<DatasetBatch> | AsyncIterable<DatasetBatch>);

/** Samples of a batch as a view of larger tensors: sample n is row `sampleOf(n)`. */
export interface Examples extends ArrayExamples {
  readonly size: number;
  sampleOf(n: number): number;
}

/** Where batches come from, epoch after epoch. */
export interface ExampleSource {
  /** null where a dataset does not know. */
  readonly samples: number | null;
  readonly steps: number | null;
  /** The largest batch; null where only iterating will tell. */
  readonly batchSize: number | null;
  /**
   * @param begin called when the iteration begins; what it gives is the order of the samples, null as they come. Datasets
   *   order themselves.
   */
  batches(begin?: () => Uint32Array | null): Iterable<Examples> | AsyncIterable<Examples>;
}

/** An object of named things: no array, no tensor, no numbers. */
const isRecord = (value: unknown): value is object =>
  typeof value === "object" &&
  value !== null &&
  !Array.isArray(value) &&
  !ArrayBuffer.isView(value) &&
  !isTensor(value);

/** Whether a value is a dataset and no tensor. An array is one when it begins with a batch, a nested array when not. */
export const isDataset = (value: unknown): value is Dataset =>
  typeof value === "function" ||
  (Array.isArray(value)
    ? isRecord(value[0])
    : isRecord(value) && (Symbol.iterator in value || Symbol.asyncIterator in value));

/** Where in a tensor element `index` stands, for a message: `[3, 0, 1]`. */
function placeOf(index: number, shape: readonly number[]): string {
  const place: number[] = [];
  let rest = index;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    place.unshift(rest % shape[axis]!);
    rest = Math.floor(rest / shape[axis]!);
  }
  return describeShape(place);
}

/** The tensor, where it is one: a dataset's are not there yet. */
export const firstOf = (x: TensorLike | Dataset): Tensor | undefined =>
  isDataset(x) ? undefined : toTensor(x);

/** @throws DataError naming the first NaN or Infinity by its place. */
export function checkFinite(where: string, name: string, value: Tensor): void {
  const bad = firstNonFinite(value.data);
  if (bad < 0) return;
  const place = placeOf(bad, value.shape);
  const axes = value.shape.length === 3 ? " (sample, timestep, feature)" : "";
  throw new DataError(
    `${where}: \`${name}\` holds ${String(value.data[bad])} at ${place}${axes}. It would turn every weight into NaN: ` +
      "fill gaps first, as with interpolate(series), and check scalers for a division by zero.",
    { code: "missing_values", received: value.data[bad], expected: "finite numbers" },
  );
}

/** @throws ShapeError unless both hold the same number of samples. */
function checkSameCount(where: string, x: Tensor, other: Tensor, name: string): void {
  if (x.shape[0] === other.shape[0]) return;
  throw new ShapeError(`${where}: x holds ${x.shape[0]} samples and ${name} ${other.shape[0]}.`, {
    received: other.shape[0],
    expected: x.shape[0],
  });
}

/** Several tensors in the place of one, which looks like the first; what is not given is null. */
export interface Grouped extends Tensor {
  readonly tensors: readonly (Tensor | null)[];
}

/** Tensors of a model with several inputs or outputs, in their order. */
export interface ManyTensors {
  readonly x: readonly Tensor[];
  readonly y: readonly (Tensor | null)[];
  readonly weights: readonly (Tensor | null)[];
}

/** The tensors of every input and output. */
export const allOf = ({ all, x, y, weights }: ArrayExamples): ManyTensors =>
  all ?? { x: [x], y: [y], weights: [weights] };

export interface ArrayExamples {
  readonly x: Tensor;
  readonly y: Tensor | null;
  readonly weights: Tensor | null;
  /** Where a model has several inputs or outputs: the tensors of all; those above are the first. */
  readonly all?: ManyTensors;
}

/** Tensors of a user, checked for finiteness and equal counts. */
export function toArrayExamples(
  where: string,
  x: TensorLike,
  y: TensorLike | null | undefined,
  weights?: TensorLike | null,
): ArrayExamples {
  const inputs = toTensor(x);
  checkFinite(where, "x", inputs);
  const labels = y == null ? null : toTensor(y);
  if (labels !== null) {
    checkFinite(where, "y", labels);
    checkSameCount(where, inputs, labels, "y");
  }
  const sampleWeight = weights == null ? null : toTensor(weights);
  if (sampleWeight !== null) {
    checkFinite(where, "sampleWeight", sampleWeight);
    checkSameCount(where, inputs, sampleWeight, "sampleWeight");
  }
  return withAll({ x: inputs, y: labels, weights: sampleWeight });
}

/** Tensors that came together stand in the place of the first; see `TensorGroup`. */
function withAll(examples: ArrayExamples): ArrayExamples {
  const { x, y, weights } = examples;
  const groupOf = (value: Tensor | null): readonly (Tensor | null)[] =>
    (value as Grouped | null)?.tensors ?? [value];
  if (!("tensors" in x)) return examples;
  return {
    ...examples,
    all: { x: groupOf(x) as readonly Tensor[], y: groupOf(y), weights: groupOf(weights) },
  };
}

/** Rows [begin, end) of every tensor, without copying. */
export function sliceExamples(
  { x, y, weights, all }: ArrayExamples,
  begin: number,
  end: number,
): ArrayExamples {
  const cut = <T extends Tensor | null>(value: T): T => {
    if (value === null) return value;
    const row = sizeOf(value.shape.slice(1));
    return {
      shape: [end - begin, ...value.shape.slice(1)],
      data: value.data.subarray(begin * row, end * row),
    } as Tensor as T;
  };
  const own = { x: cut(x), y: cut(y), weights: cut(weights) };
  if (all === undefined) return own;
  return { ...own, all: { x: all.x.map(cut), y: all.y.map(cut), weights: all.weights.map(cut) } };
}

/** Batches of tensors that are already in memory; the last one may be smaller. */
export function arraySource(where: string, examples: ArrayExamples, batchSize: number): ExampleSource {
  const samples = examples.x.shape[0] ?? 0;
  if (samples === 0) {
    throw new DataError(`${where}: x holds no samples.`, { code: "insufficient_data", received: 0 });
  }
  return {
    samples,
    steps: Math.ceil(samples / batchSize),
    batchSize: Math.min(batchSize, samples),
    *batches(begin) {
      const order = begin?.() ?? null;
      for (let first = 0; first < samples; first += batchSize) {
        const size = Math.min(batchSize, samples - first);
        const sampleOf = order === null ? (n: number) => first + n : (n: number) => order[first + n]!;
        yield { ...examples, size, sampleOf };
      }
    },
  };
}

/** All samples as one batch. @throws as `toArrayExamples`; DataError when there are none. */
export function onlyBatch(
  where: string,
  x: TensorLike,
  y: TensorLike,
  weights: TensorLike | undefined,
): Examples {
  const examples = toArrayExamples(where, x, y, weights);
  const size = examples.x.shape[0] ?? 0;
  if (size === 0)
    throw new DataError(`${where}: x holds no samples.`, { code: "insufficient_data", received: 0 });
  return { ...examples, size, sampleOf: (n) => n };
}
