import { FormatError } from "../../errors.js";
import { isRecord, listOf, recordOf } from "../bytes/json.js";
import { type Dialect, describe, keras2, keras3 } from "./dialect.js";
import { chainIn, isMaskOperator, type Listed, lineOf, nameOf, readGraph } from "./read-graph.js";
import { readLayer, wordOf } from "./read-layer.js";
import type { ReadLayer, ReadModel } from "./read-model.js";

const MOST_LAYERS = 2000;
const MOST_DEPTH = 16;

/** Keras 3's meaning, or that of those before; `version` as the file has it. */
export function dialectOf(where: string, version: unknown, config: unknown): Dialect {
  const major = typeof version === "string" ? Number(/^\d+/.exec(version)?.[0]) : Number.NaN;
  if (Number.isFinite(major)) return major >= 3 ? keras3(where) : keras2(where);
  return isRecord(config) && "module" in config ? keras3(where) : keras2(where);
}

const modelClasses: readonly unknown[] = ["Sequential", "Functional", "Model"];

/** Whether an entry is a model inside another one, and no layer of that name. */
const isModel = (entry: Readonly<Record<string, unknown>>): boolean =>
  modelClasses.includes(entry.class_name) &&
  (Array.isArray(entry.config) || (isRecord(entry.config) && Array.isArray(entry.config.layers)));

/** An entry of a configuration, which may be a model of its own. */
export function readEntry(
  dialect: Dialect,
  entry: Record<string, unknown>,
  at: string,
  depth = 0,
): ReadLayer {
  if (isMaskOperator(entry)) {
    const name = wordOf(nameOf(entry));
    return {
      kind: "maskOperator",
      className: String(entry.class_name),
      name,
      entry: undefined,
      batchShape: undefined,
      config: { name },
    };
  }
  if (!isModel(entry))
    return readLayer(dialect, entry, at, (inner, place) => readEntry(dialect, inner, place, depth + 1));
  if (depth >= MOST_DEPTH) {
    throw new FormatError(`${dialect.where}: models stand in models more than ${MOST_DEPTH} deep.`);
  }
  const model = readModelConfig(dialect, entry, depth + 1);
  const name = wordOf(nameOf(entry) || (model.name ?? "model"));
  return {
    kind: "model",
    className: String(entry.class_name),
    name,
    entry: undefined,
    batchShape: model.batchShape,
    config: { name },
    model,
  };
}

/** What a model's configuration says. @throws FormatError for whatever is not read, by layer and option. */
export function readModelConfig(dialect: Dialect, given: unknown, depth = 0): ReadModel {
  const { where } = dialect;
  const model = recordOf(`${where}: the configuration`, given);
  const { class_name: className } = model;
  if (!modelClasses.includes(className)) {
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
  const listed = entries.map((entry, i) => readEntry(dialect, entry, `layer ${i}`, depth));
  const kerasNames = entries.map(nameOf);
  const name = typeof config.name === "string" ? config.name : undefined;
  const running = listed.filter(({ kind }) => kind !== "inputLayer" && kind !== "maskOperator");
  const built = Array.isArray(config.build_input_shape)
    ? (config.build_input_shape as (number | null)[])
    : undefined;
  const first = listed.find(({ kind }) => kind === "inputLayer") ?? running[0];
  const built3 = isRecord(entries[0]?.build_config) ? entries[0].build_config.input_shape : undefined;
  const batchShape =
    first?.batchShape ?? built ?? (Array.isArray(built3) ? (built3 as (number | null)[]) : undefined);
  const own = { name, listed, kerasNames, batchShape };
  if (className === "Sequential") {
    const isChain = running.every((layer) => layer.model === undefined);
    if (isChain) return { ...own, chain: running, graph: undefined };
    return { ...own, chain: undefined, graph: lineOf(where, running, batchShape, first?.dtype) };
  }
  const graph = readGraph(
    dialect,
    config,
    entries.map(
      (entry, i): Listed => ({ keras: kerasNames[i]!, layer: listed[i]!, nodes: entry.inbound_nodes }),
    ),
  );
  const chain = chainIn(graph);
  return { ...own, chain, graph: chain === undefined ? graph : undefined };
}
