import type { TensorLike } from "../../tensor.js";
import type { Dataset } from "../data/examples.js";
import type { Callback } from "../events.js";

/** Options of `fit`, with Keras's names, meanings and defaults. */
export interface FitOptions {
  /** Index of the epoch at which training ends, counted from 0. Default 1. */
  readonly epochs?: number;
  /** Samples an update. Default 32, or the first layer's `batchSize`. Not for datasets, which bring their batches. */
  readonly batchSize?: number;
  /** Draws the samples in another order in each epoch. Default true. Datasets order themselves. */
  readonly shuffle?: boolean;
  /**
   * `[x, y]`, `[x, y, sampleWeight]` or a dataset, evaluated after each epoch. A stateful model's states are put back
   * afterwards, so that looking does not change the training. Default: none.
   */
  readonly validationData?: readonly [TensorLike, TensorLike, TensorLike?] | Dataset;
  /** Share of the samples, taken from the end before shuffling, that is held back for validation. Default 0. */
  readonly validationSplit?: number;
  /** Samples at a time in validation. Default `batchSize`. Not for datasets. */
  readonly validationBatchSize?: number;
  /** Batches of a validation, which begins at its data's begin each time. Default: all of them. */
  readonly validationSteps?: number;
  /** Validate every so many epochs, or after those listed, counted from 1. Default 1. */
  readonly validationFreq?: number | readonly number[];
  /**
   * Batches of an epoch. The next epoch goes on where the last one ended, and the data begin anew when they have run out.
   * Default: all the data are one epoch.
   */
  readonly stepsPerEpoch?: number;
  /** Called in this order at every hook. Default: none. */
  readonly callbacks?: readonly Callback[];
  /** 0 (default), false: silent; 1, true, `"auto"`: a progress bar; 2: a line an epoch. Keras starts at 1. */
  readonly verbose?: 0 | 1 | 2 | boolean | "auto";
  /** Epoch at which to begin, after a restart. Default 0. */
  readonly initialEpoch?: number;
  /** A weight for each sample, `[N]`, each time step, `[N, T]`, or each output, `[N, T, O]`; the split takes its part along. Default: all 1. */
  readonly sampleWeight?: TensorLike;
  /** A weight for each class, by its index; 1 for a class without one. It weighs the training part alone. Default: all 1. */
  readonly classWeight?: Readonly<Record<number, number>>;
  /** Ends training at the next batch boundary; `fit` then resolves with the finished epochs. Default: nothing ends it. */
  readonly signal?: AbortSignal;
}

export const fitOptionNames = [
  "epochs",
  "batchSize",
  "shuffle",
  "validationData",
  "validationSplit",
  "validationBatchSize",
  "validationSteps",
  "validationFreq",
  "stepsPerEpoch",
  "callbacks",
  "verbose",
  "initialEpoch",
  "sampleWeight",
  "classWeight",
  "signal",
] as const satisfies readonly (keyof FitOptions)[];
