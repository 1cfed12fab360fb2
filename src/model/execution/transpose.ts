/**
 * The one place where batches change their order: a caller's `[batch, timesteps, features]` against the kernels'
 * `[timesteps, batch, stride]`, rows padded to whole vectors.
 */

/** Time steps `first` to `first + steps` of sequences of `total` steps. */
export interface StepRange {
  readonly first: number;
  readonly steps: number;
  readonly total: number;
}

/**
 * Copies samples of `source` into time-major rows. Padding keeps the zeros it was made with.
 * @param range the time steps to copy, where the source holds more of them than `layout.timesteps`.
 */
export function toTimeMajor(
  source: Float32Array | Int32Array,
  target: Float32Array,
  layout: { batch: number; timesteps: number; features: number; stride: number },
  sampleOf: (n: number) => number,
  range?: StepRange,
): void {
  const { batch, timesteps, features, stride } = layout;
  const { first, total } = range ?? { first: 0, total: timesteps };
  for (let n = 0; n < batch; n++) {
    let from = (sampleOf(n) * total + first) * features;
    for (let t = 0; t < timesteps; t++) {
      const to = (t * batch + n) * stride;
      for (let k = 0; k < features; k++) target[to + k] = source[from + k]!;
      from += features;
    }
  }
}

/** Copies time-major rows back into `[batch, timesteps, features]`, beginning at sample `first` of `target`. */
export function fromTimeMajor(
  source: Float32Array,
  target: Float32Array,
  layout: { batch: number; timesteps: number; features: number; stride: number },
  first: number,
): void {
  const { batch, timesteps, features, stride } = layout;
  for (let n = 0; n < batch; n++) {
    let to = (first + n) * timesteps * features;
    for (let t = 0; t < timesteps; t++) {
      const from = (t * batch + n) * stride;
      for (let k = 0; k < features; k++) target[to + k] = source[from + k]!;
      to += features;
    }
  }
}
