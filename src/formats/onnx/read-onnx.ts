import { FormatError } from "../../errors.js";
import type { DescribedGraph, ModelDescription, Reference } from "../description/description.js";
import { type Axis, type Flow, type MutableLayer, WrongAxes } from "./flow.js";
import { foldConstants } from "./fold-constants.js";
import { fusePatterns } from "./fuse-patterns.js";
import { recurrentLoops } from "./loop-cells.js";
import { operators } from "./operators.js";
import { type OnnxGraph, readGraph } from "./read-graph.js";
import { joinUnrolledSteps } from "./unrolled-steps.js";
import { Walk } from "./walk.js";

/** Whether an input is looked up in a table, through changes of type. */
function isLookup(graph: OnnxGraph, name: string): boolean {
  return graph.nodes.some(
    ({ op, inputs, outputs }) =>
      (op === "Gather" && inputs[1] === name) ||
      ((op === "Cast" || op === "Identity" || op === "Transpose") &&
        inputs[0] === name &&
        isLookup(graph, outputs[0] ?? "")),
  );
}

/** What the axes of an input may be: batch first, or time first. */
function choicesOf(graph: OnnxGraph, i: number): readonly (readonly Axis[])[] {
  const { name, shape } = graph.inputs[i]!;
  // A state the user gives, a direction each.
  const isState = graph.nodes.some(
    ({ op, inputs }) => ["LSTM", "GRU", "RNN"].includes(op) && inputs.slice(5, 7).includes(name),
  );
  if (isState && shape.length === 3 && shape[0] === 1) return [["D", "B", "F"]];
  if (shape.length === 3) {
    return [
      ["B", "T", "F"],
      ["T", "B", "F"],
      ["B", "F", "T"],
    ];
  }
  if (shape.length !== 2) {
    throw new FormatError(
      `fromOnnx(): the input \`${name}\` has ${shape.length} axes; [batch, features], [batch, time] and [batch, time, features] are read.`,
      { received: shape },
    );
  }
  if (!isLookup(graph, name)) return [["B", "F"]];
  return [
    ["B", "T"],
    ["T", "B"],
  ];
}

/** Settles what a recurrent layer puts out by what is taken of it. @returns which output each part is. */
function settle(layer: MutableLayer): (flow: Flow) => number {
  const { uses, directions } = layer;
  if (directions === undefined) return () => 0;
  const inner =
    layer.kind === "bidirectional" ? (layer.config.layer as { config: Record<string, unknown> }) : layer;
  const parts = layer.kind === "simpleRNN" || (inner as { kind?: string }).kind !== "lstm" ? 1 : 2;
  const needsStates = uses.has("cell") || (uses.has("sequence") && uses.has("state"));
  inner.config.returnSequences = uses.has("sequence");
  if (!needsStates && !layer.uses.has("cell") && !layer.picked) return () => 0;
  inner.config.returnState = true;
  return ({ part, direction }) => {
    if (part === "sequence" || (part === "state" && direction === undefined && directions === 2)) {
      if (part === "state" && uses.has("sequence")) {
        throw new FormatError(
          "fromOnnx(): the sequence and both last states side by side of one bidirectional operator are taken, which is not computed here.",
        );
      }
      return 0;
    }
    return 1 + (direction ?? 0) * parts + (part === "cell" ? 1 : 0);
  };
}

function descriptionOf(graph: OnnxGraph, walk: Walk, outputs: readonly Flow[]): ModelDescription {
  const { layers } = walk;
  const unturned = layers.find(({ isReverse, uses }) => isReverse === true && uses.has("sequence"));
  if (unturned !== undefined)
    throw new FormatError(
      "fromOnnx(): the sequence of an operator that reads backwards goes on in the order of time, which gateflow's goBackwards does not.",
    );
  const flows = [...outputs, ...layers.flatMap(({ inputs }) => inputs)];
  for (const { layer, direction } of flows) {
    if (direction !== undefined) layers[layer]!.picked = true;
  }
  const outputOf = layers.map(settle);
  const count = graph.inputs.length;
  const at = (flow: Flow): Reference =>
    flow.layer < 0 ? [-1 - flow.layer, 0] : [count + flow.layer, outputOf[flow.layer]!(flow)];
  const described: DescribedGraph = {
    inputs: graph.inputs.map(({ name, shape }, i) => {
      const axes = walk.inputAxes[i]!;
      return {
        name: name.replaceAll(/[/\s]+/g, "_"),
        shape: axes.flatMap((axis, place) => (axis === "B" || axis === "D" ? [] : [shape[place] ?? null])),
        dtype: axes.includes("F") ? "float32" : "int32",
      };
    }),
    nodes: layers.map(({ inputs, states, useCausalMask }, layer) => ({
      layer,
      inputs: inputs.map(at),
      ...(states === 0 ? {} : { states }),
      ...(useCausalMask === undefined ? {} : { useCausalMask }),
    })),
    outputs: outputs.map(at),
    outputNames: graph.outputs.map((name) => name.replaceAll(/[/\s]+/g, "_")),
  };
  const own = {
    layers: layers.map(({ kind, config }) => ({ kind, config })),
    weights: layers.flatMap(({ weights }) => weights),
  };
  const isChain =
    count === 1 &&
    outputs.length === 1 &&
    layers.length > 0 &&
    described.nodes.every(
      ({ inputs }, i) => inputs.length === 1 && inputs[0]![0] === i && inputs[0]![1] === 0,
    ) &&
    described.outputs[0]![0] === layers.length &&
    described.outputs[0]![1] === 0 &&
    layers.every(({ config }) => config.returnState !== true);
  return isChain ? { ...own, inputShape: described.inputs[0]!.shape } : { ...own, graph: described };
}

/** What an ONNX file's graph is made of, as layers; see `fromOnnx` in formats/index.ts. */
export async function readOnnx(bytes: Uint8Array): Promise<ModelDescription> {
  const graph = fusePatterns(
    joinUnrolledSteps(foldConstants(recurrentLoops(foldConstants(await readGraph(bytes))))),
  );
  if (graph.inputs.length === 0 || graph.outputs.length === 0) {
    throw new FormatError(
      `fromOnnx(): the graph has ${graph.inputs.length} inputs and ${graph.outputs.length} outputs.`,
    );
  }
  const choices = graph.inputs.map((_, i) => choicesOf(graph, i));
  let first: WrongAxes | undefined;
  // Batch first in all inputs, or time first in all that have time, or features before time.
  for (const which of [0, 1, 2]) {
    const walk = new Walk(
      graph,
      choices.map((own) => own[which] ?? own[0]!),
      operators,
    );
    let outputs: Flow[];
    try {
      outputs = walk.run();
    } catch (error) {
      if (!(error instanceof WrongAxes)) throw error;
      first ??= error;
      continue;
    }
    return descriptionOf(graph, walk, outputs);
  }
  throw first!;
}
