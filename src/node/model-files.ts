import { readFile, stat } from "node:fs/promises";
import { basename, dirname, extname, isAbsolute, join } from "node:path";
import { ConfigError, DataError, FormatError, told } from "../errors.js";
import { extensionFormats, formatOf, type ModelFormat } from "../formats/format-of.js";
import {
  fromKeras,
  fromLayersModel,
  fromOnnx,
  fromTorch,
  type LayersModelSource,
  toKeras,
  toLayersModel,
  toOnnx,
  toTorch,
} from "../formats/index.js";
import { fromSafetensors, type SafetensorsOptions, toSafetensors } from "../formats/safetensors.js";
import type { Model } from "../model/model.js";
import type { Sequential } from "../model/sequential.js";
import { pathIn, refuseUnknown } from "../options.js";
import { writeFileAtomic } from "./atomic-write.js";

/** Extensions a model can be stored under. */
const writable: readonly string[] = [".safetensors", ".keras", ".pt", ".pth", ".onnx", ".json"];

/** @throws FormatError unless the path's extension names a format models are stored in. */
export function checkModelPath(where: string, path: string): void {
  const extension = extname(pathIn(where, path)).toLowerCase();
  if (writable.includes(extension)) return;
  const advice = /^\.(h5|hdf5)$/.test(extension) ? " Keras 3 reads .keras." : "";
  throw new FormatError(
    `${where}: ${path} ends in \`${extension || "nothing"}\`; models are stored as ${writable.join(", ")}.${advice}`,
    { received: extension, expected: writable },
  );
}

/** The bytes of a file. @throws DataError that says in one line what is wrong with the path. */
export async function readBytes(path: string): Promise<Uint8Array> {
  try {
    // A device has no end.
    if (!(await stat(path)).isFile()) {
      const what = (await stat(path)).isDirectory() ? "that is a folder" : "that is no file";
      throw new DataError(`${path}: ${what}.`, { received: path });
    }
    return await readFile(path);
  } catch (cause) {
    if (cause instanceof DataError) throw cause;
    const { code } = cause as { code?: string };
    const reason = code === "ENOENT" ? "there is no such file" : (cause as Error).message;
    throw new DataError(`${path}: ${reason}.`, { received: path, cause });
  }
}

/**
 * Stores a model in the format its path's extension names: `.safetensors`, `.keras`, `.pt` or `.pth` (a state dict),
 * `.onnx`, `.json` (TensorFlow.js, its weights beside it in `.weights.bin`). Whole or not at all, safe on the disk when it
 * returns.
 * @param options of `toSafetensors`; other formats keep no optimizer.
 * @throws FormatError for an unknown extension, and for what the format cannot say.
 *
 * @example
 * await saveModel(model, "model.safetensors");
 */
export async function saveModel(model: Model, path: string, options: SafetensorsOptions = {}): Promise<void> {
  const where = "saveModel()";
  checkModelPath(where, path);
  const format = extensionFormats[extname(path).toLowerCase()]!;
  if (format !== "safetensors" && Object.keys(options).length > 0) {
    throw new ConfigError(`${where}: \`${Object.keys(options)[0]}\` is kept by .safetensors alone.`, {
      received: options,
    });
  }
  if (format === "tfjs") return saveLayersModel(model, path);
  const write = {
    safetensors: () => toSafetensors(model, options),
    keras: toKeras,
    torch: toTorch,
    onnx: toOnnx,
  };
  await writeFileAtomic(path, await write[format as keyof typeof write](model));
}

async function saveLayersModel(model: Model, path: string): Promise<void> {
  const { weightData, weightSpecs, ...json } = await toLayersModel(model);
  const weights = `${basename(path, extname(path))}.weights.bin`;
  await writeFileAtomic(join(dirname(path), weights), new Uint8Array(weightData));
  const weightsManifest = [{ paths: [`./${weights}`], weights: weightSpecs }];
  await writeFileAtomic(path, JSON.stringify({ ...json, weightsManifest }));
}

/** Options of `loadModel`. */
export interface LoadModelOptions {
  /** The `.weights.h5` that belongs to a Keras configuration: a path, or its bytes. Default: none. */
  readonly weights?: string | Uint8Array;
  /** Takes NaN and Infinity among the weights, which are refused otherwise. Default false. */
  readonly allowNonFinite?: boolean;
}

/** A model.json with the shards it names, which lie beside it. */
async function readLayersModel(path: string, bytes: Uint8Array): Promise<LayersModelSource> {
  let json: Omit<LayersModelSource, "weightsManifest"> & {
    weightsManifest?: { paths?: unknown; weights: unknown[] }[];
    modelTopology: unknown;
  };
  try {
    json = JSON.parse(new TextDecoder().decode(bytes));
  } catch (cause) {
    throw new FormatError(`the file is no JSON: ${(cause as Error).message}`, { cause });
  }
  const shards = (json.weightsManifest ?? []).flatMap(({ paths }) => (Array.isArray(paths) ? paths : []));
  const weightData: Uint8Array[] = [];
  for (const shard of shards) {
    const isBeside = typeof shard === "string" && !isAbsolute(shard) && !shard.split(/[\\/]/).includes("..");
    if (!isBeside) throw new FormatError(`the shard ${told(shard)} does not lie beside the model.`);
    weightData.push(await readBytes(join(dirname(path), shard)));
  }
  return { ...json, weightData };
}

/** What a file is, by its content, then by its extension. @throws FormatError where neither says. */
export function formatOfFile(path: string, bytes: Uint8Array): ModelFormat {
  const found = formatOf(bytes) ?? extensionFormats[extname(path).toLowerCase()];
  if (found !== undefined) return found;
  throw new FormatError(
    `neither its content nor its extension is that of a model: ${Object.keys(extensionFormats).join(", ")}.`,
  );
}

/**
 * The model stored at `path`, in any format: found out by content, then by extension. Keras, TensorFlow.js, PyTorch (a
 * state dict), ONNX, safetensors.
 * @throws DataError for a path that cannot be read; FormatError that names the file and what in it is not read.
 *
 * @example
 * const model = await loadModel("model.keras");
 * const other = await loadModel("config.json", { weights: "model.weights.h5" });
 */
export async function loadModel(path: string, options: LoadModelOptions = {}): Promise<Sequential> {
  const where = "loadModel()";
  refuseUnknown(where, options, ["weights", "allowNonFinite"]);
  const { weights, ...reading } = options;
  const bytes = await readBytes(pathIn(where, path));
  const beside = typeof weights === "string" ? await readBytes(weights) : weights;
  try {
    const format = formatOfFile(path, bytes);
    if (beside !== undefined && format !== "keras" && format !== "keras-config") {
      throw new FormatError("`weights` belong to a configuration of Keras, and this is none.");
    }
    switch (format) {
      case "safetensors":
        return fromSafetensors(bytes, reading);
      case "tfjs":
        return await fromLayersModel(await readLayersModel(path, bytes), reading);
      case "torch":
        return await fromTorch(bytes, reading);
      case "onnx":
        return await fromOnnx(bytes, reading);
      default:
        return await fromKeras(bytes, { ...reading, ...(beside === undefined ? {} : { weights: beside }) });
    }
  } catch (error) {
    if (error instanceof FormatError) throw new FormatError(`${path}: ${error.message}`, { cause: error });
    throw error;
  }
}
