import type { NamedTensor } from "../tensor.js";
import type { FlowListener } from "./flow.js";

/** Numbers by Keras's names: `loss`, `val_loss`, `mae`, `val_mae`, `learning_rate`. */
export type Logs = Record<string, number>;

/** What a callback may see and change of the model it watches. */
export interface TrainingModel {
  /** Set to true to end `fit` after the current batch (from a batch hook) or epoch (from an epoch hook). */
  stopTraining: boolean;
  /** Loss of the last training batch alone; the logs hold the mean since the epoch began, as Keras's. */
  readonly batchLoss?: number;
  readonly optimizer: {
    /** The rate used from the next update on. A schedule, if one was given, owns it: setting it is a ConfigError. */
    learningRate: number;
    readonly iterations: number;
    /** @returns what brings moments, rate and count of updates back to where they are now. */
    restorePoint?(): () => void;
  };
  getWeights(): NamedTensor[];
  setWeights(weights: readonly NamedTensor[], options?: { readonly allowNonFinite?: boolean }): void;
  /**
   * Has the gradient flow of every training step recorded and told to `listener`, after its update, until the function
   * returned is called. Changes no bit of the training. With `inputGradient` dL/dx is computed of every layer.
   */
  watchFlow?(listener: FlowListener, inputGradient?: boolean): () => void;
}

/** What `fit` is about to do, given to `onTrainBegin` through `params`. */
export interface TrainingParams {
  readonly epochs: number;
  /** Batches per epoch; null when a dataset does not know its length. */
  readonly steps: number | null;
  readonly samples: number | null;
  readonly verbose: number;
  /** Names of what the logs of an epoch will hold, `val_…` included, and those that callbacks say they add. */
  readonly metrics: readonly string[];
  /** true where a callback of another's may add names that nobody knows yet. */
  readonly mayLogMore?: boolean;
}

/** What a callback has counted, as plain JSON, and the best weights it keeps. */
export interface CallbackState {
  readonly counters: Readonly<Record<string, unknown>>;
  readonly weights?: readonly NamedTensor[];
}

/** What a callback does at one moment of a training. */
export type Hook<Index extends unknown[]> = (...args: [...Index, logs: Logs]) => void | Promise<void>;

/**
 * Keras's hooks. Any object with some of them is a callback; `fit` sets `model` and `params` on it before the first.
 * A hook may be async: training waits for it.
 */
export interface Callback {
  /** What it is, for errors and for a state in a file to find its way back. Default: nothing. */
  readonly name?: string;
  /** Names its onEpochEnd adds to the logs; undefined: nobody knows. */
  readonly logNames?: readonly string[];
  model?: TrainingModel;
  params?: TrainingParams;
  /** What it has counted, kept by `toSafetensors(model, { optimizer: true })` during and after a fit. */
  getState?(): CallbackState;
  /** Called after onTrainBegin of a fit that goes on from such a file. */
  setState?(state: CallbackState): void;
  /** Before the first epoch. Default: nothing is done, as for all hooks. */
  onTrainBegin?: Hook<[]>;
  /** After the last epoch, also where training was stopped. Default: nothing. */
  onTrainEnd?: Hook<[]>;
  /** Before the first batch of an epoch, counted from 0. Default: nothing. */
  onEpochBegin?: Hook<[epoch: number]>;
  /** After validation, with the epoch's logs; may add to them. Default: nothing. */
  onEpochEnd?: Hook<[epoch: number]>;
  /** Before a batch is trained on, counted from 0 in each epoch. Default: nothing. */
  onTrainBatchBegin?: Hook<[batch: number]>;
  /** After an update, with the means since the epoch began. Default: nothing. */
  onTrainBatchEnd?: Hook<[batch: number]>;
  /** Keras's second name of `onTrainBatchBegin`. */
  onBatchBegin?: Hook<[batch: number]>;
  /** Keras's second name of `onTrainBatchEnd`. */
  onBatchEnd?: Hook<[batch: number]>;
  /** Before `evaluate` or a validation. Default: nothing. */
  onTestBegin?: Hook<[]>;
  /** After it, with its logs. Default: nothing. */
  onTestEnd?: Hook<[]>;
  /** Before a batch is evaluated, counted from 0. Default: nothing. */
  onTestBatchBegin?: Hook<[batch: number]>;
  /** After it, with the means so far. Default: nothing. */
  onTestBatchEnd?: Hook<[batch: number]>;
}

/** What `fit` returns: the epochs that were run and, for each name in the logs, one number an epoch. */
export interface History {
  readonly epoch: number[];
  readonly history: Record<string, number[]>;
}
