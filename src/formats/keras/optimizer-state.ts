import type { Model } from "../../model/model.js";
import type { Optimizer } from "../../optimizers/optimizer.js";
import type { ParameterBlock } from "../../optimizers/parameter-block.js";
import { sameShape, type Tensor } from "../../tensor.js";
import type { FileWeight } from "../weights.js";

/** Moments of each trainable weight, in its shape, weight by weight in Keras's order. */
export interface OptimizerTensors {
  readonly updates: number;
  readonly learningRate: number;
  readonly slots: readonly Tensor[];
}

/**
 * Optimizers whose moments stand in Keras's files as here, one after the other for each weight. The others have some that
 * belong to no weight, or in an order that depends on the version.
 */
const alike: readonly string[] = ["sgd", "adam", "adamw", "rmsprop", "adagrad", "adadelta", "adamax", "lion"];

/** Whether a file can hold an optimizer's state. */
export function keepsState(optimizer: Optimizer): boolean {
  const { name } = optimizer;
  const { amsgrad, momentum, centered, useEma, gradientAccumulationSteps } = optimizer.getConfig();
  const isPlain = name !== "rmsprop" || (!momentum && !centered);
  return alike.includes(name) && isPlain && !amsgrad && !useEma && gradientAccumulationSteps == null;
}

/** Where a weight's floats begin in a slot. */
const placeOf = ({ parameters, weights }: ParameterBlock, i: number): number =>
  (parameters[i]!.weights - weights) / 4;

/** The state of a model's optimizer; null where no update was made, or no file of Keras's holds it. */
export function readState(where: string, model: Model): OptimizerTensors | null {
  const optimizer = model.compiled?.optimizer;
  if (optimizer === undefined || optimizer.batches === 0 || !keepsState(optimizer)) return null;
  const { modelMemory } = model.executor(where);
  optimizer.bind(modelMemory.parameters);
  const blocks = optimizer.readSlots();
  const slots = modelMemory.learning.flatMap(({ shape, size }, i) => {
    const at = placeOf(modelMemory.parameters, i);
    return blocks.map(({ data }): Tensor => ({ shape, data: data.slice(at, at + size) }));
  });
  return { updates: optimizer.iterations, learningRate: optimizer.learningRate, slots };
}

/** What of a trained model's optimizer no file of Keras's can hold here; undefined: nothing. */
export function unkeptState(model: Model): string | undefined {
  const optimizer = model.compiled?.optimizer;
  if (optimizer === undefined || optimizer.batches === 0 || keepsState(optimizer)) return undefined;
  const { amsgrad, momentum, centered, useEma, gradientAccumulationSteps } = optimizer.getConfig();
  const given = Object.entries({ amsgrad, momentum, centered, useEma, gradientAccumulationSteps })
    .filter(([, value]) => value !== undefined && value !== null && value !== false && value !== 0)
    .map(([key]) => key);
  const why = alike.includes(optimizer.name) && given.length > 0 ? ` with ${given.join(", ")}` : "";
  return `the state of ${optimizer.name}${why} after ${optimizer.iterations} updates`;
}

/**
 * Has an optimizer begin with a file's state: the variables of Keras's `optimizer/vars`, updates and rate first.
 * @returns why not; undefined: it will.
 */
export function restoreState(model: Model, given: readonly FileWeight[]): string | undefined {
  const { optimizer } = model;
  const [updates, rate, ...vars] = given;
  if (updates === undefined || rate === undefined || vars.length === 0) return undefined;
  if (!keepsState(optimizer)) return `the state of ${optimizer.name}`;
  const learning = [...model.topology.learning];
  const each = vars.length / learning.length;
  const fits =
    Number.isInteger(each) &&
    learning.every(({ shape }, i) =>
      vars.slice(i * each, (i + 1) * each).every((own) => sameShape(own.shape, shape)),
    );
  if (!fits) return `the state of ${optimizer.name}, which does not fit the weights`;
  const moments = vars.map((own) => own.read());
  const [count, learningRate] = [updates.read()[0] ?? 0, rate.read()[0] ?? Number.NaN];
  if (!moments.every((data) => data.every(Number.isFinite)) || !Number.isSafeInteger(count) || count < 0) {
    return `the state of ${optimizer.name}, which is not finite`;
  }
  // The configuration says it more exactly, where it is the same.
  const isOther = Math.fround(Number(optimizer.learningRate)) !== learningRate;
  if (!optimizer.hasSchedule && isOther && learningRate >= 0) optimizer.learningRate = learningRate;
  optimizer.batches = count;
  optimizer.beginWith((block) => {
    const slots = optimizer.readSlots();
    learning.forEach((_, i) => {
      const at = placeOf(block, i);
      slots.forEach(({ data }, k) => {
        const own = moments[i * each + k];
        if (own !== undefined) data.set(own, at);
      });
    });
    optimizer.writeSlots(slots);
  });
  return undefined;
}
