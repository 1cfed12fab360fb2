import { ConfigError } from "../../errors.js";
import { type Application, sourceOf } from "../../layers/graph/application.js";
import type { SymbolicTensor } from "../../layers/graph/symbolic-tensor.js";
import type { Layer, SampleShape } from "../../layers/layer.js";
import type { Signal } from "../../layers/signal.js";
import type { Workspace } from "../../layers/workspace.js";
import { LayerSet } from "../layer-set.js";
import type { LaidOut, Port } from "../topology.js";
import { layOutGraph } from "./lay-out.js";
import { vocabularyOf } from "./vocabulary.js";

/** The applications a graph is made of, each behind those it needs, and their layers in Keras's order. */
interface GraphMap {
  readonly nodes: readonly Application[];
  readonly layers: readonly Layer[];
}

const listNames = (tensors: readonly SymbolicTensor[]): string =>
  tensors.map(({ name }) => `\`${name}\``).join(", ");

/**
 * Keras's `map_graph`: from the outputs back to the inputs. Layers stand by their greatest distance from an output, the
 * farthest first, and among equals in the order in which they were met.
 * @throws ConfigError where an output needs an input that is not there, or itself.
 */
function mapGraph(
  where: string,
  inputs: readonly SymbolicTensor[],
  outputs: readonly SymbolicTensor[],
): GraphMap {
  const nodes: Application[] = [];
  const finished = new Set<Application>();
  const under = new Set<Application>();
  const met = new Set<Layer>();
  /** Applications that wait for what they need, and how many of their parents were seen. A graph may be too deep for calls. */
  const waiting: { node: Application; seen: number }[] = [];
  const enter = (tensor: SymbolicTensor, output: SymbolicTensor): void => {
    const node = sourceOf(where, tensor);
    if (inputs.includes(tensor)) {
      if (node.layer.isInput) met.add(node.layer);
      return;
    }
    if (finished.has(node)) return;
    if (under.has(node)) {
      throw new ConfigError(`${where}: \`${node.layer.name}\` stands in a circle: it needs its own output.`);
    }
    if (node.layer.isInput) {
      throw new ConfigError(
        `${where}: the graph is disconnected: the output \`${output.name}\` needs the input \`${node.layer.name}\`, which is not among \`inputs\` (${listNames(inputs)}).`,
        { received: inputs.map(({ name }) => name), expected: node.layer.name },
      );
    }
    met.add(node.layer);
    under.add(node);
    waiting.push({ node, seen: 0 });
  };
  for (const output of outputs) {
    enter(output, output);
    for (let top = waiting.at(-1); top !== undefined; top = waiting.at(-1)) {
      const parent = top.node.parents[top.seen++];
      if (parent !== undefined) {
        enter(parent, output);
        continue;
      }
      waiting.pop();
      under.delete(top.node);
      finished.add(top.node);
      nodes.push(top.node);
    }
  }

  const depths = new Map<Layer, number>();
  const nodeDepths = new Map<Application, number>();
  for (const node of [...nodes].reverse()) {
    const depth = Math.max(nodeDepths.get(node) ?? 0, depths.get(node.layer) ?? 0);
    depths.set(node.layer, depth);
    for (const parent of node.parents) {
      const source = sourceOf(where, parent);
      nodeDepths.set(source, Math.max(depth + 1, nodeDepths.get(source) ?? 0));
    }
  }
  for (const tensor of inputs) {
    const { layer } = sourceOf(where, tensor);
    if (!layer.isInput) continue;
    depths.set(layer, Math.max(depths.get(layer) ?? 0, nodeDepths.get(sourceOf(where, tensor)) ?? 0));
    met.add(layer);
  }
  // Sorting is stable: among equals the order stays in which they were met.
  const layers = [...met].sort((a, b) => depths.get(b)! - depths.get(a)!);
  return { nodes, layers };
}

/** Names of tensors, numbered where a layer has several among them (Keras's `output_names`). */
function portNames(tensors: readonly SymbolicTensor[]): string[] {
  const names: string[] = [];
  for (const { name } of tensors) {
    let own = name;
    for (let i = 1; names.includes(own); i++) own = `${name}_${i}`;
    names.push(own);
  }
  return names;
}

/** Layers connected by tensors: what Keras calls a functional model. */
export class Graph extends LayerSet {
  /** @internal */
  readonly all: readonly Layer[];
  /** @internal In an order in which each stands behind what it needs. */
  readonly nodes: readonly Application[];
  /** @internal */
  readonly inputs: readonly Port[];
  /** @internal */
  readonly outputs: readonly Port[];
  /** @internal */
  readonly batchSize: number | undefined;
  /** @internal */
  readonly worksByChunks = false;

  /**
   * @internal @param names what inputs and outputs are called, where that is not as their layers.
   * @throws ConfigError for a disconnected graph, a circle, a name used twice, an input given twice.
   */
  constructor(
    seed: number,
    beforeStates: () => void,
    readonly inputTensors: readonly SymbolicTensor[],
    readonly outputTensors: readonly SymbolicTensor[],
    names: { readonly inputs?: readonly string[]; readonly outputs?: readonly string[] } = {},
  ) {
    super(seed, beforeStates);
    const where = "model()";
    const twice = inputTensors.find((tensor, i) => inputTensors.indexOf(tensor) !== i);
    if (twice !== undefined) {
      throw new ConfigError(`${where}: the input \`${twice.name}\` is given twice.`, {
        received: twice.name,
      });
    }
    const { nodes, layers } = mapGraph(where, inputTensors, outputTensors);
    this.nodes = nodes;
    this.all = layers;
    for (const named of [true, false]) {
      for (const layer of layers) if (layer.isNamed === named) this.assignName(where, layer);
    }
    const sizes = inputTensors.map(({ shape }) => shape[0]).filter((size) => size !== null);
    this.batchSize = sizes[0];
    // Numbered without the inputs, so that a chain has the weights that `sequential` gives it.
    layers
      .filter(({ isInput }) => !isInput)
      .forEach((layer, place) => {
        this.begin(layer, place);
      });
    for (const layer of layers) layer.home ??= this;
    const inputNames = names.inputs ?? portNames(inputTensors);
    this.inputs = inputTensors.map((tensor, i) => ({
      name: inputNames[i]!,
      shape: tensor.sampleShape,
      vocabularySize: vocabularyOf(tensor, nodes),
    }));
    const outputNames = names.outputs ?? portNames(outputTensors);
    this.outputs = outputTensors.map(({ sampleShape }, o) => ({ name: outputNames[o]!, shape: sampleShape }));
  }

  /** @internal */
  checkBuilt(): void {}

  /** @internal */
  shapesFor(inputs: readonly SampleShape[]): readonly SampleShape[] {
    const shapes = new Map<SymbolicTensor, SampleShape>();
    this.inputTensors.forEach((tensor, i) => {
      shapes.set(tensor, inputs[i]!);
    });
    for (const { layer, inputs: given, outputs } of this.nodes) {
      const made = layer.build(given.map((tensor) => shapes.get(tensor)!));
      outputs.forEach((tensor, i) => {
        shapes.set(tensor, made[i]!);
      });
    }
    return this.outputTensors.map((tensor) => shapes.get(tensor)!);
  }

  /** @internal */
  layOut(inputs: readonly Signal[], workspace: Workspace): LaidOut {
    return layOutGraph(this, inputs, workspace);
  }
}
