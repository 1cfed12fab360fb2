import type { Callback } from "../model/events.js";
import { modelOf } from "./monitor.js";

/** What `terminateOnNaN` makes. */
export interface TerminateOnNaN extends Callback {
  /** The batch, from 0, whose loss was not finite in the last fit; undefined when all were. */
  readonly terminatedBatch: number | undefined;
}

/**
 * Stops training after the first batch whose loss is NaN or infinite. Source: Keras's TerminateOnNaN.
 *
 * @example
 * await model.fit(x, y, { epochs: 5, callbacks: [terminateOnNaN()] });
 */
export function terminateOnNaN(): TerminateOnNaN {
  let terminatedBatch: number | undefined;
  const callback: TerminateOnNaN = {
    get terminatedBatch() {
      return terminatedBatch;
    },
    onTrainBegin() {
      terminatedBatch = undefined;
    },
    onTrainBatchEnd(batch, logs) {
      if (logs.loss === undefined || Number.isFinite(logs.loss)) return;
      terminatedBatch ??= batch;
      modelOf("terminateOnNaN()", callback).stopTraining = true;
    },
  };
  return callback;
}
