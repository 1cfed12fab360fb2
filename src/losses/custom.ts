import { ConfigError, DataError, ShapeError } from "../errors.js";
import {
  describeShape,
  firstNonFinite,
  sameShape,
  type Tensor,
  type TensorLike,
  toTensor,
} from "../tensor.js";
import { batchTensors, writeGradient } from "./batch-tensors.js";
import type { Loss, LossBatch } from "./loss.js";

/** What a loss function of a user's own returns. */
export interface LossResult {
  /** The mean over the batch (and over time, for sequences). */
  readonly loss: number;
  /** dloss/dyPred, in the shape of `yPred`: of the mean, so each element already divided by what the mean divides by. */
  readonly gradient: TensorLike;
}

/**
 * A loss of a user's own. `yTrue` and `yPred` are copies, `[batch, units]` or `[batch, timesteps, units]`.
 *
 * It sees no weights, so `sampleWeight`, `classWeight` and a mask that reaches the loss are refused with a ConfigError.
 *
 * @example
 * const squared: LossFunction = (yTrue, yPred) => {
 *   const difference = yPred.data.map((p, i) => p - yTrue.data[i]);
 *   const count = difference.length;
 *   const loss = difference.reduce((sum, d) => sum + d * d, 0) / count;
 *   return { loss, gradient: { shape: yPred.shape, data: difference.map((d) => (2 * d) / count) } };
 * };
 * model.compile({ optimizer: "adam", loss: squared });
 */
export type LossFunction = (yTrue: Tensor, yPred: Tensor) => LossResult;

function checkResult(name: string, value: unknown): LossResult {
  const { loss, gradient } = (
    typeof value === "object" && value !== null ? value : {}
  ) as Partial<LossResult>;
  if (typeof loss !== "number" || gradient === undefined) {
    throw new ConfigError(
      `The loss function \`${name}\` returned ${typeof value === "object" ? "an object without a number `loss` and a `gradient`" : String(value)}, expected { loss, gradient }.`,
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
  return {
    name,
    config: {},
    isCustom: true,
    targets: "values",
    isWholeBatch: true,
    targetWidth: (width) => width,
    sum(batch: LossBatch) {
      if (batch.weight !== 0) {
        throw new ConfigError(
          `The loss function \`${name}\` gives a mean and cannot weigh rows, but there is a sampleWeight, a classWeight or a mask. Leave them out, end the mask with returnSequences: false or flatten(), or use a loss of gateflow's.`,
        );
      }
      const { yTrue, yPred } = batchTensors(batch);
      const result = checkResult(name, compute(yTrue, yPred));
      if (batch.gradient !== 0) {
        // The caller's scale is one over the rows, and the function's mean has divided by them already.
        writeGradient(batch, checkGradient(name, result.gradient, yPred), batch.scale * batch.rows);
      }
      return result.loss * batch.rows;
    },
  };
}
