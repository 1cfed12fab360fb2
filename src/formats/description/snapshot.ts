import { ConfigError, FormatError, told } from "../../errors.js";
import type { Layer, SampleShape } from "../../layers/layer.js";
import { TimeDistributedLayer } from "../../layers/time-distributed/time-distributed.js";
import { compileConfig } from "../../model/compile-config.js";
import { Graph } from "../../model/graph/graph.js";
import { connectionsOf } from "../../model/graph/model-config.js";
import { ModelLayer } from "../../model/graph/model-layer.js";
import type { LayerSet } from "../../model/layer-set.js";
import { Model } from "../../model/model.js";
import type { NamedTensor } from "../../tensor.js";
import { type OptimizerTensors, readState, unkeptState } from "../keras/optimizer-state.js";
import { refuseShared } from "../refuse-shared.js";
import type { DescribedGraph, DescribedNode } from "./description.js";

/** A layer as plain data, for writers: what it is, its options, its weights in Keras's order. */
export interface LayerSnapshot {
  readonly kind: string;
  readonly name: string;
  readonly config: Readonly<Record<string, unknown>>;
  /** Named by the last part, or by `forward_lstm/kernel` in a bidirectional layer. */
  readonly weights: readonly NamedTensor[];
  readonly trainable: boolean;
  /** Shapes of one sample. */
  readonly inputShape: readonly (number | null)[];
  readonly outputShape: readonly (number | null)[];
  /** The model that stands as a layer, or inside of `timeDistributed`. */
  readonly inside?: ModelSnapshot | undefined;
}

/** An application of a layer, with the shapes of its outputs, the batch first. */
export interface NodeSnapshot extends DescribedNode {
  readonly outputShapes: readonly (readonly (number | null)[])[];
}

/** How the layers of a model that is no chain are connected. */
export interface GraphSnapshot extends Omit<DescribedGraph, "nodes"> {
  readonly nodes: readonly NodeSnapshot[];
  /** What Keras's `model.layers` lists, in its order: an input's number, or a layer's. */
  readonly listed: readonly { readonly input?: number; readonly layer?: number }[];
  /** Whether inputs (outputs) have names of their own, not those of their layers. */
  readonly namesInputs: boolean;
  readonly namesOutputs: boolean;
}

/** A model as plain data. */
export interface ModelSnapshot {
  readonly name: string;
  readonly inputShape: readonly (number | null)[];
  readonly batchSize: number | undefined;
  /** Whether it takes indices. */
  readonly takesIndices: boolean;
  readonly layers: readonly LayerSnapshot[];
  /** Where it is no chain: each of `layers` may be applied several times. */
  readonly graph?: GraphSnapshot | undefined;
  readonly compile: Readonly<Record<string, unknown>> | null;
  /** What the optimizer has gathered; null: nothing that a file of Keras's holds. */
  readonly optimizer?: OptimizerTensors | null;
  /** What it has gathered that no file of Keras's holds, in words. */
  readonly unkept?: string | undefined;
}

function insideOf(where: string, layer: Layer): ModelSnapshot | undefined {
  if (layer instanceof ModelLayer) return topologySnapshot(where, layer.name, layer.topology);
  if (layer instanceof TimeDistributedLayer) return insideOf(where, layer.layer);
  return undefined;
}

function layerSnapshot(where: string, layer: Layer, inputShape: SampleShape): LayerSnapshot {
  return {
    kind: layer.kind,
    name: layer.name,
    config: layer.getConfig(),
    weights: layer.getWeights().map(({ name, ...tensor }) => ({
      ...tensor,
      name: name.slice(layer.name.length + 1),
    })),
    trainable: layer.trainable,
    inputShape,
    outputShape: layer.outputShape!,
    inside: insideOf(where, layer),
  };
}

type Connected = Pick<ModelSnapshot, "layers" | "graph">;

function graphSnapshot(where: string, graph: Graph): Connected {
  const { inputTensors, all } = graph;
  const { layers: applied, nodes, outputs } = connectionsOf(graph);
  const inputOf = (layer: Layer): number => inputTensors.findIndex(({ source }) => source.layer === layer);
  const listed = all.flatMap((layer): GraphSnapshot["listed"] => {
    if (applied.includes(layer)) return [{ layer: applied.indexOf(layer) }];
    const input = inputOf(layer);
    return input < 0 ? [] : [{ input }];
  });
  // A tensor from the middle of another graph begins this one without an input layer.
  const missing = inputTensors.flatMap((_, input) =>
    listed.some((one) => one.input === input) ? [] : [{ input }],
  );
  return {
    layers: applied.map((layer) => {
      const first = graph.nodes.find((node) => node.layer === layer)!;
      return layerSnapshot(where, layer, first.inputs[0]!.sampleShape);
    }),
    graph: {
      inputs: graph.inputs.map(({ name, shape, vocabularySize }, i) => ({
        name,
        shape,
        dtype: vocabularySize === undefined ? "float32" : "int32",
        ...(inputTensors[i]!.shape[0] == null ? {} : { batchSize: inputTensors[i]!.shape[0]! }),
      })),
      nodes: nodes.map((node, i) => ({
        ...node,
        outputShapes: graph.nodes[i]!.outputs.map(({ shape }) => shape),
      })),
      outputs,
      outputNames: graph.outputs.map(({ name }) => name),
      listed: [...missing, ...listed],
      namesInputs: graph.inputs.some(({ name }, i) => name !== inputTensors[i]!.name),
      namesOutputs: graph.outputs.some(({ name }, i) => name !== graph.outputTensors[i]!.name),
    },
  };
}

function chainSnapshot(where: string, topology: LayerSet): Connected {
  let shape = topology.inputShape!;
  const layers = topology.layers.map((layer) => {
    const snapshot = layerSnapshot(where, layer, shape);
    shape = layer.outputShape!;
    return snapshot;
  });
  return { layers };
}

function topologySnapshot(where: string, name: string, topology: LayerSet): ModelSnapshot {
  const connected =
    topology instanceof Graph ? graphSnapshot(where, topology) : chainSnapshot(where, topology);
  if (connected.layers.length === 0) throw new FormatError(`${where}: the model has no layers.`);
  return {
    name,
    inputShape: topology.inputShape!,
    batchSize: topology.batchSize,
    takesIndices: topology.inputs[0]!.vocabularySize !== undefined,
    ...connected,
    compile: null,
  };
}

/** @throws ConfigError for what is no model. */
export function modelIn(where: string, model: Model): void {
  if (model instanceof Model) return;
  throw new ConfigError(`${where}: got ${told(model)}, expected a model, such as sequential([…]).`, {
    received: model,
  });
}

/**
 * @throws StateError before the model knows its input's shape; FormatError where two of its layers share weights: a file has
 *   each layer's own.
 */
export function snapshotOf(where: string, model: Model): ModelSnapshot {
  modelIn(where, model);
  // Refuses a model that is not built.
  model.countParams();
  refuseShared(where, model.topology.all);
  const { compiled } = model;
  return {
    ...topologySnapshot(where, model.name, model.topology),
    compile: compiled === undefined ? null : compileConfig(compiled),
    optimizer: readState(where, model),
    unkept: unkeptState(model),
  };
}
