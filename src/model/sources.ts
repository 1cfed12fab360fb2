import { numberIn, refuseUnknown } from "../options.js";
import type { Tensor, TensorLike } from "../tensor.js";
import { arraySource, type Dataset, type ExampleSource, isDataset, toArrayExamples } from "./examples.js";

/** Batches of a dataset of a user's own, which takes code that tensors do without; see `batchesOf`. */
export async function datasetSource(
  where: string,
  dataset: Dataset,
  options: object = {},
): Promise<ExampleSource> {
  return (await import("./on-demand/dataset-source.js")).batchesOf(where, dataset, toArrayExamples, options);
}

export interface WeightOption {
  readonly sampleWeight?: TensorLike;
}

export interface BatchOptions {
  /** Samples at a time. Default 32, or the first layer's `batchSize`. */
  readonly batchSize?: number;
}

export interface WeightOption {
  readonly sampleWeight?: TensorLike;
}

/**
 * Batches of tensors, once `check` has seen their input, or a dataset's own.
 * @param usual samples at a time where the options do not say; Keras's 32 where this does not either.
 * @throws ConfigError for an unknown option; DataError, ShapeError for tensors that cannot be used.
 */
export async function sourceOf(
  where: string,
  x: TensorLike | Dataset,
  y: TensorLike | null,
  options: BatchOptions,
  usual: number | undefined,
  check: (inputs: Tensor, batchSize: number) => void,
): Promise<ExampleSource> {
  refuseUnknown(where, options, ["batchSize"]);
  const given = options.batchSize ?? usual ?? 32;
  const batchSize = numberIn(where, "batchSize", given, { min: 1, integer: true });
  if (isDataset(x)) return datasetSource(where, x);
  const examples = toArrayExamples(where, x, y);
  check(examples.x, batchSize);
  return arraySource(where, examples, batchSize);
}
