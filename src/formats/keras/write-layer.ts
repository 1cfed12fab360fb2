import { FormatError } from "../../errors.js";
import { activationName, camel, type Dialect } from "./dialect.js";
import { type KerasLayer, layerOfKind } from "./layer-table.js";
import { writeNoun } from "./nouns.js";

/** A kind of layer with its options, as plain data. */
interface Configured {
  readonly kind: string;
  readonly name: string;
  readonly config: Readonly<Record<string, unknown>>;
}

/** Options that every layer has, or that are said elsewhere. */
const elsewhere: readonly string[] = [
  "name",
  "trainable",
  "inputShape",
  "batchSize",
  "layer",
  "shape",
  "backwardLayer",
];

/** Names that mean nothing while they have these values. */
const asUsual: Readonly<Record<string, readonly unknown[]>> = {
  peepholes: [false],
  projectionUnits: [undefined],
  returnState: [false],
  axis: [-1],
  weights: [undefined],
};

export function entryFor(where: string, { kind, name }: Pick<Configured, "kind" | "name">): KerasLayer {
  const entry = layerOfKind(kind);
  if (entry === undefined)
    throw new FormatError(`${where}: \`${name}\` (${kind}) has no counterpart there.`, { received: kind });
  return entry;
}

/**
 * A layer's class and options in Keras's words.
 * @throws FormatError for a kind or an option that has no counterpart.
 */
export function writeLayer(
  where: string,
  dialect: Dialect,
  layer: Configured,
): { className: string; config: Record<string, unknown> } {
  const { name, config } = layer;
  const entry = entryFor(where, layer);
  const written: Record<string, unknown> = { name, trainable: config.trainable ?? true };
  const keys = new Map(
    entry.options.filter((key) => entry.renamed?.[key] === undefined).map((key) => [camel(key), key]),
  );
  for (const [option, value] of Object.entries(config)) {
    if (elsewhere.includes(option) || value === undefined) continue;
    const key = keys.get(option);
    if (key !== undefined) {
      written[key] = optionValue(where, dialect, name, key, value);
      continue;
    }
    if (asUsual[option]?.includes(value) === true) continue;
    throw new FormatError(`${where}: \`${name}\` (${layer.kind}), \`${option}\` has no counterpart there.`, {
      received: value,
    });
  }
  const inner = config.layer as Omit<Configured, "name"> | undefined;
  if (inner !== undefined) {
    const own = { ...inner, name: (inner.config.name as string | undefined) ?? `${name}_layer` };
    const made = writeLayer(where, dialect, own);
    written.layer = asObject(made.className, made.config);
    if (entry.kind === "bidirectional") {
      written.merge_mode = config.mergeMode === undefined ? "concat" : config.mergeMode;
      const backward = {
        ...made.config,
        name: `backward_${own.name}`,
        go_backwards: made.config.go_backwards !== true,
      };
      (written.layer as { config: Record<string, unknown> }).config.name = `forward_${own.name}`;
      written.backward_layer = asObject(made.className, backward);
    }
  }
  return { className: entry.className, config: written };
}

/** An object as Keras 3 serializes it. */
export const asObject = (
  className: string,
  config: unknown,
  module = "keras.layers",
): Record<string, unknown> => ({
  module,
  class_name: className,
  config,
  registered_name: null,
});

function optionValue(where: string, dialect: Dialect, layer: string, key: string, value: unknown): unknown {
  if (key === "activation" || key === "recurrent_activation")
    return activationName(where, layer, value as string, dialect);
  if (/_(initializer|regularizer|constraint)$/.test(key)) return writeNoun(where, layer, key, value);
  return value;
}
