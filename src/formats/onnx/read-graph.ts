import { FormatError } from "../../errors.js";
import { type ElementType, isShape, readElements, sizeOf } from "../bytes/elements.js";
import type { GraphProto, ModelProto, NodeProto, TensorProto } from "./onnx-messages.js";

const WHERE = "fromOnnx()";
const MOST_NODES = 20_000;
/** Graphs inside of operators inside of graphs. */
const MOST_DEPTH = 4;

/** A constant tensor of the graph. */
export interface OnnxTensor {
  readonly shape: readonly number[];
  readonly isFloat: boolean;
  /** Floats as float32, whole numbers as they are. */
  read(): Float32Array | number[];
}

export type OnnxAttribute = number | string | readonly number[] | readonly string[] | OnnxTensor | OnnxGraph;

/** An operator of the graph. */
export interface OnnxNode {
  readonly op: string;
  readonly name: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: ReadonlyMap<string, OnnxAttribute>;
}

/** A graph as plain data. */
export interface OnnxGraph {
  readonly name: string;
  /** The operator set it is written in; of a graph inside of an operator: 0. */
  readonly set: number;
  readonly nodes: readonly OnnxNode[];
  readonly constants: ReadonlyMap<string, OnnxTensor>;
  readonly inputs: readonly { readonly name: string; readonly shape: readonly (number | null)[] }[];
  readonly outputs: readonly string[];
}

const types: Readonly<Record<number, ElementType>> = {
  1: "float32",
  2: "uint8",
  3: "int8",
  4: "uint16",
  5: "int16",
  6: "int32",
  7: "int64",
  9: "bool",
  10: "float16",
  11: "float64",
  16: "bfloat16",
};

/** Whole numbers beyond int32 stand for «to the end»; they are cut to what an index can be. */
const clamp = (value: bigint): number =>
  Number(value > 0x7fffffffn ? 0x7fffffffn : value < -0x80000000n ? -0x80000000n : value);

function tensorOf(raw: TensorProto): OnnxTensor {
  const what = `${WHERE}: the tensor \`${raw.name}\``;
  if (raw.externalData.length > 0 || raw.dataLocation === 1) {
    throw new FormatError(`${what} lies in another file, which is not read.`);
  }
  const type = types[raw.dataType ?? 0];
  const shape = raw.dims.map(Number);
  if (type === undefined)
    throw new FormatError(`${what} is of element type ${raw.dataType ?? 0}, which is not read.`);
  if (!isShape(shape))
    throw new FormatError(`${what} has the shape [${raw.dims.join(", ")}], which is none.`);
  const isFloat = /float/.test(type);
  const bytes = raw.rawData ?? new Uint8Array(0);
  const given: readonly (number | bigint)[] =
    type === "float32"
      ? raw.floatData
      : type === "float64"
        ? raw.doubleData
        : type === "int64"
          ? raw.int64Data
          : raw.int32Data;
  const size = sizeOf(shape);
  if (bytes.length === 0 && given.length !== size) {
    throw new FormatError(`${what} [${shape.join(", ")}] has ${given.length} of ${size} elements.`, {
      received: given.length,
      expected: size,
    });
  }
  return {
    shape,
    isFloat,
    read() {
      if (bytes.length === 0)
        return isFloat ? Float32Array.from(given as number[]) : given.map((value) => clamp(BigInt(value)));
      if (type === "int64") {
        if (bytes.length !== size * 8) throw new FormatError(`${what} is damaged or cut off.`);
        const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
        return Array.from({ length: size }, (_, i) => clamp(view.getBigInt64(i * 8, true)));
      }
      const values = readElements(bytes, type, shape, () => what);
      return isFloat ? Float32Array.from(values) : [...values];
    },
  };
}

/** Reads the bytes of a message; @throws FormatError for what is none. */
function decoded<T>(read: (bytes: Uint8Array) => T, bytes: Uint8Array): T {
  try {
    return read(bytes);
  } catch (cause) {
    throw new FormatError(`${WHERE}: this is no ONNX file, or it is damaged: ${(cause as Error).message}`, {
      cause,
    });
  }
}

const decode = (text: Uint8Array | undefined): string => new TextDecoder().decode(text ?? new Uint8Array(0));

/** Reads graphs, those inside of operators included, as many operators in all as may be. */
class GraphReader {
  #left = MOST_NODES;

  constructor(readonly readInner: (bytes: Uint8Array) => GraphProto) {}

  read(graph: GraphProto, set: number, depth = 0): OnnxGraph {
    this.#left -= graph.node.length;
    if (this.#left < 0) throw new FormatError(`${WHERE}: more than ${MOST_NODES} operators are too many.`);
    const nodes = graph.node.map((node, i): OnnxNode => {
      const name = node.name || `${node.opType ?? "operator"} ${i}`;
      if ((node.domain ?? "") !== "" && node.domain !== "ai.onnx") {
        throw new FormatError(
          `${WHERE}: the operator \`${node.domain}.${node.opType}\` (\`${name}\`) is not computed here.`,
          { received: node.opType },
        );
      }
      const attributes = this.#attributes(node, name, depth);
      return { op: node.opType ?? "", name, inputs: node.input, outputs: node.output, attributes };
    });
    const constants = new Map(graph.initializer.map((tensor) => [tensor.name ?? "", tensorOf(tensor)]));
    const inputs = graph.input
      .filter(({ name }) => !constants.has(name ?? ""))
      .map((input) => {
        const dims = input.type?.tensorType?.shape?.dim ?? [];
        const shape = dims.map(({ dimValue = 0n }) => (dimValue > 0n ? Number(dimValue) : null));
        return { name: input.name ?? "", shape };
      });
    const outputs = graph.output.map(({ name }) => name ?? "");
    return { name: graph.name ?? "", set, nodes, constants, inputs, outputs };
  }

  #attributes(node: NodeProto, name: string, depth: number): Map<string, OnnxAttribute> {
    const attributes = new Map<string, OnnxAttribute>();
    for (const attribute of node.attribute) {
      const key = attribute.name ?? "";
      if (attribute.graphs.length > 0 || (attribute.g !== undefined && depth >= MOST_DEPTH)) {
        throw new FormatError(
          `${WHERE}: the operator ${node.opType} (\`${name}\`) holds graphs of its own, which are not computed here.`,
          { received: node.opType },
        );
      }
      if (attribute.g !== undefined)
        attributes.set(key, this.read(decoded(this.readInner, attribute.g), 0, depth + 1));
      else if (attribute.t !== undefined) attributes.set(key, tensorOf(attribute.t));
      else if (attribute.floats.length > 0) attributes.set(key, attribute.floats);
      else if (attribute.ints.length > 0) attributes.set(key, attribute.ints.map(clamp));
      else if (attribute.strings.length > 0) attributes.set(key, attribute.strings.map(decode));
      else if (attribute.type === 3) attributes.set(key, decode(attribute.s));
      else if (attribute.type === 1) attributes.set(key, attribute.f ?? 0);
      else if (attribute.type === 2) attributes.set(key, clamp(attribute.i ?? 0n));
      else if (attribute.i !== undefined && attribute.i !== 0n) attributes.set(key, clamp(attribute.i));
    }
    return attributes;
  }
}

/** @throws FormatError for what is no ONNX file, for graphs nested too deep, and for tensors in other files. */
export async function readGraph(bytes: Uint8Array): Promise<OnnxGraph> {
  const { readInnerGraph, readModel } = await import("./onnx-messages.js");
  const { graph, opsetImport }: ModelProto = decoded(readModel, bytes);
  if (graph === undefined)
    throw new FormatError(`${WHERE}: the file holds no graph; it is no ONNX file, or damaged.`);
  const sets = opsetImport.filter(({ domain = "" }) => domain === "" || domain === "ai.onnx");
  return new GraphReader(readInnerGraph).read(graph, Number(sets[0]?.version ?? 0));
}
