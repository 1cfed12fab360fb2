import { variable } from "./autodiff.js";
import { LOSS_NAMES, type LossName, type LossOptions, lossValues, reduceLoss } from "./losses.js";
import { type AnyTensor, shapeMismatch } from "./tensor64.js";

export interface MetricOptions extends LossOptions {
  /** binaryAccuracy: above it a prediction says 1; default 0.5. */
  readonly threshold?: number;
  /** topKCategoricalAccuracy; default 5. */
  readonly k?: number;
  /** mase: the scale's lag; default 1. */
  readonly season?: number;
  /** mase: the series its scale comes from; default: the actual values themselves. */
  readonly train?: ArrayLike<number>;
}

type Metric = (y: AnyTensor, p: AnyTensor, options: MetricOptions) => number;

const average = (n: number, f: (i: number) => number): number => {
  let total = 0;
  for (let i = 0; i < n; i++) total += f(i);
  return total / n;
};

const paired = (y: AnyTensor, p: AnyTensor): number => {
  if (y.data.length !== p.data.length) throw shapeMismatch("a metric", y.shape, p.shape);
  return p.data.length;
};

/** Index of the largest of row `i`; the first of equals. */
function argMax({ shape, data }: AnyTensor, i: number): number {
  const width = shape.at(-1)!;
  let best = 0;
  for (let j = 1; j < width; j++) if (data[i * width + j]! > data[i * width + best]!) best = j;
  return best;
}

const rowsOf = (p: AnyTensor): number => p.data.length / p.shape.at(-1)!;

const binaryAccuracy: Metric = (y, p, { threshold = 0.5 }) =>
  average(paired(y, p), (i) => ((p.data[i]! > threshold ? 1 : 0) === y.data[i] ? 1 : 0));

const categoricalAccuracy: Metric = (y, p) => {
  paired(y, p);
  return average(rowsOf(p), (i) => (argMax(y, i) === argMax(p, i) ? 1 : 0));
};

const sparseCategoricalAccuracy: Metric = (y, p) =>
  average(rowsOf(p), (i) => (argMax(p, i) === y.data[i] ? 1 : 0));

/** The label counts as found when fewer than k predictions are larger than its own. */
const topKCategoricalAccuracy: Metric = (y, p, { k = 5 }) =>
  average(rowsOf(p), (i) => {
    const width = p.shape.at(-1)!;
    const own = p.data[i * width + argMax(y, i)]!;
    let larger = 0;
    for (let j = 0; j < width; j++) if (p.data[i * width + j]! > own) larger++;
    return larger < k ? 1 : 0;
  });

const rmse: Metric = (y, p) => Math.sqrt(average(paired(y, p), (i) => (y.data[i]! - p.data[i]!) ** 2));

/** 1 - Σ(y - p)² / Σ(y - ȳ)² for each output, averaged over outputs; 0 where the target does not vary. */
const r2: Metric = (y, p) => {
  paired(y, p);
  const width = p.shape.at(-1)!;
  const rows = rowsOf(p);
  return average(width, (j) => {
    const mean = average(rows, (i) => y.data[i * width + j]!);
    const residual = average(rows, (i) => (y.data[i * width + j]! - p.data[i * width + j]!) ** 2);
    const total = average(rows, (i) => (y.data[i * width + j]! - mean) ** 2);
    return total === 0 ? 0 : 1 - residual / total;
  });
};

/** Hyndman & Koehler 2006: mean |y - p| over the mean |x_t - x_{t-m}| of a seasonal naive forecast of `train`. */
const mase: Metric = (y, p, { season = 1, train = y.data }) =>
  average(paired(y, p), (i) => Math.abs(y.data[i]! - p.data[i]!)) /
  average(train.length - season, (t) => Math.abs(train[t + season]! - train[t]!));

/** Keras's `accuracy`: chosen by what the predictions and labels look like. */
const accuracy: Metric = (y, p, options) => {
  if (p.shape.at(-1) === 1) return binaryAccuracy(y, p, options);
  return (y.data.length === p.data.length ? categoricalAccuracy : sparseCategoricalAccuracy)(y, p, options);
};

const OWN_METRICS = {
  accuracy,
  binaryAccuracy,
  categoricalAccuracy,
  sparseCategoricalAccuracy,
  topKCategoricalAccuracy,
  rmse,
  r2,
  mase,
} satisfies Record<string, Metric>;

export type MetricName = keyof typeof OWN_METRICS | LossName;
export const METRIC_NAMES = [...Object.keys(OWN_METRICS), ...LOSS_NAMES] as MetricName[];

const isLoss = (name: MetricName): name is LossName => LOSS_NAMES.includes(name as LossName);

/**
 * A metric over all of `p`. A loss as a metric is its mean, except that the cosine similarity counts upwards, as in
 * Keras: 1 for equal directions.
 */
export function metric(name: MetricName, y: AnyTensor, p: AnyTensor, options: MetricOptions = {}): number {
  if (!isLoss(name)) return OWN_METRICS[name](y, p, options);
  const value = reduceLoss(lossValues(name, y, variable(p), options)).data[0]!;
  return name === "cosineSimilarity" ? -value : value;
}
