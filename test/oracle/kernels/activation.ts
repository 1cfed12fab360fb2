/** assembly/activation/ in float64: element-wise activations by code, and their derivatives by definition. */
import { normalCdf, normalPdf, sigmoid, softplus } from "./simd.js";

export interface Activation {
  readonly name: string;
  readonly value: (z: number) => number;
  readonly derivative: (z: number) => number;
  /** Where the derivative jumps. */
  readonly kinks: readonly number[];
}

const SELU_SCALE = 1.0507009873554805;
const SELU_ALPHA = 1.6732632423543772;

const clip = (x: number, low: number, high: number): number =>
  Number.isNaN(x) ? x : Math.min(Math.max(x, low), high);

const smooth = (
  name: string,
  value: (z: number) => number,
  derivative: (z: number) => number,
  kinks: readonly number[] = [],
): Activation => ({ name, value, derivative, kinks });

/** Indexed by the code the kernels take. */
export const activations: readonly Activation[] = [
  smooth(
    "linear",
    (z) => z,
    () => 1,
  ),
  smooth("tanh", Math.tanh, (z) => 1 / Math.cosh(z) ** 2),
  smooth("sigmoid", sigmoid, (z) => sigmoid(z) * sigmoid(-z)),
  smooth(
    "hardSigmoid",
    (z) => clip(z + 3, 0, 6) / 6,
    (z) => (z > -3 && z < 3 ? 1 / 6 : 0),
    [-3, 3],
  ),
  smooth(
    "relu",
    (z) => (Number.isNaN(z) ? z : Math.max(z, 0)),
    (z) => (z > 0 ? 1 : 0),
    [0],
  ),
  smooth(
    "leakyRelu",
    (z) => (z > 0 ? z : 0.2 * z),
    (z) => (z > 0 ? 1 : 0.2),
    [0],
  ),
  smooth(
    "elu",
    (z) => (z > 0 ? z : Math.expm1(z)),
    (z) => (z > 0 ? 1 : Math.exp(z)),
    [0],
  ),
  smooth(
    "selu",
    (z) => SELU_SCALE * (z > 0 ? z : SELU_ALPHA * Math.expm1(z)),
    (z) => SELU_SCALE * (z > 0 ? 1 : SELU_ALPHA * Math.exp(z)),
    [0],
  ),
  smooth(
    "gelu",
    (z) => z * normalCdf(z),
    (z) => normalCdf(z) + z * normalPdf(z),
  ),
  smooth("softplus", softplus, sigmoid),
  smooth(
    "softsign",
    (z) => z / (1 + Math.abs(z)),
    (z) => 1 / (1 + Math.abs(z)) ** 2,
  ),
  smooth(
    "silu",
    (z) => z * sigmoid(z),
    (z) => sigmoid(z) * (1 + z * sigmoid(-z)),
  ),
  smooth("exponential", Math.exp, Math.exp),
  smooth(
    "hardSigmoidLegacy",
    (z) => clip(0.2 * z + 0.5, 0, 1),
    (z) => (z > -2.5 && z < 2.5 ? 0.2 : 0),
    [-2.5, 2.5],
  ),
];
