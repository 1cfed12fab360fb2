import type { Memory } from "../../engine/memory.js";
import type { Signal } from "../signal.js";

/** Where rows stand: those of the outer sequence, whose features are inner steps, and those of the inner sequences. */
export interface Fold {
  /** `[timesteps, batch, inner steps · features]`. */
  readonly outer: Signal;
  /** `[inner steps, timesteps · batch, features]`. */
  readonly inner: Signal;
}

/**
 * Copies between a sequence of sequences as its outer rows hold it, and as a layer inside takes it: each outer row a sample
 * of its own, time-major.
 * @param toInner the direction.
 */
export function fold(
  memory: Memory,
  { outer, inner }: Fold,
  at: { readonly outer: number; readonly inner: number },
  batch: number,
  toInner: boolean,
): void {
  const rows = outer.rows(batch);
  const wide = memory.floats(at.outer, rows * outer.stride);
  const narrow = memory.floats(at.inner, inner.rows(rows) * inner.stride);
  const { features, stride, timesteps } = inner;
  for (let step = 0; step < timesteps; step++) {
    for (let row = 0; row < rows; row++) {
      const there = row * outer.stride + step * features;
      const here = (step * rows + row) * stride;
      if (toInner) for (let k = 0; k < features; k++) narrow[here + k] = wide[there + k]!;
      else for (let k = 0; k < features; k++) wide[there + k] = narrow[here + k]!;
    }
  }
}
