import { flag, numberIn, refuseUnknown } from "../../options.js";
import { createRandom } from "../../random.js";
import type { TensorLike } from "../../tensor.js";
import type { CallLock } from "../call-lock.js";
import type { Dataset, ExampleSource } from "../data/examples.js";
import { sourcesOf } from "../data/fit-sources.js";
import type { Callback, History, Logs, TrainingModel, TrainingParams } from "../events.js";
import type { Compiled, Executor } from "../execution/executor.js";
import type { LayerSet } from "../layer-set.js";
import { createYielder } from "../yield-to-host.js";
import { CallbackList } from "./callback-list.js";
import { type FitOptions, fitOptionNames } from "./fit-options.js";
import { createHistory } from "./history.js";
import { trainStep } from "./train-step.js";

/** A mean of batch losses, each weighted by its number of samples: what Keras logs as `loss`. */
export class RunningMean {
  sum = 0;
  count = 0;

  add(value: number, weight: number): void {
    this.sum += value * weight;
    this.count += weight;
  }

  get value(): number {
    return this.count === 0 ? Number.NaN : this.sum / this.count;
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
  for await (const examples of source.batches()) {
    await callbacks?.run("onTestBatchBegin", batch, {});
    const { value, size } = executor.testStep(where, examples, compiled, source.batchSize ?? examples.size);
    mean.add(value, size);
    if (callbacks !== undefined) await callbacks.run("onTestBatchEnd", batch, logsOf(mean.value, compiled));
    batch += 1;
    await yieldToHost();
  }
  const logs = logsOf(mean.value, compiled);
  await callbacks?.run("onTestEnd", logs);
  return logs;
}

/** The bar, which only those pay for who want to see it. */
async function progressOf(verbose: number): Promise<Callback> {
  const { defaultTerminal, progressLine } = await import("../../callbacks/progress-line.js");
  const terminal = defaultTerminal();
  return progressLine(verbose === 1 ? terminal : { ...terminal, inPlace: false });
}

/** Where a fit stands; what a file has to hold for another to go on from there. */
export interface FitPosition {
  epoch: number;
  /** Its batches that are done. */
  batch: number;
  /** Batches drawn since the iteration over the data began, and the number the samples' order was drawn with. */
  drawn: number;
  order: number;
  /** The logs of the epoch, once all its batches are done. */
  logs: Logs | undefined;
  readonly mean: RunningMean;
  readonly callbacks: CallbackList;
}

/** What `fit` needs of the model it trains. */
export interface FitModel extends TrainingModel {
  batchLoss: number;
  /** What the fit under way, or the last one, has recorded: still there when a callback threw. */
  history: History | undefined;
  /** Where the fit under way, or the last one, stands. */
  position: FitPosition | undefined;
  /** Puts a fit that has begun to where another one stopped, once. */
  resume: ((position: FitPosition, compiled: Compiled, initialEpoch: number) => Promise<void>) | undefined;
}

/** Trains a model epoch by epoch. See `Sequential.fit`. */
export async function runEpochs(
  model: FitModel,
  stack: LayerSet,
  executor: Executor,
  compiled: Compiled,
  x: TensorLike | Dataset,
  y: TensorLike | undefined,
  options: FitOptions,
  callLock: CallLock,
): Promise<History> {
  const where = "fit()";
  refuseUnknown(where, options, fitOptionNames);
  const epochs = numberIn(where, "epochs", options.epochs ?? 1, { min: 0, integer: true });
  const batchSize = numberIn(where, "batchSize", options.batchSize ?? 32, { min: 1, integer: true });
  const initialEpoch = numberIn(where, "initialEpoch", options.initialEpoch ?? 0, { min: 0, integer: true });
  const verbose = numberIn(where, "verbose", options.verbose ?? 0, { min: 0, max: 2, integer: true });
  const shuffle = flag(where, "shuffle", options.shuffle ?? true);
  const { signal, stepsPerEpoch } = options;
  const patience =
    signal === undefined ? null : (await import("../on-demand/heed-signal.js")).patienceOf(where, signal);
  if (stepsPerEpoch !== undefined) numberIn(where, "stepsPerEpoch", stepsPerEpoch, { min: 1, integer: true });
  const { train, held } = await sourcesOf(
    x,
    y,
    options,
    batchSize,
    executor,
    (place, examples, size) => {
      executor.checkInputs(place, examples);
      const count = examples.x.shape[0]!;
      if (count > 0)
        executor.checkLabels(place, { ...examples, size: count, sampleOf: (n) => n }, compiled.losses);
      stack.checkStatefulCount(place, count, size);
      // Room that validation finds only after an epoch is missed too late.
      if (place !== where) {
        executor.load(
          place,
          "prediction",
          { ...examples, size: Math.min(size, count), sampleOf: (n) => n },
          0,
        );
      }
    },
    patience,
  );

  compiled.optimizer.bind(executor.modelMemory.parameters);
  let callbacks: readonly Callback[] = [];
  let mayLogMore = false;
  if (options.callbacks !== undefined) {
    const checks = await import("../on-demand/check-callbacks.js");
    callbacks = checks.checkCallbacks(where, options.callbacks);
    mayLogMore = callbacks.some(checks.mayLog);
  }
  if (verbose > 0) callbacks = [...callbacks, await progressOf(verbose)];
  const names = ["loss", ...compiled.metrics.map(({ name }) => name)];
  const validationNames = held === null ? [] : names.map((name) => `val_${name}`);
  const added = callbacks.flatMap(({ logNames = [] }) => logNames);
  const params: TrainingParams = {
    epochs,
    steps: stepsPerEpoch ?? train.steps,
    samples: train.samples,
    verbose,
    metrics: [...new Set([...names, ...validationNames, ...added])],
    ...(mayLogMore ? { mayLogMore } : {}),
  };
  for (const callback of callbacks) {
    if (Object.isExtensible(callback)) Object.assign(callback, { model, params });
  }
  const list = new CallbackList(callbacks, callLock, patience);
  const recorder = createHistory(options.validationFreq === undefined ? [] : validationNames);
  const yieldToHost = createYielder();
  const aborted = (): boolean => signal?.aborted === true;
  const { optimizer, metrics } = compiled;
  const mean = new RunningMean();
  const at: FitPosition = {
    epoch: initialEpoch,
    batch: 0,
    drawn: 0,
    order: -1,
    logs: undefined,
    mean,
    callbacks: list,
  };

  model.stopTraining = false;
  model.history = recorder.history;
  await list.run("onTrainBegin", {});
  for (const metric of metrics) metric.begin();
  model.position = at;
  const { resume } = model;
  model.resume = undefined;
  await resume?.(at, compiled, initialEpoch);

  // What was drawn before the training stopped is drawn again, and left out.
  let source = train;
  const isFresh = at.batch === 0 && (stepsPerEpoch === undefined || at.drawn >= (train.steps ?? Infinity));
  let resumedOrder = isFresh ? -1 : at.order;
  const resumedDraws = isFresh ? 0 : at.drawn;
  if (resumedDraws > 0 || stepsPerEpoch !== undefined) {
    const { skipping, takeSteps } = await import("../on-demand/take-steps.js");
    if (resumedDraws > 0) source = skipping(train, resumedDraws);
    if (stepsPerEpoch !== undefined) {
      source = takeSteps(where, source, stepsPerEpoch, {
        first: stepsPerEpoch - at.batch,
        drawn: resumedDraws,
      });
    }
  }
  /** Called where the iteration over the data begins: at each epoch, with `stepsPerEpoch` when they had run out. */
  const begin = (): Uint32Array | null => {
    at.order = resumedOrder >= 0 ? resumedOrder : optimizer.batches;
    at.drawn = resumedOrder >= 0 ? resumedDraws : 0;
    resumedOrder = -1;
    return shuffle && train.samples !== null
      ? createRandom(executor.seed).fork(`shuffle ${at.order}`).permutation(train.samples)
      : null;
  };

  let logs: Logs = {};
  for (; at.epoch < epochs && !model.stopTraining && !aborted(); at.epoch++) {
    const { epoch } = at;
    await list.run("onEpochBegin", epoch, {});
    for await (const examples of source.batches(begin)) {
      if (aborted()) break;
      await list.run("onTrainBatchBegin", at.batch, {});
      const capacity = train.batchSize ?? examples.size;
      const { value, size } = await trainStep(where, executor, examples, compiled, capacity);
      mean.add(value, size);
      model.batchLoss = value;
      at.drawn += 1;
      at.batch += 1;
      await list.run("onTrainBatchEnd", at.batch - 1, logsOf(mean.value, compiled));
      if (model.stopTraining) break;
      await yieldToHost();
    }
    if (aborted()) break;
    logs = logsOf(mean.value, compiled);
    if (added.includes("learning_rate")) logs.learning_rate = optimizer.learningRate;
    if (held?.isDue(epoch)) {
      const validate = (): Promise<Logs> =>
        evaluateSource("fit() validationData", executor, compiled, held.validation, list);
      const { stateful } = stack;
      const validated = await (stateful.length === 0
        ? validate()
        : (await import("../on-demand/preserve-states.js")).preservingStates(stateful, validate, callLock));
      // Of a dataset the signal may have cut it short.
      if (aborted() && held.validation.samples === null) break;
      for (const [name, value] of Object.entries(validated)) logs[`val_${name}`] = value;
    }
    at.logs = logs;
    try {
      await list.run("onEpochEnd", epoch, logs);
    } finally {
      recorder.record(epoch, logs);
    }
    at.batch = 0;
    at.logs = undefined;
    mean.sum = mean.count = 0;
    for (const metric of metrics) metric.begin();
    if (stepsPerEpoch === undefined) at.drawn = 0;
  }
  if (source !== train) await (source as { close?(): Promise<void> }).close?.();
  if (optimizer.finish()) executor.modelMemory.weightsVersion += 1;
  await list.run("onTrainEnd", logs);
  const { kernels, weights, count } = executor.modelMemory.parameters;
  if (!Number.isFinite(kernels.sumOfSquares(weights, count))) {
    (await import("../on-demand/warn-of-broken-weights.js")).warnOfBrokenWeights(where, executor, model);
  }
  return recorder.history;
}
