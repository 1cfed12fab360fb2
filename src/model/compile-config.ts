import type { Loss } from "../losses/loss.js";
import type { MetricLike } from "../metrics/to-metric.js";
import type { Compiled } from "./execution/executor.js";

/** What stands for a function of a user's own: its name, `custom` where it has none. */
export interface CustomMark {
  readonly custom: string;
}

const describeMetric = (metric: MetricLike): unknown => {
  if (typeof metric === "function") return { custom: metric.name || "custom" };
  return typeof metric === "string" ? metric : { name: metric.name, config: metric.config };
};

const describeLoss = (loss: Loss | null): unknown => {
  if (loss === null) return null;
  return loss.isCustom === true ? { custom: loss.name } : { name: loss.name, config: loss.config };
};

/**
 * Compile options as plain JSON, as they stand now (the rate changes while training), marks in place of functions. Of
 * several outputs loss and metrics are lists, one for each.
 */
export function compileConfig({
  optimizer,
  losses,
  outputs,
  asked,
  truncate,
}: Compiled): Record<string, unknown> {
  const oneOrAll = <T>(values: readonly T[]): unknown => (values.length === 1 ? values[0] : values);
  const listed = (lists: readonly (readonly MetricLike[])[]): unknown =>
    oneOrAll(lists.map((list) => list.map(describeMetric)));
  const { metrics, weightedMetrics } = asked;
  const schedule = optimizer.customSchedule;
  const config = optimizer.getConfig();
  const lossWeights = outputs.map(({ lossWeight }) => lossWeight);
  return {
    optimizer: {
      name: optimizer.name,
      config: schedule === null ? config : { ...config, learningRate: { custom: schedule } },
    },
    loss: oneOrAll(losses.map(describeLoss)),
    metrics: listed(metrics),
    ...(weightedMetrics.every((list) => list.length === 0)
      ? {}
      : { weightedMetrics: listed(weightedMetrics) }),
    ...(lossWeights.every((weight) => weight === 1) ? {} : { lossWeights }),
    ...(truncate === 0 ? {} : { truncate }),
  };
}
