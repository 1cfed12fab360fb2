import type { History } from "../model/events.js";
import type { SeriesLike } from "../series/kinds.js";
import type { TensorLike } from "../tensor.js";
import type { Code } from "./causes.js";

/** What a model with several inputs or outputs takes for each of them: an array in their order, or a record by their names. */
export type Several = readonly TensorLike[] | Readonly<Record<string, TensorLike>>;

/** Options of `diagnose`. */
export interface DiagnoseOptions {
  /** What the model is or will be trained on, as for `fit`. Windows in their order tell most: give them unshuffled. */
  readonly x: TensorLike | Several;
  /** Labels, one for each sample of `x`. Default: none. */
  readonly y: TensorLike | Several;
  /** `[x, y]` that was not trained on. Default: none. */
  readonly validationData?: readonly [TensorLike | Several, TensorLike | Several] | undefined;
  /** What `fit` returned: tells what training was like. Default: none. */
  readonly history?: History | Readonly<Record<string, readonly number[]>> | undefined;
  /** The raw series the windows were made of. Default: none. */
  readonly series?: SeriesLike | undefined;
  /** Options `fit` was or will be called with, as far as they matter here. Default: Keras's. */
  readonly fit?:
    | {
        readonly batchSize?: number;
        readonly shuffle?: boolean;
        readonly classWeight?: Readonly<Record<number, number>>;
        readonly sampleWeight?: TensorLike;
      }
    | undefined;
  /** Told before each diagnosis that is looked for: how many have been, and how many there are. Default: nobody. */
  readonly onProgress?: (progress: DiagnoseProgress) => void;
  /** Ends the search between two trials, or a trial at a batch boundary, with the signal's reason. Default: nothing ends it. */
  readonly signal?: AbortSignal | undefined;
}

/** How far a diagnosis is. */
export interface DiagnoseProgress {
  /** What is looked for now. */
  readonly code: Code;
  /** Diagnoses that have been looked for, of `steps`. */
  readonly step: number;
  readonly steps: number;
}
