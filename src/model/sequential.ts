import { defaultEngine, Engine, prepareDefaultEngine } from "../engine/engine.js";
import { ConfigError, StateError } from "../errors.js";
import type { Layer, SampleShape } from "../layers/layer.js";
import type { Optimizer } from "../optimizers/optimizer.js";
import { numberIn, refuseUnknown } from "../options.js";
import { createRandom } from "../random.js";
import { type NamedTensor, type Tensor, type TensorLike, toTensor } from "../tensor.js";
import { CallLock } from "./call-lock.js";
import { type CompileOptions, settle } from "./compile.js";
import type { History, Logs } from "./events.js";
import { type Dataset, type ExampleSource, firstOf, isDataset, onlyBatch } from "./examples.js";
import { type Compiled, Executor } from "./executor.js";
import { evaluateSource, type FitModel, type FitPosition, logsOf, runEpochs } from "./fit.js";
import type { FitOptions } from "./fit-options.js";
import { refusals } from "./fit-sources.js";
import type { FlowListener, GradientFlow } from "./flow.js";
import { type BatchInspection, inspections } from "./inspect-batch.js";
import { LayerStack } from "./layer-stack.js";
import { ModelMemory } from "./model-memory.js";
import type { Gradients } from "./on-demand/gradients.js";
import { predictAll } from "./predict.js";
import { type BatchOptions, type EvaluateOptions, sourceOf, type WeightOption } from "./sources.js";
import { stepOnce } from "./step.js";
import { summarize } from "./summary.js";
import { trainStep } from "./train-step.js";

export interface SequentialOptions {
  readonly name?: string;
  /** Makes initial weights, shuffling and dropout the same in every run, to the bit. Default: a fresh one. */
  readonly seed?: number;
  /** Default: an engine shared by all models, made on first use. */
  readonly engine?: Engine;
}

/** A stack of layers: what Keras calls `Sequential`. */
export class Sequential implements FitModel {
  readonly name: string;
  /** Set by a callback (or anybody) to end `fit`. */
  stopTraining = false;
  /** Loss of the last batch `fit` trained on; NaN before the first. */
  batchLoss = Number.NaN;
  /** What the last fit recorded, also when it ended with an error. */
  history: History | undefined;
  /** @internal See `FitModel`. */
  resume: FitModel["resume"];
  /** @internal */
  position: FitPosition | undefined;
  readonly #stack: LayerStack;
  readonly #engine: Engine | undefined;
  #compiled: Compiled | undefined;
  #executor: Executor | undefined;
  #disposed = false;
  readonly #callLock = new CallLock();

  /** @internal Use `sequential`. */
  constructor(layers: readonly Layer[] = [], options: SequentialOptions = {}) {
    refuseUnknown("sequential()", options, ["name", "seed", "engine"]);
    const { seed, engine } = options;
    if (seed !== undefined) numberIn("sequential()", "seed", seed, { min: 0, integer: true });
    if (engine !== undefined && !(engine instanceof Engine)) {
      throw new ConfigError("sequential(): `engine` is no engine. Make one with await createEngine().");
    }
    this.name = options.name ?? "sequential";
    this.#engine = engine;
    const mayChange = (): void => this.#callLock.checkPaused("setStates()");
    this.#stack = new LayerStack(createRandom(seed).seed, () => this.#executor?.weightsChanged(), mayChange);
    if (!Array.isArray(layers)) {
      throw new ConfigError("sequential(): expected an array of layers.", { received: layers });
    }
    for (const layer of layers) this.add(layer);
  }

  get seed(): number {
    return this.#stack.seed;
  }

  /** The layers, without an input layer, as in Keras. */
  get layers(): readonly Layer[] {
    return this.#stack.layers;
  }

  /** Shape of one sample; undefined until the first layer knows it. */
  get inputShape(): SampleShape | undefined {
    return this.#stack.inputShape;
  }

  get outputShape(): SampleShape | undefined {
    return this.#stack.outputShape;
  }

  /** Samples in every batch, where the first layer says so. */
  get batchSize(): number | undefined {
    return this.#stack.batchSize;
  }

  /**
   * Appends a layer.
   * @throws ConfigError when the layer is in a model already, or its name is; ShapeError when it cannot follow the last.
   */
  add(layer: Layer): this {
    this.#checkLive();
    if (this.#executor !== undefined) {
      throw new StateError(
        "model.add(): this model has been used, its memory is laid out. Add layers before.",
      );
    }
    this.#stack.add(layer);
    return this;
  }

  /**
   * Settles loss, optimizer and metrics. May be called again; the weights stay, the optimizer's moments do not.
   * @throws ConfigError for an unknown option or name, or a `truncate` below 1; StateError while a call is running.
   */
  compile(options: CompileOptions): void {
    this.#checkLive();
    this.#callLock.check("compile()");
    const compiled = settle(options, () => this.outputShape);
    if (this.#compiled?.optimizer !== compiled.optimizer) {
      this.#compiled?.optimizer.release(this.#executor?.modelMemory.parameters);
    }
    this.#compiled = compiled;
    this.position = this.resume = undefined;
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
   * @throws ShapeError, DataError (NaN, Infinity, missing labels), ConfigError; StateError before `compile`, and at the
   *   next batch after `dispose`. Bad arguments are refused before the first update.
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
      const executor = this.#ready("fit()", dataset ? undefined : (inputs as Tensor));
      const options =
        dataset || this.batchSize === undefined ? given : { batchSize: this.batchSize, ...given };
      return runEpochs(this, this.#stack, executor, compiled, inputs, y, options, this.#callLock);
    });
  }

  /**
   * Loss and metrics, dropout off. From a callback of a `fit`, a stateful model's states are put back afterwards. Throws
   * as `fit`, and a StateError where a stateful model has another call running.
   */
  async evaluate(x: Dataset, options?: EvaluateOptions): Promise<Logs>;
  async evaluate(x: TensorLike, y: TensorLike, options?: EvaluateOptions): Promise<Logs>;
  async evaluate(
    x: TensorLike | Dataset,
    second?: TensorLike | EvaluateOptions,
    third?: EvaluateOptions,
  ): Promise<Logs> {
    const where = "evaluate()";
    const dataset = isDataset(x);
    const options = (dataset ? (second as EvaluateOptions | undefined) : third) ?? {};
    return this.#aside(where, async () => {
      const compiled = this.#settled(where);
      const source = await this.#source(where, x, dataset ? null : (second as TensorLike), options);
      if (!dataset && second === undefined) throw (await refusals()).noLabels(where);
      const executor = this.#ready(where, firstOf(x));
      // Metrics of its own: a fit that is under way counts in the others.
      return evaluateSource(where, executor, { ...compiled, metrics: compiled.makeMetrics() }, source);
    });
  }

  /**
   * Predictions, `[N, …outputShape]`, dropout off. Needs no `compile`. Behind `bidirectional` with `mergeMode: null` they
   * are two: `const [forward, backward] = await model.predict<Tensor[]>(x)`. From a callback, states are put back.
   * @throws ShapeError, DataError for NaN or Infinity in `x`; StateError where a stateful model has another call running.
   */
  async predict<Output extends Tensor | Tensor[] = Tensor>(
    x: TensorLike | Dataset,
    options: BatchOptions = {},
  ): Promise<Output> {
    const where = "predict()";
    return this.#aside(where, async () => {
      const source = await this.#source(where, x, null, options);
      const executor = this.#ready(where, firstOf(x));
      const output = await predictAll(where, executor, source);
      const parts = this.layers.at(-1)?.outputParts ?? 1;
      return (
        parts === 1 ? output : (await import("./on-demand/parts.js")).splitParts(output, parts)
      ) as Output;
    });
  }

  /** One update on one batch. @returns the loss before the update, and the metrics. @throws as `fit`. */
  async trainOnBatch(x: TensorLike, y: TensorLike, options: WeightOption = {}): Promise<Logs> {
    const where = "trainOnBatch()";
    refuseUnknown(where, options, ["sampleWeight"]);
    return this.#alone(where, async () => {
      const compiled = this.#settled(where);
      const examples = onlyBatch(where, x, y, options.sampleWeight);
      for (const metric of compiled.metrics) metric.begin();
      const executor = this.#ready(where, examples.x);
      const { value } = await trainStep(where, executor, examples, compiled, examples.size);
      return logsOf(value, compiled);
    });
  }

  /** The loss and its gradient for every weight and for the input, dropout off, nothing changed. Throws as `fit`. */
  async gradients(x: TensorLike, y: TensorLike, options: WeightOption = {}): Promise<Gradients> {
    return this.#inspect("gradients()", x, y, options, inspections.gradients);
  }

  /**
   * How the loss's gradient flows back through layers and time steps: norms a step, gates, weights and the update they
   * would get. Dropout off, from the stateful layers' states, nothing changed.
   * @throws as `fit`.
   */
  async gradientFlow(x: TensorLike, y: TensorLike, options: WeightOption = {}): Promise<GradientFlow> {
    return this.#inspect("gradientFlow()", x, y, options, inspections.gradientFlow);
  }

  /**
   * One time step through a stateful model, synchronous: `[features]` or `[batch, features]` in (before an embedding:
   * `[batch]` indices), `[batch, units]` out. Goes on from the state the last call ended in.
   * @throws StateError when no layer is stateful, or while a call is running; ShapeError for a wrong number of features or samples; DataError for NaN.
   */
  step(x: TensorLike): Tensor {
    const input = toTensor(x);
    this.#callLock.check("step()");
    return stepOnce(this.#ready("step()", undefined), this.#stack, input);
  }

  /** Clears the states of stateful layers. @throws StateError while a call is running, but for its callbacks. */
  resetStates(): void {
    this.#checkLive();
    this.#stack.resetStates();
  }

  /** Copies of all weights, layer by layer, in Keras's order. @throws StateError before the input's shape is known. */
  getWeights(): NamedTensor[] {
    this.#checkBuilt("getWeights()");
    return this.#stack.getWeights();
  }

  /**
   * @param weights one tensor a weight, in the order of `getWeights()`; names are not read.
   * @throws ShapeError when their number or a shape does not fit; no weight is changed then.
   */
  setWeights(weights: readonly TensorLike[]): void {
    this.#checkBuilt("setWeights()");
    this.#stack.setWeights(weights);
  }

  countParams(): number {
    this.#checkBuilt("countParams()");
    return this.#stack.countParams();
  }

  /**
   * A table of the layers, their output shapes and numbers of weights.
   * @param options print: takes the text; default `console.log`.
   */
  summary(options: { print?: (text: string) => void } = {}): string {
    refuseUnknown("summary()", options, ["print"]);
    this.#checkBuilt("summary()");
    const text = summarize(this.name, this.layers, this.batchSize);
    (options.print ?? console.log)(text);
    return text;
  }

  /** Where everything stands in the engine's memory, region by region, as a table. */
  memoryMap(): string {
    return this.#ready("memoryMap()", undefined).modelMemory.describe();
  }

  /** Gives the memory back; twice is harmless. A call that is running ends with a StateError at its next batch. */
  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#compiled?.optimizer.release(this.#executor?.modelMemory.parameters);
    this.#executor?.modelMemory.release();
    this.#stack.abandon();
    this.#executor = undefined;
  }

  /** @internal The passes over this model's memory, for those who record what happens in them. */
  executor(where: string, x?: Tensor): Executor {
    return this.#ready(where, x);
  }

  /**
   * Tells `listener` what flows back in each training step, until the function returned is called; see `gradientFlow`.
   * @param inputGradient whether dL/dx is computed for layers before which nothing learns, which training does without.
   */
  watchFlow(listener: FlowListener, inputGradient?: boolean): () => void {
    return this.#ready("watchFlow()", undefined).watchFlow(listener, inputGradient);
  }

  #ready(where: string, x: Tensor | undefined): Executor {
    this.#checkLive();
    if (this.#executor !== undefined) {
      if (!this.#executor.modelMemory.engine.disposed) return this.#executor;
      throw new StateError(`${where}: the model's engine was disposed, and its weights with it.`);
    }
    const stack = this.#stack;
    if (stack.all.length === 0) throw new StateError(`${where}: the model has no layers.`);
    if (stack.inputShape === undefined && x !== undefined && x.shape.length >= 2)
      stack.buildFrom(x.shape.slice(1));
    stack.checkBuilt(where);
    const modelMemory = new ModelMemory(this.#engine ?? defaultEngine(), stack.all, this);
    this.#executor = new Executor(modelMemory, stack.all, stack.inputShape!, stack.outputShape!, stack.seed);
    return this.#executor;
  }

  #source(
    where: string,
    x: TensorLike | Dataset,
    y: TensorLike | null,
    options: EvaluateOptions,
  ): Promise<ExampleSource> {
    return sourceOf(where, x, y, options, this.batchSize, ({ x: inputs }, batchSize) => {
      this.#ready(where, inputs).input.check(where, inputs);
      this.#stack.checkStatefulCount(where, inputs.shape[0] ?? 0, batchSize);
    });
  }

  #inspect<Result>(
    where: string,
    x: TensorLike,
    y: TensorLike,
    options: WeightOption,
    load: () => Promise<BatchInspection<Result>>,
  ): Promise<Result> {
    refuseUnknown(where, options, ["sampleWeight"]);
    return this.#alone(where, async () => {
      const compiled = this.#settled(where);
      const examples = onlyBatch(where, x, y, options.sampleWeight);
      const inspect = await load();
      return inspect(where, this.#ready(where, examples.x), compiled, examples);
    });
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
    this.#stack.checkBuilt(where);
  }

  #checkLive(): void {
    if (this.#disposed) throw new StateError("This model was disposed.");
  }

  #alone<T>(where: string, work: () => Promise<T>): Promise<T> {
    return this.#callLock.take(where, async () => {
      if (this.#executor === undefined && this.#engine === undefined) await prepareDefaultEngine();
      return work();
    });
  }

  /** As `#alone`, where stateful layers go on: a callback gets its answer, and the fit that it interrupts its states back. */
  async #aside<T>(where: string, work: () => Promise<T>): Promise<T> {
    const { stateful } = this.#stack;
    if (stateful.length > 0) this.#callLock.checkPaused(where);
    if (stateful.length === 0 || !this.#callLock.paused) return this.#alone(where, work);
    const { preservingStates } = await import("./on-demand/preserve-states.js");
    return this.#alone(where, () => preservingStates(stateful, work, this.#callLock));
  }
}

/**
 * A model that is a stack of layers. Weights exist as soon as the first layer knows its `inputShape`; memory is laid out on first use.
 * @throws ConfigError for an unknown option or a layer used twice; ShapeError when a layer cannot follow the one before.
 *
 * @example
 * const model = sequential([lstm({ units: 16, inputShape: [20, 1] }), dense({ units: 1 })], { seed: 7 });
 * model.compile({ optimizer: adam({ learningRate: 0.01 }), loss: "mse", metrics: ["mae"] });
 * const { history } = await model.fit(x, y, { epochs: 10, validationSplit: 0.2 });
 */
export const sequential = (layers?: readonly Layer[], options?: SequentialOptions): Sequential =>
  new Sequential(layers, options);
