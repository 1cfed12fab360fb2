import { writeModel } from "../../../../src/formats/onnx/onnx-messages.js";
import type { Tensor, TensorLike } from "../../../../src/tensor.js";

/** An operator: its name, what it takes, what it puts out, its options; a graph as an option is one inside of it. */
export type Operator = readonly [
  op: string,
  inputs: string,
  outputs: string,
  options?: Record<string, unknown>,
];

/** A graph as a test writes it down; names are parted by blanks, `-` stands for none. */
export interface HandMade {
  readonly nodes: readonly Operator[];
  /** Floats with their shape, or whole numbers. */
  readonly constants?: Readonly<Record<string, TensorLike | readonly number[] | number>>;
  readonly inputs: Readonly<Record<string, readonly (number | null)[]>>;
  readonly outputs: string;
}

const names = (list: string): string[] =>
  list
    .split(" ")
    .filter(Boolean)
    .map((name) => (name === "-" ? "" : name));
const text = (value: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(value);

/** A graph's bytes: a model that holds nothing else, without its tag and length. */
function innerBytes(graph: HandMade): Uint8Array {
  const whole = writeModel({ graph: graphOf(graph) as never });
  return whole.subarray(1 + whole.subarray(1).findIndex((byte) => byte < 0x80) + 1);
}

function attributeOf(name: string, value: unknown): object {
  if (typeof value === "number")
    return Number.isInteger(value) ? { name, type: 2, i: BigInt(value) } : { name, type: 1, f: value };
  if (typeof value === "string") return { name, type: 3, s: text(value) };
  if (Array.isArray(value))
    return typeof value[0] === "string"
      ? { name, type: 8, strings: value.map((one) => text(one as string)) }
      : { name, type: 7, ints: value.map((one) => BigInt(one as number)) };
  return { name, type: 5, g: innerBytes(value as HandMade) };
}

const tensorOf = (name: string, value: TensorLike | readonly number[] | number): object => {
  if (typeof value === "number" || Array.isArray(value)) {
    const list = typeof value === "number" ? [value] : (value as number[]);
    const dims = typeof value === "number" ? [] : [BigInt(list.length)];
    return { name, dims, dataType: 7, int64Data: list.map(BigInt) };
  }
  const { shape, data } = value as Tensor;
  return { name, dims: shape.map(BigInt), dataType: 1, floatData: [...data] };
};

function graphOf({ nodes, constants = {}, inputs, outputs }: HandMade): object {
  return {
    name: "g",
    node: nodes.map(([opType, input, output, options = {}], i) => ({
      name: `${opType} ${i}`,
      opType,
      input: names(input),
      output: names(output),
      attribute: Object.entries(options).map(([key, value]) => attributeOf(key, value)),
    })),
    initializer: Object.entries(constants).map(([name, value]) => tensorOf(name, value)),
    input: Object.entries(inputs).map(([name, shape]) => ({
      name,
      type: {
        tensorType: {
          elemType: 1,
          shape: {
            dim: shape.map((extent) => (extent === null ? { dimParam: "n" } : { dimValue: BigInt(extent) })),
          },
        },
      },
    })),
    output: names(outputs).map((name) => ({ name })),
  };
}

/** The graph as an ONNX file of the operator set `set`. */
export function onnxFile(graph: HandMade, set = 15): Uint8Array {
  return writeModel({
    irVersion: 8n,
    opsetImport: [{ domain: "", version: BigInt(set) }],
    graph: graphOf(graph) as never,
  });
}
