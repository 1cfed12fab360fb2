import type { Loss } from "../losses/loss.js";
import type { Metric } from "./metric.js";

/** Keras's key in the logs for what is called so here: `rootMeanSquaredError` is logged as `root_mean_squared_error`. */
export const logKey = (name: string): string =>
  name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** The mean of a loss over an epoch, without regularization or sample weights, under the name it was asked for. */
export function lossMetric(
  name: string,
  loss: Loss,
  finish: (mean: number) => number = (mean) => mean,
): Metric {
  let sum = 0;
  let count = 0;
  return {
    name,
    begin() {
      sum = 0;
      count = 0;
    },
    update(batch) {
      const counted = batch.weight === 0 ? batch.rows : sumOf(batch.memory.floats(batch.weight, batch.rows));
      sum += loss.sum({ ...batch, gradient: 0, counted, scale: 1 });
      count += counted;
    },
    save: () => [sum, count],
    load: (saved) => {
      [sum, count] = saved as [number, number];
    },
    result: () => finish(count === 0 ? 0 : sum / count),
  };
}

function sumOf(weights: Float32Array): number {
  let sum = 0;
  for (const weight of weights) sum += weight;
  return sum;
}
