import { numberIn } from "../../options.js";
import type { TensorLike } from "../../tensor.js";
import type { Executor } from "../execution/executor.js";
import type { Patience } from "../on-demand/heed-signal.js";
import type { HeldOut } from "../on-demand/held-out.js";
import type { FitOptions } from "../training/fit-options.js";
import {
  type ArrayExamples,
  arraySource,
  type Dataset,
  type ExampleSource,
  isDataset,
  sliceExamples,
  toArrayExamples,
} from "./examples.js";
import { datasetSource } from "./sources.js";

/** What is refused, which those load whom it happens to. */
export const refusals = () => import("../on-demand/refusals.js");

export interface FitSources {
  readonly train: ExampleSource;
  readonly held: HeldOut | null;
}

/**
 * Where training and validation batches come from.
 * @param check what is asked of examples before anything is trained.
 * @throws ConfigError, DataError or ShapeError for what cannot be.
 */
export async function sourcesOf(
  x: TensorLike | Dataset,
  y: TensorLike | undefined,
  options: FitOptions,
  batchSize: number,
  { outputShape }: Executor,
  check: (where: string, examples: ArrayExamples, batchSize: number) => void,
  patience: Patience | null,
): Promise<FitSources> {
  const where = "fit()";
  const { classWeight } = options;
  const classes = classWeight === undefined ? null : await import("../on-demand/class-weight.js");
  const weigh = (examples: ArrayExamples): ArrayExamples => {
    if (classes === null) return examples;
    const { all } = examples;
    const own = classes.applyClassWeight(where, examples, classWeight!, outputShape);
    return all === undefined ? own : { ...own, all: { ...all, weights: [own.weights] } };
  };
  const hold = async (train: ArrayExamples | null): Promise<HeldOut | null> => {
    if (Object.keys(options).every((name) => !name.startsWith("validation"))) return null;
    const tools = {
      patience,
      isDataset,
      datasetSource,
      toArrayExamples,
      sliceExamples,
      arraySource,
      numberIn,
    };
    return (await import("../on-demand/held-out.js")).holdOut(where, tools, options, batchSize, train, check);
  };
  if (isDataset(x)) {
    const train = await datasetSource(where, x, options, weigh);
    return { train: patience?.heed(train) ?? train, held: await hold(null) };
  }
  if (y === undefined) throw (await refusals()).noLabels(where);
  const all = toArrayExamples(where, x, y, options.sampleWeight);
  const held = await hold(all);
  const examples = held?.train ?? all;
  check(where, examples, batchSize);
  return { train: arraySource(where, weigh(examples), batchSize), held };
}
