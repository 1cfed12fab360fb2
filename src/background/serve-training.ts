import { createEngine } from "../engine/engine.js";
import { ConfigError, GateflowError } from "../errors.js";
import type { CustomObjects } from "../formats/custom-objects.js";
import { fromSafetensors, toSafetensors } from "../formats/safetensors.js";
import type { Callback, Logs, TrainingModel, TrainingParams } from "../model/events.js";
import type { Model } from "../model/model.js";
import type { FitOptions } from "../model/training/fit-options.js";
import { refuseUnknown } from "../options.js";
import type { TensorLike } from "../tensor.js";
import { type Answer, type FromWorker, HOOKS, type HookName, type Order, type ToWorker } from "./messages.js";

/** What a worker that trains knows beside what it is sent. */
export interface ServeTrainingOptions {
  /** Losses, metrics, rates and layers of your own by their names, as `fromSafetensors` takes them. Default: none. */
  readonly customObjects?: CustomObjects;
}

/** The way back to whoever started this worker. */
interface Port {
  post(message: FromWorker, transfer?: ArrayBuffer[]): void;
  listen(listener: (message: ToWorker) => void): void;
}

interface ThreadPort {
  postMessage(message: unknown, transfer?: readonly ArrayBuffer[]): void;
  on(event: "message", listener: (message: ToWorker) => void): void;
}

/** The port of this worker, of whatever host; null where this is no worker. */
async function portOfHost(): Promise<Port | null> {
  const { process } = globalThis as { process?: { versions?: { node?: string } } };
  if (process?.versions?.node !== undefined) {
    // Put together here, so that no bundler looks for the module.
    const name = ["node", "worker_threads"].join(":");
    const { parentPort } = (await import(/* @vite-ignore */ /* webpackIgnore: true */ name)) as {
      parentPort: ThreadPort | null;
    };
    if (parentPort === null) return null;
    return {
      post: (message, transfer) => parentPort.postMessage(message, transfer),
      listen: (listener) => parentPort.on("message", listener),
    };
  }
  if (typeof document !== "undefined" || typeof self === "undefined") return null;
  return {
    post: (message, transfer = []) => self.postMessage(message, { transfer }),
    listen: (listener) => self.addEventListener("message", ({ data }) => listener(data as ToWorker)),
  };
}

const buffersOf = (
  tensors: readonly { readonly data: { readonly buffer: ArrayBufferLike } }[],
): ArrayBuffer[] => tensors.map(({ data }) => data.buffer as ArrayBuffer);

/** A callback that tells every hook that is listened to, and does with the model what the answer says. */
function teller(
  { hooks, logNames }: Pick<Order, "hooks" | "logNames">,
  port: Port,
  answer: () => Promise<Answer>,
): Callback {
  const callback: Callback = { logNames };
  const tell = async (name: HookName, index: number | null, logs: Logs): Promise<void> => {
    const model = callback.model as TrainingModel;
    const weights = HOOKS[name] ? model.getWeights() : null;
    const answered = answer();
    port.post(
      {
        kind: "hook",
        name,
        index,
        logs: { ...logs },
        learningRate: model.optimizer.learningRate,
        iterations: model.optimizer.iterations,
        batchLoss: model.batchLoss ?? Number.NaN,
        weights,
        params: name === "onTrainBegin" ? (callback.params as TrainingParams) : null,
      },
      buffersOf(weights ?? []),
    );
    const {
      failed,
      stopTraining,
      learningRate,
      weights: changed,
      allowNonFinite,
      logs: told,
    } = await answered;
    if (failed) throw new GateflowError("A callback failed.");
    Object.assign(logs, told);
    if (changed !== undefined) model.setWeights(changed, { allowNonFinite: allowNonFinite === true });
    if (learningRate !== undefined) model.optimizer.learningRate = learningRate;
    if (stopTraining) model.stopTraining = true;
  };
  for (const name of hooks) {
    // Hooks of a whole training have the logs alone.
    const hook = (first: number | Logs, second?: Logs): Promise<void> =>
      typeof first === "number" ? tell(name, first, second ?? {}) : tell(name, null, first);
    Object.assign(callback, { [name]: hook });
  }
  return callback;
}

async function train(
  { model: bytes, x, y, options, engine: engineOptions, hooks, logNames }: Order,
  port: Port,
  answer: () => Promise<Answer>,
  signal: AbortSignal,
): Promise<void> {
  let model: Model | undefined;
  let error: unknown = null;
  let engine: Awaited<ReturnType<typeof createEngine>> | undefined;
  try {
    engine = await createEngine(engineOptions);
    model = fromSafetensors<Model>(bytes, { engine, customObjects, allowNonFinite: true });
    if (model.compiled === undefined) {
      throw new ConfigError(
        'trainInWorker(): the model has a loss, metric or rate that is a function, and functions do not travel. Make a worker file of your own: import { serveTraining } from "gateflow/training-worker"; serveTraining({ customObjects: { … } }); and give its address as `worker`.',
      );
    }
    // Every fit begins anew, as it would on the other side.
    model.resume = undefined;
    const fitOptions: FitOptions = {
      ...options,
      signal,
      ...(hooks.length === 0 ? {} : { callbacks: [teller({ hooks, logNames }, port, answer)] }),
    };
    await model.fit(x as TensorLike, y as TensorLike, fitOptions);
  } catch (caught) {
    error = caught;
  }
  const trained = model?.compiled === undefined ? null : toSafetensors(model, { optimizer: true });
  port.post(
    {
      kind: "ended",
      error:
        error === null
          ? null
          : {
              name: error instanceof Error ? error.name : "Error",
              message: error instanceof Error ? error.message : String(error),
              ...(error instanceof GateflowError && error.code !== undefined ? { code: error.code } : {}),
            },
      model: trained,
      history: model?.history ?? null,
      batchLoss: model?.batchLoss ?? Number.NaN,
      engine: engine?.info ?? null,
    },
    trained === null ? [] : [trained.buffer as ArrayBuffer],
  );
  model?.dispose();
  engine?.dispose();
}

let customObjects: CustomObjects = {};
let isServing = false;

/**
 * Answers `trainInWorker` from inside a worker. Importing `gateflow/training-worker` there is enough; call it in a worker
 * file of your own to bring functions that do not travel. Does nothing outside a worker.
 * @throws ConfigError for an unknown option.
 *
 * @example
 * import { serveTraining } from "gateflow/training-worker"; // in a worker's file
 * serveTraining({ customObjects: { myLoss } });
 */
export function serveTraining(options: ServeTrainingOptions = {}): void {
  refuseUnknown("serveTraining()", options, ["customObjects"] satisfies (keyof ServeTrainingOptions)[]);
  customObjects = { ...customObjects, ...options.customObjects };
  if (isServing) return;
  isServing = true;
  void portOfHost().then((port) => {
    if (port === null) return;
    const abort = new AbortController();
    let resolve: (answer: Answer) => void = () => {};
    const answer = (): Promise<Answer> =>
      new Promise((settle) => {
        resolve = settle;
      });
    port.listen((message) => {
      if (message.kind === "answer") resolve(message);
      else if (message.kind === "abort") abort.abort();
      else void train(message, port, answer, abort.signal);
    });
    port.post({ kind: "ready" });
  });
}
