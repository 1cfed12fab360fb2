import { FormatError } from "../../../errors.js";
import { type WrittenNode, writeInnerGraph, writeModel } from "../onnx-messages.js";

/** An operator's option: whole numbers in an array are `ints`, others `floats`. */
export type Attribute =
  | number
  | string
  | { readonly float: number }
  | { readonly floats: readonly number[] }
  | readonly number[]
  | readonly string[]
  | GraphBody;

/** A graph inside of an operator, what goes into it and comes out of it as floats of any extents, but for its `bools`. */
export interface GraphBody {
  readonly body: GraphWriter;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly bools: readonly string[];
}

interface Node {
  readonly op: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, Attribute>>;
}

interface Constant {
  readonly name: string;
  readonly shape: readonly number[];
  readonly data: Float32Array | readonly number[];
}

/** Numbers of ONNX's element types and kinds of attributes. Source: onnx.proto. */
export const FLOAT = 1;
export const INT32 = 6;
export const INT64 = 7;
export const BOOL = 9;
const kinds = { float: 1, int: 2, string: 3, floats: 6, ints: 7, strings: 8, graph: 5 } as const;

/** Version of the operators: the first with LayerNormalization. */
const OPSET = 17n;
/** Of the file's format, as of that time. */
const IR_VERSION = 8n;

/** What goes in or comes out; a text stands for an extent that is free. */
export interface GraphPort {
  readonly name: string;
  readonly shape: readonly (number | string)[];
}

export interface GraphInput extends GraphPort {
  readonly isIndex: boolean;
}

/** What a graph and the graphs inside of it have together. */
interface Common {
  readonly constants: Constant[];
  readonly reserved: Set<string>;
  readonly states: State[];
  count: number;
}

/** A state that goes on from run to run: it comes in and goes out. */
interface State {
  readonly layer: string;
  readonly input: GraphInput;
  readonly value: string;
  readonly output: GraphPort;
}

type WrittenAttribute = NonNullable<WrittenNode["attribute"]>[number];

const bytesOf = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);

function attributeOf(key: string, value: Attribute): WrittenAttribute {
  if (typeof value === "number") return { name: key, type: kinds.int, i: BigInt(value) };
  if (typeof value === "string") return { name: key, type: kinds.string, s: bytesOf(value) };
  if ("float" in value) return { name: key, type: kinds.float, f: value.float };
  if ("floats" in value) return { name: key, type: kinds.floats, floats: [...value.floats] };
  if ("body" in value) {
    const { body, inputs, outputs, bools } = value;
    const port = (name: string) => ({
      name,
      type: { tensorType: { elemType: bools.includes(name) ? BOOL : FLOAT } },
    });
    const inside = { name: key, node: body.nodes(), input: inputs.map(port), output: outputs.map(port) };
    return { name: key, type: kinds.graph, g: writeInnerGraph(inside) };
  }
  return typeof value[0] === "string"
    ? { name: key, type: kinds.strings, strings: (value as readonly string[]).map(bytesOf) }
    : { name: key, type: kinds.ints, ints: (value as readonly number[]).map(BigInt) };
}

/** A graph that is being written. */
export class GraphWriter {
  readonly #nodes: Node[] = [];
  readonly #common: Common;

  /** @param reserved names of inputs and outputs, which nothing in between may have. */
  constructor(reserved: readonly string[], common?: Common) {
    this.#common = common ?? { constants: [], reserved: new Set(reserved), states: [], count: 0 };
  }

  /** A graph for the inside of an operator, which may use what this one has made so far. */
  inside(): GraphWriter {
    return new GraphWriter([], this.#common);
  }

  /** A name that nothing else has. */
  name(stem: string): string {
    const { reserved } = this.#common;
    let name = `${stem}_${this.#common.count++}`;
    while (reserved.has(name)) name = `${stem}_${this.#common.count++}`;
    return name;
  }

  /** A name for people to see: as it is, unless something has it. */
  #own(name: string): string {
    const { reserved } = this.#common;
    let own = name;
    for (let i = 1; reserved.has(own); i++) own = `${name}_${i}`;
    reserved.add(own);
    return own;
  }

  /** Whether a layer's states go on from run to run already. */
  carries(layer: string): boolean {
    return this.#common.states.some((state) => state.layer === layer);
  }

  /** A further input of the model, a state that begins `[batch, width]`; `carryOn` is told what it ends as. */
  state(layer: string, part: string, width: number): { name: string; carryOn: (value: string) => void } {
    const [input, output] = [this.#own(`${layer}_${part}`), this.#own(`${layer}_${part}_out`)];
    const shape = ["batch", width];
    return {
      name: input,
      carryOn: (value) => {
        const port = { name: input, shape, isIndex: false };
        this.#common.states.push({ layer, input: port, value, output: { name: output, shape } });
      },
    };
  }

  /** The operators so far, as messages. */
  nodes(): WrittenNode[] {
    return this.#nodes.map(({ op, inputs, outputs, attributes }, i) => ({
      name: `${op}_${i}`,
      opType: op,
      input: [...inputs],
      output: [...outputs],
      attribute: Object.entries(attributes).map(([key, value]) => attributeOf(key, value)),
    }));
  }

  /** Adds an operator of several outputs. @returns their names, in order. */
  ops(op: string, inputs: readonly string[], attributes: Node["attributes"], outputs: number): string[] {
    const names = Array.from({ length: outputs }, () => this.name(op.toLowerCase()));
    this.#nodes.push({ op, inputs, outputs: names, attributes });
    return names;
  }

  /** Adds an operator. @returns the name of its output number `which`; the others are left out. */
  op(op: string, inputs: readonly string[], attributes: Node["attributes"] = {}, which = 0): string {
    const name = this.name(op.toLowerCase());
    const outputs = [...Array.from({ length: which }, () => ""), name];
    this.#nodes.push({ op, inputs, outputs, attributes });
    return name;
  }

  /** A tensor of floats (Float32Array) or of int64. @returns its name. */
  constant(stem: string, shape: readonly number[], data: Float32Array | readonly number[]): string {
    const name = this.name(stem);
    this.#common.constants.push({ name, shape, data });
    return name;
  }

  floats(stem: string, ...values: readonly number[]): string {
    return this.constant(stem, [values.length], Float32Array.from(values));
  }

  ints(stem: string, ...values: readonly number[]): string {
    return this.constant(stem, [values.length], values);
  }

  /** The graph's bytes; each of `made` leaves it as the port of the same place; behind them stand states. */
  finish(
    name: string,
    given: readonly GraphInput[],
    made: readonly string[],
    ports: readonly GraphPort[],
  ): Uint8Array {
    const { states } = this.#common;
    const inputs = [...given, ...states.map(({ input }) => input)];
    const values = [...made, ...states.map(({ value }) => value)];
    const outputs = [...ports, ...states.map(({ output }) => output)];
    outputs.forEach((output, i) => {
      this.#nodes.push({ op: "Identity", inputs: [values[i]!], outputs: [output.name], attributes: {} });
    });
    const valueInfo = (own: GraphPort, elemType: number) => ({
      name: own.name,
      type: {
        tensorType: {
          elemType,
          shape: {
            dim: own.shape.map((extent) =>
              typeof extent === "number" ? { dimValue: BigInt(extent) } : { dimParam: extent },
            ),
          },
        },
      },
    });
    const rawOf = ({ data }: Constant): Uint8Array<ArrayBuffer> => {
      const isFloat = data instanceof Float32Array;
      const bytes = new Uint8Array(data.length * (isFloat ? 4 : 8));
      const view = new DataView(bytes.buffer);
      for (let i = 0; i < data.length; i++) {
        if (isFloat) view.setFloat32(i * 4, data[i]!, true);
        else view.setBigInt64(i * 8, BigInt(data[i]!), true);
      }
      return bytes;
    };
    const bytes = writeModel({
      irVersion: IR_VERSION,
      producerName: "gateflow",
      opsetImport: [{ domain: "", version: OPSET }],
      graph: {
        name,
        node: this.nodes(),
        initializer: this.#common.constants.map((constant) => ({
          name: constant.name,
          dims: constant.shape.map(BigInt),
          dataType: constant.data instanceof Float32Array ? FLOAT : INT64,
          rawData: rawOf(constant),
        })),
        input: inputs.map((input) => valueInfo(input, input.isIndex ? INT32 : FLOAT)),
        output: outputs.map((output) => valueInfo(output, FLOAT)),
      },
    });
    if (bytes.length >= 2 ** 31)
      throw new FormatError("toOnnx(): the model is larger than the 2 GB of an ONNX file.");
    return bytes;
  }
}
