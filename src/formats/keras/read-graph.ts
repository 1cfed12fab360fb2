import { FormatError } from "../../errors.js";
import { isRecord } from "../bytes/json.js";
import type { DescribedNode, Reference } from "../description/description.js";
import type { Dialect } from "./dialect.js";
import { wordOf } from "./read-layer.js";
import type { ReadGraph, ReadLayer } from "./read-model.js";
import { type Call, callsOf, portsOf, type Source } from "./read-nodes.js";

const recurrent: readonly string[] = ["lstm", "gru", "simpleRNN", "bidirectional"];

/** A layer as `model.layers` lists it, with the name it has in the file. */
export interface Listed {
  readonly keras: string;
  readonly layer: ReadLayer;
  readonly nodes: unknown;
}

const keyOf = ([layer, node, output]: Source): string => `${layer}/${node}/${output}`;

/** The dtype an input layer says, as far as it is told apart here. */
function dtypeOf(dtype: unknown): "float32" | "int32" {
  return typeof dtype === "string" && /^u?int/.test(dtype) ? "int32" : "float32";
}

/**
 * A functional model's graph.
 * @throws FormatError for references that lead nowhere, circles, and operators of Keras that are not computed here.
 */
export function readGraph(
  { where }: Dialect,
  config: Readonly<Record<string, unknown>>,
  listed: readonly Listed[],
): ReadGraph {
  const begins = portsOf(where, "input_layers", config.input_layers);
  const ends = portsOf(where, "output_layers", config.output_layers);
  const byName = new Map(listed.map((one) => [one.keras, one]));
  const places = new Map<string, Reference>();
  const inputs = begins.map(({ source, name }, i) => {
    const own = byName.get(source[0]);
    if (own?.layer.kind !== "inputLayer" || own.layer.batchShape === undefined) {
      throw new FormatError(`${where}: the model's input \`${source[0]}\` is no input layer with a shape.`, {
        received: source[0],
      });
    }
    places.set(keyOf(source), [i, 0]);
    const [batchSize, ...shape] = own.layer.batchShape;
    return {
      name: wordOf(name ?? own.keras),
      shape,
      dtype: dtypeOf(own.layer.dtype),
      ...(typeof batchSize === "number" ? { batchSize } : {}),
    };
  });

  const layers: ReadLayer[] = [];
  const pending: { keras: string; layer: number; call: Call; node: number }[] = [];
  /** What Keras 3 computes masks with, which layers here do by themselves. */
  const maskOperators = new Set<string>();
  for (const { keras, layer, nodes } of listed) {
    if (layer.kind === "inputLayer") continue;
    if (layer.kind === "maskOperator") {
      maskOperators.add(keras);
      continue;
    }
    const index = layers.push(layer) - 1;
    callsOf(where, keras, nodes ?? [], recurrent.includes(layer.kind)).forEach((call, node) => {
      pending.push({ keras, layer: index, call, node });
    });
  }

  const shifts = shiftsOf(
    listed,
    pending.flatMap(({ call }) => [...call.inputs, ...call.states]).concat(ends.map(({ source }) => source)),
    pending.map(({ keras }) => keras),
  );
  const nodes: DescribedNode[] = [];
  const at = (source: Source): Reference | undefined => places.get(keyOf(source));
  const isDerived = ([layer]: Source): boolean => maskOperators.has(layer);
  let waiting = pending;
  while (waiting.length > 0) {
    const left: typeof waiting = [];
    for (const entry of waiting) {
      const { keras, layer, call, node } = entry;
      const mask = call.mask === undefined || isDerived(call.mask) ? undefined : call.mask;
      const needed = [...call.inputs, ...call.states, ...(mask === undefined ? [] : [mask])];
      const found = needed.map(at);
      if (found.some((one) => one === undefined)) {
        left.push(entry);
        continue;
      }
      const count = call.inputs.length + call.states.length;
      const place = inputs.length + nodes.length;
      nodes.push({
        layer,
        inputs: found.slice(0, count) as Reference[],
        ...(call.states.length === 0 ? {} : { states: call.states.length }),
        ...(mask === undefined ? {} : { mask: found[count]! }),
        ...(call.training === undefined ? {} : { training: call.training }),
        ...(call.useCausalMask === undefined ? {} : { useCausalMask: call.useCausalMask }),
        ...(call.returnAttentionScores === undefined ? {} : { returnAttentionScores: true }),
        ...(call.attentionMask === undefined ? {} : { attentionMask: true }),
      });
      // How many outputs there are is known to the layer; more than it has are refused when the graph is made.
      for (let output = 0; output < MOST_OUTPUTS; output++) {
        places.set(keyOf([keras, node + (shifts.get(keras) ?? 0), output]), [place, output]);
      }
    }
    if (left.length === waiting.length) {
      // What is nowhere is told before what waits for it.
      const names = new Set(left.map((one) => one.keras));
      const missingOf = ({ call: { inputs: given, states } }: (typeof left)[number]): Source =>
        [...given, ...states].find((source) => at(source) === undefined)!;
      const entry = left.find((one) => !names.has(missingOf(one)[0])) ?? left[0]!;
      const { keras } = entry;
      const missing = missingOf(entry);
      throw new FormatError(
        maskOperators.has(missing[0])
          ? `${where}: layer \`${keras}\` takes the result of the operator \`${missing[0]}\`, which is not computed here.`
          : `${where}: layer \`${keras}\` takes \`${missing[0]}\` (application ${missing[1]}), which is not there before it is needed.`,
        { received: missing },
      );
    }
    waiting = left;
  }

  const outputs = ends.map(({ source }) => {
    const reference = at(source);
    if (reference !== undefined) return reference;
    throw new FormatError(`${where}: the model's output \`${source[0]}\` is none of its layers.`, {
      received: source,
    });
  });
  const outputNames: string[] = [];
  for (const { source, name } of ends) {
    const own = wordOf(name ?? source[0]);
    let free = own;
    for (let i = 1; outputNames.includes(free); i++) free = `${own}_${i}`;
    outputNames.push(free);
  }
  return { layers, inputs, nodes, outputs, outputNames };
}

/**
 * Keras 2 and TensorFlow.js count a model's own making as its first application, which `inbound_nodes` does not list.
 * @returns by how much references to the applications of such models are ahead of them.
 */
function shiftsOf(
  listed: readonly Listed[],
  references: readonly Source[],
  applied: readonly string[],
): ReadonlyMap<string, number> {
  const models = listed.filter(({ layer }) => layer.model !== undefined);
  return new Map(
    models.map(({ keras }) => {
      const count = applied.filter((name) => name === keras).length;
      return [keras, references.some(([name, node]) => name === keras && node >= count) ? 1 : 0];
    }),
  );
}

/** A bidirectional LSTM with its states has five. */
const MOST_OUTPUTS = 64;

/** Whether an entry is an operator that Keras 3 computes a mask with. */
export function isMaskOperator(entry: Readonly<Record<string, unknown>>): boolean {
  const { class_name: className, module } = entry;
  const isOperator = typeof module === "string" && /^keras\b.*\bops\b/.test(module);
  return isOperator && (className === "NotEqual" || className === "Any");
}

/** A graph that is a chain, each layer applied once to the one before; undefined where it is none. */
export function chainIn({ layers, inputs, nodes, outputs }: ReadGraph): readonly ReadLayer[] | undefined {
  if (inputs.length !== 1 || outputs.length !== 1 || nodes.length !== layers.length) return undefined;
  const chain: ReadLayer[] = [];
  let expected = 0;
  for (const [i, node] of nodes.entries()) {
    const [source, ...more] = node.inputs;
    const isPlain =
      more.length === 0 &&
      node.mask === undefined &&
      node.training === undefined &&
      node.useCausalMask === undefined &&
      source![0] === expected &&
      source![1] === 0;
    if (!isPlain) return undefined;
    expected = i + 1;
    const layer = layers[node.layer]!;
    if (layer.model !== undefined || layer.config.returnState === true) return undefined;
    chain.push(layer);
  }
  const [node, output] = outputs[0]!;
  return node === expected && output === 0 && chain.length > 0 ? chain : undefined;
}

/** Layers one behind the other as a graph. @throws FormatError where what comes in is not said. */
export function lineOf(
  where: string,
  layers: readonly ReadLayer[],
  batchShape: readonly (number | null)[] | undefined,
  dtype: unknown,
): ReadGraph {
  if (batchShape === undefined) {
    throw new FormatError(
      `${where}: a model inside another one does not say the shape of what comes in; it was stored before it was built.`,
    );
  }
  const [batchSize, ...shape] = batchShape;
  const input = {
    name: "input",
    shape,
    dtype: dtypeOf(dtype),
    ...(typeof batchSize === "number" ? { batchSize } : {}),
  };
  return {
    layers,
    inputs: [input],
    nodes: layers.map((_, i) => ({ layer: i, inputs: [[i, 0] as const] })),
    outputs: [[layers.length, 0]],
    outputNames: [layers.at(-1)?.name ?? "output"],
  };
}

/** What `inbound_nodes` belongs to in an entry of a configuration, and the name it is known by there. */
export function nameOf(entry: Readonly<Record<string, unknown>>): string {
  return String(entry.name ?? (isRecord(entry.config) ? entry.config.name : ""));
}
