import { ConfigError, ShapeError, told } from "../../errors.js";
import type { SampleShape } from "../../layers/layer.js";
import { describeShape } from "../../tensor.js";
import type { ArrayExamples } from "../data/examples.js";

/** @throws ConfigError for what is no record of finite weights by class index. */
export function checkClassWeight(where: string, classWeight: unknown): Readonly<Record<number, number>> {
  const expected = "weights by class index, such as { 0: 1, 1: 5 }";
  const isRecord =
    typeof classWeight === "object" &&
    classWeight !== null &&
    (Array.isArray(classWeight) || Object.getPrototypeOf(classWeight) === Object.prototype);
  if (!isRecord) {
    const received =
      typeof classWeight === "object" && classWeight !== null
        ? `a ${classWeight.constructor?.name ?? "strange object"}`
        : String(classWeight);
    throw new ConfigError(`${where}: \`classWeight\` is ${received}, expected ${expected}.`, {
      received: classWeight,
      expected,
    });
  }
  for (const [key, weight] of Object.entries(classWeight) as [string, unknown][]) {
    if (!/^\d+$/.test(key)) {
      throw new ConfigError(
        `${where}: \`classWeight\` has a weight for "${key}", which is no class index. Expected ${expected}.`,
        { received: key, expected },
      );
    }
    if (typeof weight !== "number" || !Number.isFinite(weight) || weight < 0) {
      throw new ConfigError(
        `${where}: \`classWeight\` of class ${key} is ${told(weight)}, expected a finite number of at least 0.`,
        { received: weight },
      );
    }
  }
  return classWeight as Readonly<Record<number, number>>;
}

/**
 * Weights of samples from weights of their classes, times `sampleWeight` where there is one. A class without a weight
 * has 1; labels are one-hot (the class is the largest's) or one number a sample, rounded: Keras's
 * class_weight_to_sample_weights.
 * @param outputShape the model's: a label a time step has no one class for its sample.
 * @throws ConfigError for what is no weight; ShapeError for labels at every step.
 */
export function applyClassWeight(
  where: string,
  { x, y, weights }: ArrayExamples,
  given: Readonly<Record<number, number>>,
  outputShape: SampleShape,
): ArrayExamples {
  const classWeight = checkClassWeight(where, given);
  if (y === null) return { x, y, weights };
  const remedy = "Give `sampleWeight` instead, [samples, timesteps]: the weight of each step's class.";
  if (outputShape.length > 1 || y.shape.length > 2) {
    throw new ShapeError(
      `${where}: \`classWeight\` needs one label a sample, and the labels ${describeShape(y.shape)} have one a time step. ${remedy}`,
      { received: y.shape, expected: [null, null] },
    );
  }
  if (weights !== null && weights.shape.length !== 1) {
    throw new ShapeError(
      `${where}: \`classWeight\` goes with one sampleWeight a sample, [samples], got ${describeShape(weights.shape)}. Multiply the classes' weights into \`sampleWeight\` instead.`,
      { received: weights.shape, expected: [y.shape[0] ?? null] },
    );
  }
  const count = y.shape[0]!;
  const width = y.shape[1] ?? 1;
  const data = new Float32Array(count);
  for (let n = 0; n < count; n++) {
    let label = Math.round(y.data[n * width]!);
    if (width > 1) {
      label = 0;
      for (let k = 1; k < width; k++) if (y.data[n * width + k]! > y.data[n * width + label]!) label = k;
    }
    data[n] = (classWeight[label] ?? 1) * (weights === null ? 1 : weights.data[n]!);
  }
  return { x, y, weights: { shape: [count], data } };
}
