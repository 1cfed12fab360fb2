import type { MetricLike } from "../metrics/to-metric.js";
import type { Compiled } from "./executor.js";

const describeMetric = (metric: MetricLike): unknown[] => {
  if (typeof metric === "function") return [];
  return [typeof metric === "string" ? metric : { name: metric.name, config: metric.config }];
};

/**
 * Compile options as plain JSON, as they stand now (the rate changes while training); null where a loss is a user's own
 * function. Of several outputs loss and metrics are lists, one for each.
 */
export function compileConfig({
  optimizer,
  losses,
  outputs,
  asked,
  truncate,
}: Compiled): Record<string, unknown> | null {
  if (losses.some((loss) => loss?.isCustom)) return null;
  const oneOrAll = <T>(values: readonly T[]): unknown => (values.length === 1 ? values[0] : values);
  const listed = (lists: readonly (readonly MetricLike[])[]): unknown =>
    oneOrAll(lists.map((list) => list.flatMap(describeMetric)));
  const { metrics, weightedMetrics } = asked;
  const lossWeights = outputs.map(({ lossWeight }) => lossWeight);
  return {
    optimizer: { name: optimizer.name, config: optimizer.getConfig() },
    loss: oneOrAll(losses.map((loss) => (loss === null ? null : { name: loss.name, config: loss.config }))),
    metrics: listed(metrics),
    ...(weightedMetrics.every((list) => list.length === 0)
      ? {}
      : { weightedMetrics: listed(weightedMetrics) }),
    ...(lossWeights.every((weight) => weight === 1) ? {} : { lossWeights }),
    ...(truncate === 0 ? {} : { truncate }),
  };
}
