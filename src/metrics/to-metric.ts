import { ConfigError } from "../errors.js";
import { isLoss, type Loss } from "../losses/loss.js";
import { type LossName, lossFactories, lossNames } from "../losses/to-loss.js";
import { oneOf } from "../options.js";
import {
  binaryAccuracy,
  categoricalAccuracy,
  sparseCategoricalAccuracy,
  sparseTopKCategoricalAccuracy,
  topKCategoricalAccuracy,
} from "./accuracy.js";
import { customMetric, type MetricFunction } from "./custom.js";
import { lossMetric } from "./from-loss.js";
import type { Metric, MetricFactory } from "./metric.js";
import { cosineSimilarityMetric, mase, r2, rootMeanSquaredError } from "./regression.js";

const named = {
  binaryAccuracy,
  categoricalAccuracy,
  sparseCategoricalAccuracy,
  topKCategoricalAccuracy,
  sparseTopKCategoricalAccuracy,
  rootMeanSquaredError,
  rmse: () => rootMeanSquaredError({}, "rmse"),
  r2,
  mase,
  cosineSimilarity: cosineSimilarityMetric,
} as const;

type NamedMetric = keyof typeof named;
export type MetricName = NamedMetric | LossName | "accuracy" | "acc";
export type MetricLike =
  | MetricName
  | MetricFactory
  | MetricFunction
  | Loss
  | { readonly name: string; readonly config: Readonly<Record<string, unknown>> };

const names = [...new Set([...Object.keys(named), ...lossNames, "accuracy", "acc"])] as MetricName[];

/** Keras's reading of "accuracy": by the loss's targets and the width of the output. */
function accuracyFor(name: string, loss: Loss, width: number): Metric {
  if (loss.targets === "classes") return sparseCategoricalAccuracy({}, name).create();
  return (
    width === 1 || loss.name === "binaryCrossentropy"
      ? binaryAccuracy({}, name)
      : categoricalAccuracy({}, name)
  ).create();
}

const isFactory = (value: unknown): value is MetricFactory =>
  typeof value === "object" &&
  value !== null &&
  typeof (value as Partial<MetricFactory>).create === "function";

const factories: readonly unknown[] = [...Object.values(named), ...Object.values(lossFactories)];

/**
 * The metric meant by a name, a factory's result, a loss, `{ name, config }`, or a function of a user's own.
 * @param width of a row of predictions, which tells what "accuracy" is.
 * @throws ConfigError for anything else, naming the nearest.
 */
export function toMetric(where: string, value: unknown, loss: Loss, width: number): Metric {
  if (factories.includes(value)) {
    const { name } = value as { name: string };
    throw new ConfigError(`${where}: a metric is the factory ${name}. Call it: ${name}(), or give its name.`);
  }
  if (typeof value === "function") return customMetric(value as MetricFunction);
  if (isFactory(value)) return value.create();
  if (isLoss(value)) return lossMetric(value.name, value);
  const plain =
    typeof value === "object" && value !== null && "name" in value
      ? (value as { name: unknown; config?: object })
      : { name: value, config: undefined };
  if (typeof plain.name !== "string") {
    throw new ConfigError(
      `${where}: a metric is ${String(value)}, expected a name (${names.join(", ")}) a metric such as r2(), or a function (yTrue, yPred) => number.`,
      { received: value, expected: names },
    );
  }
  const name = oneOf(where, "metrics", plain.name, names);
  if (name === "accuracy" || name === "acc") return accuracyFor(name, loss, width);
  if (name in named)
    return (named[name as NamedMetric] as (config?: object) => MetricFactory)(plain.config).create();
  return lossMetric(name, lossFactories[name as LossName](plain.config));
}
