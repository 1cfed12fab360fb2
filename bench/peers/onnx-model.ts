import type { Shape } from "../shapes.js";
import type { LayerWeights, Problem } from "./problem.js";

/** The part of onnx-proto used here; the package is no dependency. */
interface OnnxProto {
  readonly onnx: {
    readonly ModelProto: {
      fromObject(model: object): object;
      encode(model: object): { finish(): Uint8Array };
    };
  };
}

const FLOAT = 1;
const INT64 = 7;
const AttributeType = { int: 2, string: 3, ints: 7 } as const;

const bytesOf = (data: Float32Array): Uint8Array =>
  new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
const tensor = (name: string, dims: number[], data: Float32Array): object => ({
  name,
  dims,
  dataType: FLOAT,
  rawData: bytesOf(data),
});
const value = (name: string, dims: (number | string)[]): object => ({
  name,
  type: {
    tensorType: {
      elemType: FLOAT,
      shape: { dim: dims.map((dim) => (typeof dim === "number" ? { dimValue: dim } : { dimParam: dim })) },
    },
  },
});

/** ONNX orders the gates i, o, f, c, and has the units first: `[1, 4 units, rows]` from Keras's `[rows, 4 units]`. */
function gates(matrix: Float32Array, rows: number, units: number): Float32Array {
  const result = new Float32Array(matrix.length);
  [0, 3, 1, 2].forEach((source, target) => {
    for (let unit = 0; unit < units; unit++) {
      for (let row = 0; row < rows; row++) {
        result[(target * units + unit) * rows + row] = matrix[row * 4 * units + source * units + unit]!;
      }
    }
  });
  return result;
}

function lstmNodes(
  layer: LayerWeights,
  i: number,
  isLast: boolean,
): { nodes: object[]; initializers: object[] } {
  const { features, units } = layer;
  const input = i === 0 ? "x" : `sequence${i - 1}`;
  // Two biases, one for each product.
  const bias = new Float32Array(8 * units);
  bias.set(gates(layer.bias, 1, units));
  const lstm = {
    opType: "LSTM",
    name: `lstm${i}`,
    input: [input, `W${i}`, `R${i}`, `B${i}`],
    output: isLast ? ["", "last"] : [`directions${i}`],
    attribute: [
      { name: "hidden_size", type: AttributeType.int, i: units },
      { name: "direction", type: AttributeType.string, s: new TextEncoder().encode("forward") },
    ],
  };
  // Y is [T, 1, B, H]; the next layer takes [T, B, H]. Y_h is [1, B, H].
  const squeeze = {
    opType: "Squeeze",
    input: [isLast ? "last" : `directions${i}`, isLast ? "first axis" : "second axis"],
    output: [isLast ? "state" : `sequence${i}`],
  };
  return {
    nodes: [lstm, squeeze],
    initializers: [
      tensor(`W${i}`, [1, 4 * units, features], gates(layer.kernel, features, units)),
      tensor(`R${i}`, [1, 4 * units, units], gates(layer.recurrent, units, units)),
      tensor(`B${i}`, [1, 8 * units], bias),
    ],
  };
}

/** The problem's model as an ONNX file: input x `[timesteps, batch, features]`, output y `[batch, 1]`. */
export async function onnxModel(shape: Shape, problem: Problem): Promise<Uint8Array> {
  const name = "onnx-proto";
  const { onnx } = ((await import(name)) as { default: OnnxProto }).default;
  const layers = problem.layers.map((layer, i) => lstmNodes(layer, i, i === problem.layers.length - 1));
  const dense = {
    opType: "Gemm",
    input: ["state", "kernel", "bias"],
    output: ["y"],
  };
  const axis = (label: string, value: number): object => ({
    name: label,
    dims: [1],
    dataType: INT64,
    rawData: new Uint8Array(BigInt64Array.of(BigInt(value)).buffer),
  });
  const model = onnx.ModelProto.fromObject({
    irVersion: 8,
    opsetImport: [{ domain: "", version: 14 }],
    graph: {
      name: "bench",
      node: [...layers.flatMap(({ nodes }) => nodes), dense],
      initializer: [
        ...layers.flatMap(({ initializers }) => initializers),
        tensor("kernel", [problem.kernel.length, 1], problem.kernel),
        tensor("bias", [1], problem.bias),
        axis("first axis", 0),
        axis("second axis", 1),
      ],
      input: [value("x", [shape.timesteps, shape.batch, shape.features])],
      output: [value("y", [shape.batch, 1])],
    },
  });
  return onnx.ModelProto.encode(model).finish();
}
