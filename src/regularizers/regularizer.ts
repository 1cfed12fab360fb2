/** A price on a weight's values, added to the loss. Sums are in float64. */
export interface Regularizer {
  /** The factory's name, such as `l2`. */
  readonly name: string;
  /** The options that make this regularizer again; plain JSON. */
  readonly config: Record<string, unknown>;
  /** What is added to the loss for these row-major weights. */
  penalty(weights: Float32Array, shape: readonly number[]): number;
  /** gradient += d penalty / d weights. */
  addGradient(weights: Float32Array, shape: readonly number[], gradient: Float32Array): void;
}
