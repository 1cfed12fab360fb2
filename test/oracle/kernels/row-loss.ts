/** What the losses of assembly/loss/ have in common, in float64: rows, weights, padding, and central differences. */

export type Row = readonly number[];

/** The loss of one sample and its gradient, as Keras defines them. */
export interface RowLoss {
  readonly value: (prediction: Row, target: Row) => number;
  readonly gradient: (prediction: Row, target: Row) => number[];
}

export interface Batch {
  readonly prediction: ArrayLike<number>;
  readonly target: ArrayLike<number>;
  /** undefined: all ones. */
  readonly weight: ArrayLike<number> | undefined;
  readonly rows: number;
  readonly width: number;
  readonly stride: number;
  readonly targetWidth: number;
  readonly targetStride: number;
  readonly scale: number;
}

const slice = (values: ArrayLike<number>, from: number, count: number): number[] =>
  Array.from({ length: count }, (_, i) => values[from + i]!);

/** Σ weight · l, and scale · weight · ∂l/∂prediction in rows of `stride` with zeros in the padding. */
export function batchLoss(loss: RowLoss, batch: Batch): { value: number; gradient: number[] } {
  let value = 0;
  const gradient = new Array<number>(batch.rows * batch.stride).fill(0);
  for (let row = 0; row < batch.rows; row++) {
    const weight = batch.weight?.[row] ?? 1;
    if (weight === 0) continue;
    const prediction = slice(batch.prediction, row * batch.stride, batch.width);
    const target = slice(batch.target, row * batch.targetStride, batch.targetWidth);
    value += weight * loss.value(prediction, target);
    loss.gradient(prediction, target).forEach((slope, j) => {
      gradient[row * batch.stride + j] = batch.scale * weight * slope;
    });
  }
  return { value, gradient };
}

/** ∂l/∂prediction by central differences of the value. */
export function centralDifferences(loss: RowLoss, prediction: Row, target: Row, h = 1e-5): number[] {
  return prediction.map((_, j) => {
    const moved = (by: number): number =>
      loss.value(
        prediction.map((p, k) => (k === j ? p + by : p)),
        target,
      );
    return (moved(h) - moved(-h)) / (2 * h);
  });
}
