import type { Kernels } from "../engine/kernels.js";
import { type Loss, type LossBatch, type LossOptions, lossArguments, lossMaking } from "./loss.js";

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

const hinged = (
  name: string,
  kernel: ("hingeLoss" | "squaredHingeLoss") & keyof Kernels,
  options: LossOptions,
): Loss =>
  lossMaking.make(`${name}()`, options, [], () => ({
    name,
    label: options.name,
    config: { ...options },
    targets: "values",
    // What the labels are is read from all of a batch.
    isWholeBatch: true,
    columnsOf: (target) => [target],
    targetWidth: (width) => width,
    sum: (batch) => batch.kernels[kernel](...lossArguments(batch), areBits(batch) ? 1 : 0),
  }));

/**
 * max(1 - target · prediction, 0), mean over the last axis, for labels -1 and 1; labels of a batch that are all 0 or 1
 * count as those, as in Keras.
 * @throws ConfigError for an unknown option.
 *
 * @example
 * model.compile({ optimizer: "adam", loss: hinge() }); // after dense({ units: 1, activation: "tanh" })
 */
export function hinge(options: LossOptions = {}): Loss {
  return hinged("hinge", "hingeLoss", options);
}

/**
 * max(1 - target · prediction, 0)², mean over the last axis, for labels as those of `hinge`.
 * @throws ConfigError for an unknown option.
 *
 * @example
 * model.compile({ optimizer: "adam", loss: "squaredHinge" });
 */
export function squaredHinge(options: LossOptions = {}): Loss {
  return hinged("squaredHinge", "squaredHingeLoss", options);
}

/**
 * Kullback-Leibler divergence Σ target ln(target / prediction) over the last axis, both within [1e-7, 1], as in Keras:
 * for targets and predictions that are distributions.
 * @throws ConfigError for an unknown option.
 *
 * @example
 * model.compile({ optimizer: "adam", loss: "klDivergence" }); // after dense({ units: 5, activation: "softmax" })
 */
export function klDivergence(options: LossOptions = {}): Loss {
  return lossMaking.make("klDivergence()", options, [], () => ({
    name: "klDivergence",
    label: options.name,
    config: { ...options },
    targets: "values",
    targetWidth: (width) => width,
    sum: (batch) => batch.kernels.klDivergenceLoss(...lossArguments(batch)),
  }));
}
