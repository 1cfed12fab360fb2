/** Models of other systems, and arrays of NumPy: each reader and writer is fetched when it is first called. */

import { ConfigError, DataError, told } from "../errors.js";
import { Layer } from "../layers/layer.js";
import type { Model } from "../model/model.js";
import type { Sequential } from "../model/sequential.js";
import { bytesIn, flag, refuseUnknown } from "../options.js";
import type { Tensor, TensorLike } from "../tensor.js";
import { asFormatErrorLater } from "./bytes/as-format-error.js";
import { buildModel, type ReadModelOptions } from "./description/build-model.js";
import { snapshotOf } from "./description/snapshot.js";
import type { LayersModelArtifacts } from "./tfjs/write-tfjs.js";

export { readNpy, writeNpy } from "./numpy/npy.js";
export type { LayersModelArtifacts, ReadModelOptions };

const common = ["allowNonFinite", "engine"] as const;

/** @throws ConfigError for an unknown option, or one that is none of what it should be. */
function checkReading(where: string, options: ReadModelOptions, own: readonly string[]): void {
  refuseUnknown(where, options, [...common, ...own]);
  if (options.allowNonFinite !== undefined) flag(where, "allowNonFinite", options.allowNonFinite);
}

/**
 * The arrays of `np.savez` or `np.savez_compressed` by name, in the order of the file; see `readNpy` for the numbers.
 * @throws FormatError for a damaged archive, one that unfolds to more than it announces, and as `readNpy`, by array.
 *
 * @example
 * const { x, y } = await readNpz(await readFile("examples.npz"));
 */
export async function readNpz(bytes: Uint8Array): Promise<Record<string, Tensor>> {
  return (await import("./numpy/npz.js")).readNpz(bytesIn("readNpz()", bytes));
}

/**
 * Tensors as one `.npz`, not compressed; `np.load` reads it.
 * @throws ShapeError, DataError for what is no tensor.
 *
 * @example
 * await writeFile("examples.npz", await writeNpz({ x, y }));
 */
export async function writeNpz(arrays: Readonly<Record<string, TensorLike>>): Promise<Uint8Array> {
  if (typeof arrays !== "object" || arrays === null) {
    throw new DataError(`writeNpz(): got ${told(arrays)}, expected arrays by name.`, { received: arrays });
  }
  return (await import("./numpy/npz.js")).writeNpz(arrays);
}

/** Options of `fromTorch`. */
export interface TorchOptions extends ReadModelOptions {
  /** Only tensors whose names begin so, such as `"encoder."`; a module's own path gives that module alone. Default: all. */
  readonly prefix?: string;
  /**
   * What the model is made of, in the order it runs, since a state dict holds weights alone: names of modules, with
   * gateflow's layers without weights (`activation`, `dropout`) among them; or gateflow's layers alone, which take the
   * modules' weights in their order. A number: so many layers of the recurrent stack, from its input on. Default: all
   * modules in the order of the file, where that leaves no doubt.
   */
  readonly layers?: readonly (string | Layer)[] | number;
  /**
   * How the PyTorch model takes sequences: `[batch, time, features]` (true) or `[time, batch, features]`. The weights are
   * the same; gateflow's model takes `[batch, time, features]` in both cases. Default true.
   */
  readonly batchFirst?: boolean;
}

/**
 * A model from the weights of a PyTorch module: a state dict, `.pt` or `.pth` (zip and older) or safetensors. LSTM, GRU and
 * RNN (several layers, both directions, projections), Linear, Embedding and LayerNorm are recognized by the names and
 * shapes of their tensors; nothing of the file is run.
 *
 * A recurrent stack alone gives its whole sequence, as PyTorch's first output; in front of a Linear the last layer gives
 * its last state. PyTorch's `nonlinearity` and what stands between modules are in no state dict: say them with `layers`.
 * The model takes `[batch, time, features]`.
 *
 * @throws FormatError for a damaged file, one that holds code, modules that are not known or do not follow each other.
 *
 * @example
 * const model = await fromTorch(await readFile("model.pt"), { prefix: "encoder.lstm." });
 */
export async function fromTorch(bytes: Uint8Array, options: TorchOptions = {}): Promise<Sequential> {
  const where = "fromTorch()";
  checkReading(where, options, ["prefix", "layers", "batchFirst"]);
  const { prefix = "", layers, batchFirst } = options;
  if (typeof prefix !== "string")
    throw new ConfigError(`${where}: \`prefix\` is no text.`, { received: prefix });
  if (batchFirst !== undefined) flag(where, "batchFirst", batchFirst);
  const isEntry = (entry: unknown): boolean => typeof entry === "string" || entry instanceof Layer;
  const isKnown =
    layers === undefined || typeof layers === "number" || (Array.isArray(layers) && layers.every(isEntry));
  if (!isKnown) {
    throw new ConfigError(
      `${where}: \`layers\` is neither a number nor an array of modules' names and layers.`,
      {
        received: layers,
      },
    );
  }
  const { readTorch } = await import("./torch/read-torch.js");
  const description = await asFormatErrorLater(where, () => readTorch(bytes, prefix, layers));
  return buildModel(where, description, options);
}

/**
 * The weights as a PyTorch state dict, which `torch.load(path, weights_only=True)` reads: `lstm.weight_ih_l0` and so on,
 * one module a layer under the layer's name, whose layers are `nn.LSTM(features, units, batch_first=True)`, `nn.GRU`,
 * `nn.RNN`, `nn.Linear`, `nn.Embedding`, `nn.LayerNorm(…, eps)`, `nn.Conv1d`.
 * @throws FormatError naming a layer PyTorch would compute otherwise: other activations, `resetAfter: false`, peepholes.
 *
 * @example
 * await writeFile("model.pt", await toTorch(model));
 */
export async function toTorch(model: Model): Promise<Uint8Array> {
  const snapshot = snapshotOf("toTorch()", model);
  return (await import("./torch/write-torch.js")).writeTorch(snapshot);
}

/** Options of `fromKeras`. */
export interface KerasOptions extends ReadModelOptions {
  /** The `.weights.h5` that belongs to a JSON configuration given as bytes. Default: none; archives bring theirs. */
  readonly weights?: Uint8Array;
}

/**
 * A model of Keras: a `.keras` archive, an `.h5` or `.hdf5` of Keras 1 and 2 (and of Keras 3 in that form), or a JSON
 * configuration with `weights`. Layers, weights and the compile configuration are read as Keras 3 means them, the
 * `hard_sigmoid` of files before Keras 3 as `hardSigmoidLegacy`. Metrics and losses of somebody's own are told once with
 * `console.warn` and left out; nothing of a file is run. A functional model that is no chain comes as a graph:
 * `fromKeras<GraphModel>(bytes)`.
 *
 * @throws FormatError naming the layer and the option that is not computed here, `Lambda` and other code by name, and for
 *   damaged files and NaN among the weights.
 *
 * @example
 * const model = await fromKeras(await readFile("model.keras"));
 */
export async function fromKeras<Made extends Model = Sequential>(
  bytes: Uint8Array,
  options: KerasOptions = {},
): Promise<Made> {
  const where = "fromKeras()";
  checkReading(where, options, ["weights"]);
  const { readKeras } = await import("./keras/read-keras.js");
  const description = await asFormatErrorLater(where, () => readKeras(bytes, options.weights));
  return buildModel(where, description, options);
}

/**
 * The model as a `.keras` archive in the layout of Keras 3, with its compile configuration where Keras has words for it;
 * what it has none for, such as `truncate` or the loss `quantile`, is told once with `console.warn` and left out, and so is
 * the state of an optimizer whose order in the file depends on Keras's version (nadam; `amsgrad`, `centered`, `useEma`).
 * @throws FormatError naming a layer or an option Keras does not have: peepholes, projections, `hardSigmoidLegacy`.
 *
 * @example
 * await writeFile("model.keras", await toKeras(model));
 */
export async function toKeras(model: Model): Promise<Uint8Array> {
  const where = "toKeras()";
  const snapshot = snapshotOf(where, model);
  const { bytes, unsaid } = await (await import("./keras/write-keras.js")).writeKeras(snapshot);
  if (unsaid.length > 0)
    console.warn(`${where}: Keras has no word for ${unsaid.join(", ")}; the file is without.`);
  if (snapshot.unkept !== undefined) {
    console.warn(
      `${where}: ${snapshot.unkept} is not in the file: training goes on with an optimizer that begins anew. toSafetensors with { optimizer: true } holds it.`,
    );
  }
  return bytes;
}

/** A layers model of TensorFlow.js, as `io.withSaveHandler` gives it or as `model.json` and its shards hold it. */
export interface LayersModelSource {
  /** The topology: an object, or its JSON. */
  readonly modelTopology: unknown;
  /** What the data hold, in their order: all groups of `weightsManifest` one after the other. */
  readonly weightSpecs?: readonly unknown[];
  /** The weights' bytes: one buffer, or the shards in their order. */
  readonly weightData?: ArrayBuffer | Uint8Array | readonly (ArrayBuffer | Uint8Array)[];
  /** In place of `weightSpecs`: the manifest of a `model.json`. */
  readonly weightsManifest?: readonly { readonly weights: readonly unknown[] }[];
  readonly trainingConfig?: unknown;
  readonly [more: string]: unknown;
}

/**
 * A model of TensorFlow.js, its own or one converted from Keras 1 to 3, also such as its version 4.22 refuses; quantized
 * weights are taken back to float32. Its `hardSigmoid` is `hardSigmoidLegacy` here, and so are its defaults.
 *
 * @throws FormatError naming the layer and the option that is not computed here, and for weights that do not fit.
 *
 * @example
 * const { weightsManifest, ...json } = JSON.parse(text);
 * const model = await fromLayersModel({ ...json, weightsManifest, weightData: [shard1, shard2] });
 */
export async function fromLayersModel<Made extends Model = Sequential>(
  source: LayersModelSource,
  options: ReadModelOptions = {},
): Promise<Made> {
  const where = "fromLayersModel()";
  checkReading(where, options, []);
  const { readTfjs } = await import("./tfjs/read-tfjs.js");
  const description = await asFormatErrorLater(where, async () => {
    const specs = source.weightSpecs ?? source.weightsManifest?.flatMap(({ weights }) => weights);
    return readTfjs(source.modelTopology, specs, source.weightData, source.trainingConfig);
  });
  return buildModel(where, description, options);
}

/**
 * The model as TensorFlow.js's artifacts: `loadLayersModel(io.fromMemory(await toLayersModel(model)))`.
 * @throws FormatError naming what TensorFlow.js does not compute: a GRU with `resetAfter`, Keras 3's `hardSigmoid`,
 *   `leakyRelu`, peepholes.
 *
 * @example
 * const artifacts = await toLayersModel(model);
 */
export async function toLayersModel(model: Model): Promise<LayersModelArtifacts> {
  const snapshot = snapshotOf("toLayersModel()", model);
  return (await import("./tfjs/write-tfjs.js")).writeTfjs(snapshot);
}

/**
 * A model from an ONNX graph made of what gateflow's layers can do: LSTM, GRU, RNN with their states, MatMul and Gemm,
 * convolutions and pools over time, attention of many heads, normalizations, activations, merges, and what moves axes between
 * them. A graph that is no
 * chain comes as one: `fromOnnx<GraphModel>(bytes)`.
 * @throws FormatError naming an operator that is not computed here.
 *
 * @example
 * const model = await fromOnnx(await readFile("model.onnx"));
 */
export async function fromOnnx<Made extends Model = Sequential>(
  bytes: Uint8Array,
  options: ReadModelOptions = {},
): Promise<Made> {
  const where = "fromOnnx()";
  checkReading(where, options, []);
  const { readOnnx } = await import("./onnx/read-onnx.js");
  const description = await asFormatErrorLater(where, () => readOnnx(bytes));
  return buildModel(where, description, options);
}

/**
 * The model as an ONNX graph (operator set 17) that takes `[batch, time, features]`, batch free, and time where the model
 * allows. Masks are computed in it. The states of `stateful` layers are further inputs, such as `lstm_h` `[batch, units]`, and
 * outputs, `lstm_h_out`: feed each run what the one before gave, zeros at first.
 * @throws FormatError naming a layer that has no counterpart there: one of code (`customLayer`), or applied as in training.
 *
 * @example
 * await writeFile("model.onnx", await toOnnx(model));
 */
export async function toOnnx(model: Model): Promise<Uint8Array> {
  const snapshot = snapshotOf("toOnnx()", model);
  return (await import("./onnx/write/write-onnx.js")).writeOnnx(snapshot);
}
