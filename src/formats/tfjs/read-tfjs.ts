import { FormatError, told } from "../../errors.js";
import { Budget } from "../bytes/budget.js";
import { type ElementType, elementKinds, isShape, readElements, sizeOf } from "../bytes/elements.js";
import { isRecord, listOf, parseJson, recordOf, textOf } from "../bytes/json.js";
import type { ModelDescription } from "../description/description.js";
import { describeModel, leavesOf } from "../keras/describe-model.js";
import { dialectOf, readModelConfig } from "../keras/model-config.js";
import { readCompile } from "../keras/read-compile.js";
import type { ReadLayer } from "../keras/read-model.js";
import { shareOut } from "../keras/stored-weights.js";
import type { FileWeight } from "../weights.js";

const WHERE = "fromLayersModel()";
const types: Readonly<Record<string, ElementType>> = {
  float32: "float32",
  int32: "int32",
  bool: "bool",
  uint8: "uint8",
  uint16: "uint16",
  float16: "float16",
};

/** Shards in their order as one run of bytes. */
function joinShards(given: unknown): Uint8Array {
  const parts = (Array.isArray(given) ? given : [given]).map((part) => {
    if (part instanceof ArrayBuffer) return new Uint8Array(part);
    if (ArrayBuffer.isView(part)) return new Uint8Array(part.buffer, part.byteOffset, part.byteLength);
    throw new FormatError(`${WHERE}: \`weightData\` is no ArrayBuffer and no array of them.`, {
      received: part,
    });
  });
  if (parts.length === 1) return parts[0]!;
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** What the file says of one weight; one that was quantized is q · scale + min. */
interface Spec {
  readonly name: string;
  readonly shape: readonly number[];
  readonly type: ElementType;
  readonly scale: { readonly scale: number; readonly min: number } | undefined;
  readonly isOptimizer: boolean;
}

function readSpec(given: unknown, i: number): Spec {
  const spec = recordOf(`${WHERE}: weight ${i}`, given);
  const name = textOf(`${WHERE}: the name of weight ${i}`, spec.name);
  const { shape, quantization } = spec;
  if (!isShape(shape))
    throw new FormatError(`${WHERE}: the shape of \`${name}\` is none.`, { received: shape });
  const quantized =
    quantization === undefined || quantization === null
      ? undefined
      : recordOf(`${WHERE}: \`quantization\` of \`${name}\``, quantization);
  const dtype = quantized?.dtype ?? spec.dtype;
  const type = typeof dtype === "string" && Object.hasOwn(types, dtype) ? types[dtype] : undefined;
  if (type === undefined) {
    throw new FormatError(
      `${WHERE}: \`${name}\` is ${told(dtype)}; weights are read from ${Object.keys(types).join(", ")}.`,
      { received: dtype },
    );
  }
  const { scale, min } = quantized ?? {};
  const isScaled = quantized !== undefined && type !== "float16";
  if (isScaled && !(Number.isFinite(scale) && Number.isFinite(min))) {
    throw new FormatError(`${WHERE}: \`${name}\` is quantized without scale and min.`, {
      received: quantized,
    });
  }
  return {
    name,
    shape,
    type,
    scale: isScaled ? { scale: scale as number, min: min as number } : undefined,
    isOptimizer: spec.group === "optimizer",
  };
}

function readWeights(specs: readonly unknown[], bytes: Uint8Array): FileWeight[] {
  const budget = new Budget(WHERE, bytes.length);
  let at = 0;
  const weights: FileWeight[] = [];
  for (const [i, given] of specs.entries()) {
    const { name, shape, type, scale, isOptimizer } = readSpec(given, i);
    const size = sizeOf(shape) * elementKinds[type].bytes;
    const own = bytes.subarray(at, at + size);
    if (own.length !== size) {
      throw new FormatError(
        `${WHERE}: \`${name}\` [${shape.join(", ")}] needs ${size} bytes from byte ${at} on, the data have ${own.length}.`,
        { received: own.length, expected: size },
      );
    }
    at += size;
    if (isOptimizer) continue;
    weights.push({
      name,
      shape,
      read() {
        budget.spend(sizeOf(shape) * 4, `\`${name}\``);
        const values = readElements(own, type, shape, () => `${WHERE}: \`${name}\``);
        if (scale === undefined) return Float32Array.from(values);
        return Float32Array.from(values, (q) => q * scale.scale + scale.min);
      },
    });
  }
  if (at !== bytes.length) {
    throw new FormatError(`${WHERE}: ${bytes.length - at} bytes follow the last weight.`, {
      received: bytes.length,
      expected: at,
    });
  }
  return weights;
}

/** What TensorFlow.js's model holds; see `fromLayersModel` in formats/index.ts. */
export function readTfjs(
  given: unknown,
  specsGiven: unknown,
  data: unknown,
  trainingConfig: unknown,
): ModelDescription {
  const what = `${WHERE}: \`modelTopology\``;
  // Through JSON: nothing but data is left, and depth and names are checked.
  const text = typeof given === "string" ? given : JSON.stringify(recordOf(what, given));
  const plain = recordOf(what, parseJson(what, text));
  const wrapped = plain.model_config;
  const config = typeof wrapped === "string" ? parseJson(what, wrapped) : (wrapped ?? plain);
  if (isRecord(config) && !("class_name" in config) && "node" in config) {
    throw new FormatError(`${WHERE}: this is a graph model of TensorFlow; layers models are read.`);
  }
  const model = readModelConfig(dialectOf(WHERE, plain.keras_version, config), config);
  const specs = listOf(`${WHERE}: \`weightSpecs\``, specsGiven ?? [], 100_000);
  const weights = specs.length === 0 ? null : readWeights(specs, joinShards(data));
  const shares = weights === null ? new Map<ReadLayer, FileWeight[]>() : shareOut(weights, leavesOf(model));
  const described = describeModel(model, (layer) => shares?.get(layer));
  return {
    ...described,
    name: model.name,
    ...readCompile(trainingConfig ?? plain.training_config),
    // Where they cannot be told apart by layers they are taken in their order.
    weights: weights === null ? null : shares === undefined ? weights : described.weights,
  };
}
