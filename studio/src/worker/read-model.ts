import {
  type Engine,
  FormatError,
  fromKeras,
  fromLayersModel,
  fromOnnx,
  fromSafetensors,
  fromTorch,
  type Sequential,
} from "gateflow";

const startsWith = (bytes: Uint8Array, head: readonly number[]): boolean =>
  head.every((byte, i) => bytes[i] === byte);

/** Whether a name stands among the members of a zip. */
function holds(bytes: Uint8Array, name: string): boolean {
  return new TextDecoder("latin1").decode(bytes.subarray(Math.max(0, bytes.length - 2 ** 16))).includes(name);
}

/** The weights of a `model.json`, where they stand inside, in base64. */
function inside(text: string): Parameters<typeof fromLayersModel>[0] {
  const json = JSON.parse(text) as {
    weightData?: string;
    weightsManifest?: { paths?: string[]; weights: unknown[] }[];
    modelTopology: unknown;
  };
  if (typeof json.weightData === "string") {
    const weightData = Uint8Array.from(atob(json.weightData), (letter) => letter.charCodeAt(0));
    return { ...json, weightData } as Parameters<typeof fromLayersModel>[0];
  }
  const shards = (json.weightsManifest ?? []).flatMap(({ paths = [] }) => paths);
  throw new FormatError(
    `its weights lie in other files (${shards.slice(0, 3).join(", ")}), which a page cannot fetch. Convert it first: gateflow convert model.json model.safetensors.`,
  );
}

/**
 * A model in any format, told by its content, then by its name.
 * @throws FormatError naming what is not read.
 */
export async function readModel(name: string, bytes: Uint8Array, engine?: Engine): Promise<Sequential> {
  const options = engine === undefined ? {} : { engine };
  const extension = name.slice(name.lastIndexOf(".")).toLowerCase();
  if (startsWith(bytes, [0x89, 0x48, 0x44, 0x46])) return fromKeras(bytes, options);
  if (startsWith(bytes, [0x50, 0x4b]))
    return holds(bytes, "config.json") ? fromKeras(bytes, options) : fromTorch(bytes, options);
  if (extension === ".onnx") return fromOnnx(bytes, options);
  if (extension === ".pt" || extension === ".pth") return fromTorch(bytes, options);
  if (extension === ".safetensors") {
    const head = new TextDecoder().decode(bytes.subarray(8, 8 + 2 ** 20));
    return head.includes('"gateflow"') ? fromSafetensors(bytes, options) : fromTorch(bytes, options);
  }
  if (extension === ".json") {
    const text = new TextDecoder().decode(bytes);
    if (/"(modelTopology|weightsManifest)"\s*:/.test(text)) return fromLayersModel(inside(text), options);
    throw new FormatError("this JSON is no model of TensorFlow.js.");
  }
  return fromKeras(bytes, options);
}
