import type { Tensor } from "../tensor.js";
import type { LossBatch } from "./loss.js";

type Rows = Pick<LossBatch, "memory" | "samples" | "isSequence" | "rows">;

/** Calls `visit` with the place of each number of a batch: in a tensor `[samples, …, width]`, and among padded rows. */
function forEachNumber(
  { rows, samples }: Rows,
  width: number,
  stride: number,
  visit: (inTensor: number, inRows: number) => void,
): void {
  const steps = rows / samples;
  for (let t = 0; t < steps; t++) {
    for (let n = 0; n < samples; n++) {
      const [to, from] = [(n * steps + t) * width, (t * samples + n) * stride];
      for (let k = 0; k < width; k++) visit(to + k, from + k);
    }
  }
}

const shapeOf = ({ samples, rows, isSequence }: Rows, width: number): number[] =>
  isSequence ? [samples, rows / samples, width] : [samples, width];

function read(batch: Rows, address: number, width: number, stride: number): Tensor {
  const source = batch.memory.floats(address, batch.rows * stride);
  const data = new Float32Array(batch.rows * width);
  forEachNumber(batch, width, stride, (to, from) => {
    data[to] = source[from]!;
  });
  return { shape: shapeOf(batch, width), data };
}

/** Copies of a batch's targets and predictions, as a user's function takes them. */
export function batchTensors(batch: Omit<LossBatch, "gradient" | "scale" | "counted">): {
  yTrue: Tensor;
  yPred: Tensor;
} {
  const { target, targetWidth, targetStride, prediction, width, stride, labels } = batch;
  return {
    yTrue: labels?.() ?? read(batch, target, targetWidth, targetStride),
    yPred: read(batch, prediction, width, stride),
  };
}

/** Writes factor · `gradient` where kernels look for dL/dprediction. */
export function writeGradient(batch: LossBatch, gradient: Tensor, factor: number): void {
  const { width, stride } = batch;
  const target = batch.memory.floats(batch.gradient, batch.rows * stride);
  forEachNumber(batch, width, stride, (from, to) => {
    target[to] = factor * gradient.data[from]!;
  });
}
