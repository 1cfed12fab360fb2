import { StateError } from "../errors.js";
import type { Callback, Logs, TrainingModel } from "../model/events.js";
import type { NamedTensor } from "../tensor.js";
import type { Answer, HookCall } from "./messages.js";

/** The model in the worker as callbacks on this side see it: as it was when the hook was called. */
class RemoteModel implements TrainingModel {
  stopTraining = false;
  batchLoss = Number.NaN;
  #call: HookCall;
  #learningRate: number | undefined;
  #weights: readonly NamedTensor[] | undefined;
  #allowNonFinite = false;
  readonly optimizer: TrainingModel["optimizer"];

  constructor(first: HookCall) {
    this.#call = first;
    const [rate, setRate, count] = [
      () => this.#learningRate ?? this.#call.learningRate,
      (value: number) => {
        this.#learningRate = value;
      },
      () => this.#call.iterations,
    ];
    this.optimizer = {
      get learningRate() {
        return rate();
      },
      set learningRate(value) {
        setRate(value);
      },
      get iterations() {
        return count();
      },
    };
  }

  getWeights(): NamedTensor[] {
    const weights = this.#weights ?? this.#call.weights;
    if (weights === null) {
      throw new StateError(
        `${this.#call.name}: weights come from a worker at the begin and the end of epochs and of the training. Read them there.`,
      );
    }
    return weights.map(({ data, ...rest }) => ({ ...rest, data: data.slice() }) as NamedTensor);
  }

  setWeights(
    weights: readonly NamedTensor[],
    { allowNonFinite = false }: { readonly allowNonFinite?: boolean } = {},
  ): void {
    this.#weights = weights;
    this.#allowNonFinite = allowNonFinite;
  }

  receive(call: HookCall): void {
    this.#call = call;
    this.batchLoss = call.batchLoss;
    this.#learningRate = undefined;
    this.#weights = undefined;
  }

  get changes(): Pick<Answer, "stopTraining" | "learningRate" | "weights" | "allowNonFinite"> {
    return {
      stopTraining: this.stopTraining,
      ...(this.#learningRate === undefined ? {} : { learningRate: this.#learningRate }),
      ...(this.#weights === undefined
        ? {}
        : { weights: this.#weights, allowNonFinite: this.#allowNonFinite }),
    };
  }
}

/**
 * Runs the callbacks on this side for each hook of the fit in the worker, which throws what a callback throws.
 * @param mayLogMore whether one of them may add names to the logs that nobody knows yet.
 */
export function callbackRunner(
  callbacks: readonly Callback[],
  mayLogMore: boolean,
): (call: HookCall) => Promise<Answer> {
  let model: RemoteModel | undefined;
  return async (call) => {
    model ??= new RemoteModel(call);
    model.receive(call);
    if (call.params !== null) {
      const params = { ...call.params, ...(mayLogMore ? { mayLogMore } : {}) };
      for (const callback of callbacks) {
        if (Object.isExtensible(callback)) Object.assign(callback, { model, params });
      }
    }
    const logs: Logs = { ...call.logs };
    for (const callback of callbacks) {
      const hook = callback[call.name] as ((...given: unknown[]) => unknown) | undefined;
      await (call.index === null ? hook?.call(callback, logs) : hook?.call(callback, call.index, logs));
    }
    return { kind: "answer", logs, ...model.changes };
  };
}
