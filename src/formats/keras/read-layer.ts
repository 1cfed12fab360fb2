import { FormatError } from "../../errors.js";
import { isRecord, recordOf, textOf } from "../bytes/json.js";
import { activationOf, camel, type Dialect, describe } from "./dialect.js";
import { layerOfClass } from "./layer-table.js";
import { readNoun } from "./nouns.js";
import type { ReadInner, ReadLayer } from "./read-model.js";

const shared: readonly string[] = [
  "name",
  "trainable",
  "dtype",
  "batch_input_shape",
  "batch_shape",
  "input_dtype",
  "batch_size",
  "sparse",
  "ragged",
  "optional",
  "input_shape",
];

/** Options Keras writes as a list of one axis. */
const single: readonly string[] = ["kernel_size", "strides", "pool_size", "dilation_rate"];

/** Keras 1's names of options. Source: keras/legacy/interfaces.py of Keras 2. */
const legacyNames: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "*": {
    init: "kernel_initializer",
    inner_init: "recurrent_initializer",
    inner_activation: "recurrent_activation",
    W_regularizer: "kernel_regularizer",
    U_regularizer: "recurrent_regularizer",
    b_regularizer: "bias_regularizer",
    W_constraint: "kernel_constraint",
    U_constraint: "recurrent_constraint",
    b_constraint: "bias_constraint",
    dropout_W: "dropout",
    dropout_U: "recurrent_dropout",
    bias: "use_bias",
    nb_filter: "filters",
    filter_length: "kernel_size",
    subsample_length: "strides",
    border_mode: "padding",
    atrous_rate: "dilation_rate",
    pool_length: "pool_size",
    stride: "strides",
    p: "rate",
  },
  units: { output_dim: "units" },
  Embedding: {
    init: "embeddings_initializer",
    W_regularizer: "embeddings_regularizer",
    W_constraint: "embeddings_constraint",
  },
};

function modernized(className: string, config: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const own =
    className === "Embedding" ? legacyNames.Embedding! : "output_dim" in config ? legacyNames.units! : {};
  const names: Readonly<Record<string, string>> = { ...legacyNames["*"]!, ...own };
  const entries = Object.entries(config).filter(([key]) => key !== "forget_bias_init" && key !== "sigma");
  const result = Object.fromEntries(
    entries.map(([key, value]) => [Object.hasOwn(names, key) ? names[key]! : key, value]),
  );
  if ("forget_bias_init" in config) {
    const forget = config.forget_bias_init;
    result.unit_forget_bias = forget === "one" || forget === "ones";
  }
  return result;
}

const sameValue = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

/** float32 as text or as a policy; other floats are computed in float32 here. */
function checkDtype(dialect: Dialect, layer: string, dtype: unknown): void {
  const name = isRecord(dtype) ? (isRecord(dtype.config) ? dtype.config.name : undefined) : dtype;
  if (name === null || name === undefined) return;
  if (typeof name === "string" && /^(mixed_)?b?float(16|32|64)$/.test(name)) return;
  if (typeof name === "string" && /^u?int(8|16|32|64)$/.test(name)) return;
  throw new FormatError(
    `${dialect.where}: layer \`${layer}\` computes in ${describe(dtype)}; gateflow's numbers are float32.`,
    {
      received: dtype,
    },
  );
}

function batchShapeOf(config: Readonly<Record<string, unknown>>): readonly (number | null)[] | undefined {
  const given = config.batch_shape ?? config.batch_input_shape;
  // Keras 3 has a list of shapes where a model has several inputs.
  const shape = isRecord(given) && Array.isArray(given.items) ? given.items : given;
  const isExtent = (extent: unknown): boolean =>
    extent === null || (Number.isSafeInteger(extent) && (extent as number) > 0);
  return Array.isArray(shape) && shape.length >= 2 && shape.length <= 8 && shape.every(isExtent)
    ? (shape as (number | null)[])
    : undefined;
}

/** Names may be anything in Keras; here they are words. */
export const wordOf = (name: string): string => name.replaceAll(/[/\s]+/g, "_") || "layer";

/** What is refused by name, and why. */
const codes: Readonly<Record<string, string>> = {
  Lambda: "holds Python code, which is not run",
  RNN: "is made of a cell of its own",
  ConvLSTM2D: "takes pictures",
};

/** @throws FormatError for a class that is not known, an option that is not, or a value that means something else here. */
export function readLayer(
  dialect: Dialect,
  given: unknown,
  at: string,
  readInner: ReadInner = (inner, place) => readLayer(dialect, inner, place),
): ReadLayer {
  const { where } = dialect;
  const object = recordOf(`${where}: ${at}`, given);
  const className = textOf(`${where}: \`class_name\` of ${at}`, object.class_name);
  const raw = modernized(className, recordOf(`${where}: \`config\` of ${at}`, object.config));
  const keras =
    typeof raw.name === "string" ? raw.name : typeof object.name === "string" ? object.name : className;
  const name = wordOf(keras);
  const { module } = object;
  const isOwn =
    module === undefined || module === null || (typeof module === "string" && /^(tf_)?keras\b/.test(module));
  if (className === "InputLayer") {
    return {
      kind: "inputLayer",
      className,
      name,
      entry: undefined,
      batchShape: batchShapeOf(raw),
      dtype: raw.dtype,
      config: { name },
    };
  }
  const entry = isOwn ? layerOfClass(className) : undefined;
  if (entry === undefined) {
    const why = codes[className] ?? "is no layer that is known here; code of somebody's own is not run";
    throw new FormatError(
      `${where}: layer \`${keras}\` of class ${typeof module === "string" && !isOwn ? `${module}.` : ""}${className} ${why}.`,
      {
        received: className,
      },
    );
  }
  const config = { ...dialect.defaults[entry.className], ...raw };
  checkDtype(dialect, keras, config.dtype);
  const options: Record<string, unknown> = { name, ...entry.set };
  if (config.trainable === false) options.trainable = false;
  let inner: ReadLayer | undefined;
  for (const [key, value] of Object.entries(config)) {
    const refuse = (what: string): never => {
      throw new FormatError(`${where}: layer \`${keras}\` (${className}), option \`${key}\`: ${what}.`, {
        received: value,
      });
    };
    if (key === "layer" && (entry.kind === "bidirectional" || entry.kind === "timeDistributed")) {
      inner = readInner(
        recordOf(`${where}: the layer inside \`${keras}\``, value),
        `the layer inside \`${keras}\``,
      );
      options.layer = { kind: inner.kind, config: innerConfig(inner) };
    } else if (key === "backward_layer" && entry.kind === "bidirectional") {
      const backward =
        value === null ? null : readLayer(dialect, value, `the backward layer of \`${keras}\``);
      if (backward !== null) options.backwardLayer = backward;
    } else if (entry.options.includes(key)) {
      const option = entry.renamed?.[key] ?? camel(key);
      const read = optionOf(dialect, keras, key, value);
      if (read !== undefined) options[option] = read;
    } else if (shared.includes(key) || value === null) {
      // What concerns every layer is read elsewhere, and nothing is nothing.
    } else if (entry.fixed !== undefined && Object.hasOwn(entry.fixed, key)) {
      const allowed = entry.fixed[key];
      if (allowed !== undefined && !allowed.some((one) => sameValue(one, value))) {
        refuse(`${describe(value)} is not computed here`);
      }
    } else refuse(`it is not known here, and is ${describe(value)}`);
  }
  settleBackward(options, inner);
  return {
    kind: entry.kind,
    className,
    name,
    entry,
    batchShape: batchShapeOf(config),
    config: options,
    ...(inner === undefined ? {} : { inner }),
  };
}

/** Options of a layer inside another; Keras puts the direction before its name. */
function innerConfig({ config }: ReadLayer): Record<string, unknown> {
  return { ...config, name: String(config.name).replace(/^(forward|backward)_(?=.)/, "") };
}

/** A backward layer that mirrors the forward one says nothing new. */
function settleBackward(options: Record<string, unknown>, inner: ReadLayer | undefined): void {
  const backward = options.backwardLayer as ReadLayer | undefined;
  delete options.backwardLayer;
  if (backward === undefined || inner === undefined) return;
  const bare = ({ kind, config }: ReadLayer): unknown => {
    const { name: _name, goBackwards: _direction, ...rest } = config as Record<string, unknown>;
    return [kind, rest];
  };
  const turns = (inner.config.goBackwards ?? false) !== (backward.config.goBackwards ?? false);
  if (turns && sameValue(bare(inner), bare(backward))) return;
  options.backwardLayer = { kind: backward.kind, config: innerConfig(backward) };
}

function optionOf(dialect: Dialect, layer: string, key: string, value: unknown): unknown {
  if (key === "activation" || key === "recurrent_activation") return activationOf(dialect, layer, key, value);
  if (/_(initializer|regularizer|constraint)$/.test(key)) return readNoun(dialect, layer, key, value);
  if (key === "return_state" && value === false) return undefined;
  if (key === "merge_mode") return value;
  if (value === null) return undefined;
  if (single.includes(key) && Array.isArray(value) && value.length === 1) return value[0];
  if (key === "output_shape") return undefined;
  return value;
}
