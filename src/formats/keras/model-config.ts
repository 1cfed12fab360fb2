import { FormatError } from "../../errors.js";
import { isRecord, listOf, recordOf } from "../bytes/json.js";
import { type Dialect, describe, keras2, keras3 } from "./dialect.js";
import { type ReadLayer, readLayer } from "./read-layer.js";

const MOST_LAYERS = 2000;

/** A configuration's model: layers in the order they run, what comes in, how it was compiled. */
export interface ReadModel {
  readonly name: string | undefined;
  /** As `model.layers` of Keras lists them, input layers included: that order tells where the weights are. */
  readonly listed: readonly ReadLayer[];
  /** Without input layers, in the order they run. */
  readonly chain: readonly ReadLayer[];
  readonly batchShape: readonly (number | null)[] | undefined;
}

/** Keras 3's meaning, or that of those before; `version` as the file has it. */
export function dialectOf(where: string, version: unknown, config: unknown): Dialect {
  const major = typeof version === "string" ? Number(/^\d+/.exec(version)?.[0]) : Number.NaN;
  if (Number.isFinite(major)) return major >= 3 ? keras3(where) : keras2(where);
  return isRecord(config) && "module" in config ? keras3(where) : keras2(where);
}

/** Where a tensor comes from, in any of the forms Keras has had: [name, node, tensor]. */
function sourcesOf(where: string, name: string, nodes: unknown): string[][] {
  return listOf(`${where}: \`inbound_nodes\` of \`${name}\``, nodes).map((node) => {
    if (isRecord(node)) return tensorsIn(node.args, node.kwargs, where, name);
    if (!Array.isArray(node)) throw new FormatError(`${where}: a node of \`${name}\` is damaged.`);
    // tf.keras leaves out the outer list where there is one input.
    const list = typeof node[0] === "string" ? [node] : node;
    return list.map((source) => {
      if (!Array.isArray(source) || typeof source[0] !== "string") {
        throw new FormatError(`${where}: a node of \`${name}\` is damaged.`);
      }
      const extra = source[3];
      if (isRecord(extra)) checkKeywords(where, name, extra);
      return source[0];
    });
  });
}

function checkKeywords(where: string, name: string, keywords: Readonly<Record<string, unknown>>): void {
  for (const [key, value] of Object.entries(keywords)) {
    if (value === null || value === false || (key === "training" && value === null)) continue;
    if (key === "mask" && hasTensor(value)) continue;
    throw new FormatError(
      `${where}: layer \`${name}\` is called with \`${key}\`: ${describe(value)}, which is not read.`,
      {
        received: value,
      },
    );
  }
}

const isTensor = (value: unknown): value is { config: { keras_history: [string, number, number] } } =>
  isRecord(value) &&
  value.class_name === "__keras_tensor__" &&
  isRecord(value.config) &&
  Array.isArray(value.config.keras_history);

const hasTensor = (value: unknown): boolean =>
  isTensor(value) || (Array.isArray(value) && value.some(hasTensor));

function tensorsIn(args: unknown, kwargs: unknown, where: string, name: string): string[] {
  if (isRecord(kwargs)) checkKeywords(where, name, kwargs);
  const found: string[] = [];
  const visit = (value: unknown): void => {
    if (isTensor(value)) found.push(String(value.config.keras_history[0]));
    else if (Array.isArray(value)) value.forEach(visit);
  };
  visit(args);
  return found;
}

const firstNames = (value: unknown): string[] => {
  if (!Array.isArray(value)) return [];
  return typeof value[0] === "string"
    ? [value[0]]
    : value.flatMap((one) => (Array.isArray(one) ? [String(one[0])] : []));
};

/** Layers of a functional model that follow each other. @throws FormatError where it branches. */
function chainOf(
  dialect: Dialect,
  config: Readonly<Record<string, unknown>>,
  entries: readonly Record<string, unknown>[],
  listed: readonly ReadLayer[],
): ReadLayer[] {
  const { where } = dialect;
  const [input, ...moreInputs] = firstNames(config.input_layers);
  const [output, ...moreOutputs] = firstNames(config.output_layers);
  const branches = (what: string): never => {
    throw new FormatError(`${where}: ${what}; models that branch are not read from this format.`);
  };
  if (moreInputs.length > 0 || moreOutputs.length > 0) branches("the model has several inputs or outputs");
  const next = new Map<string, number>();
  entries.forEach((entry, i) => {
    const name = String(entry.name ?? (isRecord(entry.config) ? entry.config.name : ""));
    const nodes = sourcesOf(where, name, entry.inbound_nodes ?? []);
    if (nodes.length > 1) branches(`layer \`${name}\` is applied ${nodes.length} times`);
    const sources = nodes[0] ?? [];
    if (sources.length > 1) branches(`layer \`${name}\` has ${sources.length} inputs`);
    const [source] = sources;
    if (source === undefined) return;
    if (next.has(source)) branches(`layer \`${source}\` has several followers`);
    next.set(source, i);
  });
  const nameOf = (i: number): string =>
    String(entries[i]!.name ?? (entries[i]!.config as { name?: unknown }).name);
  const chain: ReadLayer[] = [];
  let current = input;
  while (current !== undefined && chain.length <= entries.length) {
    const i = next.get(current);
    if (i === undefined) break;
    chain.push(listed[i]!);
    current = nameOf(i);
  }
  if (current !== output || chain.length + 1 !== entries.length)
    branches("not all of its layers lie between input and output");
  return chain;
}

/** What a model's configuration says. @throws FormatError for whatever is not read, by layer and option. */
export function readModelConfig(dialect: Dialect, given: unknown): ReadModel {
  const { where } = dialect;
  const model = recordOf(`${where}: the configuration`, given);
  const { class_name: className } = model;
  if (className !== "Sequential" && className !== "Functional" && className !== "Model") {
    throw new FormatError(
      `${where}: the model is of class ${describe(className)}; Sequential and Functional models are read, code of somebody's own is not run.`,
      { received: className },
    );
  }
  const isList = Array.isArray(model.config);
  const config = isList ? {} : recordOf(`${where}: the model's \`config\``, model.config);
  const entries = listOf(
    `${where}: the model's layers`,
    isList ? model.config : config.layers,
    MOST_LAYERS,
  ).map((entry, i) => recordOf(`${where}: layer ${i}`, entry));
  const listed = entries.map((entry, i) => readLayer(dialect, entry, `layer ${i}`));
  const name = typeof config.name === "string" ? config.name : undefined;
  const chain =
    className === "Sequential"
      ? listed.filter(({ kind }) => kind !== "inputLayer")
      : chainOf(dialect, config, entries, listed);
  const built = Array.isArray(config.build_input_shape)
    ? (config.build_input_shape as (number | null)[])
    : undefined;
  const first = listed.find(({ kind }) => kind === "inputLayer") ?? chain[0];
  const built3 = isRecord(entries[0]?.build_config) ? entries[0].build_config.input_shape : undefined;
  const batchShape =
    first?.batchShape ?? built ?? (Array.isArray(built3) ? (built3 as (number | null)[]) : undefined);
  return { name, listed, chain, batchShape };
}
