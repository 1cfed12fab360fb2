import type { LossBatch } from "../losses/loss.js";

/**
 * What a metric sees of a batch: addresses, and how to read them. `weight` is the mask's, and of a weighted metric the
 * sample weights' too.
 */
export type MetricBatch = Omit<LossBatch, "gradient" | "scale" | "counted">;

/** A number that sums up an epoch's predictions. */
export interface Metric {
  /** Its key in the logs, which is Keras's: `binary_accuracy`. */
  readonly name: string;
  /** Whether it is a user's own function, which takes labels as they come. */
  readonly isCustom?: boolean;
  /** Forgets what was counted. */
  begin(): void;
  update(batch: MetricBatch): void;
  /** 0 where nothing was seen, as when all of a batch is padding: what Keras gives. */
  result(): number;
  /** What it has counted since `begin`, so that an epoch can go on elsewhere; `load` takes it back. */
  save?(): number[];
  load?(saved: readonly number[]): void;
}

/** A metric as compile is told of it: made anew for each model, for it counts. */
export interface MetricFactory {
  readonly name: string;
  readonly config: Record<string, unknown>;
  create(): Metric;
}

/** Options of every metric. */
export interface MetricOptions {
  /** Its key in the logs. Default: Keras's, such as `binary_accuracy`. */
  readonly name?: string;
}

export interface Row {
  /** Predictions of a row, and its targets, as views that are good for this call. */
  readonly prediction: Float32Array;
  readonly target: Float32Array;
  /** Above 0; 1 where nothing weighs rows. */
  readonly weight: number;
}

/** @internal Visits the rows that count, in the order of samples within each time step. */
export function forEachRow(
  { memory, prediction, target, weight, rows, width, stride, targetStride }: MetricBatch,
  targetWidth: number,
  visit: (row: Row, index: number) => void,
): void {
  const predictions = memory.floats(prediction, rows * stride);
  const targets = memory.floats(target, rows * targetStride);
  const weights = weight === 0 ? null : memory.floats(weight, rows);
  for (let row = 0; row < rows; row++) {
    if (weights !== null && weights[row] === 0) continue;
    visit(
      {
        prediction: predictions.subarray(row * stride, row * stride + width),
        target: targets.subarray(row * targetStride, row * targetStride + targetWidth),
        weight: weights === null ? 1 : weights[row]!,
      },
      row,
    );
  }
}

/** A mean of one number a row. */
export function meanOfRows(
  name: string,
  targetWidth: (width: number) => number,
  value: (row: Row) => number,
  finish: (mean: number) => number = (mean) => mean,
): Metric {
  let sum = 0;
  let count = 0;
  return {
    name,
    begin() {
      sum = 0;
      count = 0;
    },
    update(batch) {
      forEachRow(batch, targetWidth(batch.width), (row) => {
        sum += row.weight * value(row);
        count += row.weight;
      });
    },
    save: () => [sum, count],
    load: (saved) => {
      [sum, count] = saved as [number, number];
    },
    result: () => finish(count === 0 ? 0 : sum / count),
  };
}
