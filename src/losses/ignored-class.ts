/** A class whose rows count for nothing: Keras's `ignore_class`. */
import { classTargets } from "./class-targets.js";
import type { Loss, LossBatch } from "./loss.js";

const floats = ({ memory, rows }: LossBatch, address: number): Float32Array | null =>
  address === 0 ? null : memory.floats(address, rows);

/** A loss of class indices, its mean taken over the rows of other classes than `ignored`, as in Keras over an output with a mask. */
export const withoutClass = (loss: Loss, ignored: number): Loss => ({
  ...loss,
  // How many rows count has to be known before the first is summed up.
  isWholeBatch: true,
  classes: {
    ...classTargets,
    check: (where, labels, classes, timesteps) =>
      classTargets.check(where, labels, classes, timesteps, ignored),
  },
  sum(batch) {
    const { memory, rows, targetStride, counted } = batch;
    const own = memory.take(rows);
    const rowsIgnored: number[] = [];
    try {
      // Views are taken once the memory has its room.
      const weights = memory.floats(own, rows);
      const [given, mask] = [floats(batch, batch.weight), floats(batch, batch.mask)];
      const labels = memory.floats(batch.target, rows * targetStride);
      let kept = 0;
      for (let row = 0; row < rows; row++) {
        const isKept = labels[row * targetStride] !== ignored;
        weights[row] = isKept ? (given?.[row] ?? 1) : 0;
        if (isKept) kept += mask?.[row] ?? 1;
        // A class of the model's, for the time being: the kernel reads the prediction it points at.
        else {
          labels[row * targetStride] = 0;
          rowsIgnored.push(row);
        }
      }
      const factor = kept === 0 ? 0 : counted / kept;
      return factor * loss.sum({ ...batch, weight: own, scale: batch.scale * factor });
    } finally {
      const labels = memory.floats(batch.target, rows * targetStride);
      for (const row of rowsIgnored) labels[row * targetStride] = ignored;
      memory.give(own);
    }
  },
});
