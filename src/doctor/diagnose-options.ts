import type { History } from "../model/events.js";
import type { SeriesLike } from "../series/kinds.js";
import type { TensorLike } from "../tensor.js";
import type { Code } from "./causes.js";

/** What a model with several inputs or outputs takes for each of them: an array in their order, or a record by their names. */
export type Several = readonly TensorLike[] | Readonly<Record<string, TensorLike>>;

export interface DiagnoseOptions {
  /** What the model is or will be trained on, as for `fit`. Windows in their order tell most: give them unshuffled. */
  readonly x: TensorLike | Several;
  readonly y: TensorLike | Several;
  readonly validationData?: readonly [TensorLike | Several, TensorLike | Several] | undefined;
  /** What `fit` returned: tells what training was like. */
  readonly history?: History | Readonly<Record<string, readonly number[]>> | undefined;
  /** The raw series the windows were made of. */
  readonly series?: SeriesLike | undefined;
  /** Options `fit` was or will be called with, as far as they matter here. */
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
  /** Ends the search between two trials, or a trial at a batch boundary, with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

export interface DiagnoseProgress {
  /** What is looked for now. */
  readonly code: Code;
  /** Diagnoses that have been looked for, of `steps`. */
  readonly step: number;
  readonly steps: number;
}
