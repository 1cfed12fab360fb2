import { numberIn, refuseUnknown } from "../../options.js";
import type { TensorLike } from "../../tensor.js";
import {
  type ArrayExamples,
  arraySource,
  type Dataset,
  type ExampleSource,
  isDataset,
  toArrayExamples,
} from "./examples.js";

/** Batches of a dataset of a user's own, which takes code that tensors do without; see `batchesOf`. */
export async function datasetSource(
  where: string,
  dataset: Dataset,
  options: object = {},
  weigh?: (examples: ArrayExamples) => ArrayExamples,
): Promise<ExampleSource> {
  const { batchesOf } = await import("../on-demand/dataset-source.js");
  return batchesOf(where, dataset, toArrayExamples, options, weigh);
}

/** Weights of samples, for what takes no other option. */
export interface WeightOption {
  /** A weight for each sample, `[N]`, for each time step, `[N, T]`, or for each output, `[N, T, O]`. Default: ones. */
  readonly sampleWeight?: TensorLike;
}

/** Options of `predict`. */
export interface BatchOptions {
  /** Samples at a time. Default 32, or the first layer's `batchSize`. */
  readonly batchSize?: number;
  /** Batches after which to end, for a dataset that does not end by itself. Default: all. */
  readonly steps?: number;
}

/** Options of `evaluate`. */
export interface EvaluateOptions extends BatchOptions, WeightOption {}

/**
 * Batches of tensors, once `check` has seen them, or a dataset's own.
 * @param usual samples at a time where the options do not say; Keras's 32 where this does not either.
 * @throws ConfigError for an unknown option; DataError, ShapeError for tensors that cannot be used.
 */
export async function sourceOf(
  where: string,
  x: TensorLike | Dataset,
  y: TensorLike | null,
  options: EvaluateOptions,
  usual: number | undefined,
  check: (examples: ArrayExamples, batchSize: number) => void,
): Promise<ExampleSource> {
  refuseUnknown(
    where,
    options,
    where === "predict()" ? ["batchSize", "steps"] : ["batchSize", "steps", "sampleWeight"],
  );
  const given = options.batchSize ?? usual ?? 32;
  const batchSize = numberIn(where, "batchSize", given, { min: 1, integer: true });
  const { steps } = options;
  if (steps !== undefined) numberIn(where, "steps", steps, { min: 1, integer: true });
  let source: ExampleSource;
  if (isDataset(x)) source = await datasetSource(where, x, options);
  else {
    const examples = toArrayExamples(where, x, y, options.sampleWeight);
    check(examples, batchSize);
    source = arraySource(where, examples, batchSize);
  }
  if (steps === undefined) return source;
  return (await import("../on-demand/take-steps.js")).takeSteps(where, source, steps, { anew: true });
}
