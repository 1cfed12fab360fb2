import type { Layer, SampleShape } from "../../layers/layer.js";
import type { Owner } from "../../layers/owner.js";
import { strideOf } from "../../layers/signal.js";
import type { Pass } from "../../layers/workspace.js";
import { type Loss, type LossBatch, lossExtras } from "../../losses/loss.js";
import type { Metric } from "../../metrics/metric.js";
import type { MetricLike } from "../../metrics/to-metric.js";
import type { Optimizer } from "../../optimizers/optimizer.js";
import { createRandom } from "../../random.js";
import type { Tensor } from "../../tensor.js";
import { type ArrayExamples, allOf, type Examples } from "../data/examples.js";
import { ModelInput } from "../data/inputs.js";
import { checkLabels } from "../data/targets.js";
import type { FlowListener } from "../flow.js";
import type { FlowCollector } from "../on-demand/flow-collector.js";
import type { Topology } from "../topology.js";
import type { ModelMemory } from "./model-memory.js";
import type { Plan } from "./plan.js";
import { type StepRange, toTimeMajor } from "./transpose.js";

/** What `compile` settled of one output. */
export interface CompiledOutput {
  /** null: of this output nothing is learned. */
  readonly loss: Loss | null;
  /** Factor of the loss in the sum over the outputs. */
  readonly lossWeight: number;
  readonly metrics: readonly Metric[];
  /** Those that sample weights count in. */
  readonly weightedMetrics: readonly Metric[];
  /** The loss alone, where there are several outputs. */
  readonly mean?: { add(value: number, size: number): void };
}

/** What `compile` settled. */
export interface Compiled {
  readonly optimizer: Optimizer;
  /** Of the first output that has one. */
  readonly loss: Loss;
  readonly losses: readonly (Loss | null)[];
  readonly outputs: readonly CompiledOutput[];
  /** All of all outputs, under their names in the logs. */
  readonly metrics: readonly Metric[];
  /** The same again, with nothing counted. */
  fresh(): Compiled;
  readonly truncate: number;
  /** The metrics as they were asked for, output by output. */
  readonly asked: Readonly<Record<"metrics" | "weightedMetrics", readonly (readonly MetricLike[])[]>>;
}

/** What a plan is for: prediction keeps no tape; inspection wants dL/dx as well. */
export type Purpose = "training" | "prediction" | "inspection";

/** The value of a batch's loss. */
export interface BatchLoss {
  /** Mean over the rows that count, regularization included. */
  readonly value: number;
  readonly size: number;
  /** Each output's own, without regularization and before its weight. */
  readonly parts: readonly number[];
}

/** A model's passes over its plans: load, forward, loss, backward, update. Knows nothing of epochs or callbacks. */
export class Executor {
  readonly inputs: readonly ModelInput[];
  /** Whom to tell what flows back in the training steps to come. Nothing is recorded while there is nobody. */
  readonly flowListeners = new Set<FlowListener>();
  /** Whether dL/dx is wanted of layers before which nothing learns, while something is recorded. */
  watchesInput = false;
  /** What the pass under way has recorded; made when something is first recorded. */
  records: FlowCollector | undefined;

  constructor(
    readonly modelMemory: ModelMemory,
    readonly topology: Topology,
    readonly seed: number,
  ) {
    this.inputs = topology.inputs.map((port) => new ModelInput(port, topology.inputs.length > 1));
  }

  /** Of the first output. */
  get outputShape(): SampleShape {
    return this.topology.outputs[0]!.shape;
  }

  get layers(): readonly Layer[] {
    return this.topology.all;
  }

  /** The layers but input layers. */
  get hidden(): readonly Layer[] {
    return this.layers.filter((layer) => !layer.isInput);
  }

  /** The first input, of a chain the only one. */
  get input(): ModelInput {
    return this.inputs[0]!;
  }

  /** What was packed from the weights is packed anew. */
  weightsChanged(): void {
    this.modelMemory.weightsVersion += 1;
  }

  /** See `Sequential.watchFlow`. */
  watchFlow(listener: FlowListener, inputGradient = false): () => void {
    this.flowListeners.add(listener);
    this.watchesInput = inputGradient;
    return () => void this.flowListeners.delete(listener);
  }

  /** @throws ShapeError, DataError unless all of the inputs can be taken. */
  checkInputs(where: string, examples: ArrayExamples): void {
    allOf(examples).x.forEach((x, i) => {
      this.inputs[i]!.check(where, x);
    });
  }

  /**
   * Lays the input of a batch, or a range of its time steps, out for a pass.
   * @throws ShapeError when it is not what the model takes; DataError for an index out of range.
   */
  load(where: string, purpose: Purpose, examples: Examples, capacity: number, range?: StepRange): Plan {
    const { size, sampleOf } = examples;
    const all = allOf(examples).x;
    const forms = this.inputs.map((input, i) => {
      input.checkShape(where, all[i]!);
      input.checkIndices(where, all[i]!, size, sampleOf);
      const form = input.layoutOf(all[i]!);
      return range === undefined ? form : { ...form, timesteps: range.steps };
    });
    const plan = this.modelMemory.plan(purpose, {
      batch: Math.max(capacity, size),
      inputs: forms,
      taped: purpose !== "prediction",
      inputGradient: purpose === "inspection",
    });
    forms.forEach(({ timesteps, features }, i) => {
      const signal = plan.inputs[i]!;
      signal.timesteps = timesteps;
      const { stride } = signal;
      const target = plan.memory.floats(signal.address, size * timesteps * stride);
      toTimeMajor(all[i]!.data, target, { batch: size, timesteps, features, stride }, sampleOf, range);
    });
    return plan;
  }

  pass(
    batch: number,
    options: {
      training: boolean;
      advanceState: boolean;
      truncate: number;
      step: number;
      record?: Pass["record"];
    },
  ): Pass {
    const { seed, modelMemory } = this;
    const owners: readonly Owner[] = this.layers;
    modelMemory.bringHome();
    const seedsOf = (place: string | number, own = seed): readonly [number, number] => {
      const stream = createRandom(own).fork(`dropout ${place} ${options.step}`);
      return [stream.integer(2 ** 32), stream.integer(2 ** 32)];
    };
    return {
      batch,
      training: options.training,
      truncate: options.truncate,
      record: options.record ?? null,
      advanceState: options.advanceState,
      weightsVersion: modelMemory.weightsVersion,
      seedsOf,
      seeds: (layer, own = layer.seed) => seedsOf(owners.indexOf(layer), own),
    };
  }

  /**
   * Loss of the outputs that stand in `plan` after a forward pass; with `gradient`, dL/doutput too. Of a range of time
   * steps it is that range's part of the whole loss, without penalties.
   * @throws ShapeError when the targets do not fit.
   */
  loss(
    where: string,
    plan: Plan,
    examples: Examples,
    compiled: Compiled,
    gradient: boolean,
    range?: StepRange,
  ): BatchLoss {
    this.checkLabels(where, examples, compiled.losses);
    const parts = compiled.outputs.map((output, o) =>
      this.#outputLoss(plan, o, examples, output, gradient, range),
    );
    let value = range === undefined ? this.penalty() + plan.activityPenalty(examples.size) : 0;
    parts.forEach((part, o) => {
      value = part * compiled.outputs[o]!.lossWeight + value;
    });
    return { value, size: examples.size, parts };
  }

  #outputLoss(
    plan: Plan,
    o: number,
    examples: Examples,
    { loss, lossWeight }: CompiledOutput,
    gradient: boolean,
    range: StepRange | undefined,
  ): number {
    const { kernels, memory } = plan;
    const output = plan.outputs[o]!;
    const { size, sampleOf } = examples;
    const rows = output.rows(size);
    if (loss === null) {
      if (gradient && output.gradient !== 0) kernels.fillZero(output.gradient, rows * output.stride);
      return 0;
    }
    const { y, weights } = allOf(examples);
    const weight = weights[o] ?? null;
    const part = output.isSequence ? range : undefined;
    const targetWidth = loss.targetWidth(output.features);
    const targetStride = strideOf(targetWidth);
    const rowsOf = this.#outputRows(plan, o, examples, loss);
    if (rowsOf.labels === undefined) {
      toTimeMajor(
        y[o]!.data,
        memory.floats(plan.labels[o]!.target, rows * targetStride),
        { batch: size, timesteps: output.timesteps, features: targetWidth, stride: targetStride },
        sampleOf,
        part,
      );
    }
    const allRows = part === undefined ? rows : part.total * size;
    const counted = output.mask === 0 ? allRows : sumOf(memory.floats(output.mask, rows));
    const scale = counted === 0 ? 0 : 1 / counted;
    const batch: LossBatch = {
      ...rowsOf,
      weight: this.#rowWeights(plan, o, weight, examples),
      gradient: gradient ? output.gradient : 0,
      scale: scale * lossWeight,
      counted,
      sampleWeight: lossExtras.weightsOf?.(memory, output, weight, examples),
    };
    const isSplit =
      weight !== null && loss.isCustom !== true && lossExtras.isByOutput?.(weight, output) === true;
    const sum = isSplit ? lossExtras.sumByOutput!(loss, batch, weight, output, examples) : loss.sum(batch);
    return sum * scale;
  }

  /** Has the metrics count the outputs and the targets that `loss` has just compared. */
  measure(plan: Plan, examples: Examples, compiled: Compiled, { parts, size }: BatchLoss): void {
    const { weights } = allOf(examples);
    compiled.outputs.forEach(({ loss, metrics, weightedMetrics, mean }, o) => {
      if (loss === null) return;
      mean?.add(parts[o]!, size);
      const output = plan.outputs[o]!;
      const rows = this.#outputRows(plan, o, examples, loss);
      for (const metric of metrics) metric.update({ ...rows, weight: output.mask });
      if (weightedMetrics.length === 0) return;
      const weight = this.#rowWeights(plan, o, weights[o] ?? null, examples);
      for (const metric of weightedMetrics) metric.update({ ...rows, weight });
    });
  }

  /** The rows of an output that losses and metrics compare. */
  #outputRows({ kernels, memory, outputs, labels }: Plan, o: number, examples: Examples, loss: Loss) {
    const { address, isSequence, features, stride, timesteps } = outputs[o]!;
    const { size: samples } = examples;
    const targetWidth = loss.targetWidth(features);
    return {
      kernels,
      memory,
      prediction: address,
      target: labels[o]!.target,
      mask: outputs[o]!.mask,
      samples,
      isSequence,
      rows: samples * timesteps,
      width: features,
      stride,
      targetWidth,
      targetStride: strideOf(targetWidth),
      labels: lossExtras.labelsOf?.(loss, features, allOf(examples).y[o]!, examples),
    };
  }

  /** Row weights of a batch: sample weights times the mask. 0: all ones. Those of single outputs are the loss's to take. */
  #rowWeights(plan: Plan, o: number, weights: Tensor | null, { size, sampleOf }: Examples): number {
    const { memory } = plan;
    const output = plan.outputs[o]!;
    if (weights === null || lossExtras.isByOutput?.(weights, output)) return output.mask;
    const { timesteps } = output;
    const { rowWeights } = plan.labels[o]!;
    const perStep = weights.shape.length > 1;
    const rows = memory.floats(rowWeights, size * timesteps);
    const mask = output.mask === 0 ? null : memory.floats(output.mask, size * timesteps);
    for (let t = 0; t < timesteps; t++) {
      for (let n = 0; n < size; n++) {
        const sample = sampleOf(n);
        const weight = weights.data[perStep ? sample * timesteps + t : sample]!;
        const row = t * size + n;
        rows[row] = weight * (mask === null ? 1 : mask[row]!);
      }
    }
    return rowWeights;
  }

  /** What regularizers of weights that learn add to the loss, as in Keras. */
  penalty(): number {
    let sum = 0;
    for (const variable of this.modelMemory.learning) {
      if (variable.regularizer === undefined) continue;
      const { memory } = this.modelMemory.engine;
      const values = memory.floats(this.modelMemory.weights(variable), variable.size);
      sum += variable.regularizer.penalty(values, variable.shape);
    }
    return sum;
  }

  /** Gradients of the loss for all trainable weights, regularization included. */
  backward(plan: Plan, pass: Pass): void {
    this.clearGradients();
    plan.backward(pass);
    this.addPenaltyGradients();
  }

  clearGradients(): void {
    const { kernels, gradients, count } = this.modelMemory.parameters;
    kernels.fillZero(gradients, count);
  }

  addPenaltyGradients(): void {
    const { memory } = this.modelMemory.parameters;
    for (const variable of this.modelMemory.learning) {
      if (variable.regularizer === undefined) continue;
      const values = memory.floats(this.modelMemory.weights(variable), variable.size);
      const gradient = memory.floats(this.modelMemory.gradients(variable), variable.size);
      variable.regularizer.addGradient(values, variable.shape, gradient);
    }
  }

  /** One update, and the constraints after it. */
  update(optimizer: Optimizer): void {
    optimizer.bind(this.modelMemory.parameters);
    if (!optimizer.apply()) return;
    const { memory } = this.modelMemory.engine;
    for (const variable of this.modelMemory.learning) {
      variable.constraint?.project(
        memory.floats(this.modelMemory.weights(variable), variable.size),
        variable.shape,
      );
    }
    this.weightsChanged();
  }

  /** Copies of an optimizer's moments, for a file. */
  optimizerSlots(optimizer: Optimizer): { name: string; data: Float32Array }[] {
    optimizer.bind(this.modelMemory.parameters);
    return optimizer.readSlots();
  }

  /** Puts moments back, so that training goes on where it stopped. */
  restoreOptimizer(
    optimizer: Optimizer,
    slots: readonly { name: string; data: Float32Array }[],
    batches: number,
  ): void {
    optimizer.bind(this.modelMemory.parameters);
    optimizer.writeSlots(slots);
    optimizer.batches = batches;
  }

  /** Forward and loss, without dropout or gradients. */
  testStep(where: string, examples: Examples, compiled: Compiled, capacity: number): BatchLoss {
    const plan = this.load(where, "prediction", examples, capacity);
    this.checkLabels(where, examples, compiled.losses);
    plan.forward(this.pass(examples.size, { training: false, advanceState: true, truncate: 0, step: 0 }));
    const loss = this.loss(where, plan, examples, compiled, false);
    this.measure(plan, examples, compiled, loss);
    return loss;
  }

  /** @throws ShapeError, DataError for labels and weights that do not fit the predictions. */
  checkLabels(where: string, examples: Examples, losses: readonly (Loss | null)[]): void {
    const { x, y, weights } = allOf(examples);
    const { outputs } = this.topology;
    const shapes = outputs.some(({ shape }) => shape[0] === null)
      ? this.topology.shapesFor(x.map(({ shape }) => shape.slice(1)))
      : outputs.map(({ shape }) => shape);
    losses.forEach((loss, o) => {
      if (loss === null) return;
      const place = losses.length > 1 ? `${where} output \`${outputs[o]!.name}\`` : where;
      checkLabels(place, { ...examples, y: y[o] ?? null, weights: weights[o] ?? null }, shapes[o]!, loss);
    });
  }
}

function sumOf(values: Float32Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum;
}
