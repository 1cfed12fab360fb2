import { type Fields, readMessage, writeMessage } from "./protobuf.js";

// The messages of onnx.proto as far as they are read or written here: names, numbers and types are the schema's.

export interface TensorProto {
  dims: bigint[];
  dataType?: number;
  floatData: number[];
  int32Data: number[];
  int64Data: bigint[];
  name?: string;
  rawData?: Uint8Array;
  doubleData: number[];
  externalData: Uint8Array[];
  dataLocation?: number;
}

const tensor: Fields = {
  1: ["dims", "int64", "repeated"],
  2: ["dataType", "int32"],
  4: ["floatData", "float", "packed"],
  5: ["int32Data", "int32", "packed"],
  7: ["int64Data", "int64", "packed"],
  8: ["name", "string"],
  9: ["rawData", "bytes"],
  10: ["doubleData", "double", "packed"],
  13: ["externalData", "opaque", "repeated"],
  14: ["dataLocation", "int32"],
};

interface AttributeProto {
  name?: string;
  f?: number;
  i?: bigint;
  s?: Uint8Array;
  t?: TensorProto;
  /** A graph inside of an operator: read by `readInnerGraph`, so that its depth can be bounded. */
  g?: Uint8Array;
  floats: number[];
  ints: bigint[];
  strings: Uint8Array[];
  graphs: Uint8Array[];
  type?: number;
}

const attribute: Fields = {
  1: ["name", "string"],
  2: ["f", "float"],
  3: ["i", "int64"],
  4: ["s", "bytes"],
  5: ["t", tensor],
  6: ["g", "opaque"],
  7: ["floats", "float", "repeated"],
  8: ["ints", "int64", "repeated"],
  9: ["strings", "bytes", "repeated"],
  11: ["graphs", "opaque", "repeated"],
  20: ["type", "int32"],
};

export interface NodeProto {
  input: string[];
  output: string[];
  name?: string;
  opType?: string;
  attribute: AttributeProto[];
  domain?: string;
}

const node: Fields = {
  1: ["input", "string", "repeated"],
  2: ["output", "string", "repeated"],
  3: ["name", "string"],
  4: ["opType", "string"],
  5: ["attribute", attribute, "repeated"],
  7: ["domain", "string"],
};

/** One of the two. */
interface Dimension {
  dimValue?: bigint;
  dimParam?: string;
}

interface ValueInfoProto {
  name?: string;
  type?: { tensorType?: { elemType?: number; shape?: { dim: Dimension[] } } };
}

const dimension: Fields = { 1: ["dimValue", "int64"], 2: ["dimParam", "string"] };
const tensorType: Fields = {
  1: ["elemType", "int32"],
  2: ["shape", { 1: ["dim", dimension, "repeated"] }],
};
const valueInfo: Fields = { 1: ["name", "string"], 2: ["type", { 1: ["tensorType", tensorType] }] };

export interface GraphProto {
  node: NodeProto[];
  name?: string;
  initializer: TensorProto[];
  input: ValueInfoProto[];
  output: ValueInfoProto[];
}

const graph: Fields = {
  1: ["node", node, "repeated"],
  2: ["name", "string"],
  5: ["initializer", tensor, "repeated"],
  11: ["input", valueInfo, "repeated"],
  12: ["output", valueInfo, "repeated"],
};

export interface ModelProto {
  irVersion?: bigint;
  producerName?: string;
  graph?: GraphProto;
  opsetImport: { domain?: string; version?: bigint }[];
}

const model: Fields = {
  1: ["irVersion", "int64"],
  2: ["producerName", "string"],
  7: ["graph", graph],
  8: ["opsetImport", { 1: ["domain", "string"], 2: ["version", "int64"] }, "repeated"],
};

/** What is written: arrays that would be empty may be left out, at every depth. */
type Sparse<T> = T extends Uint8Array | bigint | string | number
  ? T
  : T extends readonly (infer E)[]
    ? readonly Sparse<E>[]
    : { readonly [K in keyof T]?: Sparse<T[K]> };

/** An operator that is written. */
export type WrittenNode = Sparse<NodeProto>;

/** @throws Error for bytes that are cut off or no message. */
export const readModel = (bytes: Uint8Array): ModelProto =>
  readMessage(model, bytes) as unknown as ModelProto;

/** A graph inside of an operator. @throws as `readModel`. */
export const readInnerGraph = (bytes: Uint8Array): GraphProto =>
  readMessage(graph, bytes) as unknown as GraphProto;

export const writeModel = (made: Sparse<ModelProto>): Uint8Array =>
  writeMessage(model, made as unknown as Record<string, unknown>);

/** A graph inside of an operator. */
export const writeInnerGraph = (made: Sparse<GraphProto>): Uint8Array =>
  writeMessage(graph, made as unknown as Record<string, unknown>);
