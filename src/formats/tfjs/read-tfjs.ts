import { FormatError } from "../../errors.js";
import { Budget } from "../bytes/budget.js";
import { type ElementType, elementKinds, isShape, readElements, sizeOf } from "../bytes/elements.js";
import { isRecord, listOf, parseJson, recordOf, textOf } from "../bytes/json.js";
import type { ModelDescription } from "../description/description.js";
import { adaptWeights } from "../keras/adapt-weights.js";
import { dialectOf, readModelConfig } from "../keras/model-config.js";
import { readCompile } from "../keras/read-compile.js";
import { hasWeights } from "../keras/stored-weights.js";
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
      `${WHERE}: \`${name}\` is ${String(dtype)}; weights are read from ${Object.keys(types).join(", ")}.`,
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

/** Weights by the first part of their names, which is the layer's: TensorFlow.js puts those that do not learn last. */
function groupsOf(weights: readonly FileWeight[]): Map<string, FileWeight[]> {
  const groups = new Map<string, FileWeight[]>();
  for (const weight of weights) {
    const layer = weight.name.split("/")[0]!;
    const group = groups.get(layer) ?? [];
    group.push(weight);
    groups.set(layer, group);
  }
  return groups;
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
  const [batch, ...shape] = model.batchShape ?? [null];
  const description = {
    name: model.name,
    layers: model.chain.map(({ kind, config: own }) => ({ kind, config: own })),
    ...(shape.length === 0 ? {} : { inputShape: shape }),
    ...(typeof batch === "number" ? { batchSize: batch } : {}),
    ...readCompile(trainingConfig ?? plain.training_config),
    weights,
  };
  if (weights === null) return description;
  const groups = groupsOf(weights);
  const withWeights = model.chain.filter(hasWeights);
  if (groups.size !== withWeights.length) return description;
  const inOrder = [...groups.values()];
  return {
    ...description,
    weights: withWeights.flatMap((layer, i) => adaptWeights(layer, groups.get(layer.name) ?? inOrder[i]!)),
  };
}
