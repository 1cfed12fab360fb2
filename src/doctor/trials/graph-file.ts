import { Graph } from "../../model/graph/graph.js";
import { type GraphJson, graphConfig } from "../../model/graph/model-config.js";
import { graphFromConfig, registerModelKind } from "../../model/graph/model-from-config.js";
import type { Model } from "../../model/model.js";
import type { NamedTensor } from "../../tensor.js";
import type { LayerConfig } from "./layer-config.js";

/** How a model that is a graph of layers is connected; null of a chain. */
export const graphOf = ({ topology }: Model): GraphJson | null =>
  topology instanceof Graph ? graphConfig(topology) : null;

const asLayer = ({ kind, config }: GraphJson["layers"][number]): LayerConfig => ({
  kind,
  config: config as Record<string, unknown>,
});

/** The layers an output comes through, each behind those it needs: the last one gives the output. */
export function layersTo(graph: GraphJson, output: number): LayerConfig[] {
  const { inputs, nodes, layers, outputs } = graph;
  const needed = new Set<number>();
  const visit = (place: number): void => {
    const node = nodes[place - inputs.length];
    if (node === undefined || needed.has(place)) return;
    needed.add(place);
    for (const [from] of node.inputs) visit(from);
  };
  visit(outputs[output]![0]);
  return [...needed]
    .sort((a, b) => a - b)
    .map((place) => asLayer(layers[nodes[place - inputs.length]!.layer]!));
}

/** Names of the layers that give the outputs. */
export const headsOf = ({ inputs, nodes, layers, outputs }: GraphJson): (string | undefined)[] =>
  outputs.map(([place]) => {
    const node = nodes[place - inputs.length];
    return node === undefined ? undefined : (asLayer(layers[node.layer]!).config.name as string | undefined);
  });

/** A graph with its layers changed, weights by name where they are given. */
export function graphCopy(
  graph: GraphJson,
  change: (layer: LayerConfig, index: number, count: number) => LayerConfig,
  seed: number,
  weights: readonly NamedTensor[] | null,
): Model {
  registerModelKind();
  const { length } = graph.layers;
  const layers = graph.layers.map((layer, i) => change(asLayer(layer), i, length));
  const model = graphFromConfig({ ...graph, layers }, { seed });
  if (weights === null) return model;
  const byName = new Map(weights.map((weight) => [weight.name, weight]));
  const own = model.getWeights();
  model.setWeights(
    own.map(({ name }, i) => byName.get(name) ?? weights[i]!),
    { allowNonFinite: true },
  );
  return model;
}
