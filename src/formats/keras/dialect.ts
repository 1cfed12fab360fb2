import { FormatError, told } from "../../errors.js";
import { isRecord } from "../bytes/json.js";

/** Whose words a configuration is in: names are the same, meanings and defaults are not. */
export interface Dialect {
  /** Stands before every error, such as `fromKeras()`. */
  readonly where: string;
  /** What `hard_sigmoid` is: relu6(x + 3) / 6 in Keras 3, clip(0.2 x + 0.5) before and in TensorFlow.js. */
  readonly hardSigmoid: "hardSigmoid" | "hardSigmoidLegacy";
  /** Options a configuration leaves out, where the default is not Keras 3's. */
  readonly defaults: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

const gates = { recurrent_activation: "hard_sigmoid" };

export const keras3 = (where: string): Dialect => ({ where, hardSigmoid: "hardSigmoid", defaults: {} });

/** Keras 1 and 2, and TensorFlow.js: a GRU's reset gate came before the product, gates were hard. */
export const keras2 = (where: string): Dialect => ({
  where,
  hardSigmoid: "hardSigmoidLegacy",
  defaults: {
    LSTM: gates,
    GRU: { ...gates, reset_after: false },
    LayerNormalization: { epsilon: 1e-3 },
    LeakyReLU: { alpha: 0.3 },
  },
});

/** The activation meant, by gateflow's name. @throws FormatError for a function of somebody's own, by name. */
export function activationOf(dialect: Dialect, layer: string, option: string, value: unknown): string {
  const names: Readonly<Record<string, string>> = {
    linear: "linear",
    tanh: "tanh",
    sigmoid: "sigmoid",
    hard_sigmoid: dialect.hardSigmoid,
    hardSigmoid: dialect.hardSigmoid,
    relu: "relu",
    leaky_relu: "leakyRelu",
    elu: "elu",
    selu: "selu",
    gelu: "gelu",
    softplus: "softplus",
    softsign: "softsign",
    swish: "silu",
    silu: "silu",
    exponential: "exponential",
    softmax: "softmax",
  };
  if (value === null || value === undefined) return "linear";
  const inner =
    isRecord(value) && value.module === "builtins"
      ? value.config
      : isRecord(value)
        ? value.class_name
        : value;
  const found = typeof inner === "string" && Object.hasOwn(names, inner) ? names[inner] : undefined;
  if (found !== undefined) return found;
  throw new FormatError(
    `${dialect.where}: layer \`${layer}\`, \`${option}\`: ${describe(value)} is no activation that is known here. Known: ${Object.keys(names).join(", ")}.`,
    { received: value, expected: Object.keys(names) },
  );
}

/** Keras's name of an activation. @throws FormatError where it has none. */
export function activationName(where: string, layer: string, name: string, dialect: Dialect): string {
  if (name === "hardSigmoid" || name === "hardSigmoidLegacy") {
    if (name === dialect.hardSigmoid) return "hard_sigmoid";
    throw new FormatError(
      `${where}: \`${layer}\` uses ${name}, which this format cannot say: its hard_sigmoid is ${dialect.hardSigmoid}.`,
      { received: name },
    );
  }
  return name === "leakyRelu" ? "leaky_relu" : name;
}

/** How an error says a value of a file: short, on one line. */
export function describe(value: unknown): string {
  const named = isRecord(value) ? (value.registered_name ?? value.class_name ?? value.config) : undefined;
  return typeof named === "string" ? `\`${named}\`` : told(value);
}

/** `kernelInitializer` of `kernel_initializer`. */
export const camel = (key: string): string =>
  key.replaceAll(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());

/** `kernel_initializer` of `kernelInitializer`. */
export const snake = (key: string): string =>
  key
    .replaceAll(
      /([a-z0-9])([A-Z])/g,
      (_, before: string, letter: string) => `${before}_${letter.toLowerCase()}`,
    )
    .replace(/_1([dD])$/, "1d");

/** Keras's `to_snake_case` of a class name: where a layer's weights are in a file. */
export const folderOf = (className: string): string =>
  className
    .replaceAll(/\W+/g, "")
    .replaceAll(/(.)([A-Z][a-z]+)/g, "$1_$2")
    .replaceAll(/([a-z])([A-Z])/g, "$1_$2")
    .toLowerCase();
