import type { Model } from "../../model/model.js";
import type { Optimizer } from "../../optimizers/optimizer.js";
import type { ParameterBlock } from "../../optimizers/parameter-block.js";
import { sameShape, type Tensor } from "../../tensor.js";
import type { FileWeight } from "../weights.js";

/** Moments of each trainable weight, in its shape, in Keras's order. */
export interface OptimizerTensors {
  readonly updates: number;
  readonly learningRate: number;
  readonly slots: readonly Tensor[];
}

/** A scalar that belongs to no weight: the product of Nadam's momenta so far. */
const PRODUCT = "u_product";

/** Rows of slots, one row behind the other; those of a row stand side by side for each weight. */
type Layout = readonly (readonly string[])[];

/**
 * The order of Keras's variables: what `useEma` averages, then the optimizer's own. The first layout is written; the others
 * are those of other versions of Keras, told apart by the shapes. None: no file of Keras's holds the state here.
 */
function layoutsOf(optimizer: Optimizer): readonly Layout[] {
  const { amsgrad, momentum, centered, useEma, gradientAccumulationSteps } = optimizer.getConfig();
  if (gradientAccumulationSteps != null) return [];
  const moments = ["momentum", "velocity"];
  const adam: readonly Layout[] = [[moments, ...(amsgrad ? [["velocity_hat"]] : [])]];
  const layouts: Readonly<Record<string, readonly Layout[]>> = {
    sgd: [momentum ? [["momentum"]] : []],
    adam,
    adamw: adam,
    nadam: [
      [moments, [PRODUCT]],
      [[PRODUCT], moments],
      [["momentum"], ["velocity"], [PRODUCT]],
    ],
    adamax: [[["momentum", "norm"]]],
    rmsprop: [
      [["velocity"], ...(momentum ? [["momentum"]] : []), ...(centered ? [["average_gradient"]] : [])],
    ],
    adagrad: [[["accumulator_of_squares"]]],
    adadelta: [[["accumulated_gradient", "accumulated_delta_var"]]],
    lion: [[["momentum"]]],
  };
  const average: Layout = useEma ? [["ema"]] : [];
  return (layouts[optimizer.name] ?? []).map((rows) => [...average, ...rows]);
}

/** Whether a file can hold an optimizer's state. */
export const keepsState = (optimizer: Optimizer): boolean => layoutsOf(optimizer).length > 0;

/** A variable of a file: a slot of the weight `weight`, or the scalar, which belongs to none. */
interface Place {
  readonly slot: string;
  readonly weight: number;
}

const placesOf = (layout: Layout, weights: number): Place[] =>
  layout.flatMap((row) =>
    row[0] === PRODUCT
      ? [{ slot: PRODUCT, weight: -1 }]
      : Array.from({ length: weights }, (_, weight) => row.map((slot) => ({ slot, weight }))).flat(),
  );

/** Dozat 2016: β₁ (1 - ½ 0.96ᵗ) for t = 1 …, multiplied. */
function productOfMomenta(optimizer: Optimizer): number {
  const { beta1 = 0.9 } = optimizer.getConfig() as { beta1?: number };
  let [product, decay] = [1, 1];
  for (let t = 0; t < optimizer.iterations; t++) {
    decay *= 0.96;
    product *= beta1 * (1 - 0.5 * decay);
    // What is left is 0 in float32.
    if (product < 1e-60) return 0;
  }
  return product;
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
  const { learning, parameters } = modelMemory;
  const slots = placesOf(layoutsOf(optimizer)[0]!, learning.length).map(({ slot, weight }): Tensor => {
    if (weight < 0) return { shape: [], data: Float32Array.of(productOfMomenta(optimizer)) };
    const { shape, size } = learning[weight]!;
    const at = placeOf(parameters, weight);
    return { shape, data: blocks.find(({ name }) => name === slot)!.data.slice(at, at + size) };
  });
  return { updates: optimizer.iterations, learningRate: optimizer.learningRate, slots };
}

/** What of a trained model's optimizer no file of Keras's can hold here; undefined: nothing. */
export function unkeptState(model: Model): string | undefined {
  const optimizer = model.compiled?.optimizer;
  if (optimizer === undefined || optimizer.batches === 0 || keepsState(optimizer)) return undefined;
  const why =
    optimizer.getConfig().gradientAccumulationSteps == null ? "" : " with gradientAccumulationSteps";
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
  const places = layoutsOf(optimizer)
    .map((layout) => placesOf(layout, learning.length))
    .find(
      (all) =>
        all.length === vars.length &&
        all.every(({ weight }, i) => sameShape(vars[i]!.shape, learning[weight]?.shape ?? [])),
    );
  if (places === undefined) return `the state of ${optimizer.name}, which does not fit the weights`;
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
    places.forEach(({ slot, weight }, i) => {
      slots.find(({ name }) => name === slot)?.data.set(moments[i]!, weight < 0 ? 0 : placeOf(block, weight));
    });
    optimizer.writeSlots(slots);
  });
  return undefined;
}
