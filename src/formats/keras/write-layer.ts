import { FormatError } from "../../errors.js";
import type { ModelSnapshot } from "../description/snapshot.js";
import { activationName, camel, type Dialect } from "./dialect.js";
import { type KerasLayer, layerOfKind } from "./layer-table.js";
import { writeNoun } from "./nouns.js";

/** A kind of layer with its options, as plain data. */
interface Configured {
  readonly kind: string;
  readonly name: string;
  readonly config: Readonly<Record<string, unknown>>;
  readonly inside?: ModelSnapshot | undefined;
}

/** A model inside of a layer, as an object of the configuration. */
export type WriteInside = (inside: ModelSnapshot) => Record<string, unknown>;

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
  writeInside?: WriteInside,
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
  if (inner !== undefined && layer.inside !== undefined && writeInside !== undefined) {
    written.layer = writeInside(layer.inside);
  } else if (inner !== undefined) {
    const own = { ...inner, name: (inner.config.name as string | undefined) ?? `${name}_layer` };
    const made = writeLayer(where, dialect, own);
    written.layer = asObject(made.className, made.config);
    if (entry.kind === "bidirectional") {
      written.merge_mode = config.mergeMode === undefined ? "concat" : config.mergeMode;
      written.backward_layer = backwardOf(where, dialect, own.name, made, config.backwardLayer);
      (written.layer as { config: Record<string, unknown> }).config.name = `forward_${own.name}`;
    }
  }
  return { className: entry.className, config: written };
}

/** The layer that reads the other way: one of its own, or the forward layer's mirror. */
function backwardOf(
  where: string,
  dialect: Dialect,
  name: string,
  forward: { className: string; config: Record<string, unknown> },
  given: unknown,
): Record<string, unknown> {
  if (given !== undefined) {
    const own = given as Omit<Configured, "name">;
    const made = writeLayer(where, dialect, { ...own, name: `backward_${name}` });
    return asObject(made.className, { ...made.config, name: `backward_${name}` });
  }
  return asObject(forward.className, {
    ...forward.config,
    name: `backward_${name}`,
    go_backwards: forward.config.go_backwards !== true,
  });
}

/** An object as Keras 3 serializes it. */
export const asObject = (
  className: string,
  config: unknown,
  module = "keras.layers",
  registeredName: string | null = null,
): Record<string, unknown> => ({
  module,
  class_name: className,
  config,
  registered_name: registeredName,
});

function optionValue(where: string, dialect: Dialect, layer: string, key: string, value: unknown): unknown {
  if (key === "activation" || key === "recurrent_activation")
    return activationName(where, layer, value as string, dialect);
  if (/_(initializer|regularizer|constraint)$/.test(key)) return writeNoun(where, layer, key, value);
  return value;
}
