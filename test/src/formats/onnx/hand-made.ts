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

/** A recurrent layer that is a loop over time, a branch on an extent behind it: graphs inside of operators. */
export const loopedCell: HandMade = {
  nodes: [
    ["Transpose", "x", "steps", { perm: [1, 0, 2] }],
    [
      "Loop",
      "trips true zero begin kernel",
      "n0 hn w0 seq",
      {
        body: {
          nodes: [
            ["Gather", "steps place", "row", { axis: 0 }],
            ["Add", "place one", "next"],
            ["Less", "next trips", "goes"],
            ["MatMul", "h r", "hr"],
            ["MatMul", "row w", "xw"],
            ["Add", "xw hr", "sum"],
            ["Tanh", "sum", "h2"],
          ],
          constants: { one: 1 },
          inputs: { i: [], c: [], place: [], h: [], w: [] },
          outputs: "goes next h2 w h2",
        },
      },
    ],
    ["Slice", "seq minus end first", "last"],
    ["Squeeze", "last first", "row"],
    ["Shape", "row", "shape"],
    ["Gather", "shape second", "width"],
    ["Equal", "width second", "isOne"],
    [
      "If",
      "isOne",
      "y",
      {
        then_branch: { nodes: [["Squeeze", "row second", "thin"]], inputs: {}, outputs: "thin" },
        else_branch: { nodes: [["Identity", "row", "same"]], inputs: {}, outputs: "same" },
      },
    ],
  ],
  constants: {
    kernel: { shape: [3, 2], data: Float32Array.of(0.1, -0.2, 0.3, 0.4, -0.5, 0.6) },
    r: { shape: [2, 2], data: Float32Array.of(0.5, 0.1, -0.3, 0.2) },
    trips: 4,
    true: 1,
    zero: 0,
    begin: { shape: [1, 2], data: new Float32Array(2) },
    minus: [-1],
    end: [2147483647],
    first: [0],
    second: [1],
  },
  inputs: { x: [null, 4, 3] },
  outputs: "y",
};
