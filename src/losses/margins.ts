import type { Kernels } from "../engine/kernels.js";
import { refuseUnknown } from "../options.js";
import { type Loss, type LossBatch, lossArguments } from "./loss.js";

/** Whether all labels are 0 or 1, which Keras's hinge losses take as -1 and 1. */
function areBits({ memory, target, targetStride, targetWidth, rows }: LossBatch): boolean {
  const labels = memory.floats(target, rows * targetStride);
  for (let row = 0; row < rows; row++) {
    for (let j = 0; j < targetWidth; j++) {
      const label = labels[row * targetStride + j]!;
      if (label !== 0 && label !== 1) return false;
    }
  }
  return true;
}

const hinged = (name: string, kernel: ("hingeLoss" | "squaredHingeLoss") & keyof Kernels): Loss => ({
  name,
  config: {},
  targets: "values",
  // What the labels are is read from all of a batch.
  isWholeBatch: true,
  columnsOf: (target) => [target],
  targetWidth: (width) => width,
  sum: (batch) => batch.kernels[kernel](...lossArguments(batch), areBits(batch) ? 1 : 0),
});

/**
 * max(1 - target · prediction, 0), mean over the last axis, for labels -1 and 1; labels of a batch that are all 0 or 1
 * count as those, as in Keras.
 * @throws ConfigError for an option.
 *
 * @example
 * model.compile({ optimizer: "adam", loss: hinge() }); // after dense({ units: 1, activation: "tanh" })
 */
export function hinge(options: object = {}): Loss {
  refuseUnknown("hinge()", options, []);
  return hinged("hinge", "hingeLoss");
}

/**
 * max(1 - target · prediction, 0)², mean over the last axis, for labels as those of `hinge`.
 * @throws ConfigError for an option.
 *
 * @example
 * model.compile({ optimizer: "adam", loss: "squaredHinge" });
 */
export function squaredHinge(options: object = {}): Loss {
  refuseUnknown("squaredHinge()", options, []);
  return hinged("squaredHinge", "squaredHingeLoss");
}

/**
 * Kullback-Leibler divergence Σ target ln(target / prediction) over the last axis, both within [1e-7, 1], as in Keras:
 * for targets and predictions that are distributions.
 * @throws ConfigError for an option.
 *
 * @example
 * model.compile({ optimizer: "adam", loss: "klDivergence" }); // after dense({ units: 5, activation: "softmax" })
 */
export function klDivergence(options: object = {}): Loss {
  refuseUnknown("klDivergence()", options, []);
  return {
    name: "klDivergence",
    config: {},
    targets: "values",
    targetWidth: (width) => width,
    sum: (batch) => batch.kernels.klDivergenceLoss(...lossArguments(batch)),
  };
}
