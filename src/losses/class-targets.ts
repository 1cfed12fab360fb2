import { DataError } from "../errors.js";
import type { Tensor } from "../tensor.js";

/** Samples of labels: sample n is row `sampleOf(n)`. */
export interface LabelRows {
  readonly y: Tensor | null;
  readonly size: number;
  sampleOf(n: number): number;
}

/** What a loss whose targets are class indices knows of labels; apart, because few programs have such a loss. */
export interface ClassTargets {
  /** @throws DataError naming sample and time step of the first label that is no class of the model's, nor `ignored`. */
  check(where: string, labels: LabelRows, classes: number, timesteps: number, ignored?: number): void;
  /** What to change about labels that do not fit, where their shape tells; "" where it does not. */
  remedy(expected: readonly (number | null)[], received: readonly number[], width: number): string;
}

export const classTargets: ClassTargets = {
  check(where, { y, size, sampleOf }, classes, timesteps, ignored) {
    for (let n = 0; n < size; n++) {
      const sample = sampleOf(n);
      for (let t = 0; t < timesteps; t++) {
        const label = y!.data[sample * timesteps + t]!;
        if ((Number.isInteger(label) && label >= 0 && label < classes) || label === ignored) continue;
        throw new DataError(
          `${where}: y holds ${label} in sample ${sample}${timesteps > 1 ? `, time step ${t}` : ""}, but the model predicts ${classes} classes, 0 … ${classes - 1}. ` +
            "Count classes from 0, and give the last layer one unit for each.",
          { code: "index_out_of_range", received: label, expected: `0 … ${classes - 1}` },
        );
      }
    }
  },
  remedy(expected, received, width) {
    const own = received.at(-1)!;
    const isOneHot =
      own > 1 &&
      received.length === expected.length &&
      expected.slice(0, -1).every((extent, axis) => extent === null || extent === received[axis]);
    if (!isOneHot) return "";
    const same = own === width ? "" : `, with ${width} of them`;
    return ` One-hot labels go with the loss categoricalCrossentropy${same}; sparseCategoricalCrossentropy takes the index of the one.`;
  },
};
