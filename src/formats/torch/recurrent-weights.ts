import type { FileWeight } from "../weights.js";
import type { TorchCell } from "./modules.js";
import type { StoredTensor } from "./state-dict.js";

/** Rows and columns turned at a time: what is read and what is written both stay in the nearest cache. */
const TILE = 32;

/** `[columns, rows]` of a matrix `[rows, columns]`. */
export function transposed(data: Float32Array, rows: number, columns: number): Float32Array {
  const output = new Float32Array(data.length);
  for (let top = 0; top < rows; top += TILE) {
    const bottom = Math.min(top + TILE, rows);
    for (let left = 0; left < columns; left += TILE) {
      const right = Math.min(left + TILE, columns);
      for (let column = left; column < right; column++)
        for (let row = top; row < bottom; row++) output[column * rows + row] = data[row * columns + column]!;
    }
  }
  return output;
}

/**
 * Exchanges the first two of three blocks of `units` in the last axis: PyTorch's GRU has the gates r, z, n, Keras's
 * z, r, h. Its own inverse.
 */
export function exchangeGates(data: Float32Array, units: number): Float32Array {
  const output = data.slice();
  for (let row = 0; row < data.length; row += 3 * units) {
    output.set(data.subarray(row, row + units), row + units);
    output.set(data.subarray(row + units, row + 2 * units), row);
  }
  return output;
}

/** The axes of a kernel the other way round: `[units, inputs]` or `[filters, channels, size]`, as PyTorch has them. */
export function reversedAxes(data: Float32Array, shape: readonly number[]): Float32Array {
  const [first, second, third = 1] = shape as [number, number, number?];
  const output = new Float32Array(data.length);
  for (let a = 0; a < first; a++) {
    for (let b = 0; b < second; b++) {
      for (let c = 0; c < third; c++)
        output[(c * second + b) * first + a] = data[(a * second + b) * third + c]!;
    }
  }
  return output;
}

/** A kernel of PyTorch's in Keras's order of axes. */
export function turned(
  name: string,
  tensor: StoredTensor,
  reorder: (data: Float32Array) => Float32Array = (data) => data,
): FileWeight {
  const { shape } = tensor;
  return {
    name,
    shape: [...shape].reverse(),
    read: () =>
      reorder(
        shape.length === 2
          ? transposed(tensor.read(), shape[0]!, shape[1]!)
          : reversedAxes(tensor.read(), shape),
      ),
  };
}

/**
 * A cell's weights as Keras has them: kernel, recurrent kernel, bias, projection. PyTorch's two biases add up but in a
 * GRU.
 */
export function kerasWeights(module: string, cell: TorchCell): FileWeight[] {
  const { kind, units, biasIh, biasHh, projection } = cell;
  const name = (key: string): string => (module === "" ? key : `${module}.${key}`);
  const ordered = (data: Float32Array): Float32Array => (kind === "gru" ? exchangeGates(data, units) : data);
  const weights = [
    turned(name("weight_ih"), cell.weightIh, ordered),
    turned(name("weight_hh"), cell.weightHh, ordered),
  ];
  if (biasIh !== undefined && biasHh !== undefined) {
    const [length] = biasIh.shape as [number];
    weights.push({
      name: name("bias"),
      shape: kind === "gru" ? [2, length] : [length],
      read() {
        const [input, state] = [ordered(biasIh.read()), ordered(biasHh.read())];
        if (kind !== "gru") return input.map((value, i) => value + state[i]!);
        const both = new Float32Array(2 * length);
        both.set(input);
        both.set(state, length);
        return both;
      },
    });
  }
  if (projection !== undefined) weights.push(turned(name("weight_hr"), projection));
  return weights;
}
