import type { Engine } from "../../engine/engine.js";
import { FormatError } from "../../errors.js";
import { layerFromConfig, layersFromConfig } from "../../layers/from-config.js";
import { type Application, applyLayer } from "../../layers/graph/application.js";
import { applyInput } from "../../layers/graph/input.js";
import type { Dtype, SymbolicTensor } from "../../layers/graph/symbolic-tensor.js";
import { InputLayer } from "../../layers/input-layer.js";
import type { SampleShape } from "../../layers/layer.js";
import type { Model } from "../model.js";
import { sequential } from "../sequential.js";
import { Graph } from "./graph.js";
import { model as graphModel } from "./graph-model.js";

/** A layer as plain JSON. */
export interface LayerJson {
  readonly kind: string;
  readonly config: object;
}

/** Which output of which node. */
type Reference = readonly [node: number, output: number];

interface InputNode {
  readonly name: string;
  readonly shape: SampleShape;
  readonly dtype: Dtype;
  readonly batchSize?: number;
}

interface LayerNode {
  /** Index in `layers`. */
  readonly layer: number;
  readonly inputs: readonly Reference[];
  /** How many of the inputs, the last ones, are initial states. */
  readonly states?: number;
  readonly mask?: Reference;
  readonly training?: boolean;
  readonly useCausalMask?: boolean;
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

/** The layers of a graph and how they are connected, as plain JSON. */
export function graphConfig(graph: Graph): GraphJson {
  const { nodes, inputTensors, outputTensors } = graph;
  const layers = graph.all.filter((layer) => nodes.some((node) => node.layer === layer));
  const places = new Map<SymbolicTensor, Reference>();
  inputTensors.forEach((tensor, i) => {
    places.set(tensor, [i, 0]);
  });
  nodes.forEach(({ outputs }, i) => {
    outputs.forEach((tensor, k) => {
      places.set(tensor, [inputTensors.length + i, k]);
    });
  });
  const nodeOf = ({ layer, inputs, states, mask, call }: Application): LayerNode => ({
    layer: layers.indexOf(layer),
    inputs: inputs.map((tensor) => places.get(tensor)!),
    ...(states === 0 ? {} : { states }),
    ...(mask === null ? {} : { mask: places.get(mask)! }),
    ...(call.training === undefined ? {} : { training: call.training }),
    ...(call.useCausalMask === undefined ? {} : { useCausalMask: call.useCausalMask }),
  });
  return {
    layers: layers.map((layer) => ({ kind: layer.kind, config: layer.getConfig() })),
    inputs: inputTensors.map(({ sampleShape, dtype, shape }, i) => ({
      name: graph.inputs[i]!.name,
      shape: sampleShape,
      dtype,
      ...(shape[0] == null ? {} : { batchSize: shape[0] }),
    })),
    nodes: nodes.map(nodeOf),
    outputs: outputTensors.map((tensor) => places.get(tensor)!),
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

interface MakeOptions {
  readonly name?: string;
  readonly seed?: number;
  readonly engine?: Engine;
}

/** A graph's model from its JSON. @throws FormatError where a reference leads nowhere. */
export function graphFromConfig(
  { layers, inputs, nodes, outputs, outputNames }: GraphJson,
  options: MakeOptions,
): Model {
  const made = layers.map(layerFromConfig);
  const tensors: (readonly SymbolicTensor[])[] = inputs.map(({ dtype, ...rest }) => [
    applyInput(new InputLayer(rest), dtype),
  ]);
  const begins = tensors.map(([tensor]) => tensor!);
  const at = ([node, output]: Reference): SymbolicTensor => {
    const tensor = tensors[node]?.[output];
    if (tensor === undefined) {
      throw new FormatError(
        `The graph names output ${output} of node ${node}, which is not there before it is needed.`,
      );
    }
    return tensor;
  };
  for (const { layer, inputs: given, states = 0, mask, training, useCausalMask } of nodes) {
    const own = made[layer];
    if (own === undefined) throw new FormatError(`The graph names layer ${layer}, which is not there.`);
    const all = given.map(at);
    const { outputs: results } = applyLayer(own, all.slice(0, all.length - states), {
      ...(states === 0 ? {} : { initialState: all.slice(all.length - states) }),
      ...(mask === undefined ? {} : { mask: at(mask) }),
      ...(training === undefined ? {} : { training }),
      ...(useCausalMask === undefined ? {} : { useCausalMask }),
    });
    tensors.push(results);
  }
  return graphModel({
    inputs: Object.fromEntries(begins.map((tensor, i) => [inputs[i]!.name, tensor])),
    outputs: Object.fromEntries(outputs.map((reference, o) => [outputNames[o]!, at(reference)])),
    ...options,
  });
}

/** A model again from what `getConfig` said of it. @throws FormatError for what is no such thing. */
export function modelFromConfig(config: object, engine?: Engine): Model {
  const { name, seed, graph, layers, inputShape } = config as {
    name?: string;
    seed?: number;
    graph?: GraphJson;
    layers?: readonly LayerJson[];
    inputShape?: SampleShape;
  };
  const options = {
    ...(name === undefined ? {} : { name }),
    ...(seed === undefined ? {} : { seed }),
    ...(engine === undefined ? {} : { engine }),
  };
  if (graph !== undefined) return graphFromConfig(graph, options);
  if (layers === undefined || inputShape === undefined) throw new FormatError("This describes no model.");
  return sequential(layersFromConfig(layers, inputShape), options);
}
