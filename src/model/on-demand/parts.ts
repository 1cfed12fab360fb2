import type { Tensor } from "../../tensor.js";

/** The outputs of a last layer that has several, which stand side by side in the last axis. */
export function splitParts(output: Tensor, parts: number): Tensor[] {
  const { shape, data } = output;
  const whole = shape.at(-1)!;
  const width = whole / parts;
  const rows = data.length / whole;
  return Array.from({ length: parts }, (_, part) => {
    const own = new Float32Array(rows * width);
    for (let row = 0; row < rows; row++) {
      const from = row * whole + part * width;
      own.set(data.subarray(from, from + width), row * width);
    }
    return { shape: [...shape.slice(0, -1), width], data: own };
  });
}
