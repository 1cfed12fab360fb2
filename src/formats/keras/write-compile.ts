import { snake } from "./dialect.js";
import { asObject } from "./write-layer.js";

interface Described {
  readonly name: string;
  readonly config?: Readonly<Record<string, unknown>>;
}

const losses: Readonly<Record<string, readonly [string, string]>> = {
  meanSquaredError: ["mean_squared_error", "MeanSquaredError"],
  meanAbsoluteError: ["mean_absolute_error", "MeanAbsoluteError"],
  huber: ["huber", "Huber"],
  logCosh: ["log_cosh", "LogCosh"],
  meanAbsolutePercentageError: ["mean_absolute_percentage_error", "MeanAbsolutePercentageError"],
  meanSquaredLogarithmicError: ["mean_squared_logarithmic_error", "MeanSquaredLogarithmicError"],
  binaryCrossentropy: ["binary_crossentropy", "BinaryCrossentropy"],
  categoricalCrossentropy: ["categorical_crossentropy", "CategoricalCrossentropy"],
  sparseCategoricalCrossentropy: ["sparse_categorical_crossentropy", "SparseCategoricalCrossentropy"],
  poisson: ["poisson", "Poisson"],
  cosineSimilarity: ["cosine_similarity", "CosineSimilarity"],
  hinge: ["hinge", "Hinge"],
  squaredHinge: ["squared_hinge", "SquaredHinge"],
  klDivergence: ["kl_divergence", "KLDivergence"],
};

const short: Readonly<Record<string, string>> = {
  mse: "meanSquaredError",
  mae: "meanAbsoluteError",
  mape: "meanAbsolutePercentageError",
  msle: "meanSquaredLogarithmicError",
  acc: "accuracy",
  rmse: "rootMeanSquaredError",
};

const metricClasses: Readonly<Record<string, string>> = {
  accuracy: "accuracy",
  binaryAccuracy: "binary_accuracy",
  categoricalAccuracy: "categorical_accuracy",
  sparseCategoricalAccuracy: "sparse_categorical_accuracy",
  topKCategoricalAccuracy: "top_k_categorical_accuracy",
  sparseTopKCategoricalAccuracy: "sparse_top_k_categorical_accuracy",
};

const classMetrics: Readonly<Record<string, string>> = {
  rootMeanSquaredError: "RootMeanSquaredError",
  r2: "R2Score",
  auc: "AUC",
  precision: "Precision",
  recall: "Recall",
};

const optimizers: Readonly<Record<string, string>> = {
  sgd: "SGD",
  rmsprop: "RMSprop",
  adagrad: "Adagrad",
  adadelta: "Adadelta",
  adam: "Adam",
  adamw: "AdamW",
  adamax: "Adamax",
  nadam: "Nadam",
  lion: "Lion",
};

const pascal = (name: string): string => name[0]!.toUpperCase() + name.slice(1);
const options = (config: Readonly<Record<string, unknown>> = {}): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(config).map(([key, value]) => [
      snake(key).replace(/^beta([12])$/, "beta_$1"),
      key === "reduction" ? snake(value as string) : value,
    ]),
  );

const named = (value: unknown): Described => {
  const given = typeof value === "string" ? { name: value } : (value as Described);
  return { ...given, name: short[given.name] ?? given.name };
};

const hasOptions = (config: Readonly<Record<string, unknown>> = {}): boolean =>
  Object.keys(config).length > 0;

/** What a loss or a metric is called, a function of somebody's own too. */
const nameOf = (value: unknown): string => (value as { custom?: string }).custom ?? named(value).name;

function lossOf(value: unknown): unknown {
  const { name, config } = named(value);
  const known = losses[name];
  if (known === undefined) return undefined;
  return hasOptions(config)
    ? asObject(known[1], { ...options(config), name: known[0] }, "keras.losses")
    : known[0];
}

function metricOf(value: unknown): unknown {
  const { name, config } = named(value);
  const known = metricClasses[name];
  if (known !== undefined && !hasOptions(config)) return known;
  const className = classMetrics[name];
  return className === undefined ? lossOf(value) : asObject(className, options(config), "keras.metrics");
}

/**
 * How a model was compiled, as Keras 3 writes it; null where it was not, or where Keras has no word for the loss or the
 * optimizer. `unsaid` names what Keras has no word for.
 */
export function writeCompile(compile: Readonly<Record<string, unknown>> | null): {
  config: Record<string, unknown> | null;
  unsaid: readonly string[];
} {
  if (compile === null) return { config: null, unsaid: [] };
  const { name, config: settings } = compile.optimizer as Described;
  const className = optimizers[name];
  if (className === undefined) return { config: null, unsaid: [`the optimizer ${name}`] };
  const isMany = Array.isArray(compile.loss);
  const given: readonly unknown[] = isMany ? (compile.loss as unknown[]) : [compile.loss];
  const losses = given.map((one) => (one === null ? null : lossOf(one)));
  const wordless = losses.indexOf(undefined);
  if (wordless >= 0) return { config: null, unsaid: [`the loss ${nameOf(given[wordless])}`] };
  const unsaid: string[] = compile.truncate === undefined ? [] : ["truncate"];
  const written = (list: unknown): unknown[] =>
    ((list as unknown[] | undefined) ?? []).flatMap((metric) => {
      const own = metricOf(metric);
      if (own === undefined) unsaid.push(`the metric ${nameOf(metric)}`);
      return own === undefined ? [] : [own];
    });
  const metricsOf = (lists: unknown): unknown => {
    const own = isMany ? ((lists ?? []) as unknown[]).map(written) : written(lists);
    return own.flat().length === 0 ? null : own;
  };
  const { learningRate, ...rest } = settings ?? {};
  let rate: unknown = learningRate;
  if (typeof learningRate === "object" && learningRate !== null) {
    const schedule = learningRate as Described;
    if (
      !/^(exponentialDecay|inverseTimeDecay|polynomialDecay|cosineDecay|cosineDecayRestarts|piecewiseConstantDecay)$/.test(
        schedule.name,
      )
    ) {
      return { config: null, unsaid: [`the schedule ${schedule.name}`] };
    }
    rate = asObject(pascal(schedule.name), options(schedule.config), "keras.optimizers.schedules");
  }
  return {
    config: {
      optimizer: asObject(className, { name, learning_rate: rate, ...options(rest) }, "keras.optimizers"),
      loss: isMany ? losses : losses[0],
      loss_weights: compile.lossWeights ?? null,
      metrics: metricsOf(compile.metrics),
      weighted_metrics: metricsOf(compile.weightedMetrics),
      run_eagerly: false,
      steps_per_execution: 1,
      jit_compile: false,
    },
    unsaid,
  };
}
