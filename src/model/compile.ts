import { ConfigError } from "../errors.js";
import type { SampleShape } from "../layers/layer.js";
import { type LossLike, toLoss } from "../losses/to-loss.js";
import type { Metric } from "../metrics/metric.js";
import { type MetricLike, toMetric } from "../metrics/to-metric.js";
import { type OptimizerLike, toOptimizer } from "../optimizers/to-optimizer.js";
import { numberIn, refuseUnknown } from "../options.js";
import type { Compiled } from "./executor.js";

export interface CompileOptions {
  /** A name or a factory's result. Default `"rmsprop"`, as in Keras. */
  readonly optimizer?: OptimizerLike;
  /** A name, a factory's result, or a function `(yTrue, yPred) => ({ loss, gradient })`; see `LossFunction`. */
  readonly loss: LossLike;
  /** Names, factories' results, or functions `(yTrue, yPred) => number`; see `MetricFunction`. */
  readonly metrics?: readonly MetricLike[];
  /** Truncated BPTT: within a sequence the gradient is cut before steps k, 2k, … Default: never. */
  readonly truncate?: number | null;
}

/**
 * What `compile` settles.
 * @param outputShape the model's, as soon as it is known.
 * @throws ConfigError for an unknown option or name, or a `truncate` below 1.
 */
export function settle(options: CompileOptions, outputShape: () => SampleShape | undefined): Compiled {
  const where = "compile()";
  refuseUnknown(where, options, ["optimizer", "loss", "metrics", "truncate"]);
  if (options.loss === undefined) {
    throw new ConfigError(`${where}: \`loss\` is missing, for example "mse".`);
  }
  if (options.metrics !== undefined && !Array.isArray(options.metrics)) {
    throw new ConfigError(`${where}: \`metrics\` is no array, for example ["mae"].`, {
      received: options.metrics,
    });
  }
  const loss = toLoss(where, options.loss);
  const optimizer = toOptimizer(where, options.optimizer ?? "rmsprop");
  const known = outputShape();
  if (known !== undefined) loss.targetWidth(known.at(-1)!);
  const makeMetrics = (): Metric[] => {
    const width = outputShape()?.at(-1) ?? 1;
    return (options.metrics ?? []).map((metric) => toMetric(where, metric, loss, width));
  };
  // What is misspelt is refused now; what "accuracy" means may wait for the output's width.
  const names = makeMetrics().map(({ name }) => name);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) {
    throw new ConfigError(
      `${where}: two metrics are called \`${twice}\`, and the logs have one number a name.`,
      { received: names },
    );
  }
  let metrics: readonly Metric[] | undefined;
  const truncate =
    options.truncate == null ? 0 : numberIn(where, "truncate", options.truncate, { min: 1, integer: true });
  // The rate changes while training, so the configuration is read when it is asked for.
  const config = (): Record<string, unknown> => ({
    optimizer: { name: optimizer.name, config: optimizer.getConfig() },
    loss: { name: loss.name, config: loss.config },
    metrics: (options.metrics ?? []).flatMap((metric) => {
      if (typeof metric === "function") return [];
      return [typeof metric === "string" ? metric : { name: metric.name, config: metric.config }];
    }),
    ...(truncate === 0 ? {} : { truncate }),
  });
  return {
    optimizer,
    loss,
    get metrics() {
      metrics ??= makeMetrics();
      return metrics;
    },
    makeMetrics,
    truncate,
    get config() {
      return loss.isCustom ? null : config();
    },
  };
}
