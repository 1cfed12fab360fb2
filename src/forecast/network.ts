import { earlyStopping } from "../callbacks/early-stopping.js";
import { StateError } from "../errors.js";
import { dense } from "../layers/dense.js";
import { flatten } from "../layers/flatten.js";
import type { Layer } from "../layers/layer.js";
import { lstm } from "../layers/recurrent/lstm.js";
import { repeatVector } from "../layers/repeat-vector.js";
import { timeDistributed } from "../layers/time-distributed/time-distributed.js";
import type { History } from "../model/events.js";
import { type Sequential, sequential } from "../model/sequential.js";
import { adam } from "../optimizers/adam.js";
import type { Tensor } from "../tensor.js";
import { type Head, lossOf, widthOf } from "./chain/head.js";
import type { ForecasterFitOptions, Strategy } from "./types.js";

/** What a network is made of and how it is trained. */
export interface NetworkPlan {
  readonly window: number;
  readonly features: number;
  readonly outputs: number;
  readonly strategy: Strategy;
  readonly units: readonly number[];
  readonly head: Head;
  readonly epochs: number;
  readonly batchSize: number;
  readonly learningRate: number;
  readonly patience: number;
  readonly seed: number;
}

export interface Examples {
  readonly x: Tensor;
  readonly y: Tensor;
}

/**
 * The output starts at zero, so an untrained network leaves the carrier's forecast as it is, and every correction has to
 * be learnt.
 */
function layersOf({ window, features, outputs, strategy, units, head }: NetworkPlan): Layer[] {
  const input = { inputShape: [window, features] };
  const width = widthOf(head, outputs);
  const stack = (sequences: boolean): Layer[] =>
    units.map((size, i) =>
      lstm({ units: size, returnSequences: sequences || i < units.length - 1, ...(i === 0 ? input : {}) }),
    );
  if (strategy !== "seq2seq") return [...stack(false), dense({ units: width, kernelInitializer: "zeros" })];
  return [
    ...stack(false),
    repeatVector({ n: outputs }),
    lstm({ units: units.at(-1)!, returnSequences: true }),
    timeDistributed({ layer: dense({ units: width / outputs, kernelInitializer: "zeros" }) }),
    flatten(),
  ];
}

/** An untrained network, compiled. */
export function createNetwork(plan: NetworkPlan): Sequential {
  const model = sequential(layersOf(plan), { name: "forecaster", seed: plan.seed });
  model.compile({
    // Series have outliers, and one such window should not undo an epoch.
    optimizer: adam({ learningRate: plan.learningRate, globalClipnorm: 1 }),
    loss: lossOf(plan.head),
  });
  return model;
}

/**
 * Trains with early stopping on `validation`, or for exactly `plan.epochs` epochs without one.
 * @returns the losses and the best epoch, from 0.
 * @throws StateError when `signal` was aborted.
 */
export async function trainNetwork(
  model: Sequential,
  plan: NetworkPlan,
  train: Examples,
  validation: Examples | null,
  { callbacks = [], signal }: ForecasterFitOptions,
): Promise<{ history: History; bestEpoch: number }> {
  const stopping = earlyStopping({ patience: plan.patience, restoreBestWeights: true });
  const history = await model.fit(train.x, train.y, {
    epochs: plan.epochs,
    batchSize: plan.batchSize,
    callbacks: validation === null ? callbacks : [...callbacks, stopping],
    ...(validation === null ? {} : { validationData: [validation.x, validation.y] as const }),
    ...(signal === undefined ? {} : { signal }),
  });
  refuseAborted(signal);
  return { history, bestEpoch: validation === null ? history.epoch.length - 1 : stopping.bestEpoch };
}

/** @throws StateError once the signal was aborted. */
export function refuseAborted(
  signal: AbortSignal | undefined,
  said = "fit(): stopped by its signal; nothing was fitted.",
): void {
  if (signal?.aborted === true) throw new StateError(said);
}
