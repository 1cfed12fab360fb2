import { constant, detach, type Variable } from "./autodiff.js";
import * as op from "./elementwise.js";
import { maxLast, sumLast } from "./structure.js";

export const ACTIVATION_NAMES = [
  "linear",
  "tanh",
  "sigmoid",
  "hardSigmoid",
  "hardSigmoidLegacy",
  "relu",
  "leakyRelu",
  "elu",
  "selu",
  "gelu",
  "softplus",
  "softsign",
  "swish",
  "silu",
  "exponential",
  "softmax",
] as const;
export type ActivationName = (typeof ACTIVATION_NAMES)[number];

/** Klambauer et al. 2017, equation 14, to all digits of float64. */
const SELU_SCALE = 1.0507009873554805;
const SELU_ALPHA = 1.6732632423543772;

/** x > 0 ? x : slope(x), with the derivative of the lower branch at 0, as TensorFlow has it. */
const kinked = (
  x: Variable,
  lower: (x: number) => number,
  lowerDerivative: (x: number) => number,
): Variable =>
  op.unary(
    x,
    (v) => (v > 0 ? v : lower(v)),
    (v) => (v > 0 ? 1 : lowerDerivative(v)),
  );

/** Of the last axis; the largest logit is subtracted as a constant, which changes neither value nor gradient. */
export function softmax(x: Variable): Variable {
  const e = op.exp(op.sub(x, detach(maxLast(x))));
  return op.div(e, sumLast(e));
}

/** log softmax(x) of the last axis, exact where softmax underflows. */
export function logSoftmax(x: Variable): Variable {
  const shifted = op.sub(x, detach(maxLast(x)));
  return op.sub(shifted, op.log(sumLast(op.exp(shifted))));
}

const silu = (x: Variable): Variable => op.mul(x, op.sigmoid(x));

const elu = (x: Variable): Variable => kinked(x, Math.expm1, Math.exp);

/** Keras 3's activations at their default arguments. */
export const activations: Readonly<Record<ActivationName, (x: Variable) => Variable>> = {
  linear: (x) => x,
  tanh: op.tanh,
  sigmoid: op.sigmoid,
  hardSigmoid: (x) => op.scale(op.clip(op.addScalar(x, 3), 0, 6), 1 / 6),
  hardSigmoidLegacy: (x) => op.clip(op.addScalar(op.scale(x, 0.2), 0.5), 0, 1),
  relu: (x) =>
    kinked(
      x,
      () => 0,
      () => 0,
    ),
  leakyRelu: (x) =>
    kinked(
      x,
      (v) => 0.2 * v,
      () => 0.2,
    ),
  elu,
  selu: (x) =>
    op.scale(
      kinked(
        x,
        (v) => SELU_ALPHA * Math.expm1(v),
        (v) => SELU_ALPHA * Math.exp(v),
      ),
      SELU_SCALE,
    ),
  gelu: (x) => op.mul(op.scale(x, 0.5), op.addScalar(op.errorFunction(op.scale(x, Math.SQRT1_2)), 1)),
  softplus: op.softplus,
  softsign: (x) => op.div(x, op.add(op.abs(x), constant([], 1))),
  swish: silu,
  silu,
  exponential: op.exp,
  softmax,
};

/** The values an activation never leaves, where it has them on both sides; gates near them are saturated. */
export const ACTIVATION_BOUNDS: Readonly<Partial<Record<ActivationName, readonly [number, number]>>> = {
  tanh: [-1, 1],
  softsign: [-1, 1],
  sigmoid: [0, 1],
  hardSigmoid: [0, 1],
  hardSigmoidLegacy: [0, 1],
  softmax: [0, 1],
};
