import { FormatError } from "../../errors.js";
import { isRecord, parseJson, recordOf } from "../bytes/json.js";
import { isZip, readZip } from "../bytes/zip.js";
import type { ModelDescription } from "../description/description.js";
import type { FileWeight } from "../weights.js";
import { describeModel } from "./describe-model.js";
import { Hdf5File, type Hdf5Group, isHdf5 } from "./hdf5-file.js";
import { Folder } from "./hdf5-folder.js";
import { dialectOf, readModelConfig } from "./model-config.js";
import { readCompile } from "./read-compile.js";
import type { ReadLayer, ReadModel } from "./read-model.js";
import { layersIn, optimizerVars, readNamed, readNumbered, texts } from "./stored-weights.js";

const WHERE = "fromKeras()";

const decode = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

/** What a file says, before its layers are read. */
interface Parts {
  readonly config: unknown;
  readonly version: unknown;
  readonly compile: unknown;
  readonly weights: Hdf5Group | undefined;
}

const rootOf = (bytes: Uint8Array): Hdf5Group => new Hdf5File(bytes).root;

async function fromArchive(bytes: Uint8Array): Promise<Parts> {
  const members = await readZip("keras", bytes, (name) => !name.startsWith("assets/"));
  const config = members.get("config.json");
  if (config === undefined)
    throw new FormatError(`${WHERE}: the archive has no config.json; it is no .keras file.`);
  const metadata = members.get("metadata.json");
  const model = recordOf(`${WHERE}: config.json`, parseJson(`${WHERE}: config.json`, decode(config)));
  const version = metadata === undefined ? undefined : parseJson(`${WHERE}: metadata.json`, decode(metadata));
  const weights = members.get("model.weights.h5");
  if (weights === undefined) throw new FormatError(`${WHERE}: the archive has no model.weights.h5.`);
  return {
    config: model,
    version: isRecord(version) ? version.keras_version : undefined,
    compile: model.compile_config,
    weights: rootOf(weights),
  };
}

function fromHdf5(bytes: Uint8Array): Parts {
  const root = rootOf(bytes);
  const config = root.attributes.get("model_config");
  if (typeof config !== "string") {
    throw new FormatError(
      `${WHERE}: the file holds weights but no configuration. Give the configuration, model.to_json() of Keras, and these bytes as { weights }.`,
    );
  }
  const training = root.attributes.get("training_config");
  return {
    config: parseJson(`${WHERE}: model_config`, config),
    version:
      root.attributes.get("keras_version") ?? root.group("model_weights")?.attributes.get("keras_version"),
    compile: typeof training === "string" ? parseJson(`${WHERE}: training_config`, training) : undefined,
    weights: root,
  };
}

function fromJson(bytes: Uint8Array): Parts {
  const config = recordOf(
    `${WHERE}: the configuration`,
    parseJson(`${WHERE}: the configuration`, decode(bytes)),
  );
  return { config, version: config.keras_version, compile: config.compile_config, weights: undefined };
}

const looksLikeJson = (bytes: Uint8Array): boolean => {
  const first = bytes.find((byte) => byte > 0x20 && byte !== 0xef && byte !== 0xbb && byte !== 0xbf);
  return first === 0x7b;
};

async function weightsIn(root: Hdf5Group, model: ReadModel): Promise<Map<ReadLayer, FileWeight[]>> {
  const folder = new Folder(root);
  const isNumbered = layersIn(folder) !== undefined;
  const isNamed = root.group("model_weights") !== undefined || texts(root, "layer_names").length > 0;
  return isNumbered && !isNamed ? readNumbered(folder, model) : readNamed(root, model);
}

/**
 * What a file of Keras's holds; see `fromKeras` in formats/index.ts.
 * @param beside weights of a `.weights.h5`, where `bytes` is a configuration.
 */
export async function readKeras(
  bytes: Uint8Array,
  beside: Uint8Array | undefined,
): Promise<ModelDescription> {
  const parts = isZip(bytes)
    ? await fromArchive(bytes)
    : isHdf5(bytes)
      ? fromHdf5(bytes)
      : looksLikeJson(bytes)
        ? fromJson(bytes)
        : undefined;
  if (parts === undefined) {
    throw new FormatError(
      `${WHERE}: the bytes are no .keras archive, no HDF5 file and no JSON configuration.`,
    );
  }
  const dialect = dialectOf(WHERE, parts.version, parts.config);
  const model = readModelConfig(dialect, parts.config);
  const root = beside === undefined ? parts.weights : rootOf(beside);
  const found = root === undefined ? undefined : await weightsIn(root, model);
  const { compile, unread } = readCompile(parts.compile);
  const described = describeModel(model, (layer) => found?.get(layer));
  return {
    ...described,
    name: model.name,
    weights: found === undefined ? null : described.weights,
    compile,
    unread,
    optimizer: root === undefined || compile === undefined ? undefined : await optimizerVars(root),
  };
}
