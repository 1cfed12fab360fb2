import { ConfigError } from "../errors.js";
import { batchTensors } from "../losses/batch-tensors.js";
import type { Tensor } from "../tensor.js";
import type { Metric } from "./metric.js";

/**
 * A metric of a user's own: a number for a batch. An epoch's is the mean of its batches', weighted by their samples, so
 * only what is a mean over samples itself does not depend on the batch size. `yTrue` and `yPred` are copies,
 * `[batch, units]` or `[batch, timesteps, units]`.
 *
 * Its name in the logs is the function's, or `custom`. A mask that reaches the metrics is refused with a ConfigError.
 *
 * @example
 * const largestError = (yTrue: Tensor, yPred: Tensor) =>
 *   yPred.data.reduce((worst, p, i) => Math.max(worst, Math.abs(p - yTrue.data[i])), 0);
 * model.compile({ optimizer: "adam", loss: "mse", metrics: ["mae", largestError] });
 */
export type MetricFunction = (yTrue: Tensor, yPred: Tensor) => number;

/** A user's function as a metric. */
export function customMetric(compute: MetricFunction): Metric {
  const name = compute.name || "custom";
  let sum = 0;
  let samples = 0;
  return {
    name,
    isCustom: true,
    begin() {
      sum = 0;
      samples = 0;
    },
    update(batch) {
      if (batch.weight !== 0) {
        throw new ConfigError(
          `The metric function \`${name}\` cannot leave masked time steps out. Use a metric of gateflow's, or end the mask with returnSequences: false or flatten().`,
        );
      }
      const { yTrue, yPred } = batchTensors(batch);
      const value: unknown = compute(yTrue, yPred);
      if (typeof value !== "number") {
        throw new ConfigError(
          `The metric function \`${name}\` returned ${value === null ? "null" : typeof value}, expected a number.`,
          { received: value, expected: "number" },
        );
      }
      sum += value * batch.samples;
      samples += batch.samples;
    },
    save: () => [sum, samples],
    load: (saved) => {
      [sum, samples] = saved as [number, number];
    },
    result: () => (samples === 0 ? 0 : sum / samples),
  };
}
