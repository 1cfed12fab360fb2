import { FormatError } from "../../errors.js";

/** An operator's option: whole numbers in an array are `ints`, others `floats`. */
export type Attribute =
  | number
  | string
  | { readonly float: number }
  | { readonly floats: readonly number[] }
  | readonly number[]
  | readonly string[];

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
const INT32 = 6;
const INT64 = 7;
const kinds = { float: 1, int: 2, string: 3, floats: 6, ints: 7, strings: 8 } as const;

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

/** A graph that is being written. */
export class GraphWriter {
  readonly #nodes: Node[] = [];
  readonly #constants: Constant[] = [];
  readonly #reserved: ReadonlySet<string>;
  #count = 0;

  /** @param reserved names of inputs and outputs, which nothing in between may have. */
  constructor(reserved: readonly string[]) {
    this.#reserved = new Set(reserved);
  }

  #name(stem: string): string {
    let name = `${stem}_${this.#count++}`;
    while (this.#reserved.has(name)) name = `${stem}_${this.#count++}`;
    return name;
  }

  /** Adds an operator of several outputs. @returns their names, in order. */
  ops(op: string, inputs: readonly string[], attributes: Node["attributes"], outputs: number): string[] {
    const names = Array.from({ length: outputs }, () => this.#name(op.toLowerCase()));
    this.#nodes.push({ op, inputs, outputs: names, attributes });
    return names;
  }

  /** Adds an operator. @returns the name of its output number `which`; the others are left out. */
  op(op: string, inputs: readonly string[], attributes: Node["attributes"] = {}, which = 0): string {
    const name = this.#name(op.toLowerCase());
    const outputs = [...Array.from({ length: which }, () => ""), name];
    this.#nodes.push({ op, inputs, outputs, attributes });
    return name;
  }

  /** A tensor of floats (Float32Array) or of int64. @returns its name. */
  constant(stem: string, shape: readonly number[], data: Float32Array | readonly number[]): string {
    const name = this.#name(stem);
    this.#constants.push({ name, shape, data });
    return name;
  }

  floats(stem: string, ...values: readonly number[]): string {
    return this.constant(stem, [values.length], Float32Array.from(values));
  }

  ints(stem: string, ...values: readonly number[]): string {
    return this.constant(stem, [values.length], values);
  }

  /** The graph's bytes; each of `values` leaves it as the output of the same place. */
  async finish(
    name: string,
    inputs: readonly GraphInput[],
    values: readonly string[],
    outputs: readonly GraphPort[],
  ): Promise<Uint8Array> {
    const { writeModel } = await import("./onnx-messages.js");
    outputs.forEach((output, i) => {
      this.#nodes.push({ op: "Identity", inputs: [values[i]!], outputs: [output.name], attributes: {} });
    });
    const bytesOf = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);
    const attributeOf = (key: string, value: Attribute) => {
      if (typeof value === "number") return { name: key, type: kinds.int, i: BigInt(value) };
      if (typeof value === "string") return { name: key, type: kinds.string, s: bytesOf(value) };
      if ("float" in value) return { name: key, type: kinds.float, f: value.float };
      if ("floats" in value) return { name: key, type: kinds.floats, floats: [...value.floats] };
      return typeof value[0] === "string"
        ? { name: key, type: kinds.strings, strings: (value as readonly string[]).map(bytesOf) }
        : { name: key, type: kinds.ints, ints: (value as readonly number[]).map(BigInt) };
    };
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
        node: this.#nodes.map(({ op, inputs, outputs, attributes }, i) => ({
          name: `${op}_${i}`,
          opType: op,
          input: [...inputs],
          output: [...outputs],
          attribute: Object.entries(attributes).map(([key, value]) => attributeOf(key, value)),
        })),
        initializer: this.#constants.map((constant) => ({
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
