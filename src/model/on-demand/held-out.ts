import { ConfigError } from "../../errors.js";
import type { TensorLike } from "../../tensor.js";
import type { ArrayExamples, Dataset, ExampleSource } from "../data/examples.js";
import type { FitOptions } from "../training/fit-options.js";
import type { Patience } from "./heed-signal.js";
import { emptySplit, noPair } from "./refusals.js";
import { takeSteps } from "./take-steps.js";

/** What this takes from modules that are loaded already. */
export interface Tools {
  readonly patience: Patience | null;
  isDataset(value: unknown): value is Dataset;
  datasetSource(where: string, dataset: Dataset, options: object): Promise<ExampleSource>;
  toArrayExamples(where: string, x: TensorLike, y: TensorLike, weights?: TensorLike): ArrayExamples;
  sliceExamples(examples: ArrayExamples, begin: number, end: number): ArrayExamples;
  arraySource(where: string, examples: ArrayExamples, batchSize: number): ExampleSource;
  numberIn(
    where: string,
    option: string,
    value: unknown,
    range: { min: number; below?: number; integer?: boolean },
  ): number;
}

export interface HeldOut {
  /** What is left to train on. */
  readonly train: ArrayExamples | null;
  readonly validation: ExampleSource;
  /** Whether the model is validated after an epoch, counted from 0. */
  isDue(epoch: number): boolean;
}

/** @throws ConfigError for what says neither how often nor when. */
function rhythm(where: string, { validationFreq = 1 }: FitOptions): (epoch: number) => boolean {
  const isEpoch = (value: unknown): boolean => Number.isInteger(value) && (value as number) >= 1;
  if (typeof validationFreq === "number" && isEpoch(validationFreq)) {
    return (epoch) => (epoch + 1) % validationFreq === 0;
  }
  if (Array.isArray(validationFreq) && validationFreq.every(isEpoch)) {
    return (epoch) => validationFreq.includes(epoch + 1);
  }
  throw new ConfigError(
    `${where}: \`validationFreq\` is ${String(validationFreq)}, expected a whole number of epochs (at least 1), or a list of epochs counted from 1.`,
    { received: validationFreq },
  );
}

/**
 * What is validated on, and when.
 * @param train what was given to train on, of which `validationSplit` takes the end; null for a dataset.
 * @param check what is asked of examples before anything is trained.
 * @throws ConfigError, DataError or ShapeError for what cannot be; null is no validation.
 */
export async function holdOut(
  where: string,
  tools: Tools,
  options: FitOptions,
  batchSize: number,
  train: ArrayExamples | null,
  check: (where: string, examples: ArrayExamples, batchSize: number) => void,
): Promise<HeldOut | null> {
  const { validationData, validationSteps } = options;
  const own = options.validationBatchSize;
  const size = tools.numberIn(where, "validationBatchSize", own ?? batchSize, { min: 1, integer: true });
  const split = tools.numberIn(where, "validationSplit", options.validationSplit ?? 0, { min: 0, below: 1 });
  const isDue = rhythm(where, options);
  const place = `${where} validation${validationData === undefined ? "" : "Data"}`;
  let validation: ExampleSource | undefined;
  let rest = train;
  if (validationData !== undefined) {
    if (tools.isDataset(validationData)) {
      validation = await tools.datasetSource(place, validationData, { validationBatchSize: own });
      validation = tools.patience?.heed(validation) ?? validation;
    } else {
      if (!Array.isArray(validationData) || validationData.length < 2 || validationData.length > 3) {
        throw noPair(where, validationData);
      }
      const [vx, vy, weights] = validationData as readonly [TensorLike, TensorLike, TensorLike?];
      const examples = tools.toArrayExamples(place, vx, vy, weights);
      check(place, examples, size);
      validation = tools.arraySource(place, examples, size);
    }
  } else if (train !== null && split > 0) {
    const count = train.x.shape[0] ?? 0;
    // Keras: the last floor-fraction, before shuffling.
    const at = Math.floor(count * (1 - split));
    if (at === 0 || at === count) throw emptySplit(where, split, count, at);
    const examples = tools.sliceExamples(train, at, count);
    check(place, examples, size);
    validation = tools.arraySource(place, examples, size);
    rest = tools.sliceExamples(train, 0, at);
  }
  if (validation === undefined) {
    for (const option of ["validationBatchSize", "validationSteps", "validationFreq"] as const) {
      if (options[option] === undefined) continue;
      throw new ConfigError(
        `${where}: \`${option}\` is given, but there is nothing to validate on. Give \`validationData\` or \`validationSplit\` too.`,
        { received: option, expected: "validationData" },
      );
    }
    return null;
  }
  if (validationSteps !== undefined) {
    const steps = tools.numberIn(where, "validationSteps", validationSteps, { min: 1, integer: true });
    validation = takeSteps(place, validation, steps, { anew: true });
  }
  return { train: rest, validation, isDue };
}
