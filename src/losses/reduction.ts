/** What Keras's losses know beside those of `gateflow/core`: how the losses of the rows become one number. */
import { ConfigError, told } from "../errors.js";
import { oneOf, refuseUnknown } from "../options.js";
import { type Loss, type LossBatch, lossMaking } from "./loss.js";

const REDUCTIONS = ["sumOverBatchSize", "mean", "sum", "meanWithSampleWeight"] as const;
/** How the losses of the rows, each times its weight, become one number. */
export type Reduction = (typeof REDUCTIONS)[number];

declare module "./loss.js" {
  interface LossOptions {
    /**
     * `sumOverBatchSize` (default) and `mean`: the sum by the number of rows that count; `sum`: the sum; `meanWithSampleWeight`:
     * the sum by the sum of the weights. Keras's `none` is refused: training needs one number.
     */
    readonly reduction?: Reduction;
  }
}

function sumOfWeights({ memory, rows, weight, counted }: LossBatch): number {
  if (weight === 0) return counted;
  let sum = 0;
  for (const value of memory.floats(weight, rows)) sum += value;
  return sum;
}

/** A loss whose caller divides the sum by the rows that count, divided by something else. */
function reduced(loss: Loss, divisor: (batch: LossBatch) => number, isWholeBatch: boolean): Loss {
  // Weights of single outputs make rows of their own, by whose number another mean would divide.
  const { columnsOf: _outputs, ...whole } = loss;
  return {
    ...whole,
    ...(isWholeBatch ? { isWholeBatch } : {}),
    sum(batch) {
      // A metric divides by itself what it has counted: only what is trained on brings weights along.
      if (!("sampleWeight" in batch)) return loss.sum(batch);
      const by = divisor(batch);
      const factor = by === 0 ? 0 : batch.counted / by;
      return factor * loss.sum({ ...batch, scale: batch.scale * factor });
    },
  };
}

/** Lets losses take `reduction`. */
export function registerReductions(): void {
  lossMaking.make = (where, options, known, loss) => {
    refuseUnknown(where, options, [...known, "name", "reduction"]);
    const { reduction = "sumOverBatchSize" } = options;
    if ((reduction as unknown) === "none" || reduction === null) {
      throw new ConfigError(
        `${where}: \`reduction\` is ${told(reduction)}, and training needs one number. Leave it out.`,
        { received: reduction, expected: REDUCTIONS },
      );
    }
    oneOf(where, "reduction", reduction, REDUCTIONS);
    const made = loss();
    if (reduction === "sum") return reduced(made, () => 1, false);
    return reduction === "meanWithSampleWeight" ? reduced(made, sumOfWeights, true) : made;
  };
}
