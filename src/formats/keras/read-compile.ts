import { isRecord } from "../bytes/json.js";
import { camel } from "./dialect.js";

type Config = Record<string, unknown>;

/** What of a compile configuration is not known here, said to whoever reads the file. */
export interface ReadCompile {
  readonly compile: Config | undefined;
  readonly unread: readonly string[];
}

/** Names of losses and metrics here, by Keras's names in lower case without underscores. */
const measures: Readonly<Record<string, string>> = {
  mse: "mse",
  meansquarederror: "mse",
  mae: "mae",
  meanabsoluteerror: "mae",
  huber: "huber",
  huberloss: "huber",
  logcosh: "logCosh",
  mape: "mape",
  meanabsolutepercentageerror: "mape",
  msle: "msle",
  meansquaredlogarithmicerror: "msle",
  binarycrossentropy: "binaryCrossentropy",
  categoricalcrossentropy: "categoricalCrossentropy",
  sparsecategoricalcrossentropy: "sparseCategoricalCrossentropy",
  poisson: "poisson",
  cosinesimilarity: "cosineSimilarity",
  hinge: "hinge",
  squaredhinge: "squaredHinge",
  kldivergence: "klDivergence",
  kullbackleiblerdivergence: "klDivergence",
};

const metrics: Readonly<Record<string, string>> = {
  ...measures,
  accuracy: "accuracy",
  acc: "acc",
  binaryaccuracy: "binaryAccuracy",
  categoricalaccuracy: "categoricalAccuracy",
  sparsecategoricalaccuracy: "sparseCategoricalAccuracy",
  topkcategoricalaccuracy: "topKCategoricalAccuracy",
  sparsetopkcategoricalaccuracy: "sparseTopKCategoricalAccuracy",
  rootmeansquarederror: "rootMeanSquaredError",
  r2score: "r2",
  auc: "auc",
  precision: "precision",
  recall: "recall",
};

const optimizers: Readonly<Record<string, string>> = {
  sgd: "sgd",
  rmsprop: "rmsprop",
  adagrad: "adagrad",
  adadelta: "adadelta",
  adam: "adam",
  adamw: "adamw",
  adamax: "adamax",
  nadam: "nadam",
  lion: "lion",
};

const schedules: Readonly<Record<string, string>> = {
  ExponentialDecay: "exponentialDecay",
  InverseTimeDecay: "inverseTimeDecay",
  PolynomialDecay: "polynomialDecay",
  CosineDecay: "cosineDecay",
  CosineDecayRestarts: "cosineDecayRestarts",
  PiecewiseConstantDecay: "piecewiseConstantDecay",
};

/** The class or function a value names. */
function nameOf(value: unknown): string {
  if (typeof value === "string") return value;
  if (!isRecord(value)) return "";
  const { class_name: className, config } = value;
  if (className === "function" && typeof config === "string") return config;
  return typeof className === "string" ? className : "";
}

const look = (table: Readonly<Record<string, string>>, value: unknown): string | undefined => {
  const key = nameOf(value).split(">").at(-1)!.replaceAll("_", "").toLowerCase();
  return Object.hasOwn(table, key) ? table[key] : undefined;
};

/** Options of a loss or metric that are not Keras's defaults. */
function optionsOf(value: unknown): Config {
  const given = isRecord(value) && isRecord(value.config) ? value.config : {};
  const idle: readonly string[] = [
    "name",
    "dtype",
    "reduction",
    "fn",
    "axis",
    "ignore_class",
    "from_logits",
    "label_smoothing",
    "threshold",
  ];
  const options: Config = {};
  for (const [key, setting] of Object.entries(given)) {
    if (setting === null || (idle.includes(key) && !setting)) continue;
    if (["name", "dtype", "fn", "axis"].includes(key)) continue;
    if (key === "reduction") {
      if (!["auto", "none", "sum_over_batch_size"].includes(setting as string))
        options[key] = camel(setting as string);
      continue;
    }
    if (key === "threshold" && setting === 0.5) continue;
    options[camel(key)] = setting;
  }
  return options;
}

function scheduleOf(value: Config): unknown {
  const name = typeof value.class_name === "string" ? schedules[value.class_name] : undefined;
  if (name === undefined || !isRecord(value.config)) return undefined;
  const entries = Object.entries(value.config).filter(([key, setting]) => key !== "name" && setting !== null);
  return { name, config: Object.fromEntries(entries.map(([key, setting]) => [camel(key), setting])) };
}

/** Options of optimizers that say nothing here, or what is done anyway. */
const idleOptions: readonly string[] = [
  "name",
  "is_legacy_optimizer",
  "jit_compile",
  "schedule_decay",
  "initial_decay",
  "weight_decay_list",
  "loss_scale_factor",
  "global_step",
];

function optimizerOf(value: unknown): Config | string {
  const name = look(optimizers, value);
  if (name === undefined) return `the optimizer ${nameOf(value) || "(none)"}`;
  const given = isRecord(value) && isRecord(value.config) ? value.config : {};
  const config: Config = {};
  for (const [key, setting] of Object.entries(given)) {
    if (setting === null || idleOptions.includes(key) || setting === false || key === "decay") continue;
    if (key === "lr" || key === "learning_rate") {
      const rate = isRecord(setting) ? scheduleOf(setting) : setting;
      if (rate === undefined) return `the schedule ${nameOf(setting)}`;
      config.learningRate = rate;
    } else if (key === "ema_momentum") {
      if (given.use_ema === true) config.emaMomentum = setting;
    } else if (key === "ema_overwrite_frequency") {
      if (given.use_ema === true && setting != null) config.emaOverwriteFrequency = setting;
    } else if (key === "momentum" && setting === 0) config.momentum = 0;
    else if (key === "global_clipnorm") config.globalClipnorm = setting;
    else if (!(key === "weight_decay" && setting === 0)) config[camel(key)] = setting;
  }
  if (name === "sgd" && config.momentum === 0) delete config.nesterov;
  const { decay } = given;
  if (typeof decay === "number" && decay > 0 && typeof config.learningRate === "number") {
    // Keras 1 and 2: rate / (1 + decay · updates).
    config.learningRate = {
      name: "inverseTimeDecay",
      config: { initialLearningRate: config.learningRate, decaySteps: 1, decayRate: decay },
    };
  }
  return { name, config };
}

const flatten = (value: unknown): unknown[] => {
  if (Array.isArray(value)) return value.flatMap(flatten);
  if (isRecord(value) && !("class_name" in value)) return Object.values(value).flatMap(flatten);
  return value === null || value === undefined ? [] : [value];
};

/**
 * How a model was compiled, from `compile_config` of Keras 3 or `training_config` of those before. A function of somebody's
 * own among the metrics is left out and named; without a loss and an optimizer that are known the model is not compiled.
 */
export function readCompile(given: unknown): ReadCompile {
  if (!isRecord(given)) return { compile: undefined, unread: [] };
  const unread: string[] = [];
  const loss = perOutput(given.loss, (one) => {
    if (one === null || one === undefined) return null;
    const name = look(measures, one);
    if (name === undefined) unread.push(`the loss ${nameOf(one) || "(none)"}`);
    const config = optionsOf(one);
    return Object.keys(config).length === 0 ? name : { name, config };
  });
  if (unread.length > 0) return { compile: undefined, unread };
  if (loss === null) return { compile: undefined, unread: ["the loss (none)"] };
  const optimizer = optimizerOf(given.optimizer ?? given.optimizer_config);
  if (typeof optimizer === "string") return { compile: undefined, unread: [optimizer] };
  const wrapped =
    isRecord(given.metrics) && Array.isArray(given.metrics.config) ? given.metrics.config : given.metrics;
  const isMany = Array.isArray(loss) || (isRecord(loss) && !("name" in loss));
  const metricsIn = (list: unknown): unknown =>
    isMany ? metricsPerOutput(list, unread) : metricsOf(list, unread);
  const { loss_weights: factors, weighted_metrics: weighted } = given;
  const hasFactors = Array.isArray(factors) || (isRecord(factors) && !("class_name" in factors));
  return {
    compile: {
      optimizer,
      loss,
      metrics: metricsIn(wrapped),
      ...(weighted === null || weighted === undefined ? {} : { weightedMetrics: metricsIn(weighted) }),
      ...(isMany && hasFactors ? { lossWeights: factors } : {}),
    },
    unread,
  };
}

/** A value for each output, in a list or by name, or the only one's. */
function perOutput(value: unknown, read: (one: unknown) => unknown): unknown {
  if (Array.isArray(value)) return value.length === 1 ? read(value[0]) : value.map(read);
  if (!isRecord(value) || "class_name" in value) return read(value);
  const entries = Object.entries(value);
  return entries.length === 1
    ? read(entries[0]![1])
    : Object.fromEntries(entries.map(([name, one]) => [name, read(one)]));
}

/** Metrics of each output; a list that is none of outputs cannot be shared out, and is named as unread. */
function metricsPerOutput(value: unknown, unread: string[]): unknown {
  if (Array.isArray(value) && value.every((one) => Array.isArray(one) || one === null)) {
    return value.map((one) => metricsOf(one, unread));
  }
  if (isRecord(value) && !("class_name" in value)) {
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, metricsOf(one, unread)]));
  }
  for (const metric of flatten(value)) unread.push(`the metric ${nameOf(metric)} of no output`);
  return undefined;
}

function metricsOf(value: unknown, unread: string[]): unknown[] {
  const names = new Set<string>();
  const wanted: unknown[] = [];
  for (const metric of flatten(value)) {
    // Keras 2 wraps a function as MeanMetricWrapper, whose name says which.
    const inner =
      isRecord(metric) && /^(MeanMetricWrapper|SumOverBatchSizeMetricWrapper)$/.test(nameOf(metric))
        ? ((metric.config as Config)?.fn ?? (metric.config as Config)?.name)
        : metric;
    const name = look(metrics, inner);
    if (name === undefined) unread.push(`the metric ${nameOf(inner)}`);
    else if (!names.has(name)) {
      names.add(name);
      const config = optionsOf(metric);
      wanted.push(Object.keys(config).length === 0 ? name : { name, config });
    }
  }
  return wanted;
}
