import { layersFromConfig } from "../../layers/from-config.js";
import type { SampleShape } from "../../layers/layer.js";
import type { Loss } from "../../losses/loss.js";
import type { GraphJson } from "../../model/graph/model-config.js";
import type { Model } from "../../model/model.js";
import { sequential } from "../../model/sequential.js";
import type { NamedTensor } from "../../tensor.js";
import { graphCopy, graphOf, layersTo } from "./graph-file.js";
import type { LayerConfig } from "./layer-config.js";

/** Everything needed to make a model again: the patient's file, read once, never written to. */
export interface ModelFile {
  readonly layers: readonly LayerConfig[];
  readonly inputShape: SampleShape;
  readonly seed: number;
  /** null where the model had not been given an input's shape: a copy then draws its own, which are the same. */
  readonly weights: readonly NamedTensor[] | null;
  readonly optimizer: { readonly name: string; readonly config: Record<string, unknown> };
  readonly learningRate: number;
  readonly loss: Loss;
  /** Names of the metrics it was compiled with, but for functions. */
  readonly metrics: readonly string[];
  readonly truncate: number;
  readonly batchSize: number | undefined;
  readonly updates: number;
  /** How the layers are connected, where they are no chain, and the loss of each output with its factor. */
  readonly graph: {
    readonly json: GraphJson;
    readonly losses: readonly (Loss | null)[];
    readonly lossWeights: readonly number[];
  } | null;
}

export interface CopyOptions {
  /** `"fresh"`: as its initializers would begin again. Default: as it is. */
  readonly weights?: "current" | "fresh";
  readonly optimizer?: Record<string, unknown>;
  /** Another optimizer than its own, with its defaults and `optimizer`'s options. */
  readonly optimizerName?: string;
  readonly layers?: (layer: LayerConfig, index: number, count: number) => LayerConfig;
  readonly batchSize?: number;
  readonly seed?: number;
}

/** Names of metrics, but for functions. */
export const metricNames = (metrics: readonly (string | { readonly name: string })[]): string[] =>
  metrics.flatMap((metric) =>
    typeof metric === "string" ? [metric] : typeof metric === "function" ? [] : [metric.name],
  );

/** Reads a compiled model. @param sampleShape of x, for a model that has not seen any. */
export function fileOf(model: Model, sampleShape: SampleShape): ModelFile {
  const { optimizer } = model;
  const { loss, truncate, losses, outputs } = model.compiled!;
  const json = graphOf(model);
  return {
    // A graph lists its inputs among its layers; a chain need not. The last one gives the output, where there is one.
    layers:
      json !== null && json.outputs.length === 1
        ? layersTo(json, 0)
        : model.layers
            .filter(({ kind }) => kind !== "inputLayer")
            .map((layer) => ({ kind: layer.kind, config: layer.getConfig() })),
    graph: json === null ? null : { json, losses, lossWeights: outputs.map(({ lossWeight }) => lossWeight) },
    inputShape: model.inputShape ?? sampleShape,
    seed: model.seed,
    weights: model.inputShape === undefined ? null : model.getWeights(),
    optimizer: { name: optimizer.name, config: optimizer.getConfig() },
    learningRate: optimizer.learningRate,
    loss,
    metrics: metricNames(model.compiled!.asked.metrics.flat()),
    truncate,
    batchSize: model.batchSize,
    updates: optimizer.iterations,
  };
}

/** A chain read from a graph: the same layers one after the other. */
export const asChain = (file: ModelFile): ModelFile => ({ ...file, graph: null });

const optimizerFor = ({ optimizer }: ModelFile, { optimizerName, optimizer: options }: CopyOptions) =>
  optimizerName === undefined || optimizerName === optimizer.name
    ? { name: optimizer.name, config: { ...optimizer.config, ...options } }
    : { name: optimizerName, config: { ...options } };

function graphCopyOf(file: ModelFile, graph: NonNullable<ModelFile["graph"]>, options: CopyOptions): Model {
  const { layers = (layer) => layer, seed = file.seed } = options;
  const model = graphCopy(graph.json, layers, seed, options.weights === "fresh" ? null : file.weights);
  const { losses, lossWeights } = graph;
  model.compile({
    optimizer: optimizerFor(file, options),
    ...(losses.length === 1 ? { loss: file.loss } : { loss: losses, lossWeights }),
    ...(file.truncate === 0 ? {} : { truncate: file.truncate }),
  });
  return model;
}

/** A model of its own with the same layers, weights and compile options. Dispose it after use. */
export function copyOf(file: ModelFile, options: CopyOptions = {}): Model {
  if (file.graph !== null) return graphCopyOf(file, file.graph, options);
  const { layers: change = (layer) => layer } = options;
  const layers = file.layers.map((layer, i, all) => change(layer, i, all.length));
  const first = layers[0]!;
  const batchSize = options.batchSize ?? file.batchSize;
  const sized =
    batchSize === undefined
      ? layers
      : [{ ...first, config: { ...first.config, batchSize } }, ...layers.slice(1)];
  const model = sequential(layersFromConfig(sized, file.inputShape), { seed: options.seed ?? file.seed });
  if (options.weights !== "fresh" && file.weights !== null)
    model.setWeights(file.weights, { allowNonFinite: true });
  model.compile({
    optimizer: optimizerFor(file, options),
    loss: file.loss,
    ...(file.truncate === 0 ? {} : { truncate: file.truncate }),
  });
  return model;
}
