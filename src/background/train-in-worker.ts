import type { EngineInfo } from "../engine/engine.js";
import * as errors from "../errors.js";
import { ConfigError, EngineError, type GateflowError, StateError, told } from "../errors.js";
import { restoreInto, toSafetensors } from "../formats/safetensors.js";
import type { Callback, History } from "../model/events.js";
import type { Model } from "../model/model.js";
import { checkCallbacks, mayLog } from "../model/on-demand/check-callbacks.js";
import { type FitOptions, fitOptionNames } from "../model/training/fit-options.js";
import { refuseUnknown } from "../options.js";
import { type TensorLike, toTensor } from "../tensor.js";
import {
  type Ended,
  HOOKS,
  type HookName,
  type Order,
  type PlainError,
  type WorkerEngineOptions,
} from "./messages.js";
import { callbackRunner } from "./remote-model.js";
import { type Connection, startWorker, type TrainingWorker } from "./start-worker.js";

/**
 * Options of `fit`, and where the training runs. Datasets do not travel: data are tensors or arrays. Callbacks run on this
 * side; they see logs, rate and, at the begin and end of epochs, weights.
 */
export interface TrainInWorkerOptions extends FitOptions {
  /**
   * The file of `gateflow/training-worker` (or one of your own that imports it) as an address, or what makes a module
   * worker of it: for bundlers and strict content security policies. Default: the file beside this one.
   */
  readonly worker?: TrainingWorker;
  /** What the worker's engine is made with. Default: threads as many as pay, the fastest kernels. */
  readonly engine?: WorkerEngineOptions;
}

/** What `fit` returns, and what it ran on. */
export interface WorkerHistory extends History {
  /** The worker's engine: its kernels, threads, and why there are fewer than could be. */
  readonly engine: EngineInfo;
}

const WHERE = "trainInWorker()";
const ADVICE =
  'Where the library is bundled or its files lie elsewhere, give the worker: make a file with the line `import "gateflow/training-worker";` and pass `worker: () => new Worker(new URL("./that-file.js", import.meta.url), { type: "module" })`.';

const busy = new WeakSet<Model>();

function rebuilt({ name, message, code }: PlainError): Error {
  const Kind = (errors as unknown as Record<string, typeof GateflowError | undefined>)[name];
  if (Kind === undefined) return new EngineError(`${WHERE}: the training failed: ${name}: ${message}`);
  return new Kind(message, code === undefined ? {} : { code });
}

function orderOf(model: Model, x: unknown, y: unknown, options: TrainInWorkerOptions): Order {
  const { worker: _, engine = {}, callbacks = [], signal: __, ...rest } = options;
  const { threads, reproducible, worker } = engine;
  const listened = (Object.keys(HOOKS) as HookName[]).filter((name) =>
    callbacks.some((callback) => callback[name] !== undefined),
  );
  return {
    kind: "train",
    model: toSafetensors(model, { optimizer: true }),
    x,
    y,
    options: rest,
    engine: {
      ...(threads === undefined ? {} : { threads }),
      ...(reproducible === undefined ? {} : { reproducible }),
      ...(worker === undefined ? {} : { worker: String(worker) }),
    },
    // Callbacks are told of the model and of what is to come when it begins.
    hooks: callbacks.length === 0 ? [] : [...new Set<HookName>(["onTrainBegin", ...listened])],
    logNames: callbacks.flatMap(({ logNames = [] }) => logNames),
  };
}

function post(connection: Connection, order: Order): void {
  try {
    connection.post(order);
  } catch (cause) {
    throw new ConfigError(
      `${WHERE}: data and options have to be plain, for functions and iterators do not travel to a worker (${(cause as Error).message}). Give tensors or arrays, no dataset.`,
      { cause },
    );
  }
}

/** Waits for the end of the training, running callbacks meanwhile. */
function conduct(
  order: Order,
  callbacks: readonly Callback[],
  { worker, signal }: TrainInWorkerOptions,
): Promise<{ ended: Ended; failure: unknown }> {
  return new Promise((resolve, reject) => {
    const answer = callbackRunner(callbacks, callbacks.some(mayLog));
    let connection: Connection | undefined;
    let failure: unknown;
    let isReady = false;
    const abort = (): void => connection?.post({ kind: "abort" });
    const finish = (settle: () => void): void => {
      signal?.removeEventListener("abort", abort);
      connection?.stop();
      settle();
    };
    const died = (cause: string): void =>
      finish(() =>
        reject(
          new EngineError(
            isReady
              ? `${WHERE}: the worker broke off: ${cause}. The model is as it was.`
              : `${WHERE}: the worker did not start: ${cause}. ${ADVICE}`,
          ),
        ),
      );
    startWorker(
      worker,
      (message) => {
        if (message.kind === "ended") finish(() => resolve({ ended: message, failure }));
        else if (message.kind === "hook") {
          answer(message).then(
            (answered) => connection?.post(answered),
            (error) => {
              failure = error ?? new Error("A callback threw nothing.");
              connection?.post({ kind: "answer", logs: {}, stopTraining: true, failed: true });
            },
          );
        } else if (!isReady) {
          isReady = true;
          try {
            post(connection!, order);
          } catch (error) {
            finish(() => reject(error));
            return;
          }
          if (signal?.aborted) abort();
          else signal?.addEventListener("abort", abort, { once: true });
        }
      },
      died,
    ).then(
      (made) => {
        connection = made;
      },
      (error) => died(error instanceof Error ? error.message : String(error)),
    );
  });
}

/**
 * Trains a model in a worker, so that a page goes on answering: as `model.fit`, with the model sent there and its weights,
 * optimizer and history brought back into it at the end. With `engine: { reproducible: true }` the bits are those of a
 * `fit` on a reproducible engine here. Until the end the model here is as it was, and is not to be trained.
 *
 * @param model compiled; losses, metrics and rates by name or of this library (for functions see `serveTraining`).
 * @returns as `fit`, with what the worker ran on. After `signal` or `stopTraining`: the finished epochs.
 * @throws as `fit`; EngineError when the worker does not start (with what to give it) or breaks off; ConfigError for data
 *   that do not travel; StateError where this model is being trained already.
 *
 * @example
 * const { history } = await trainInWorker(model, x, y, { epochs: 50, callbacks: [lambdaCallback({ onEpochEnd: show })] });
 */
export async function trainInWorker(
  model: Model,
  x: TensorLike | readonly TensorLike[] | Readonly<Record<string, TensorLike>>,
  y: TensorLike | readonly TensorLike[] | Readonly<Record<string, TensorLike>>,
  options: TrainInWorkerOptions = {},
): Promise<WorkerHistory> {
  refuseUnknown(WHERE, options, [...fitOptionNames, "worker", "engine"]);
  refuseUnknown(WHERE, options.engine ?? {}, ["threads", "reproducible", "worker"]);
  const callbacks = options.callbacks === undefined ? [] : checkCallbacks(WHERE, options.callbacks);
  if (typeof (model as Model | null | undefined)?.fit !== "function") {
    throw new ConfigError(`${WHERE}: got ${told(model)}, expected a model, such as sequential([…]).`, {
      received: model,
    });
  }
  if (model.compiled === undefined) {
    throw new StateError(
      `${WHERE}: the model is not compiled. Call model.compile({ optimizer, loss }) first.`,
    );
  }
  if (busy.has(model)) {
    throw new StateError(`${WHERE}: this model is being trained in a worker already. Await that first.`);
  }
  if (model.inputShape === undefined) model.executor(WHERE, toTensor(x as TensorLike));
  busy.add(model);
  try {
    const order = orderOf(model, x, y, { ...options, callbacks });
    const { optimizer } = model;
    const { iterations } = optimizer;
    const { ended, failure } = await conduct(order, callbacks, options);
    if (model.compiled?.optimizer !== optimizer || optimizer.iterations !== iterations) {
      throw new StateError(
        `${WHERE}: the model was trained or compiled anew here meanwhile. What the worker made of it is dropped.`,
      );
    }
    if (ended.model !== null) {
      restoreInto(model, ended.model);
      // The next fit begins anew, as after a fit.
      model.resume = undefined;
      model.history = ended.history ?? undefined;
      model.batchLoss = ended.batchLoss;
    }
    if (failure !== undefined) throw failure;
    if (ended.error !== null) throw rebuilt(ended.error);
    return { ...ended.history!, engine: ended.engine! };
  } finally {
    busy.delete(model);
  }
}
