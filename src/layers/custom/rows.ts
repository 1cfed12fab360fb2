import type { Memory } from "../../engine/memory.js";
import { sizeOf, type Tensor } from "../../tensor.js";
import type { Signal } from "../signal.js";

/** Shape `[batch, …]` of what stands in a signal. */
export const shapeOf = ({ isSequence, timesteps, inner }: Signal, batch: number): number[] =>
  isSequence ? [batch, timesteps, ...inner] : [batch, ...inner];

/** Calls `visit` for each row: where it begins in a tensor `[batch, timesteps, …]`, and in memory. */
function forEachRow(
  signal: Signal,
  batch: number,
  visit: (inTensor: number, inMemory: number) => void,
): void {
  const { timesteps, features, stride } = signal;
  for (let t = 0; t < timesteps; t++) {
    for (let n = 0; n < batch; n++) {
      visit((n * timesteps + t) * features, (t * batch + n) * stride);
    }
  }
}

/** A copy of the rows at `address`, laid out as `signal`, in the caller's order. */
export function readRows(memory: Memory, address: number, signal: Signal, batch: number): Tensor {
  const { features } = signal;
  const shape = shapeOf(signal, batch);
  const data = new Float32Array(sizeOf(shape));
  const rows = memory.floats(address, signal.rows(batch) * signal.stride);
  forEachRow(signal, batch, (to, from) => {
    data.set(rows.subarray(from, from + features), to);
  });
  return { shape, data };
}

/** Writes numbers in the caller's order to the rows at `address`, laid out as `signal`. */
export function writeRows(
  memory: Memory,
  address: number,
  signal: Signal,
  batch: number,
  data: ArrayLike<number>,
): void {
  const { features } = signal;
  const rows = memory.floats(address, signal.rows(batch) * signal.stride);
  forEachRow(signal, batch, (from, to) => {
    for (let k = 0; k < features; k++) rows[to + k] = data[from + k]!;
  });
}
