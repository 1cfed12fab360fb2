import { exp, log1p } from "../../elementary.js";
import type { ElementwiseActivation } from "../../engine/activation-codes.js";

/** An activation in float64: its value, and its derivative from z and y = value(z). */
export interface Activation64 {
  readonly value: (z: number) => number;
  readonly slope: (z: number, y: number) => number;
}

const sigmoid = (z: number): number => (z >= 0 ? 1 / (1 + exp(-z)) : exp(z) / (1 + exp(z)));
const tanh = (z: number): number => 2 * sigmoid(2 * z) - 1;
const SELU_SCALE = 1.0507009873554805;
const SELU_ALPHA = 1.6732632423543772;

/** Φ(z) by the series of Abramowitz & Stegun 26.2.11, which converges for every z; beyond ±8 it is 0 or 1. */
function normalCdf(z: number): number {
  if (z > 8) return 1;
  if (z < -8) return 0;
  let term = z;
  let sum = z;
  for (let k = 3; Math.abs(term) > 1e-17 * Math.abs(sum); k += 2) {
    term *= (z * z) / k;
    sum += term;
  }
  return 0.5 + (sum * exp((-z * z) / 2)) / 2.5066282746310002;
}
const normalPdf = (z: number): number => exp((-z * z) / 2) / 2.5066282746310002;

const clipped = (scale: number): Activation64 => ({
  value: (z) => Math.min(1, Math.max(0, scale * z + 0.5)),
  slope: (_, y) => (y > 0 && y < 1 ? scale : 0),
});
const silu: Activation64 = {
  value: (z) => z * sigmoid(z),
  slope: (z) => sigmoid(z) * (1 + z * (1 - sigmoid(z))),
};

/** The definitions of assembly/activation/activate.ts, kinks included. */
export const activations64: Readonly<Record<ElementwiseActivation, Activation64>> = {
  linear: { value: (z) => z, slope: () => 1 },
  tanh: { value: tanh, slope: (_, y) => 1 - y * y },
  sigmoid: { value: sigmoid, slope: (_, y) => y * (1 - y) },
  hardSigmoid: clipped(1 / 6),
  hardSigmoidLegacy: clipped(0.2),
  relu: { value: (z) => Math.max(0, z), slope: (_, y) => (y > 0 ? 1 : 0) },
  leakyRelu: { value: (z) => (z > 0 ? z : 0.2 * z), slope: (_, y) => (y > 0 ? 1 : 0.2) },
  elu: { value: (z) => (z > 0 ? z : exp(z) - 1), slope: (_, y) => (y > 0 ? 1 : y + 1) },
  selu: {
    value: (z) => SELU_SCALE * (z > 0 ? z : SELU_ALPHA * (exp(z) - 1)),
    slope: (_, y) => (y > 0 ? SELU_SCALE : y + SELU_SCALE * SELU_ALPHA),
  },
  gelu: { value: (z) => z * normalCdf(z), slope: (z) => normalCdf(z) + z * normalPdf(z) },
  softplus: { value: (z) => Math.max(z, 0) + log1p(exp(-Math.abs(z))), slope: (z) => sigmoid(z) },
  softsign: { value: (z) => z / (1 + Math.abs(z)), slope: (_, y) => (1 - Math.abs(y)) ** 2 },
  silu,
  swish: silu,
  exponential: { value: exp, slope: (_, y) => y },
};
