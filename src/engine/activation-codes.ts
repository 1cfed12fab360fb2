/** Codes of the element-wise activations, the same numbers as assembly/activation/activate.ts. */
export const activationCodes = {
  linear: 0,
  tanh: 1,
  sigmoid: 2,
  hardSigmoid: 3,
  relu: 4,
  leakyRelu: 5,
  elu: 6,
  selu: 7,
  gelu: 8,
  softplus: 9,
  softsign: 10,
  silu: 11,
  swish: 11,
  exponential: 12,
  hardSigmoidLegacy: 13,
} as const;

/** Activations that look at one number at a time. */
export type ElementwiseActivation = keyof typeof activationCodes;
/** softmax looks at a whole row, so it is no activation of a gate. */
export type Activation = ElementwiseActivation | "softmax";

export const elementwiseActivations = Object.keys(activationCodes) as ElementwiseActivation[];
export const activations: readonly Activation[] = [...elementwiseActivations, "softmax"];

/** Whether the derivative cannot be had from the activation's value alone. */
export const needsPreActivation = (activation: Activation): boolean =>
  activation === "gelu" || activation === "silu" || activation === "swish";
