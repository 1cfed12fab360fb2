// A file names what a model is made of.
import { modelIn } from "./description/snapshot.js";
import "../names.js";
import type { Engine } from "../engine/engine.js";
import { ConfigError, FormatError, GateflowError, StateError, told } from "../errors.js";
import { CustomLayer } from "../layers/custom/custom-layer.js";
import { withMakers } from "../layers/custom/custom-makers.js";
import { layerFromConfig, layersFromConfig } from "../layers/from-config.js";
import { inputLayer } from "../layers/input-layer.js";
import type { Layer } from "../layers/layer.js";
import type { CompileOptions } from "../model/compile.js";
import { Graph } from "../model/graph/graph.js";
import { type GraphJson, graphConfig } from "../model/graph/model-config.js";
import { graphFromConfig, registerModelKind } from "../model/graph/model-from-config.js";
import type { LayerSet } from "../model/layer-set.js";
import type { Model } from "../model/model.js";
import { type Sequential, sequential } from "../model/sequential.js";
import { bytesIn, flag, refuseUnknown } from "../options.js";
import { asFormatError } from "./bytes/as-format-error.js";
import { isRecord, listOf, parseJson, recordOf, textOf } from "./bytes/json.js";
import { type CustomObjects, customized, withoutCustoms } from "./custom-objects.js";
import { refuseShared } from "./refuse-shared.js";
import { listSafetensors, writeSafetensors } from "./safetensors-file.js";
import { isOfTraining, restoreTraining, type SavedTraining, saveTraining } from "./training-state.js";
import { writeByName } from "./weights.js";

const FORMAT_VERSION = 1;
const OPTIMIZER_PREFIX = "optimizer/";

/** Options of `toSafetensors`. */
export interface SafetensorsOptions {
  /**
   * Keeps the optimizer's moments, the states of stateful layers, where the fit stands, and what its callbacks have
   * counted, so that `fit({ initialEpoch })` with the epoch the save lies in goes on exactly. Default false.
   */
  readonly optimizer?: boolean;
  /** Texts to keep beside the model; the key `gateflow` is taken. Default: none. */
  readonly metadata?: Readonly<Record<string, string>>;
}

/** Options of `fromSafetensors`. */
export interface FromSafetensorsOptions {
  /** Default: the engine shared by all models. */
  readonly engine?: Engine;
  /** Takes NaN and Infinity among the weights. Default false. */
  readonly allowNonFinite?: boolean;
  /** The functions that were loss, metric or rate by their names, and those that make custom layers from their `config`. Default: none. */
  readonly customObjects?: CustomObjects;
}

/** What the file says of a model, beside its weights. */
interface Description {
  readonly version: number;
  readonly name: string;
  readonly seed: number;
  readonly inputShape: readonly (number | null)[];
  /** Samples in every batch, where an input layer said so. */
  readonly batchSize?: number;
  readonly layers: readonly { kind: string; config: Record<string, unknown> }[];
  /** How the layers are connected, where they are no chain; `layers` is empty then. */
  readonly graph?: GraphJson;
  readonly compile: Record<string, unknown> | null;
  readonly batches: number | null;
  readonly training?: SavedTraining | null;
}

/**
 * A model as safetensors bytes: weights as F32 under their names, layers and compile options as JSON in the metadata.
 * @throws StateError when `optimizer` is asked for on a model that is not compiled or was never trained.
 *
 * @example
 * const bytes = await toSafetensors(model);
 */
export function toSafetensors(model: Model, options: SafetensorsOptions = {}): Uint8Array {
  const where = "toSafetensors()";
  refuseUnknown(where, options, ["optimizer", "metadata"]);
  const withOptimizer = flag(where, "optimizer", options.optimizer ?? false);
  modelIn(where, model);
  const compiled = model.compiled;
  refuseUnkept(where, model);
  refuseShared(where, model.topology.all);
  if (withOptimizer && compiled === undefined) {
    throw new StateError(
      `${where}: the model has no optimizer to keep: compile it first, or leave out optimizer: true.`,
    );
  }
  const slots = withOptimizer ? model.executor(where).optimizerSlots(compiled!.optimizer) : [];
  const kept = withOptimizer ? saveTraining(model, compiled!) : null;
  const description: Description = {
    version: FORMAT_VERSION,
    name: model.name,
    seed: model.seed,
    inputShape: model.inputShape!,
    ...(model.batchSize === undefined ? {} : { batchSize: model.batchSize }),
    ...(model.topology instanceof Graph
      ? { layers: [], graph: graphConfig(model.topology) }
      : { layers: model.layers.map((layer) => ({ kind: layer.kind, config: layer.getConfig() })) }),
    compile: compiled === undefined ? null : withoutCustoms(where, compiled),
    batches: withOptimizer ? compiled!.optimizer.batches : null,
    training: kept?.training ?? null,
  };
  const tensors = [
    ...model.getWeights(),
    ...slots.map(({ name, data }) => ({ name: `${OPTIMIZER_PREFIX}${name}`, shape: [data.length], data })),
    ...(kept?.tensors ?? []),
  ];
  return writeSafetensors({
    tensors,
    metadata: { ...options.metadata, gateflow: JSON.stringify(description) },
  });
}

/** @throws ConfigError for a layer that no file could bring back. */
function refuseUnkept(where: string, { topology }: Pick<Model, "topology">): void {
  const unkept = everyLayer(topology.all).find((layer) => layer instanceof CustomLayer && !layer.isKept);
  if (unkept === undefined) return;
  throw new ConfigError(
    `${where}: \`${unkept.name}\` is a layer of your own, whose functions no file holds. Give it \`config\`, plain JSON from which it can be made again, and read the file with customObjects; or keep the weights alone with model.saveWeights().`,
    { received: unkept.name },
  );
}

/** Layers, and those inside of them. */
function everyLayer(layers: readonly Layer[]): Layer[] {
  return layers.flatMap((layer) => {
    const { topology, layer: inner } = layer as { topology?: LayerSet; layer?: Layer };
    return [layer, ...everyLayer([...(topology?.all ?? []), ...(inner === undefined ? [] : [inner])])];
  });
}

const DESCRIPTION = "fromSafetensors(): the model's description";
const MOST_LAYERS = 2000;

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

/** One schema for whatever stands in the description. @throws FormatError that names the part. */
function checkDescription(given: unknown): Description {
  const description = recordOf(DESCRIPTION, given);
  const { version, name, seed, inputShape, batchSize, layers, compile, batches } = description;
  const refuse = (part: string, value: unknown, expected: string): never => {
    throw new FormatError(`${DESCRIPTION} is damaged: \`${part}\` is ${told(value)}, expected ${expected}.`, {
      received: value,
      expected,
    });
  };
  if (version !== FORMAT_VERSION) {
    throw new FormatError(
      `fromSafetensors(): the file is of format version ${told(version)}, this gateflow reads ${FORMAT_VERSION}. Use the gateflow that wrote it, or a newer one.`,
      { received: version, expected: FORMAT_VERSION },
    );
  }
  if (typeof name !== "string") refuse("name", name, "a text");
  if (!isCount(seed)) refuse("seed", seed, "a whole number");
  if (batches !== null && !isCount(batches)) refuse("batches", batches, "a whole number or null");
  if (batchSize !== undefined && !isCount(batchSize)) refuse("batchSize", batchSize, "a whole number");
  if (compile !== null && !isRecord(compile)) refuse("compile", compile, "an object or null");
  const isExtent = (extent: unknown): boolean => extent === null || isCount(extent);
  if (!Array.isArray(inputShape) || !inputShape.every(isExtent)) {
    refuse("inputShape", inputShape, "numbers or null");
  }
  for (const [i, layer] of listOf(`${DESCRIPTION}, \`layers\``, layers, MOST_LAYERS).entries()) {
    const { kind, config } = recordOf(`${DESCRIPTION}, layer ${i}`, layer);
    textOf(`${DESCRIPTION}, \`kind\` of layer ${i}`, kind);
    recordOf(`${DESCRIPTION}, \`config\` of layer ${i}`, config);
  }
  return description as unknown as Description;
}

function describe(metadata: Readonly<Record<string, string>>): Description {
  const text = metadata.gateflow;
  if (text === undefined) {
    throw new FormatError(
      "fromSafetensors(): the file holds tensors but no gateflow model. Build the model and give it the tensors with setWeights().",
    );
  }
  return checkDescription(parseJson(DESCRIPTION, text));
}

/** The layers, the first of which is told what an input layer said. */
function layersOf({ layers, inputShape, batchSize }: Description): Layer[] {
  const [first, ...rest] = layers;
  if (first?.kind === "customLayer") {
    // What makes it knows nothing of the input.
    const input = { shape: inputShape, ...(batchSize === undefined ? {} : { batchSize }) };
    return [inputLayer(input), ...layers.map(layerFromConfig)];
  }
  if (first === undefined || batchSize === undefined || first.config.batchSize !== undefined) {
    return layersFromConfig(layers, inputShape);
  }
  return layersFromConfig([{ ...first, config: { ...first.config, batchSize } }, ...rest], inputShape);
}

/**
 * The model in safetensors bytes that `toSafetensors` wrote, compiled as it was. Weights are found by their names, in
 * whatever order a tool has put them. Where a loss, a metric or a rate was a function of a user's own, `customObjects`
 * gives it back by its name; without it the model comes uncompiled.
 * A graph comes as a graph: `fromSafetensors<GraphModel>(bytes)`.
 * @throws FormatError when the bytes are no such file, or damaged; also for NaN or Infinity among the weights, unless
 *   `allowNonFinite`.
 *
 * @example
 * const model = fromSafetensors(bytes, { customObjects: { myLoss } });
 */
export function fromSafetensors<Made extends Model = Sequential>(
  bytes: Uint8Array,
  options: FromSafetensorsOptions = {},
): Made {
  const where = "fromSafetensors()";
  refuseUnknown(where, options, ["engine", "allowNonFinite", "customObjects"]);
  registerModelKind();
  const { tensors, metadata } = listSafetensors(bytesIn(where, bytes));
  const description = describe(metadata);
  const isSlot = ({ name }: { name: string }): boolean => name.startsWith(OPTIMIZER_PREFIX);
  return asFormatError(`${where}: the model's description and its weights do not agree`, () => {
    const own = {
      name: description.name,
      seed: description.seed,
      ...(options.engine === undefined ? {} : { engine: options.engine }),
    };
    const { graph } = description;
    const model: Model = withMakers(options.customObjects ?? {}, () =>
      graph === undefined ? sequential(layersOf(description), own) : graphFromConfig(graph, own),
    );
    const weights = tensors.filter((tensor) => !isSlot(tensor) && !isOfTraining(tensor));
    writeByName(where, model, weights, options.allowNonFinite ?? false);
    const compile =
      description.compile === null ? null : customized(description.compile, options.customObjects ?? {});
    if (compile === null) return model as Made;
    model.compile(compile as unknown as CompileOptions);
    if (description.batches !== null) {
      const slots = tensors
        .filter(isSlot)
        .map(({ name, read }) => ({ name: name.slice(OPTIMIZER_PREFIX.length), data: read() }));
      model.executor(where).restoreOptimizer(model.optimizer, slots, description.batches);
      if (description.training != null) restoreTraining(model, description.training, trainingOf(tensors));
    }
    return model as Made;
  });
}

const trainingOf = (
  tensors: readonly { name: string; shape: readonly number[]; read(): Float32Array }[],
): { name: string; shape: readonly number[]; data: Float32Array }[] =>
  tensors.filter(isOfTraining).map(({ name, shape, read }) => ({ name, shape, data: read() }));

/**
 * Puts a model that is there already to where a training stood, weights, optimizer and all: what `backupAndRestore` does.
 * @throws FormatError when the bytes are no such file, or of another model.
 */
export function restoreInto(model: Model, bytes: Uint8Array): void {
  const where = "restoreInto()";
  registerModelKind();
  const { tensors, metadata } = listSafetensors(bytesIn(where, bytes));
  const { batches, training } = describe(metadata);
  const isSlot = ({ name }: { name: string }): boolean => name.startsWith(OPTIMIZER_PREFIX);
  if (batches === null || training == null) {
    throw new FormatError(`${where}: the file holds a model, but nothing of its training.`);
  }
  try {
    writeByName(
      where,
      model,
      tensors.filter((tensor) => !isSlot(tensor) && !isOfTraining(tensor)),
      true,
    );
    const slots = tensors
      .filter(isSlot)
      .map(({ name, read }) => ({ name: name.slice(OPTIMIZER_PREFIX.length), data: read() }));
    model.executor(where).restoreOptimizer(model.optimizer, slots, batches);
    restoreTraining(model, training, trainingOf(tensors), true);
  } catch (cause) {
    if (!(cause instanceof GateflowError)) throw cause;
    throw new FormatError(
      `The backup is of another model or optimizer: ${cause.message} Remove it, or give another place.`,
      { cause },
    );
  }
}
