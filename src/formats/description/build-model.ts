import type { Engine } from "../../engine/engine.js";
import { FormatError, GateflowError } from "../../errors.js";
import { layerFromConfig } from "../../layers/from-config.js";
import { Layer } from "../../layers/layer.js";
import { TimeDistributedLayer } from "../../layers/time-distributed/time-distributed.js";
import { type Variable, writeWeights } from "../../layers/variable.js";
import type { CompileOptions } from "../../model/compile.js";
import { connectGraph, registerModelKind } from "../../model/graph/model-from-config.js";
import { ModelLayer } from "../../model/graph/model-layer.js";
import type { Model } from "../../model/model.js";
import { type Sequential, sequential } from "../../model/sequential.js";
import { describeShape, sameShape } from "../../tensor.js";
import { asFormatError } from "../bytes/as-format-error.js";
import { restoreState } from "../keras/optimizer-state.js";
import { type FileWeight, readWeight } from "../weights.js";
import type { DescribedLayer, ModelDescription } from "./description.js";

/** Options every reader of models takes. */
export interface ReadModelOptions {
  /** Takes NaN and Infinity among the weights, which are refused otherwise: the model broke before it was stored. Default false. */
  readonly allowNonFinite?: boolean;
  /** Default: an engine shared by all models, made on first use. */
  readonly engine?: Engine;
}

/** The weights of a layer in the order in which a description lists them, which need not be the model's. */
function variablesOf(layer: Layer, described: unknown): readonly Variable[] {
  const { config = {} } = described as Partial<DescribedLayer>;
  if (layer instanceof ModelLayer) {
    const { graph, layers = [] } = config as { graph?: { layers: unknown[] }; layers?: unknown[] };
    return (graph?.layers ?? layers).flatMap((inner) => {
      const { name } = (inner as DescribedLayer).config;
      const own = layer.topology.all.find((one) => one.name === name);
      return own === undefined ? [] : variablesOf(own, inner);
    });
  }
  if (layer instanceof TimeDistributedLayer) return variablesOf(layer.layer, config.layer ?? {});
  return layer.variables;
}

/** Weights in the order of the description. All shapes are compared before the first is read. */
function writeInOrder(
  where: string,
  layers: readonly Layer[],
  described: ModelDescription["layers"],
  weights: readonly FileWeight[],
  allowNonFinite: boolean,
): void {
  const wanted = layers.flatMap((layer, i) =>
    variablesOf(layer, described[i]).map((variable) => ({
      variable,
      name: `${layer.name}/${variable.key}`,
      shape: variable.shape,
    })),
  );
  if (wanted.length !== weights.length) {
    throw new FormatError(
      `${where}: the layers have ${wanted.length} weights, the file ${weights.length}: ${weights
        .slice(0, 20)
        .map(({ name }) => name)
        .join(", ")}.`,
      { received: weights.length, expected: wanted.length },
    );
  }
  for (const [i, { name, shape }] of wanted.entries()) {
    const weight = weights[i]!;
    if (sameShape(weight.shape, shape)) continue;
    throw new FormatError(
      `${where}: \`${name}\` needs ${describeShape(shape)}, the file's \`${weight.name}\` is ${describeShape(weight.shape)}.`,
      { received: weight.shape, expected: shape },
    );
  }
  writeWeights(
    where,
    wanted.map(({ variable }) => variable),
    weights.map((weight) => ({
      shape: weight.shape,
      data: readWeight(where, weight, weight.shape, allowNonFinite),
    })),
    { allowNonFinite },
  );
}

function makeLayers({ layers, graph, inputShape, batchSize }: ModelDescription): Layer[] {
  return layers.map((entry, i) => {
    if (entry instanceof Layer) return entry;
    const { kind, config } = entry as DescribedLayer;
    const isFirst = i === 0 && graph === undefined;
    const first = !isFirst || inputShape === undefined ? {} : { inputShape };
    const batch = !isFirst || batchSize === undefined ? {} : { batchSize };
    return layerFromConfig({ kind, config: { ...config, ...first, ...batch } });
  });
}

/** Compiles as the file says; what is not known here concerns training alone, so it is told and does not refuse the model. */
function compileAsFile(
  where: string,
  model: Model,
  { compile, unread = [], optimizer }: ModelDescription,
): void {
  const told = [...unread];
  try {
    if (compile !== undefined) model.compile(compile as unknown as CompileOptions);
    if (compile !== undefined && optimizer !== undefined)
      told.push(...[restoreState(model, optimizer) ?? []].flat());
  } catch (error) {
    if (!(error instanceof GateflowError)) throw error;
    told.push(error.message);
  }
  if (told.length === 0) return;
  console.warn(
    `${where}: of the file's compile configuration this is not known here: ${told.join(", ")}. ${model.compiled === undefined ? "Compile the model before training it." : "The rest is as in the file."}`,
  );
}

/**
 * The model a reader described, with its weights, compiled where the file says how.
 * @throws FormatError for whatever does not agree in the file.
 */
export function buildModel<Made extends Model = Sequential>(
  where: string,
  description: ModelDescription,
  { allowNonFinite = false, engine }: ReadModelOptions,
): Made {
  registerModelKind();
  return asFormatError(where, () => {
    const { name, weights, graph } = description;
    const options = {
      ...(name === undefined ? {} : { name }),
      ...(engine === undefined ? {} : { engine }),
    };
    const layers = makeLayers(description);
    const model: Model =
      graph === undefined ? sequential(layers, options) : connectGraph(layers, graph, options);
    if (weights !== null) writeInOrder(where, layers, description.layers, weights, allowNonFinite);
    compileAsFile(where, model, description);
    return model as Made;
  });
}
