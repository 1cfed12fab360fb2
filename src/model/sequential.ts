import { defaultEngine, Engine, prepareDefaultEngine } from "../engine/engine.js";
import { ConfigError, DataError, ShapeError, StateError } from "../errors.js";
import { InputLayer } from "../layers/input-layer.js";
import { Layer, type SampleShape } from "../layers/layer.js";
import { type LossLike, toLoss } from "../losses/to-loss.js";
import type { Metric } from "../metrics/metric.js";
import { type MetricLike, toMetric } from "../metrics/to-metric.js";
import type { Optimizer } from "../optimizers/optimizer.js";
import { type OptimizerLike, toOptimizer } from "../optimizers/to-optimizer.js";
import { numberIn, refuseUnknown } from "../options.js";
import { createRandom } from "../random.js";
import {
  describeShape,
  type NamedTensor,
  sameShape,
  type Tensor,
  type TensorLike,
  toTensor,
} from "../tensor.js";
import { createBreather } from "./breathe.js";
import type { History, Logs, TrainingModel } from "./events.js";
import {
  arraySource,
  type Dataset,
  datasetSource,
  type ExampleSource,
  type Examples,
  isDataset,
  toArrayExamples,
} from "./examples.js";
import { evaluateSource, type FitOptions, runEpochs } from "./fit.js";
import type { Plan } from "./plan.js";
import { type Compiled, Program } from "./program.js";
import { Residence } from "./residence.js";
import { summarize } from "./summary.js";
import { fromTimeMajor } from "./transpose.js";

export interface SequentialOptions {
  readonly name?: string;
  /** Makes initial weights, shuffling and dropout the same in every run, to the bit. Default: a fresh one. */
  readonly seed?: number;
  /** Default: an engine shared by all models, made on first use. */
  readonly engine?: Engine;
}

export interface CompileOptions {
  /** A name or a factory's result. Default `"rmsprop"`, as in Keras. */
  readonly optimizer?: OptimizerLike;
  readonly loss: LossLike;
  readonly metrics?: readonly MetricLike[];
  /** Truncated BPTT: within a sequence the gradient is cut before steps k, 2k, … Default: never. */
  readonly truncate?: number | null;
}

export interface BatchOptions {
  /** Samples at a time. Default 32, or the first layer's `batchSize`. */
  readonly batchSize?: number;
}

export interface Gradients {
  /** The compiled loss, regularization included. */
  readonly loss: number;
  /** dL/dweight, in the order and under the names of `getWeights()`; zeros where a layer is not trainable. */
  readonly weights: NamedTensor[];
  /** dL/dx. */
  readonly input: Tensor;
}

interface Stateful {
  readonly stateful: boolean;
  prepareState(batchSize: number | undefined): void;
  setStates(states: null): void;
}

const isStateful = (layer: Layer): layer is Layer & Stateful =>
  "prepareState" in layer && (layer as Layer & Stateful).stateful;

/** A stack of layers: what Keras calls `Sequential`. */
export class Sequential implements TrainingModel {
  readonly name: string;
  readonly seed: number;
  /** Set by a callback (or anybody) to end `fit`. */
  stopTraining = false;
  readonly #layers: Layer[] = [];
  readonly #engine: Engine | undefined;
  #inputShape: SampleShape | undefined;
  #batchSize: number | undefined;
  #compiled: Compiled | undefined;
  #program: Program | undefined;
  #disposed = false;
  /** Calls that have not ended, oldest first. */
  readonly #running: string[] = [];

  /** @internal Use `sequential`. */
  constructor(layers: readonly Layer[] = [], options: SequentialOptions = {}) {
    refuseUnknown("sequential()", options, ["name", "seed", "engine"]);
    const { seed, engine } = options;
    if (seed !== undefined) numberIn("sequential()", "seed", seed, { min: 0, integer: true });
    if (engine !== undefined && !(engine instanceof Engine)) {
      throw new ConfigError("sequential(): `engine` is no engine. Make one with await createEngine().");
    }
    this.name = options.name ?? "sequential";
    this.seed = createRandom(seed).seed;
    this.#engine = engine;
    if (!Array.isArray(layers)) {
      throw new ConfigError("sequential(): expected an array of layers.", { received: layers });
    }
    for (const layer of layers) this.add(layer);
  }

  /** The layers, without an input layer, as in Keras. */
  get layers(): readonly Layer[] {
    return this.#layers.filter((layer) => !(layer instanceof InputLayer));
  }

  /** Shape of one sample; undefined until the first layer knows it. */
  get inputShape(): SampleShape | undefined {
    return this.#inputShape;
  }

  get outputShape(): SampleShape | undefined {
    return this.#layers.at(-1)?.outputShape;
  }

  /** Samples in every batch, where the first layer says so. */
  get batchSize(): number | undefined {
    return this.#batchSize;
  }

  /**
   * Appends a layer.
   * @throws ConfigError when the layer is in a model already, or its name is; ShapeError when it cannot follow the last.
   */
  add(layer: Layer): this {
    if (!(layer instanceof Layer)) {
      throw new ConfigError(
        `model.add(): expected a layer, such as lstm({ units: 32 }), got ${typeof layer === "function" ? "a function (is it a factory that was not called?)" : String(layer)}.`,
        { received: layer },
      );
    }
    this.#checkLive();
    if (this.#program !== undefined) {
      throw new StateError(
        "model.add(): this model has been used, its memory is laid out. Add layers before.",
      );
    }
    if (layer.isBuilt || this.#layers.includes(layer)) {
      throw new ConfigError(
        `model.add(): layer \`${layer.name}\` is already part of a model. Weights cannot be shared: make a second layer with its factory.`,
      );
    }
    if (layer instanceof InputLayer && this.#layers.length > 0) {
      throw new ConfigError("model.add(): an input layer comes first.");
    }
    this.#assignName(layer);
    this.#layers.push(layer);
    try {
      if (this.#layers.length === 1) {
        this.#batchSize = layer.batchSize;
        if (layer.inputShape !== undefined) this.#buildFrom(layer.inputShape);
      } else if (this.#inputShape !== undefined) this.#buildLayer(this.#layers.length - 1);
    } catch (error) {
      this.#layers.pop();
      throw error;
    }
    return this;
  }

  /**
   * Settles loss, optimizer and metrics. May be called again; the weights stay, the optimizer's moments do not.
   * @throws ConfigError for an unknown option or name, or a `truncate` below 1.
   */
  compile(options: CompileOptions): void {
    const where = "compile()";
    this.#checkLive();
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
    if (this.outputShape !== undefined) loss.targetWidth(this.outputShape.at(-1)!);
    const makeMetrics = (): Metric[] => {
      const width = this.outputShape?.at(-1) ?? 1;
      return (options.metrics ?? []).map((metric) => toMetric(where, metric, loss, width));
    };
    // What is misspelt is refused now; what "accuracy" means may wait for the output's width.
    makeMetrics();
    let metrics: readonly Metric[] | undefined;
    const truncate =
      options.truncate == null ? 0 : numberIn(where, "truncate", options.truncate, { min: 1, integer: true });
    if (this.#compiled !== undefined && this.#compiled.optimizer !== optimizer)
      this.#compiled.optimizer.release();
    // The rate changes while training, so the configuration is read when it is asked for.
    const config = (): Record<string, unknown> => ({
      optimizer: { name: optimizer.name, config: optimizer.getConfig() },
      loss: { name: loss.name, config: loss.config },
      metrics: (options.metrics ?? []).map((metric) =>
        typeof metric === "string" ? metric : { name: metric.name, config: metric.config },
      ),
      ...(truncate === 0 ? {} : { truncate }),
    });
    this.#compiled = {
      optimizer,
      loss,
      get metrics() {
        metrics ??= makeMetrics();
        return metrics;
      },
      makeMetrics,
      truncate,
      get config() {
        return config();
      },
    };
  }

  /** The optimizer the model was compiled with. @throws StateError before `compile`. */
  get optimizer(): Optimizer {
    return this.#settled("model.optimizer").optimizer;
  }

  /** @internal What compile settled, if anything. */
  get compiled(): Compiled | undefined {
    return this.#compiled;
  }

  /**
   * Trains. `x` is `[N, timesteps, features]` (or `[N, features]`), `y` has the shape of the predictions; or one dataset
   * of `{ x, y }` batches that can be iterated anew each epoch.
   *
   * @returns the epochs run, with loss and metrics of each, under Keras's names.
   * @throws ShapeError, DataError (NaN, Infinity, missing labels), ConfigError; StateError before `compile`. Bad arguments
   *   are refused before the first update.
   */
  async fit(x: Dataset, options?: FitOptions): Promise<History>;
  async fit(x: TensorLike, y: TensorLike, options?: FitOptions): Promise<History>;
  async fit(x: TensorLike | Dataset, second?: TensorLike | FitOptions, third?: FitOptions): Promise<History> {
    const dataset = isDataset(x);
    const y = dataset ? undefined : (second as TensorLike | undefined);
    const given = (dataset ? (second as FitOptions | undefined) : third) ?? {};
    return this.#alone("fit()", async () => {
      const compiled = this.#settled("fit()");
      const inputs = dataset ? x : toTensor(x);
      const program = this.#ready("fit()", dataset ? undefined : (inputs as Tensor));
      const options =
        dataset || this.#batchSize === undefined ? given : { batchSize: this.#batchSize, ...given };
      if (!dataset) {
        program.input.check("fit()", inputs as Tensor);
        this.#checkStatefulCount("fit()", inputs as Tensor, options);
      }
      return runEpochs(this, program, compiled, inputs, y, options);
    });
  }

  /**
   * Loss and metrics, dropout off.
   * @throws as `fit`.
   */
  async evaluate(x: Dataset, options?: BatchOptions): Promise<Logs>;
  async evaluate(x: TensorLike, y: TensorLike, options?: BatchOptions): Promise<Logs>;
  async evaluate(
    x: TensorLike | Dataset,
    second?: TensorLike | BatchOptions,
    third?: BatchOptions,
  ): Promise<Logs> {
    const where = "evaluate()";
    const dataset = isDataset(x);
    const options = (dataset ? (second as BatchOptions | undefined) : third) ?? {};
    return this.#alone(where, async () => {
      const compiled = this.#settled(where);
      const source = this.#source(where, x, dataset ? null : (second as TensorLike), options);
      if (!dataset && second === undefined)
        throw new DataError(`${where}: there are no labels: evaluate(x, y).`);
      const program = this.#ready(where, firstOf(x));
      // Metrics of its own: a fit that is under way counts in the others.
      return evaluateSource(where, program, { ...compiled, metrics: compiled.makeMetrics() }, source);
    });
  }

  /**
   * Predictions, `[N, …outputShape]`, dropout off. Needs no `compile`.
   * @throws ShapeError, DataError for NaN or Infinity in `x`.
   */
  async predict(x: TensorLike | Dataset, options: BatchOptions = {}): Promise<Tensor> {
    const where = "predict()";
    return this.#alone(where, async () => {
      const source = this.#source(where, x, null, options);
      const program = this.#ready(where, firstOf(x));
      const breathe = createBreather();
      const parts: Float32Array[] = [];
      let shape: number[] = [];
      let samples = 0;
      for await (const examples of source.batches(null)) {
        const plan = program.load(where, "prediction", examples, source.batchSize ?? examples.size);
        plan.forward(
          program.pass(examples.size, { training: false, advanceState: true, truncate: 0, step: 0 }),
        );
        const part = readOutput(plan, examples.size);
        parts.push(part.data as Float32Array);
        shape = part.shape.slice(1);
        samples += examples.size;
        await breathe();
      }
      return { shape: [samples, ...shape], data: parts.length === 1 ? parts[0]! : concatenate(parts) };
    });
  }

  /** One update on one batch. @returns the loss before the update, and the metrics. @throws as `fit`. */
  async trainOnBatch(
    x: TensorLike,
    y: TensorLike,
    options: { sampleWeight?: TensorLike } = {},
  ): Promise<Logs> {
    const where = "trainOnBatch()";
    refuseUnknown(where, options, ["sampleWeight"]);
    return this.#alone(where, async () => {
      const compiled = this.#settled(where);
      const examples = onlyBatch(where, x, y, options.sampleWeight);
      for (const metric of compiled.metrics) metric.begin();
      const { value } = this.#ready(where, examples.x).trainStep(where, examples, compiled, examples.size);
      const logs: Logs = { loss: value };
      for (const metric of compiled.metrics) logs[metric.name] = metric.result();
      return logs;
    });
  }

  /**
   * The loss and its gradient for every weight and for the input, dropout off, nothing changed.
   * @throws as `fit`.
   */
  async gradients(
    x: TensorLike,
    y: TensorLike,
    options: { sampleWeight?: TensorLike } = {},
  ): Promise<Gradients> {
    const where = "gradients()";
    refuseUnknown(where, options, ["sampleWeight"]);
    return this.#alone(where, async () => {
      const compiled = this.#settled(where);
      const examples = onlyBatch(where, x, y, options.sampleWeight);
      const program = this.#ready(where, examples.x);
      const plan = program.load(where, "inspection", examples, examples.size);
      const pass = program.pass(examples.size, {
        training: false,
        advanceState: false,
        truncate: compiled.truncate,
        step: 0,
      });
      plan.forward(pass);
      const { value } = program.loss(where, plan, examples, { ...compiled, metrics: [] }, true);
      program.backward(plan, pass);
      const { memory } = plan;
      const weights = this.layers.flatMap((layer) =>
        layer.variables.map((variable) => {
          const address = layer.trainable ? program.residence.gradients(variable) : 0;
          const data =
            address === 0 ? new Float32Array(variable.size) : memory.floats(address, variable.size).slice();
          return { name: `${layer.name}/${variable.key}`, shape: variable.shape, data };
        }),
      );
      const { input } = plan;
      const data = new Float32Array(examples.x.data.length);
      const { timesteps, features, stride } = input;
      const layout = { batch: examples.size, timesteps, features, stride };
      fromTimeMajor(memory.floats(input.gradient, input.rows(examples.size) * stride), data, layout, 0);
      return { loss: value, weights, input: { shape: [...examples.x.shape], data } };
    });
  }

  /**
   * One time step through a stateful model, synchronous: `[features]` or `[batch, features]` in (before an embedding:
   * `[batch]` indices), `[batch, units]` out. Goes on from the state the last call ended in.
   * @throws StateError when no layer is stateful; ShapeError for a wrong number of features or samples; DataError for NaN.
   */
  step(x: TensorLike): Tensor {
    this.#checkLive();
    const program = this.#program ?? this.#ready("step()", undefined);
    const input = toTensor(x);
    if (!this.#layers.some(isStateful)) {
      throw new StateError(
        "step(): no layer of this model is stateful, so there is nothing to go on from. Use predict().",
      );
    }
    const { batch, features } = program.input.checkStep("step()", input);
    const plan = program.residence.plan("prediction", {
      batch,
      timesteps: 1,
      features,
      isSequence: true,
      taped: false,
      inputGradient: false,
    });
    plan.input.timesteps = 1;
    const { stride } = plan.input;
    const rows = plan.memory.floats(plan.input.address, batch * stride);
    for (let n = 0; n < batch; n++) {
      for (let k = 0; k < features; k++) rows[n * stride + k] = input.data[n * features + k]!;
    }
    plan.forward(program.pass(batch, { training: false, advanceState: true, truncate: 0, step: 0 }));
    return readOutput(plan, batch);
  }

  /** Clears the states of stateful layers. */
  resetStates(): void {
    this.#checkLive();
    for (const layer of this.#layers) if (isStateful(layer)) layer.setStates(null);
  }

  /** Copies of all weights, layer by layer, in Keras's order. @throws StateError before the input's shape is known. */
  getWeights(): NamedTensor[] {
    this.#checkBuilt("getWeights()");
    return this.#layers.flatMap((layer) => layer.getWeights());
  }

  /**
   * @param weights one tensor a weight, in the order of `getWeights()`; names are not read.
   * @throws ShapeError when their number or a shape does not fit; no weight is changed then.
   */
  setWeights(weights: readonly TensorLike[]): void {
    this.#checkBuilt("setWeights()");
    const variables = this.#layers.flatMap((layer) =>
      layer.variables.map((variable) => ({ variable, name: `${layer.name}/${variable.key}` })),
    );
    if (weights.length !== variables.length) {
      throw new ShapeError(
        `setWeights(): the model has ${variables.length} weights (${variables.map(({ name }) => name).join(", ")}), got ${weights.length}.`,
        { received: weights.length, expected: variables.length },
      );
    }
    const tensors = weights.map((weight) => toTensor(weight));
    variables.forEach(({ variable, name }, i) => {
      const { shape } = tensors[i]!;
      if (sameShape(shape, variable.shape)) return;
      throw new ShapeError(
        `setWeights(): \`${name}\` has the shape ${describeShape(variable.shape)}, got ${describeShape(shape)}.`,
        { received: shape, expected: variable.shape },
      );
    });
    variables.forEach(({ variable }, i) => {
      variable.write(tensors[i]!.data);
    });
    this.#weightsChanged();
  }

  countParams(): number {
    this.#checkBuilt("countParams()");
    return this.#layers.reduce((sum, layer) => sum + layer.countParams(), 0);
  }

  /**
   * A table of the layers, their output shapes and numbers of weights.
   * @param options print: takes the text; default `console.log`.
   */
  summary(options: { print?: (text: string) => void } = {}): string {
    refuseUnknown("summary()", options, ["print"]);
    this.#checkBuilt("summary()");
    const text = summarize(this.name, this.layers, this.#batchSize);
    (options.print ?? console.log)(text);
    return text;
  }

  /** Where everything stands in the engine's memory, region by region, as a table. */
  memoryMap(): string {
    return this.#ready("memoryMap()", undefined).residence.describe();
  }

  /** Gives the model's memory back. It can no longer be used; disposing twice is harmless. */
  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#compiled?.optimizer.release();
    this.#program?.residence.release();
    for (const layer of this.#layers) for (const variable of layer.variables) variable.abandon();
    this.#program = undefined;
  }

  /** @internal The passes over this model's memory, for those who record what happens in them. */
  program(where: string, x?: Tensor): Program {
    return this.#ready(where, x);
  }

  /** @internal Keeps calls that share the model's memory from running into each other. */
  async exclusively<T>(where: string, work: () => Promise<T>): Promise<T> {
    return this.#alone(where, work);
  }

  #assignName(layer: Layer): void {
    const taken = new Set(this.#layers.map(({ name }) => name));
    if (layer.isNamed) {
      if (!taken.has(layer.name)) return;
      throw new ConfigError(
        `model.add(): a layer named \`${layer.name}\` is in this model already. Names must differ.`,
        {
          received: layer.name,
        },
      );
    }
    let name = layer.defaultName;
    for (let i = 1; taken.has(name); i++) name = `${layer.defaultName}_${i}`;
    layer.rename(name);
  }

  #buildFrom(inputShape: SampleShape): void {
    this.#inputShape = inputShape;
    for (let i = 0; i < this.#layers.length; i++) this.#buildLayer(i);
  }

  #buildLayer(index: number): void {
    const layer = this.#layers[index]!;
    const previous = this.#layers[index - 1];
    layer.build(previous?.outputShape ?? this.#inputShape!, previous);
    if (isStateful(layer)) layer.prepareState(this.#batchSize);
    const random = createRandom(this.seed);
    for (const variable of layer.variables) variable.initialize(random.fork(`${index}/${variable.key}`));
    layer.onWrite = () => this.#weightsChanged();
  }

  #weightsChanged(): void {
    if (this.#program !== undefined) this.#program.residence.weightsVersion += 1;
  }

  #ready(where: string, x: Tensor | undefined): Program {
    this.#checkLive();
    if (this.#program !== undefined) {
      if (!this.#program.residence.engine.disposed) return this.#program;
      throw new StateError(`${where}: the model's engine was disposed, and its weights with it.`);
    }
    if (this.#layers.length === 0) throw new StateError(`${where}: the model has no layers.`);
    if (this.#inputShape === undefined && x !== undefined && x.shape.length >= 2)
      this.#buildFrom(x.shape.slice(1));
    this.#checkBuilt(where);
    const engine = this.#engine ?? defaultEngine();
    const residence = new Residence(engine, this.#layers, this);
    this.#program = new Program(residence, this.#layers, this.#inputShape!, this.outputShape!, this.seed);
    return this.#program;
  }

  #source(
    where: string,
    x: TensorLike | Dataset,
    y: TensorLike | null,
    options: BatchOptions,
  ): ExampleSource {
    refuseUnknown(where, options, ["batchSize"]);
    const batchSize = numberIn(where, "batchSize", options.batchSize ?? this.#batchSize ?? 32, {
      min: 1,
      integer: true,
    });
    if (isDataset(x)) return datasetSource(where, x);
    const examples = toArrayExamples(where, x, y);
    this.#ready(where, examples.x).input.check(where, examples.x);
    this.#checkStatefulCount(where, examples.x, { batchSize });
    return arraySource(where, examples, batchSize);
  }

  /** A stateful model is told before the first batch that the last one would not fit. */
  #checkStatefulCount(where: string, x: Tensor, { batchSize = 32, validationSplit = 0 }: FitOptions): void {
    if (!this.#layers.some(isStateful) || this.#batchSize === undefined) return;
    const samples = Math.floor((x.shape[0] ?? 0) * (1 - validationSplit));
    if (batchSize === this.#batchSize && samples % batchSize === 0) return;
    throw new ShapeError(
      `${where}: a stateful model for batches of ${this.#batchSize} got ${samples} samples in batches of ${batchSize}: ` +
        `every batch needs ${this.#batchSize}. Use batchSize: ${this.#batchSize} and drop ${samples % this.#batchSize} samples.`,
      { received: samples, expected: this.#batchSize },
    );
  }

  #settled(where: string): Compiled {
    this.#checkLive();
    if (this.#compiled !== undefined) return this.#compiled;
    throw new StateError(
      `${where}: compile the model first, for example model.compile({ optimizer: "adam", loss: "mse" }).`,
    );
  }

  #checkBuilt(where: string): void {
    this.#checkLive();
    if (this.#inputShape !== undefined) return;
    throw new StateError(
      `${where}: the model does not know its input's shape yet. Give the first layer an inputShape, such as [timesteps, features], or call fit or predict first.`,
    );
  }

  #checkLive(): void {
    if (this.#disposed) throw new StateError("This model was disposed.");
  }

  /** Two passes at once would write over each other's activations. */
  async #alone<T>(where: string, work: () => Promise<T>): Promise<T> {
    const other = this.#running[0];
    if (other !== undefined && where !== "predict()" && where !== "evaluate()" && where !== "gradients()") {
      throw new StateError(`${where}: ${other} is still running on this model. Await it first.`);
    }
    this.#running.push(where);
    try {
      if (this.#program === undefined && this.#engine === undefined) await prepareDefaultEngine();
      return await work();
    } finally {
      this.#running.splice(this.#running.indexOf(where), 1);
    }
  }
}

const firstOf = (x: TensorLike | Dataset): Tensor | undefined => (isDataset(x) ? undefined : toTensor(x));

/** All samples as one batch. */
function onlyBatch(where: string, x: TensorLike, y: TensorLike, weights: TensorLike | undefined): Examples {
  const examples = toArrayExamples(where, x, y, weights);
  const size = examples.x.shape[0] ?? 0;
  if (size === 0)
    throw new DataError(`${where}: x holds no samples.`, { code: "insufficient_data", received: 0 });
  return { ...examples, size, sampleOf: (n) => n };
}

function readOutput(plan: Plan, batch: number): Tensor {
  const { output, memory } = plan;
  const { features, stride, timesteps, isSequence } = output;
  const data = new Float32Array(batch * timesteps * features);
  const rows = memory.floats(output.address, output.rows(batch) * stride);
  fromTimeMajor(rows, data, { batch, timesteps, features, stride }, 0);
  return { shape: isSequence ? [batch, timesteps, features] : [batch, features], data };
}

function concatenate(parts: readonly Float32Array[]): Float32Array {
  const whole = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/**
 * A model that is a stack of layers.
 *
 * Weights exist as soon as the first layer knows its `inputShape`; memory is laid out on first use.
 * @throws ConfigError for an unknown option or a layer used twice; ShapeError when a layer cannot follow the one before.
 *
 * @example
 * const model = sequential([lstm({ units: 16, inputShape: [20, 1] }), dense({ units: 1 })], { seed: 7 });
 * model.compile({ optimizer: adam({ learningRate: 0.01 }), loss: "mse", metrics: ["mae"] });
 * const { history } = await model.fit(x, y, { epochs: 10, validationSplit: 0.2 });
 */
export const sequential = (layers?: readonly Layer[], options?: SequentialOptions): Sequential =>
  new Sequential(layers, options);
