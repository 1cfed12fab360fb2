import type { Engine } from "../../engine/engine.js";
import { FormatError } from "../../errors.js";
import { layerFromConfig, layersFromConfig, registerKind } from "../../layers/from-config.js";
import { applyLayer } from "../../layers/graph/application.js";
import { applyInput } from "../../layers/graph/input.js";
import type { SymbolicTensor } from "../../layers/graph/symbolic-tensor.js";
import { InputLayer } from "../../layers/input-layer.js";
import type { Layer, SampleShape } from "../../layers/layer.js";
import type { Model } from "../model.js";
import { sequential } from "../sequential.js";
import { model as graphModel } from "./graph-model.js";
import type { GraphJson, LayerJson, Reference } from "./model-config.js";

interface MakeOptions {
  readonly name?: string;
  readonly seed?: number;
  readonly engine?: Engine;
}

/** Lets a model stand as a layer of another one that is read. Not where models are applied: every program would load all layers. */
export function registerModelKind(): void {
  registerKind("model", (config: object) => modelFromConfig(config).asLayer);
}

/** A graph's model from its JSON. @throws FormatError where a reference leads nowhere. */
export const graphFromConfig = (graph: GraphJson, options: MakeOptions): Model =>
  connectGraph(graph.layers.map(layerFromConfig), graph, options);

/** Layers connected as a graph's JSON says. @throws FormatError where a reference leads nowhere. */
export function connectGraph(
  made: readonly Layer[],
  { inputs, nodes, outputs, outputNames }: Omit<GraphJson, "layers">,
  options: MakeOptions,
): Model {
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
  for (const node of nodes) {
    const { layer, inputs: given, states = 0, mask, training, useCausalMask, returnAttentionScores } = node;
    const own = made[layer];
    if (own === undefined) throw new FormatError(`The graph names layer ${layer}, which is not there.`);
    const all = given.map(at);
    const pairs = node.attentionMask === true ? all.pop() : undefined;
    const { outputs: results } = applyLayer(own, all.slice(0, all.length - states), {
      ...(states === 0 ? {} : { initialState: all.slice(all.length - states) }),
      ...(mask === undefined ? {} : { mask: at(mask) }),
      ...(training === undefined ? {} : { training }),
      ...(useCausalMask === undefined ? {} : { useCausalMask }),
      ...(returnAttentionScores === undefined ? {} : { returnAttentionScores }),
      ...(pairs === undefined ? {} : { attentionMask: pairs }),
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
