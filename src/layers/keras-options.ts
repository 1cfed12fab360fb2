import { ConfigError, told } from "../errors.js";
import { flag, numberIn, oneOf, refuseUnknown } from "../options.js";
import { type Layer, type LayerOptions, layerExtras, layerOptionNames, type SampleShape } from "./layer.js";
import { refuseChannelsFirst } from "./window.js";

// Words of Keras for what layers here know by one word: `gateflow` brings them along, `gateflow/core` does without.
declare module "./layer.js" {
  interface LayerOptions {
    /** Numbers are `"float32"`; Keras's others are refused. Default `"float32"`. */
    readonly dtype?: "float32" | null;
    /** `[batchSize, ...inputShape]` in one; null: any number of samples. Default: what these two say. */
    readonly batchInputShape?: SampleShape;
    /** Of layers that draw random numbers: whence, so that they depend on no other seed. Default: the model's seed. */
    readonly seed?: number | null;
  }
}

declare module "./recurrent/recurrent-layer.js" {
  interface RecurrentOptions {
    /** How TensorFlow computes, and not what: the numbers are the same, whatever is said. Default false. */
    readonly unroll?: boolean;
    /** As `unroll`: 1 or 2. Default 2. */
    readonly implementation?: 1 | 2;
    /** As `unroll`. Default `"auto"`. */
    readonly useCudnn?: boolean | "auto";
    /** Features of the input, of a first layer; with `inputLength` the older words for `inputShape`. Default: `inputShape`. */
    readonly inputDim?: number;
    /** Time steps of the input, of a first layer. Default: any number. */
    readonly inputLength?: number;
  }
}

declare module "./dense.js" {
  interface DenseOptions {
    /** Features of the input, of a first layer: the older word for `inputShape: [inputDim]`. Default: `inputShape`. */
    readonly inputDim?: number;
  }
}

declare module "./embedding.js" {
  interface EmbeddingOptions {
    /** Indices of a sample, of a first layer: the older word for `inputShape: [inputLength]`. Default: `inputShape`. */
    readonly inputLength?: number | null;
  }
}

declare module "./attention/multi-head-attention.js" {
  interface MultiHeadAttentionOptions {
    /** How TensorFlow and JAX compute, and not what: there is one way here, and the numbers are the same. Default: that way. */
    readonly flashAttention?: boolean | null;
  }
}

type Given = Record<string, unknown>;
/** Takes an option out of those given, and puts in what it means. */
type Read = (where: string, value: unknown, given: Given, layer: Layer) => void;

const COUNT = { min: 1, integer: true } as const;
/** Whether a layer has the option, by those it knows and by what it is called. */
type Applies = (known: readonly string[], where: string) => boolean;
const knows =
  (...some: readonly string[]): Applies =>
  (known) =>
    some.some((name) => known.includes(name));
const isWhere =
  (...calls: readonly string[]): Applies =>
  (_known, where) =>
    calls.includes(where);
const always: Applies = () => true;
const isRecurrent = knows("recurrentInitializer");
const isDense = isWhere("dense()");

function setShape(where: string, word: string, given: Given, shape: readonly unknown[]): void {
  if (given.inputShape !== undefined && given.inputShape !== null) {
    throw new ConfigError(
      `${where}: \`${word}\` and \`inputShape\` both say what comes in. Give one of them.`,
    );
  }
  given.inputShape = shape;
}

/** @throws ConfigError unless the value says what is done here. */
function refuseOther(where: string, option: string, value: unknown, only: unknown): void {
  if (value === only) return;
  throw new ConfigError(`${where}: \`${option}\` is ${told(value)}; here it is ${told(only)} alone.`, {
    received: value,
    expected: only,
  });
}

/** Which layers have the option, and what is done with it. */
const words: readonly (readonly [string, Applies, Read])[] = [
  ["dtype", always, (where, value) => void oneOf(where, "dtype", value, ["float32"])],
  [
    "batchInputShape",
    always,
    (where, value, given) => {
      if (!Array.isArray(value) || value.length < 2) {
        throw new ConfigError(
          `${where}: \`batchInputShape\` is ${told(value)}, expected [batchSize, timesteps, features], with null for what is not known.`,
          { received: value },
        );
      }
      const [batchSize, ...shape] = value as unknown[];
      setShape(where, "batchInputShape", given, shape);
      given.batchSize ??= batchSize;
    },
  ],
  [
    "seed",
    knows("rate", "stddev", "dropout"),
    (where, value, _given, layer) => {
      layer.seed = numberIn(where, "seed", value, { min: 0, integer: true });
    },
  ],
  ["unroll", isRecurrent, (where, value) => void flag(where, "unroll", value)],
  [
    "implementation",
    isRecurrent,
    (where, value) => void numberIn(where, "implementation", value, { min: 1, max: 2, integer: true }),
  ],
  ["useCudnn", isRecurrent, (where, value) => void (value === "auto" || flag(where, "useCudnn", value))],
  [
    "inputDim",
    (known, where) => isRecurrent(known, where) || isDense(known, where),
    (where, value, given, layer) => {
      const features = numberIn(where, "inputDim", value, COUNT);
      setShape(where, "inputDim", given, layer.isRecurrent ? [lengthIn(where, given), features] : [features]);
    },
  ],
  [
    "dataFormat",
    isWhere("flatten()", "zeroPadding1D()"),
    (where, value) => refuseChannelsFirst(where, value),
  ],
  [
    "synchronized",
    isWhere("batchNormalization()"),
    (where, value) => refuseOther(where, "synchronized", value, false),
  ],
  [
    "rmsScaling",
    isWhere("layerNormalization()"),
    (where, value) => refuseOther(where, "rmsScaling", value, false),
  ],
  [
    "attentionAxes",
    isWhere("multiHeadAttention()"),
    (where, value) => refuseOther(where, "attentionAxes", Array.isArray(value) ? value[0] : value, 1),
  ],
  [
    "flashAttention",
    isWhere("multiHeadAttention()"),
    (where, value) => void flag(where, "flashAttention", value),
  ],
  [
    "inputLength",
    knows("maskZero"),
    (where, value, given) => {
      given.inputLength = value;
      setShape(where, "inputLength", given, [lengthIn(where, given)]);
    },
  ],
];

/** Takes `inputLength` out; null where it is not there. */
function lengthIn(where: string, given: Given): number | null {
  const { inputLength } = given;
  delete given.inputLength;
  return inputLength == null ? null : numberIn(where, "inputLength", inputLength, COUNT);
}

/** Reads options that may be in Keras's other words. @throws ConfigError for one that nobody reads, or a value that is none. */
function readKerasOptions(
  layer: Layer,
  where: string,
  options: LayerOptions,
  known: readonly string[],
): LayerOptions {
  const names = [...layerOptionNames, ...known];
  if (typeof options !== "object" && options !== undefined && known[0] !== undefined) {
    throw new ConfigError(
      `${where}: options go by name here: ${where.slice(0, -1)}{ ${known[0]}: ${told(options)} }).`,
      { received: options, expected: names },
    );
  }
  if (typeof options !== "object" || options === null || words.every(([word]) => !(word in options))) {
    refuseUnknown(where, options, names);
    return options;
  }
  const given: Given = { ...options };
  for (const [word, applies, read] of words) {
    const value = given[word];
    if (value === undefined || names.includes(word) || !applies(known, where)) continue;
    delete given[word];
    // Keras's None: as if it were not there.
    if (value !== null) read(where, value, given, layer);
  }
  refuseUnknown(where, given, names);
  return given as LayerOptions;
}

/** Lets every layer know Keras's other words. */
export function registerKerasOptions(): void {
  layerExtras.read = readKerasOptions;
}
