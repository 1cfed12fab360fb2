import { ConfigError } from "../errors.js";
import type { SampleShape } from "../layers/layer.js";
import { type Loss, lossExtras } from "../losses/loss.js";
import { type LossLike, toLoss } from "../losses/to-loss.js";
import type { Metric } from "../metrics/metric.js";
import { type MetricLike, toMetric } from "../metrics/to-metric.js";
import { type OptimizerLike, toOptimizer } from "../optimizers/to-optimizer.js";
import { numberIn, refuseUnknown } from "../options.js";
import type { Compiled, CompiledOutput } from "./execution/executor.js";

/** One for each output: in their order, or by their names. null: none for this output. */
export type PerOutput<T> = readonly (T | null)[] | Readonly<Record<string, T | null>>;

/** Options of `compile`. */
export interface CompileOptions {
  /** A name or a factory's result. Default `"rmsprop"`, as in Keras. */
  readonly optimizer?: OptimizerLike;
  /**
   * A name, a factory's result, or a function `(yTrue, yPred) => ({ loss, gradient })`; see `LossFunction`. Of several
   * outputs: one for all, or one for each.
   */
  readonly loss: LossLike | PerOutput<LossLike>;
  /** Factors of the outputs' losses in their sum, where there are several. Default 1. */
  readonly lossWeights?: PerOutput<number>;
  /** Names, factories' results, or functions `(yTrue, yPred) => number`; see `MetricFunction`. Of several outputs: some for each. Default: none. */
  readonly metrics?: readonly MetricLike[] | PerOutput<MetricLike | readonly MetricLike[]>;
  /** As `metrics`, where sample weights count. Default: none. */
  readonly weightedMetrics?: readonly MetricLike[] | PerOutput<MetricLike | readonly MetricLike[]>;
  /** Truncated BPTT: within a sequence the gradient is cut before steps k, 2k, … Default: never. */
  readonly truncate?: number | null;
}

/** How options are told apart by outputs, and the logs' names by them; see `outputsByName`. */
export interface ManyOutputs {
  /** The option's value for each output. */
  split(where: string, option: keyof CompileOptions, value: unknown): readonly unknown[];
  /** The name in the logs of a metric of an output. */
  logName(name: string, output: number): string;
  /** The mean of an output's own loss; undefined where there is one output. */
  mean(output: number): (Metric & NonNullable<CompiledOutput["mean"]>) | undefined;
}

/** Of one output everything is its own. */
const oneOutput: ManyOutputs = {
  split: (_where, _option, value) => [value],
  logName: (name) => name,
  mean: () => undefined,
};

/** The metrics asked for of one output. */
function listOf(where: string, option: string, value: unknown, many: ManyOutputs): readonly MetricLike[] {
  if (value == null) return [];
  if (Array.isArray(value)) return value as readonly MetricLike[];
  if (many !== oneOutput) return [value as MetricLike];
  throw new ConfigError(`${where}: \`${option}\` is no array, for example ["mae"].`, { received: value });
}

const renamed = (metric: Metric, name: string): Metric =>
  name === metric.name
    ? metric
    : {
        name,
        begin: () => metric.begin(),
        update: (batch) => metric.update(batch),
        result: () => metric.result(),
        save: () => metric.save?.() ?? [],
        load: (saved) => metric.load?.(saved),
      };

/**
 * What `compile` settles.
 * @param outputShapes the model's, as soon as they are known.
 * @throws ConfigError for an unknown option or name, or a `truncate` below 1.
 */
export function settle(
  options: CompileOptions,
  outputShapes: () => readonly SampleShape[] | undefined,
  many: ManyOutputs = oneOutput,
): Compiled {
  const where = "compile()";
  refuseUnknown(where, options, [
    "optimizer",
    "loss",
    "lossWeights",
    "metrics",
    "weightedMetrics",
    "truncate",
  ]);
  if (options.loss === undefined) {
    throw new ConfigError(`${where}: \`loss\` is missing, for example "mse".`);
  }
  const losses = many
    .split(where, "loss", options.loss)
    .map((value) => (value == null ? null : toLoss(where, value)));
  const first = losses.find((loss) => loss !== null);
  if (first == null) throw new ConfigError(`${where}: no output has a \`loss\`.`, { received: options.loss });
  const optimizer = toOptimizer(where, options.optimizer ?? "rmsprop");
  outputShapes()?.forEach((shape, o) => {
    losses[o]?.targetWidth(shape.at(-1)!);
  });
  const split = (option: "metrics" | "weightedMetrics"): (readonly MetricLike[])[] =>
    many.split(where, option, options[option]).map((value) => listOf(where, option, value, many));
  const [plain, weighted] = [split("metrics"), split("weightedMetrics")];
  const factors = many
    .split(where, "lossWeights", options.lossWeights ?? null)
    .map((factor) => (factor == null ? 1 : numberIn(where, "lossWeights", [factor].flat()[0])));

  interface Made {
    readonly outputs: readonly CompiledOutput[];
    readonly metrics: readonly Metric[];
  }
  const make = (): Made => {
    const shapes = outputShapes();
    const means: Metric[] = [];
    const all: Metric[] = [];
    const outputs = losses.map((loss, o): CompiledOutput => {
      const made = (list: readonly MetricLike[] | undefined, taken: readonly Metric[]): Metric[] =>
        loss === null
          ? []
          : (list ?? []).map((metric) => {
              const width = shapes?.[o]?.at(-1) ?? undefined;
              const own = toMetric(where, metric, loss, width ?? 1);
              lossExtras.checkMetric?.(where, own, loss, width);
              // Keras calls it so where its name is taken.
              const isTaken = taken.some(({ name }) => name === own.name);
              all.push(renamed(own, many.logName(isTaken ? `weighted_${own.name}` : own.name, o)));
              return own;
            });
      const metrics = made(plain[o], []);
      const weightedMetrics = made(weighted[o], metrics);
      const mean = loss === null ? undefined : many.mean(o);
      if (mean !== undefined) means.push(mean);
      return {
        loss,
        lossWeight: factors[o]!,
        metrics,
        weightedMetrics,
        ...(mean === undefined ? {} : { mean }),
      };
    });
    return { outputs, metrics: [...means, ...all] };
  };
  // What is misspelt is refused now; what "accuracy" means may wait for the output's width.
  const names = make().metrics.map(({ name }) => name);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) {
    throw new ConfigError(
      `${where}: two metrics are called \`${twice}\`, and the logs have one number a name.`,
      { received: names },
    );
  }
  const truncate =
    options.truncate == null ? 0 : numberIn(where, "truncate", options.truncate, { min: 1, integer: true });
  const fresh = (): Compiled => {
    let made: Made | undefined;
    const ready = (): Made => (made ??= make());
    return {
      optimizer,
      loss: first as Loss,
      losses,
      get outputs() {
        return ready().outputs;
      },
      get metrics() {
        return ready().metrics;
      },
      fresh,
      truncate,
      asked: { metrics: plain, weightedMetrics: weighted },
    };
  };
  return fresh();
}
