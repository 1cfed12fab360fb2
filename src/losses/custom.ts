import { ConfigError, DataError, ShapeError, told } from "../errors.js";
import {
  describeShape,
  firstNonFinite,
  sameShape,
  type Tensor,
  type TensorLike,
  toTensor,
} from "../tensor.js";
import { batchTensors, writeGradient } from "./batch-tensors.js";
import { type Loss, type LossBatch, lossExtras } from "./loss.js";

/** What a loss function of a user's own returns. */
export interface LossResult {
  /** The mean over the batch (and over time, for sequences). */
  readonly loss: number;
  /** dloss/dyPred, in the shape of `yPred`: of the mean, so each element already divided by what the mean divides by. */
  readonly gradient: TensorLike;
}

/** What a loss function may ask of a batch, beside labels and predictions. */
export interface LossContext {
  /**
   * What weighs samples `[batch]`, steps `[batch, timesteps]` or outputs `[batch, …, units]`, as it was given; masked steps
   * have 0. undefined where nothing is weighed. A function that does not look at it where it is there is refused.
   */
  readonly sampleWeight: Tensor | undefined;
}

/**
 * A loss of a user's own. `yTrue` and `yPred` are copies, `[batch, units]` or `[batch, timesteps, units]`.
 *
 * Where there is a `sampleWeight`, a `classWeight` or a mask, the third argument has the weights and the function has to
 * use them; one that does not look at them is refused with a ConfigError. Labels are as wide as the predictions, unless the
 * function's property `targetWidth` says otherwise: a number, or `"any"` for whatever comes.
 *
 * @example
 * const squared: LossFunction = (yTrue, yPred, { sampleWeight }) => {
 *   const difference = yPred.data.map((p, i) => p - yTrue.data[i]);
 *   const width = yPred.shape.at(-1);
 *   const weight = (i) => sampleWeight?.data[Math.floor(i / width)] ?? 1;
 *   const count = difference.length;
 *   const loss = difference.reduce((sum, d, i) => sum + weight(i) * d * d, 0) / count;
 *   return { loss, gradient: { shape: yPred.shape, data: difference.map((d, i) => (2 * weight(i) * d) / count) } };
 * };
 * model.compile({ optimizer: "adam", loss: squared });
 */
export interface LossFunction {
  (yTrue: Tensor, yPred: Tensor, context: LossContext): LossResult;
  /** How wide a row of labels is. Default: as wide as the predictions. */
  readonly targetWidth?: number | "any";
}

function checkResult(name: string, value: unknown): LossResult {
  const { loss, gradient } = (
    typeof value === "object" && value !== null ? value : {}
  ) as Partial<LossResult>;
  if (typeof loss !== "number" || gradient === undefined) {
    throw new ConfigError(
      `The loss function \`${name}\` returned ${typeof value === "object" ? "an object without a number `loss` and a `gradient`" : told(value)}, expected { loss, gradient }.`,
      { received: value, expected: "{ loss: number, gradient: Tensor }" },
    );
  }
  if (!Number.isFinite(loss)) {
    throw new DataError(`The loss function \`${name}\` returned the loss ${loss}.`, {
      received: loss,
      expected: "a finite number",
    });
  }
  return { loss, gradient };
}

function checkGradient(name: string, value: TensorLike, yPred: Tensor): Tensor {
  const gradient = toTensor(value);
  if (!sameShape(gradient.shape, yPred.shape)) {
    throw new ShapeError(
      `The loss function \`${name}\` returned a gradient ${describeShape(gradient.shape)}, expected the shape of yPred, ${describeShape(yPred.shape)}.`,
      { received: gradient.shape, expected: yPred.shape },
    );
  }
  const bad = firstNonFinite(gradient.data);
  if (bad < 0) return gradient;
  throw new DataError(
    `The loss function \`${name}\` returned the gradient ${String(gradient.data[bad])} at element ${bad}, where the prediction is ${yPred.data[bad]}.`,
    { received: gradient.data[bad], expected: "finite numbers" },
  );
}

/** A user's function as a loss. */
export function customLoss(compute: LossFunction): Loss {
  const name = compute.name || "custom";
  const own = lossExtras.widthOf?.(name, compute.targetWidth);
  return {
    name,
    config: {},
    isCustom: true,
    targets: "values",
    isWholeBatch: true,
    takesAnyTargets: own === "any",
    targetWidth: (width) => (typeof own === "number" ? own : width),
    sum(batch: LossBatch) {
      const { yTrue, yPred } = batchTensors(batch);
      let isSeen = batch.weight === 0 && batch.sampleWeight === undefined;
      const context: LossContext = {
        get sampleWeight() {
          isSeen = true;
          return batch.sampleWeight?.();
        },
      };
      const result = checkResult(name, compute(yTrue, yPred, context));
      if (!isSeen) {
        throw new ConfigError(
          `The loss function \`${name}\` weighs nothing, but there is a sampleWeight, a classWeight or a mask. Take the weights from its third argument, (yTrue, yPred, { sampleWeight }) => …, leave them out, end the mask with returnSequences: false or flatten(), or use a loss of gateflow's.`,
        );
      }
      if (batch.gradient !== 0) {
        // The caller's scale is one over the rows that count, and the function's mean has divided already.
        writeGradient(batch, checkGradient(name, result.gradient, yPred), batch.scale * batch.counted);
      }
      return result.loss * batch.counted;
    },
  };
}
