import type { Engine } from "../../engine/engine.js";
import { FormatError, GateflowError } from "../../errors.js";
import { layerFromConfig } from "../../layers/from-config.js";
import { Layer } from "../../layers/layer.js";
import type { CompileOptions } from "../../model/compile.js";
import { type Sequential, sequential } from "../../model/sequential.js";
import { describeShape, sameShape } from "../../tensor.js";
import { asFormatError } from "../bytes/as-format-error.js";
import { type FileWeight, readWeight } from "../weights.js";
import type { DescribedLayer, ModelDescription } from "./description.js";

/** Options every reader of models takes. */
export interface ReadModelOptions {
  /** Takes NaN and Infinity among the weights, which are refused otherwise: the model broke before it was stored. Default false. */
  readonly allowNonFinite?: boolean;
  /** Default: an engine shared by all models, made on first use. */
  readonly engine?: Engine;
}

/** Weights in the order of the layers'. All shapes are compared before the first is read. */
function writeInOrder(
  where: string,
  model: Sequential,
  weights: readonly FileWeight[],
  allowNonFinite: boolean,
): void {
  const wanted = model.layers.flatMap(({ name, variables }) =>
    variables.map(({ key, shape }) => ({ name: `${name}/${key}`, shape })),
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
  model.setWeights(
    weights.map((weight) => ({
      shape: weight.shape,
      data: readWeight(where, weight, weight.shape, allowNonFinite),
    })),
  );
}

function makeLayers({ layers, inputShape, batchSize }: ModelDescription): Layer[] {
  return layers.map((entry, i) => {
    if (entry instanceof Layer) return entry;
    const { kind, config } = entry as DescribedLayer;
    const first = i > 0 || inputShape === undefined ? {} : { inputShape };
    const batch = i > 0 || batchSize === undefined ? {} : { batchSize };
    return layerFromConfig({ kind, config: { ...config, ...first, ...batch } });
  });
}

/** Compiles as the file says; what is not known here concerns training alone, so it is told and does not refuse the model. */
function compileAsFile(
  where: string,
  model: Sequential,
  compile: ModelDescription["compile"],
  unread: readonly string[],
): void {
  const told = [...unread];
  try {
    if (compile !== undefined) model.compile(compile as unknown as CompileOptions);
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
export function buildModel(
  where: string,
  description: ModelDescription,
  { allowNonFinite = false, engine }: ReadModelOptions,
): Sequential {
  return asFormatError(where, () => {
    const { name, weights, compile } = description;
    const model = sequential(makeLayers(description), {
      ...(name === undefined ? {} : { name }),
      ...(engine === undefined ? {} : { engine }),
    });
    if (weights !== null) writeInOrder(where, model, weights, allowNonFinite);
    compileAsFile(where, model, compile, description.unread ?? []);
    return model;
  });
}
