import type { FileWeight } from "../weights.js";
import type { ReadLayer } from "./read-model.js";

/** Several weights side by side in their last axis. */
function joined(name: string, parts: readonly FileWeight[]): FileWeight {
  const [first] = parts as [FileWeight];
  const rows = first.shape.slice(0, -1).reduce((a, b) => a * b, 1);
  const widths = parts.map(({ shape }) => shape.at(-1) ?? 1);
  const total = widths.reduce((a, b) => a + b, 0);
  return {
    name,
    shape: [...first.shape.slice(0, -1), total],
    read() {
      const output = new Float32Array(rows * total);
      let column = 0;
      for (const [i, part] of parts.entries()) {
        const data = part.read();
        for (let row = 0; row < rows; row++) {
          output.set(data.subarray(row * widths[i]!, (row + 1) * widths[i]!), row * total + column);
        }
        column += widths[i]!;
      }
      return output;
    },
  };
}

/** Keras 1 has a weight a gate: of an LSTM i, c, f, o, of a GRU z, r, h, each W, U, b. */
function fromGates(weights: readonly FileWeight[], order: readonly number[]): FileWeight[] {
  return ["kernel", "recurrent_kernel", "bias"].map((name, k) =>
    joined(
      name,
      order.map((gate) => weights[gate * 3 + k]!),
    ),
  );
}

/** cuDNN's kernel of one gate holds its matrix the other way round; only its bytes are in Keras's shape. */
function fromCudnn(weights: readonly FileWeight[], gates: number): FileWeight[] {
  const [kernel, recurrent, bias] = weights as [FileWeight, FileWeight, FileWeight];
  const [features, wide] = kernel.shape as [number, number];
  const units = wide / gates;
  const isBytesTurned = (
    weight: FileWeight,
    read: (gate: number, row: number, column: number) => number,
  ): FileWeight => ({
    ...weight,
    read() {
      const data = weight.read();
      const [rows] = weight.shape as [number];
      const output = new Float32Array(data.length);
      for (let gate = 0; gate < gates; gate++) {
        for (let row = 0; row < rows; row++) {
          for (let column = 0; column < units; column++) {
            output[row * wide + gate * units + column] = data[read(gate, row, column)]!;
          }
        }
      }
      return output;
    },
  });
  const place = (gate: number, flat: number): number =>
    Math.floor(flat / units) * wide + gate * units + (flat % units);
  return [
    isBytesTurned(kernel, (gate, row, column) => place(gate, row + column * features)),
    isBytesTurned(recurrent, (gate, row, column) => place(gate, column * units + row)),
    gates === 3
      ? { ...bias, shape: [2, 3 * units] }
      : {
          ...bias,
          shape: [4 * units],
          read() {
            const both = bias.read();
            return both.slice(0, 4 * units).map((value, i) => value + both[4 * units + i]!);
          },
        },
  ];
}

const isCudnn = (className: string): boolean => className.startsWith("CuDNN");

/** A layer's weights as Keras 3 has them, from what older versions stored. */
export function adaptWeights(layer: ReadLayer, weights: readonly FileWeight[]): FileWeight[] {
  const cell = layer.inner ?? layer;
  const directions = layer.kind === "bidirectional" ? 2 : 1;
  const each = weights.length / directions;
  if (cell.kind === "lstm" || cell.kind === "gru") {
    const parts = Array.from({ length: directions }, (_, d) => weights.slice(d * each, (d + 1) * each));
    if (cell.kind === "lstm" && each === 12) return parts.flatMap((own) => fromGates(own, [0, 2, 1, 3]));
    if (cell.kind === "gru" && each === 9) return parts.flatMap((own) => fromGates(own, [0, 1, 2]));
    if (isCudnn(cell.className) && each === 3) {
      return parts.flatMap((own) => fromCudnn(own, cell.kind === "lstm" ? 4 : 3));
    }
  }
  if (cell.kind === "conv1d") {
    // Keras 1: [size, 1, channels, filters].
    return weights.map((weight) =>
      weight.shape.length === 4 && weight.shape[1] === 1
        ? { ...weight, shape: weight.shape.toSpliced(1, 1) }
        : weight,
    );
  }
  return [...weights];
}
