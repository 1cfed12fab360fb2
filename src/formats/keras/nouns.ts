import { FormatError } from "../../errors.js";
import { isRecord } from "../bytes/json.js";
import { camel, type Dialect, describe, snake } from "./dialect.js";

interface Described {
  readonly name: string;
  readonly config: Record<string, unknown>;
}

/** Names of a noun's factories here, by Keras's class names in lower case without underscores. */
type Names = Readonly<Record<string, string>>;

const initializers: Names = {
  glorotuniform: "glorotUniform",
  glorotnormal: "glorotNormal",
  heuniform: "heUniform",
  henormal: "heNormal",
  lecununiform: "lecunUniform",
  lecunnormal: "lecunNormal",
  variancescaling: "varianceScaling",
  randomuniform: "randomUniform",
  uniform: "randomUniform",
  randomnormal: "randomNormal",
  normal: "randomNormal",
  truncatednormal: "truncatedNormal",
  orthogonal: "orthogonal",
  orthogonalinitializer: "orthogonal",
  identity: "identity",
  identityinitializer: "identity",
  zeros: "zeros",
  zero: "zeros",
  ones: "ones",
  one: "ones",
  constant: "constant",
};

const regularizers: Names = {
  l1: "l1",
  l2: "l2",
  l1l2: "l1l2",
  l1l2regularizer: "l1l2",
  weightregularizer: "l1l2",
  orthogonalregularizer: "orthogonal",
};

const constraints: Names = {
  maxnorm: "maxNorm",
  nonneg: "nonNeg",
  unitnorm: "unitNorm",
  minmaxnorm: "minMaxNorm",
};

/** Words of an option that are given as text. */
const words: Readonly<Record<string, string>> = {
  // Keras 2 and TensorFlow.js cut their normal distribution without saying so.
  normal: "truncatedNormal",
  fan_in: "fanIn",
  fan_out: "fanOut",
  fan_avg: "fanAvg",
  truncated_normal: "truncatedNormal",
  untruncated_normal: "untruncatedNormal",
};

/** Options that change nothing here: what Keras keeps of itself, and the defaults it writes. */
const idle = (key: string, value: unknown): boolean =>
  value === null ||
  ["name", "dtype", "input_axes", "output_axes", "partition_info"].includes(key) ||
  (key === "gain" && value === 1) ||
  (key === "seed" && typeof value !== "number");

function read(dialect: Dialect, layer: string, option: string, value: unknown, names: Names): Described {
  const className =
    typeof value === "string" ? value : isRecord(value) ? (value.class_name ?? value.name) : undefined;
  const key = typeof className === "string" ? className.replaceAll("_", "").toLowerCase() : "";
  const name = Object.hasOwn(names, key) ? names[key]! : undefined;
  if (name === undefined) {
    throw new FormatError(
      `${dialect.where}: layer \`${layer}\`, \`${option}\`: ${describe(value)} is not known here; code of somebody's own is not run.`,
      { received: value, expected: [...new Set(Object.values(names))] },
    );
  }
  // Keras 1 has the options beside the name.
  const given = isRecord(value)
    ? isRecord(value.config)
      ? value.config
      : value.class_name === undefined
        ? value
        : {}
    : {};
  const config: Record<string, unknown> = {};
  for (const [own, setting] of Object.entries(given)) {
    if (idle(own, setting)) continue;
    config[camel(own)] = typeof setting === "string" ? (words[setting] ?? setting) : setting;
  }
  return { name, config };
}

/** The initializer, regularizer or constraint a configuration means; undefined where there is none. */
export function readNoun(
  dialect: Dialect,
  layer: string,
  option: string,
  value: unknown,
): Described | undefined {
  if (value === null || value === undefined) return undefined;
  if (option.endsWith("_initializer")) return read(dialect, layer, option, value, initializers);
  if (option.endsWith("_regularizer")) return read(dialect, layer, option, value, regularizers);
  return read(dialect, layer, option, value, constraints);
}

const classNames: Readonly<Record<string, string>> = {
  l1: "L1",
  l2: "L2",
  l1l2: "L1L2",
  orthogonal: "Orthogonal",
};

/**
 * The same as Keras writes it.
 * @throws FormatError for what Keras has not: `chrono`, `orthogonalPerGate`, a function of one's own.
 */
export function writeNoun(where: string, layer: string, option: string, value: unknown): unknown {
  if (value === null || value === undefined) return null;
  const { name, config = {} } = typeof value === "string" ? { name: value } : (value as Partial<Described>);
  const noun = option.endsWith("_initializer")
    ? "initializers"
    : option.endsWith("_regularizer")
      ? "regularizers"
      : "constraints";
  const tables = { initializers, regularizers, constraints } as const;
  const isKnown =
    typeof name === "string" && (Object.values(tables[noun]).includes(name) || name === "uniform");
  // What makes the first values is of no use to stored weights; Keras's default stands for what Keras has not.
  if (
    !isKnown &&
    noun === "initializers" &&
    (name === "weights" || name === "orthogonalPerGate" || name === "chrono")
  ) {
    return { module: "keras.initializers", class_name: "Zeros", config: {}, registered_name: null };
  }
  if (!isKnown || name === undefined) {
    throw new FormatError(`${where}: \`${layer}\`, \`${option}\`: Keras has no \`${String(name)}\`.`, {
      received: name,
    });
  }
  const back = Object.fromEntries(Object.entries(words).map(([keras, ours]) => [ours, keras]));
  const own = name === "uniform" ? "randomUniform" : name;
  const className =
    (noun === "regularizers"
      ? name === "orthogonal"
        ? "OrthogonalRegularizer"
        : classNames[own]
      : undefined) ?? own[0]!.toUpperCase() + own.slice(1);
  const options = Object.entries(config).map(([key, setting]) => [
    snake(key),
    typeof setting === "string" ? (back[setting] ?? setting) : setting,
  ]);
  const seed =
    noun === "initializers" && !["zeros", "ones", "constant", "identity"].includes(own) ? { seed: null } : {};
  return {
    module: `keras.${noun}`,
    class_name: className,
    config: { ...seed, ...Object.fromEntries(options) },
    registered_name: null,
  };
}
