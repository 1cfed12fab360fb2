import { ConfigError } from "../errors.js";
import { isLoss, type Loss } from "../losses/loss.js";
import { type LossName, losses } from "../losses/to-loss.js";
import { type Described, described, Registry } from "../registry.js";
import { customMetric, type MetricFunction } from "./custom.js";
import { logKey, lossMetric } from "./from-loss.js";
import type { Metric, MetricFactory } from "./metric.js";
import { rmse, rootMeanSquaredError } from "./regression.js";

/** Names of metrics, Keras's short ones too. */
export type MetricName =
  | "binaryAccuracy"
  | "categoricalAccuracy"
  | "sparseCategoricalAccuracy"
  | "topKCategoricalAccuracy"
  | "sparseTopKCategoricalAccuracy"
  | "rootMeanSquaredError"
  | "rmse"
  | "r2"
  | "mase"
  | "auc"
  | "precision"
  | "recall"
  | "f1Score"
  | "accuracy"
  | "acc"
  | LossName;
/** A metric, its name, or a function of one's own. */
export type MetricLike = MetricName | MetricFactory | MetricFunction | Loss | Described;

/** A metric that may depend on what the model is trained for. */
export interface MetricForLoss {
  /** @param width of a row of predictions. */
  create(loss: Loss, width: number): Metric;
}

/** Metrics by name; every loss is one too. */
export const metrics = new Registry<MetricForLoss>(
  "a metric such as rootMeanSquaredError(), or a function (yTrue, yPred) => number",
  { rootMeanSquaredError, rmse },
);

const isFactory = (value: unknown): value is MetricFactory =>
  typeof (value as Partial<MetricFactory> | null | undefined)?.create === "function";

/**
 * The metric meant by a name, a factory's result, a loss, `{ name, config }`, or a function of a user's own.
 * @param width of a row of predictions, which tells what "accuracy" is.
 * @throws ConfigError for anything else, naming the nearest.
 */
export function toMetric(where: string, value: unknown, loss: Loss, width: number): Metric {
  if (metrics.holds(value) || losses.holds(value)) {
    const { name } = value;
    throw new ConfigError(`${where}: a metric is the factory ${name}. Call it: ${name}(), or give its name.`);
  }
  if (typeof value === "function") return customMetric(value as MetricFunction);
  if (isFactory(value)) return value.create();
  if (isLoss(value)) return lossMetric(value.label ?? logKey(value.name), value);
  const { name } = described(value);
  if (typeof name === "string" && losses.has(name) && !metrics.has(name)) {
    const loss = losses.make(where, "metrics", value)!;
    return lossMetric(loss.label ?? logKey(name), loss);
  }
  const made =
    metrics.make(where, "metrics", value, losses.names) ??
    metrics.refuse(where, "a metric", value, [...metrics.names, ...losses.names]);
  return made.create(loss, width);
}
