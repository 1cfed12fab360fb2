import type { Application } from "../../layers/graph/application.js";
import type { Dtype, SymbolicTensor } from "../../layers/graph/symbolic-tensor.js";
import type { Layer, SampleShape } from "../../layers/layer.js";
import type { Model } from "../model.js";
import { Graph } from "./graph.js";

/** A layer as plain JSON. */
export interface LayerJson {
  readonly kind: string;
  readonly config: object;
}

/** Which output of which node; the first nodes are the inputs. */
export type Reference = readonly [node: number, output: number];

interface InputNode {
  readonly name: string;
  readonly shape: SampleShape;
  readonly dtype: Dtype;
  readonly batchSize?: number;
}

/** An application of a layer. */
export interface LayerNode {
  /** Index in `layers`. */
  readonly layer: number;
  readonly inputs: readonly Reference[];
  /** How many of the inputs, the last ones, are initial states. */
  readonly states?: number;
  readonly mask?: Reference;
  readonly training?: boolean;
  readonly useCausalMask?: boolean;
  readonly returnAttentionScores?: boolean;
  /** Whether the last of the inputs says which pairs of steps count. */
  readonly attentionMask?: boolean;
}

/** A graph as plain JSON: its nodes, each behind those it needs; the first ones are the inputs. */
export interface GraphJson {
  readonly layers: readonly LayerJson[];
  readonly inputs: readonly InputNode[];
  readonly nodes: readonly LayerNode[];
  readonly outputs: readonly Reference[];
  /** What the outputs are called. */
  readonly outputNames: readonly string[];
}

/** The layers that a graph applies, and how: each tensor is told by the node that makes it. */
export function connectionsOf(graph: Graph): {
  readonly layers: readonly Layer[];
  readonly nodes: readonly LayerNode[];
  readonly outputs: readonly Reference[];
} {
  const { all, nodes, inputTensors, outputTensors } = graph;
  const layers = all.filter((layer) => nodes.some((node) => node.layer === layer));
  const places = new Map<SymbolicTensor, Reference>();
  inputTensors.forEach((tensor, i) => {
    places.set(tensor, [i, 0]);
  });
  nodes.forEach(({ outputs }, i) => {
    outputs.forEach((tensor, k) => {
      places.set(tensor, [inputTensors.length + i, k]);
    });
  });
  const at = (tensor: SymbolicTensor): Reference => places.get(tensor)!;
  const nodeOf = ({ layer, inputs, states, mask, call }: Application): LayerNode => ({
    layer: layers.indexOf(layer),
    inputs: inputs.map(at),
    ...(states === 0 ? {} : { states }),
    ...(mask === null ? {} : { mask: at(mask) }),
    ...(call.training === undefined ? {} : { training: call.training }),
    ...(call.useCausalMask === undefined ? {} : { useCausalMask: call.useCausalMask }),
    ...(call.returnAttentionScores === undefined
      ? {}
      : { returnAttentionScores: call.returnAttentionScores }),
    ...(call.attentionMask === undefined ? {} : { attentionMask: call.attentionMask }),
  });
  return { layers, nodes: nodes.map(nodeOf), outputs: outputTensors.map(at) };
}

/** The layers of a graph and how they are connected, as plain JSON. */
export function graphConfig(graph: Graph): GraphJson {
  const { layers, nodes, outputs } = connectionsOf(graph);
  return {
    layers: layers.map((layer) => ({ kind: layer.kind, config: layer.getConfig() })),
    inputs: graph.inputTensors.map(({ sampleShape, dtype, shape }, i) => ({
      name: graph.inputs[i]!.name,
      shape: sampleShape,
      dtype,
      ...(shape[0] == null ? {} : { batchSize: shape[0] }),
    })),
    nodes,
    outputs,
    outputNames: graph.outputs.map(({ name }) => name),
  };
}

/** What makes a model again, without its weights. */
export function modelConfig(model: Model): Record<string, unknown> {
  const { name, topology } = model;
  if (topology instanceof Graph) return { name, seed: topology.seed, graph: graphConfig(topology) };
  return {
    name,
    seed: topology.seed,
    inputShape: topology.inputShape,
    layers: topology.layers.map((layer) => ({ kind: layer.kind, config: layer.getConfig() })),
  };
}
