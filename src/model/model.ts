import { defaultEngine, type Engine, prepareDefaultEngine } from "../engine/engine.js";
import { type EngineError, StateError } from "../errors.js";
import type { Layer, SampleShape } from "../layers/layer.js";
import type { SetWeightsOptions, Variable } from "../layers/variable.js";
import type { Optimizer } from "../optimizers/optimizer.js";
import { refuseUnknown } from "../options.js";
import { createRandom } from "../random.js";
import { type NamedTensor, type Tensor, type TensorLike, toTensor } from "../tensor.js";
import { CallLock } from "./call-lock.js";
import { type CompileOptions, settle } from "./compile.js";
import { type Dataset, type ExampleSource, firstOf, isDataset, onlyBatch } from "./data/examples.js";
import { refusals } from "./data/fit-sources.js";
import { type BatchOptions, type EvaluateOptions, sourceOf, type WeightOption } from "./data/sources.js";
import type { History, Logs } from "./events.js";
import { type Compiled, Executor } from "./execution/executor.js";
import { type BatchInspection, inspections } from "./execution/inspect-batch.js";
import { ModelMemory } from "./execution/model-memory.js";
import { predictAll } from "./execution/predict.js";
import { stepOnce } from "./execution/step.js";
import type { FlowListener, GradientFlow } from "./flow.js";
import type { LayerSet } from "./layer-set.js";
import { checkModelOptions, type ModelOptions } from "./model-options.js";
import type { Gradients } from "./on-demand/gradients.js";
import { summarize } from "./summary.js";
import { evaluateSource, type FitModel, type FitPosition, logsOf, runEpochs } from "./training/fit.js";
import type { FitOptions } from "./training/fit-options.js";
import { trainStep } from "./training/train-step.js";

/** What every model can do, a chain of layers (`sequential`) and a graph (`model`) alike. */
export abstract class Model<Set extends LayerSet = LayerSet> {
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
  /** @internal The layers and how they are connected. */
  readonly topology: Set;
  readonly #engine: Engine | undefined;
  #compiled: Compiled | undefined;
  /** The weights that training changes, as the last `compile` found them. */
  #learning: ReadonlySet<Variable> | undefined;
  #executor: Executor | undefined;
  #disposed = false;
  readonly #callLock = new CallLock();

  /**
   * @internal Use `sequential` or `model`.
   * @param make the layers, given the model's seed and what asks whether states may be written.
   */
  protected constructor(
    where: string,
    defaultName: string,
    options: ModelOptions,
    make: (seed: number, beforeStates: () => void) => Set,
  ) {
    checkModelOptions(where, options);
    this.name = options.name ?? defaultName;
    this.#engine = options.engine;
    this.topology = make(createRandom(options.seed).seed, () => this.#callLock.checkPaused("setStates()"));
  }

  get seed(): number {
    return this.topology.seed;
  }

  /** The layers, without an input layer, as in Keras. */
  get layers(): readonly Layer[] {
    return this.topology.layers;
  }

  /** Shape of one sample; undefined until the first layer knows it. */
  get inputShape(): SampleShape | undefined {
    return this.topology.inputShape;
  }

  get outputShape(): SampleShape | undefined {
    return this.topology.outputShape;
  }

  /** Samples in every batch, where the first layer says so. */
  get batchSize(): number | undefined {
    return this.topology.batchSize;
  }

  /** A layer by its name, or by its place in `layers`. @throws ConfigError where there is none such. */
  getLayer(which: string | number): Layer {
    return this.topology.getLayer(which);
  }

  /**
   * Settles loss, optimizer and metrics. May be called again; the weights stay, the optimizer's moments do not.
   * @throws ConfigError for an unknown option or name, or a `truncate` below 1; StateError while a call is running.
   */
  compile(options: CompileOptions): void {
    this.#checkLive();
    this.#callLock.check("compile()");
    const compiled = this.settle(options);
    if (this.#compiled?.optimizer !== compiled.optimizer) {
      this.#compiled?.optimizer.release(this.#executor?.modelMemory.parameters);
    }
    this.#compiled = compiled;
    this.position = this.resume = undefined;
    this.#learning = this.topology.learning;
    if (this.#executor !== undefined && !this.#executor.modelMemory.trains(this.#learning)) this.#moveOut();
  }

  /** @internal What `compile` settles. */
  protected settle(options: CompileOptions): Compiled {
    return settle(options, () => (this.outputShape === undefined ? undefined : [this.outputShape]));
  }

  /** Gives the memory back and keeps the weights, which find another place when they are used again. */
  #moveOut(): void {
    const { modelMemory } = this.#executor!;
    modelMemory.evacuate();
    this.topology.evacuateStates();
    modelMemory.release();
    this.#executor = undefined;
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
      return runEpochs(this, this.topology, executor, compiled, inputs, y, options, this.#callLock);
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
      // Metrics of its own: a fit that is under way counts in the others.
      return evaluateSource(where, this.#ready(where, firstOf(x)), compiled.fresh(), source);
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
      const outputs = await predictAll(where, this.#ready(where, firstOf(x)), source);
      const { parts = 1 } = this.topology as { readonly parts?: number };
      if (parts > 1) return (await import("./on-demand/parts.js")).splitParts(outputs[0]!, parts) as Output;
      return (outputs.length === 1 ? outputs[0]! : outputs) as Output;
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
   * would get. Dropout off, from the stateful layers' states, nothing changed. Throws as `fit`.
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
    return this.stepAll([toTensor(x)])[0]!;
  }

  /** @internal One time step, one tensor an input in, one an output out. */
  protected stepAll(inputs: readonly Tensor[]): Tensor[] {
    this.#callLock.check("step()");
    return stepOnce(this.#ready("step()", undefined), this.topology.isStateful, inputs);
  }

  /** Clears the states of stateful layers. @throws StateError while a call is running, but for its callbacks. */
  resetStates(): void {
    this.#checkLive();
    this.topology.resetStates();
  }

  /** Copies of all weights, layer by layer, in Keras's order. @throws StateError before the input's shape is known. */
  getWeights(): NamedTensor[] {
    this.#checkBuilt("getWeights()");
    return this.topology.getWeights();
  }

  /**
   * @param weights one tensor a weight, in the order of `getWeights()`; names are not read.
   * @throws ShapeError for a number or shape that does not fit, DataError for NaN unless `allowNonFinite`; nothing is changed.
   */
  setWeights(weights: readonly TensorLike[], options?: SetWeightsOptions): void {
    this.#checkBuilt("setWeights()");
    this.topology.setWeights(weights, options);
  }

  countParams(): number {
    this.#checkBuilt("countParams()");
    return this.topology.countParams();
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
    this.topology.abandon();
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
    const { topology } = this;
    if (topology.all.length === 0) throw new StateError(`${where}: the model has no layers.`);
    if (topology.inputShape === undefined && x !== undefined && x.shape.length >= 2)
      topology.buildFrom(x.shape.slice(1));
    topology.checkBuilt(where);
    this.#learning ??= topology.learning;
    const modelMemory = new ModelMemory(this.#engine ?? defaultEngine(), topology, this, this.#learning);
    this.#executor = new Executor(modelMemory, topology, topology.seed);
    return this.#executor;
  }

  #source(
    where: string,
    x: TensorLike | Dataset,
    y: TensorLike | null,
    options: EvaluateOptions,
  ): Promise<ExampleSource> {
    return sourceOf(where, x, y, options, this.batchSize, (examples, batchSize) => {
      const { x: inputs } = examples;
      this.#ready(where, inputs).checkInputs(where, examples);
      this.topology.checkStatefulCount(where, inputs.shape[0] ?? 0, batchSize);
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
    this.topology.checkBuilt(where);
  }

  /** @internal @throws StateError when memory is laid out, to which nothing can be added. */
  protected checkUnused(where: string): void {
    this.#checkLive();
    if (this.#executor === undefined) return;
    throw new StateError(`${where}: this model has been used, its memory is laid out. Add layers before.`);
  }

  #checkLive(): void {
    if (this.#disposed) throw new StateError("This model was disposed.");
  }

  #alone<T>(where: string, work: () => Promise<T>): Promise<T> {
    return this.#callLock.take(where, async () => {
      if (this.#executor === undefined && this.#engine === undefined) await prepareDefaultEngine();
      return work().catch(async (error: unknown) => {
        const memory = this.#executor?.modelMemory;
        if (memory?.wanted === undefined || (error as EngineError).code !== "out_of_memory") throw error;
        throw (await import("./on-demand/what-fits.js")).whatFits(where, error, memory, this.topology);
      });
    });
  }

  /** As `#alone`, where stateful layers go on: a callback gets its answer, and the fit that it interrupts its states back. */
  async #aside<T>(where: string, work: () => Promise<T>): Promise<T> {
    const { stateful } = this.topology;
    if (stateful.length > 0) this.#callLock.checkPaused(where);
    if (stateful.length === 0 || !this.#callLock.paused) return this.#alone(where, work);
    const { preservingStates } = await import("./on-demand/preserve-states.js");
    return this.#alone(where, () => preservingStates(stateful, work, this.#callLock));
  }
}
