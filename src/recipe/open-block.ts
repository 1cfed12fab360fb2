import { isTensor, sizeOf, type TensorLike } from "../tensor.js";

/** Values with a shape, gaps as NaN: what a person hands over before anything was refused. */
export interface Block {
  readonly shape: readonly number[];
  readonly data: Float32Array | Int32Array;
  /** Numbers that float32 has no place for, as they were given, by their place in `data` (where they are infinite). */
  readonly beyond?: ReadonlyMap<number, number>;
}

/** Opens tensors and nested arrays; null is a gap. Ragged rows end where the first row ends. */
export function openBlock(value: TensorLike): Block {
  if (isTensor(value)) return value;
  const shape: number[] = [];
  let level: unknown = value;
  while (Array.isArray(level) || ArrayBuffer.isView(level)) {
    const { length } = level as ArrayLike<unknown>;
    shape.push(length);
    if (length === 0) break;
    level = (level as ArrayLike<unknown>)[0];
  }
  const data = new Float32Array(sizeOf(shape)).fill(Number.NaN);
  const beyond = new Map<number, number>();
  let next = 0;
  const visit = (node: unknown, axis: number): void => {
    if (axis === shape.length) {
      data[next] = typeof node === "number" ? node : Number.NaN;
      if (Number.isFinite(node) && !Number.isFinite(data[next]!)) beyond.set(next, node as number);
      next++;
      return;
    }
    for (let i = 0; i < shape[axis]!; i++) visit((node as ArrayLike<unknown> | undefined)?.[i], axis + 1);
  };
  visit(value, 0);
  return beyond.size === 0 ? { shape, data } : { shape, data, beyond };
}
