import { ConfigError } from "../errors.js";
import { flag, numberIn, refuseUnknown } from "../options.js";
import { createRandom } from "../random.js";
import type { TensorLike } from "../tensor.js";
import type { CallLock } from "./call-lock.js";
import type { Callback, History, Logs, TrainingModel, TrainingParams } from "./events.js";
import {
  type ArrayExamples,
  arraySource,
  type Dataset,
  type ExampleSource,
  isDataset,
  sliceExamples,
  toArrayExamples,
} from "./examples.js";
import type { Compiled, Executor } from "./executor.js";
import { createHistory } from "./history.js";
import type { LayerStack } from "./layer-stack.js";
import { datasetSource } from "./sources.js";
import { trainStep } from "./train-step.js";
import { createYielder } from "./yield-to-host.js";

/** Options of `fit`, with Keras's names, meanings and defaults. */
export interface FitOptions {
  /** Index of the epoch at which training ends, counted from 0. Default 1. */
  readonly epochs?: number;
  /** Samples an update. Default 32. Not for datasets, which bring their batches. */
  readonly batchSize?: number;
  /** Draws the samples in another order in each epoch. Default true. Datasets order themselves. */
  readonly shuffle?: boolean;
  /** `[x, y]`, `[x, y, sampleWeight]` or a dataset, evaluated after each epoch. */
  readonly validationData?: readonly [TensorLike, TensorLike, TensorLike?] | Dataset;
  /** Share of the samples, taken from the end before shuffling, that is held back for validation. Default 0. */
  readonly validationSplit?: number;
  readonly callbacks?: readonly Callback[];
  /** 0 (default): silent; 1: a progress bar; 2: a line an epoch. Keras starts at 1. */
  readonly verbose?: 0 | 1 | 2;
  /** Epoch at which to begin, after a restart. Default 0. */
  readonly initialEpoch?: number;
  /** A weight for each sample, `[N]`, or for each time step, `[N, T]`. */
  readonly sampleWeight?: TensorLike;
  /** A weight for each class, by its index. */
  readonly classWeight?: Readonly<Record<number, number>>;
  /** Ends training at the next batch boundary; `fit` then resolves with the finished epochs. */
  readonly signal?: AbortSignal;
}

const known: readonly (keyof FitOptions)[] = [
  "epochs",
  "batchSize",
  "shuffle",
  "validationData",
  "validationSplit",
  "callbacks",
  "verbose",
  "initialEpoch",
  "sampleWeight",
  "classWeight",
  "signal",
];

/** What is refused, which those load whom it happens to. */
export const refusals = () => import("./on-demand/refusals.js");

interface Sources {
  readonly train: ExampleSource;
  readonly validation: ExampleSource | null;
}

/** Where training and validation batches come from. @throws ConfigError, DataError or ShapeError for what cannot be. */
async function sourcesOf(
  x: TensorLike | Dataset,
  y: TensorLike | undefined,
  options: FitOptions,
  batchSize: number,
  check: (where: string, examples: ArrayExamples) => void,
): Promise<Sources> {
  const where = "fit()";
  const { validationData, classWeight } = options;
  const split = numberIn(where, "validationSplit", options.validationSplit ?? 0, { min: 0, below: 1 });
  let validation: ExampleSource | null = null;
  if (validationData !== undefined) {
    if (isDataset(validationData)) validation = await datasetSource("fit() validationData", validationData);
    else {
      if (!Array.isArray(validationData) || validationData.length < 2) {
        throw (await refusals()).noPair(where, validationData);
      }
      const [vx, vy, weights] = validationData as readonly [TensorLike, TensorLike, TensorLike?];
      const examples = toArrayExamples("fit() validationData", vx, vy, weights);
      check("fit() validationData", examples);
      validation = arraySource(where, examples, batchSize);
    }
  }
  if (isDataset(x)) {
    return { train: await datasetSource(where, x, options), validation };
  }
  if (y === undefined) {
    throw (await refusals()).noLabels(where);
  }
  let examples = toArrayExamples(where, x, y, options.sampleWeight);
  check(where, examples);
  if (classWeight !== undefined) {
    const { applyClassWeight } = await import("./on-demand/class-weight.js");
    examples = applyClassWeight(where, examples, classWeight);
  }
  const count = examples.x.shape[0] ?? 0;
  if (validation === null && split > 0) {
    // Keras: the last floor-fraction, before shuffling.
    const at = Math.floor(count * (1 - split));
    if (at === 0 || at === count) {
      throw (await refusals()).emptySplit(where, split, count, at);
    }
    validation = arraySource(where, sliceExamples(examples, at, count), batchSize);
    examples = sliceExamples(examples, 0, at);
  }
  return { train: arraySource(where, examples, batchSize), validation };
}

type HookName = Exclude<keyof Callback, "model" | "params">;

/** Runs hooks one after the other, waiting for each. */
class CallbackList {
  constructor(
    readonly callbacks: readonly Callback[],
    model: TrainingModel,
    params: TrainingParams,
    readonly callLock: CallLock,
  ) {
    for (const callback of callbacks) {
      if (typeof callback !== "object" || callback === null) {
        throw new ConfigError(
          `fit(): a callback is ${String(callback)}, expected an object with hooks such as onEpochEnd.`,
        );
      }
      if (Object.isExtensible(callback)) Object.assign(callback, { model, params });
    }
  }

  async run<Name extends HookName>(
    name: Name,
    ...given: Parameters<NonNullable<Callback[Name]>>
  ): Promise<void> {
    this.callLock.paused = true;
    try {
      for (const callback of this.callbacks) {
        const hook = callback[name] as ((...all: typeof given) => void | Promise<void>) | undefined;
        const pending = hook?.apply(callback, given);
        if (pending !== undefined) await pending;
      }
    } finally {
      this.callLock.paused = false;
    }
  }
}

/** A mean of batch losses, each weighted by its number of samples: what Keras logs as `loss`. */
export class RunningMean {
  #sum = 0;
  #count = 0;

  add(value: number, weight: number): void {
    this.#sum += value * weight;
    this.#count += weight;
  }

  get value(): number {
    return this.#count === 0 ? Number.NaN : this.#sum / this.#count;
  }
}

/** The loss and what the metrics have counted so far, under the names Keras logs them by. */
export function logsOf(loss: number, { metrics }: Compiled): Logs {
  const logs: Logs = { loss };
  for (const metric of metrics) logs[metric.name] = metric.result();
  return logs;
}

/** Loss and metrics over all batches of a source. */
export async function evaluateSource(
  where: string,
  executor: Executor,
  compiled: Compiled,
  source: ExampleSource,
  callbacks?: CallbackList,
): Promise<Logs> {
  const mean = new RunningMean();
  const yieldToHost = createYielder();
  for (const metric of compiled.metrics) metric.begin();
  await callbacks?.run("onTestBegin", {});
  let batch = 0;
  for await (const examples of source.batches(null)) {
    await callbacks?.run("onTestBatchBegin", batch, {});
    const { value, size } = executor.testStep(where, examples, compiled, source.batchSize ?? examples.size);
    mean.add(value, size);
    if (callbacks !== undefined) await callbacks.run("onTestBatchEnd", batch, { loss: mean.value });
    batch += 1;
    await yieldToHost();
  }
  const logs = logsOf(mean.value, compiled);
  await callbacks?.run("onTestEnd", logs);
  return logs;
}

/** The bar, which only those pay for who want to see it. */
async function progressOf(verbose: number): Promise<Callback> {
  const { defaultTerminal, progressLine } = await import("../callbacks/progress-line.js");
  const terminal = defaultTerminal();
  return progressLine(verbose === 1 ? terminal : { ...terminal, inPlace: false });
}

/** Trains a model epoch by epoch. See `Sequential.fit`. */
export async function runEpochs(
  model: TrainingModel & { batchLoss: number },
  stack: LayerStack,
  executor: Executor,
  compiled: Compiled,
  x: TensorLike | Dataset,
  y: TensorLike | undefined,
  options: FitOptions,
  callLock: CallLock,
): Promise<History> {
  const where = "fit()";
  refuseUnknown(where, options, known);
  const epochs = numberIn(where, "epochs", options.epochs ?? 1, { min: 0, integer: true });
  const batchSize = numberIn(where, "batchSize", options.batchSize ?? 32, { min: 1, integer: true });
  const initialEpoch = numberIn(where, "initialEpoch", options.initialEpoch ?? 0, { min: 0, integer: true });
  const verbose = numberIn(where, "verbose", options.verbose ?? 0, { min: 0, max: 2, integer: true });
  const shuffle = flag(where, "shuffle", options.shuffle ?? true);
  const { signal } = options;
  if (signal !== undefined && typeof signal?.aborted !== "boolean") {
    throw (await refusals()).noSignal(where, signal);
  }
  const { train, validation } = await sourcesOf(x, y, options, batchSize, (place, examples) => {
    executor.input.check(place, examples.x);
    const size = examples.x.shape[0]!;
    if (size > 0) executor.checkLabels(place, { ...examples, size, sampleOf: (n) => n }, compiled.loss);
  });
  if (train.samples !== null) stack.checkStatefulCount(where, train.samples, batchSize);
  if (validation?.samples != null) {
    stack.checkStatefulCount("fit() validation", validation.samples, batchSize);
  }

  const names = ["loss", ...compiled.metrics.map(({ name }) => name)];
  const params: TrainingParams = {
    epochs,
    steps: train.steps,
    samples: train.samples,
    verbose,
    metrics: validation === null ? names : [...names, ...names.map((name) => `val_${name}`)],
  };
  const own = verbose === 0 ? [] : [await progressOf(verbose)];
  const callbacks = new CallbackList([...(options.callbacks ?? []), ...own], model, params, callLock);
  const recorder = createHistory();
  const yieldToHost = createYielder();
  const aborted = (): boolean => signal?.aborted === true;
  const { optimizer, metrics } = compiled;

  model.stopTraining = false;
  await callbacks.run("onTrainBegin", {});
  let logs: Logs = {};
  for (let epoch = initialEpoch; epoch < epochs && !model.stopTraining && !aborted(); epoch++) {
    await callbacks.run("onEpochBegin", epoch, {});
    const order =
      shuffle && train.samples !== null
        ? createRandom(executor.seed).fork(`shuffle ${optimizer.batches}`).permutation(train.samples)
        : null;
    const mean = new RunningMean();
    for (const metric of metrics) metric.begin();
    let batch = 0;
    for await (const examples of train.batches(order)) {
      if (aborted()) break;
      await callbacks.run("onTrainBatchBegin", batch, {});
      const capacity = train.batchSize ?? examples.size;
      const { value, size } = await trainStep(where, executor, examples, compiled, capacity);
      mean.add(value, size);
      model.batchLoss = value;
      await callbacks.run("onTrainBatchEnd", batch, logsOf(mean.value, compiled));
      batch += 1;
      if (model.stopTraining) break;
      await yieldToHost();
    }
    if (aborted()) break;
    logs = logsOf(mean.value, compiled);
    if (validation !== null) {
      const validated = await evaluateSource(
        "fit() validationData",
        executor,
        compiled,
        validation,
        callbacks,
      );
      for (const [name, value] of Object.entries(validated)) logs[`val_${name}`] = value;
    }
    await callbacks.run("onEpochEnd", epoch, logs);
    recorder.record(epoch, logs);
  }
  if (optimizer.finish()) executor.modelMemory.weightsVersion += 1;
  await callbacks.run("onTrainEnd", logs);
  return recorder.history;
}
