import type { Layer, SampleShape } from "../layers/layer.js";
import { strideOf } from "../layers/signal.js";
import type { Pass } from "../layers/workspace.js";
import type { Loss } from "../losses/loss.js";
import type { Metric } from "../metrics/metric.js";
import type { Optimizer } from "../optimizers/optimizer.js";
import { createRandom } from "../random.js";
import type { Tensor } from "../tensor.js";
import type { Examples } from "./examples.js";
import type { FlowListener } from "./flow.js";
import { ModelInput } from "./inputs.js";
import type { ModelMemory } from "./model-memory.js";
import type { FlowCollector } from "./on-demand/flow-collector.js";
import type { Plan } from "./plan.js";
import { checkLabels } from "./targets.js";
import { type StepRange, toTimeMajor } from "./transpose.js";

/** What `compile` settled. */
export interface Compiled {
  readonly optimizer: Optimizer;
  readonly loss: Loss;
  readonly metrics: readonly Metric[];
  /** The same metrics again, with nothing counted. */
  makeMetrics(): readonly Metric[];
  readonly truncate: number;
  /** The compile options as plain JSON; null where the loss is a user's own function. */
  readonly config: Record<string, unknown> | null;
}

/** What a plan is for: prediction keeps no tape; inspection wants dL/dx as well. */
export type Purpose = "training" | "prediction" | "inspection";

/** The value of a batch's loss. */
export interface BatchLoss {
  /** Mean over the rows that count, regularization included. */
  readonly value: number;
  readonly size: number;
}

/** A model's passes over its plans: load, forward, loss, backward, update. Knows nothing of epochs or callbacks. */
export class Executor {
  readonly input: ModelInput;
  /** The layers but an input layer. */
  readonly hidden: readonly Layer[];
  /** Whom to tell what flows back in the training steps to come. Nothing is recorded while there is nobody. */
  readonly flowListeners = new Set<FlowListener>();
  /** Whether dL/dx is wanted of layers before which nothing learns, while something is recorded. */
  watchesInput = false;
  /** What the pass under way has recorded; made when something is first recorded. */
  records: FlowCollector | undefined;

  constructor(
    readonly modelMemory: ModelMemory,
    readonly layers: readonly Layer[],
    inputShape: SampleShape,
    readonly outputShape: SampleShape,
    readonly seed: number,
  ) {
    this.hidden = layers.filter((layer) => !layer.isInput);
    this.input = new ModelInput(inputShape, this.hidden[0]?.vocabularySize);
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

  /**
   * Lays the input of a batch, or a range of its time steps, out for a pass.
   * @throws ShapeError when it is not what the model takes; DataError for an index out of range.
   */
  load(where: string, purpose: Purpose, examples: Examples, capacity: number, range?: StepRange): Plan {
    const { x, size, sampleOf } = examples;
    this.input.checkShape(where, x);
    this.input.checkIndices(where, x, size, sampleOf);
    const { isSequence, timesteps: total, features } = this.input.layoutOf(x);
    const timesteps = range?.steps ?? total;
    const plan = this.modelMemory.plan(purpose, {
      batch: Math.max(capacity, size),
      timesteps,
      features,
      isSequence,
      taped: purpose !== "prediction",
      inputGradient: purpose === "inspection",
    });
    const { input } = plan;
    input.timesteps = timesteps;
    const { stride } = input;
    const target = plan.memory.floats(input.address, size * timesteps * stride);
    toTimeMajor(x.data, target, { batch: size, timesteps, features, stride }, sampleOf, range);
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
    const { layers, seed, modelMemory } = this;
    return {
      batch,
      training: options.training,
      truncate: options.truncate,
      record: options.record ?? null,
      advanceState: options.advanceState,
      weightsVersion: modelMemory.weightsVersion,
      seeds(layer) {
        const stream = createRandom(seed).fork(
          `dropout ${layers.findIndex((own) => own === layer)} ${options.step}`,
        );
        return [stream.integer(2 ** 32), stream.integer(2 ** 32)];
      },
    };
  }

  /**
   * Loss of the output that stands in `plan` after a forward pass; with `gradient`, dL/doutput too. Of a range of time
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
    const { memory, output } = plan;
    this.checkLabels(where, examples, compiled.loss);
    const part = output.isSequence ? range : undefined;
    const { size, sampleOf, weights } = examples;
    const targetWidth = compiled.loss.targetWidth(output.features);
    const rows = output.rows(size);
    const targetStride = strideOf(targetWidth);
    toTimeMajor(
      examples.y!.data,
      memory.floats(plan.target, rows * targetStride),
      { batch: size, timesteps: output.timesteps, features: targetWidth, stride: targetStride },
      sampleOf,
      part,
    );
    const weighted = this.#rowWeights(plan, weights, size, sampleOf);
    const allRows = part === undefined ? rows : part.total * size;
    const counted = output.mask === 0 ? allRows : sumOf(memory.floats(output.mask, rows));
    const scale = counted === 0 ? 0 : 1 / counted;
    const sum = compiled.loss.sum({
      ...this.#outputRows(plan, size, targetWidth),
      weight: weighted,
      gradient: gradient ? output.gradient : 0,
      scale,
    });
    const penalties = range === undefined ? this.penalty() + plan.activityPenalty(size) : 0;
    return { value: sum * scale + penalties, size };
  }

  /** Has the metrics count the output and the targets that `loss` has just compared. */
  measure(plan: Plan, { size }: Examples, { loss, metrics }: Compiled): void {
    const { features, mask } = plan.output;
    const rows = this.#outputRows(plan, size, loss.targetWidth(features));
    for (const metric of metrics) metric.update({ ...rows, weight: mask });
  }

  /** The rows that losses and metrics compare. */
  #outputRows({ kernels, memory, output, target }: Plan, samples: number, targetWidth: number) {
    return {
      kernels,
      memory,
      prediction: output.address,
      target,
      samples,
      isSequence: output.isSequence,
      rows: output.rows(samples),
      width: output.features,
      stride: output.stride,
      targetWidth,
      targetStride: strideOf(targetWidth),
    };
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
    this.checkLabels(where, examples, compiled.loss);
    plan.forward(this.pass(examples.size, { training: false, advanceState: true, truncate: 0, step: 0 }));
    const loss = this.loss(where, plan, examples, compiled, false);
    this.measure(plan, examples, compiled);
    return loss;
  }

  /** @throws ShapeError, DataError for labels and weights that do not fit the predictions. */
  checkLabels(where: string, examples: Examples, loss: Loss): void {
    checkLabels(where, examples, this.outputShape, loss);
  }

  /** Row weights of a batch: sample weights times the mask. 0: all ones. */
  #rowWeights(plan: Plan, weights: Tensor | null, size: number, sampleOf: (n: number) => number): number {
    const { memory, output } = plan;
    if (weights === null) return output.mask;
    const { timesteps } = output;
    const perStep = weights.shape.length === 2;
    const rows = memory.floats(plan.rowWeights, size * timesteps);
    const mask = output.mask === 0 ? null : memory.floats(output.mask, size * timesteps);
    for (let t = 0; t < timesteps; t++) {
      for (let n = 0; n < size; n++) {
        const sample = sampleOf(n);
        const weight = weights.data[perStep ? sample * timesteps + t : sample]!;
        const row = t * size + n;
        rows[row] = weight * (mask === null ? 1 : mask[row]!);
      }
    }
    return plan.rowWeights;
  }
}

function sumOf(values: Float32Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum;
}
