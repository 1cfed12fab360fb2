import type { DescribedLayer, ModelDescription } from "../description/description.js";
import type { FileWeight } from "../weights.js";
import { adaptWeights } from "./adapt-weights.js";
import type { ReadLayer, ReadModel } from "./read-model.js";

/** What a file stores of a layer; undefined where there is none. */
export type WeightsOf = (layer: ReadLayer) => readonly FileWeight[] | undefined;

type Described = Pick<ModelDescription, "layers" | "graph" | "inputShape" | "batchSize"> & {
  readonly weights: readonly FileWeight[];
};

/**
 * A GRU of which neither file nor version says whether its reset gate comes after the product has the bias that goes with
 * it: two rows, or one.
 */
function settleReset(layer: ReadLayer, weights: readonly FileWeight[]): Readonly<Record<string, unknown>> {
  const cell = layer.inner ?? layer;
  const bias = weights[2];
  if (cell.kind !== "gru" || bias === undefined) return layer.config;
  const resetAfter = bias.shape.length === 2;
  if (layer.inner === undefined) return { ...layer.config, resetAfter };
  const inner = layer.config.layer as { kind: string; config: object };
  return { ...layer.config, layer: { ...inner, config: { ...inner.config, resetAfter } } };
}

/** A model as plain JSON, as `modelFromConfig` takes it. */
function modelJson({ layers, graph, inputShape }: Described, name: string): Record<string, unknown> {
  if (graph !== undefined) return { name, graph: { ...graph, layers } };
  return { name, layers, inputShape };
}

function describeLayer(
  layer: ReadLayer,
  weightsOf: WeightsOf,
): { described: DescribedLayer; weights: FileWeight[] } {
  const { kind, config, model, inner } = layer;
  if (model !== undefined) {
    const made = describeModel(model, weightsOf);
    return { described: { kind, config: modelJson(made, layer.name) }, weights: [...made.weights] };
  }
  if (inner?.model !== undefined) {
    const { described, weights } = describeLayer(inner, weightsOf);
    return { described: { kind, config: { ...config, layer: described } }, weights };
  }
  const weights = adaptWeights(layer, weightsOf(layer) ?? []);
  return { described: { kind, config: settleReset(layer, weights) }, weights };
}

/** A model's layers in the words of gateflow, with the weights a file has of them, models inside included. */
export function describeModel(model: ReadModel, weightsOf: WeightsOf): Described {
  const { chain, graph, batchShape } = model;
  const own = chain ?? graph!.layers;
  const made = own.map((layer) => describeLayer(layer, weightsOf));
  const [batch, ...shape] = batchShape ?? [null];
  const { layers: _layers, ...connections } = graph ?? {};
  return {
    layers: made.map(({ described }) => described),
    weights: made.flatMap(({ weights }) => weights),
    ...(graph === undefined ? {} : { graph: connections as NonNullable<Described["graph"]> }),
    ...(shape.length === 0 ? {} : { inputShape: shape }),
    ...(typeof batch === "number" ? { batchSize: batch } : {}),
  };
}

/** All layers that are no models, those of models inside included, in the file's order. */
export function leavesOf(model: ReadModel): ReadLayer[] {
  return model.listed.flatMap((layer) => {
    const inside = layer.model ?? layer.inner?.model;
    return inside === undefined ? [layer] : leavesOf(inside);
  });
}
