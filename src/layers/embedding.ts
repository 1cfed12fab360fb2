import { type ConstraintLike, toConstraint } from "../constraints/to-constraint.js";
import type { Memory } from "../engine/memory.js";
import { ConfigError, DataError, ShapeError } from "../errors.js";
import { randomUniform } from "../initializers/random-distributions.js";
import { type Initializer, type InitializerLike, toInitializer } from "../initializers/to-initializer.js";
import { flag, numberIn } from "../options.js";
import { type RegularizerLike, toRegularizer } from "../regularizers/to-regularizer.js";
import { describeShape, firstNonFinite, isTensor, type TensorLike, toTensor } from "../tensor.js";
import { Layer, type LayerOptions, type SampleShape } from "./layer.js";
import { RecurrentMask } from "./recurrent/recurrent-mask.js";
import type { Signal } from "./signal.js";
import { ownSignal, type Stage } from "./stage.js";
import { Variable } from "./variable.js";
import type { Pass, Workspace } from "./workspace.js";

/** Options of `embedding`, with Keras's names, meanings and defaults. */
export interface EmbeddingOptions extends LayerOptions {
  /** Rows of the table: indices go from 0 to `inputDim` - 1. At most 2^24, up to where float32 knows whole numbers. */
  readonly inputDim: number;
  /** Width of a row. */
  readonly outputDim: number;
  /** Index 0 means «nothing here»: such steps are masked. Default false. */
  readonly maskZero?: boolean;
  /**
   * The table at the start, `[inputDim, outputDim]`, for example from `readWordVectors`, or as in Keras a list of it. Default:
   * drawn by the initializer.
   */
  readonly weights?: TensorLike | readonly [TensorLike] | null;
  /** Default `"uniform"`: even between -0.05 and 0.05. */
  readonly embeddingsInitializer?: InitializerLike | "uniform";
  /** What is added to the loss for the table. Default: nothing. */
  readonly embeddingsRegularizer?: RegularizerLike;
  /** What is added to the loss for the output. Default: nothing. */
  readonly activityRegularizer?: RegularizerLike;
  /** What the table obeys after each update. Default: nothing. */
  readonly embeddingsConstraint?: ConstraintLike;
}

const known = [
  "inputDim",
  "outputDim",
  "maskZero",
  "weights",
  "embeddingsInitializer",
  "embeddingsRegularizer",
  "activityRegularizer",
  "embeddingsConstraint",
] as const;

const LARGEST_INDEX_COUNT = 2 ** 24;

/** An initializer that hands out a given table. */
function fromTable(
  where: string,
  weights: TensorLike | readonly [TensorLike],
  shape: readonly [number, number],
): Initializer {
  // Keras takes a list of weights, of which there is one: a tensor, or numbers.
  const [first] = Array.isArray(weights) ? weights : [weights];
  const given = isTensor(first) ? first : toTensor(weights as TensorLike);
  const table =
    given.shape.length === 3 && given.shape[0] === 1 ? { ...given, shape: given.shape.slice(1) } : given;
  if (table.shape.length !== 2 || table.shape[0] !== shape[0] || table.shape[1] !== shape[1]) {
    throw new ShapeError(
      `${where}: \`weights\` has the shape ${describeShape(table.shape)}, expected ${describeShape(shape)} (inputDim, outputDim).`,
      { received: table.shape, expected: shape },
    );
  }
  const bad = firstNonFinite(table.data);
  if (bad >= 0) {
    throw new DataError(
      `${where}: \`weights\` holds ${String(table.data[bad])} in row ${Math.floor(bad / shape[1])}.`,
      { received: table.data[bad], expected: "finite numbers" },
    );
  }
  const values = Float32Array.from(table.data);
  return { name: "weights", config: {}, initialize: () => values };
}

/** The layer that `embedding` makes. */
export class EmbeddingLayer extends Layer {
  readonly kind = "embedding";
  readonly defaultName = "embedding";
  readonly inputDim: number;
  readonly outputDim: number;
  readonly maskZero: boolean;
  readonly #initializer: Initializer;
  readonly #options: EmbeddingOptions;

  constructor(options: EmbeddingOptions) {
    const where = "embedding()";
    super(where, options, known);
    this.inputDim = numberIn(where, "inputDim", options.inputDim, {
      min: 1,
      max: LARGEST_INDEX_COUNT,
      integer: true,
    });
    this.outputDim = numberIn(where, "outputDim", options.outputDim, { min: 1, integer: true });
    this.maskZero = flag(where, "maskZero", options.maskZero ?? false);
    const { weights, embeddingsInitializer = "uniform" } = options;
    if (weights != null && options.embeddingsInitializer !== undefined) {
      throw new ConfigError(
        `${where}: \`weights\` and \`embeddingsInitializer\` both say how the table begins. Give one of them.`,
      );
    }
    this.#initializer =
      weights == null
        ? toInitializer(
            where,
            "embeddingsInitializer",
            embeddingsInitializer === "uniform" ? "randomUniform" : embeddingsInitializer,
          )
        : fromTable(where, weights, [this.inputDim, this.outputDim]);
    this.activityRegularizer = toRegularizer(where, "activityRegularizer", options.activityRegularizer);
    this.#options = this.given as EmbeddingOptions;
  }

  override get vocabularySize(): number {
    return this.inputDim;
  }

  override get worksByChunks(): boolean {
    return !this.maskZero && this.activityRegularizer === undefined;
  }

  protected connect(inputShape: SampleShape): SampleShape {
    if (inputShape.slice(1).includes(null)) {
      throw new ShapeError(
        `\`${this.name}\` (embedding) needs to know every axis of its input but the first, got ${describeShape([null, ...inputShape])}.`,
        { received: inputShape, expected: "[timesteps, …]" },
      );
    }
    if (this.maskZero && inputShape.length > 1) {
      throw new ConfigError(
        `\`${this.name}\` (embedding): \`maskZero\` says which time steps count, and each step of ${describeShape([null, ...inputShape])} has several indices. Leave it out${inputShape.length === 2 && inputShape[1] === 1 ? ", or leave out the axis of one index" : ""}.`,
        { received: inputShape, expected: "[timesteps]" },
      );
    }
    const where = `embedding() \`${this.name}\``;
    const { embeddingsRegularizer, embeddingsConstraint } = this.#options;
    this.variables = [
      new Variable({
        key: "embeddings",
        shape: [this.inputDim, this.outputDim],
        initializer: this.#initializer,
        regularizer: toRegularizer(where, "embeddingsRegularizer", embeddingsRegularizer),
        constraint: toConstraint(where, "embeddingsConstraint", embeddingsConstraint),
      }),
    ];
    return [...inputShape, this.outputDim];
  }

  /** @throws DataError naming the first of the numbers that is no index. */
  #check(input: Signal, memory: Memory, batch: number): void {
    const { features, stride, isSequence } = input;
    const values = memory.floats(input.address, input.rows(batch) * stride);
    for (let row = 0; row < input.rows(batch); row++) {
      for (let k = 0; k < features; k++) {
        const index = values[row * stride + k]!;
        if (Number.isInteger(index) && index >= 0 && index < this.inputDim) continue;
        const step = isSequence ? `, time step ${Math.floor(row / batch)}` : "";
        throw new DataError(
          `\`${this.name}\` (embedding) was given ${index} in sample ${row % batch} of the batch${step}, and takes whole numbers from 0 to ${this.inputDim - 1}. ` +
            (Number.isInteger(index)
              ? `Raise its inputDim (${this.inputDim}).`
              : "Round what stands before it, or take dense for numbers."),
          { code: "index_out_of_range", received: index, expected: `0 … ${this.inputDim - 1}` },
        );
      }
    }
  }

  stage(input: Signal, workspace: Workspace): Stage {
    return input.isSequence && input.inner.length === 0
      ? this.#stageOfSteps(input, workspace)
      : this.#stageOfRows(input, workspace);
  }

  /** Of indices that stand one a time step. */
  #stageOfSteps(input: Signal, workspace: Workspace): Stage {
    const { outputDim } = this;
    const [table] = this.variables;
    const { kernels, memory, batch } = workspace;
    const { maxTimesteps, stride } = input;
    const output = ownSignal(workspace, this, input, { features: outputDim, isSequence: true, maxTimesteps });
    output.mask = this.maskZero ? workspace.region(this, "mask", batch * maxTimesteps) : 0;
    output.MaskReader = RecurrentMask;
    return {
      layer: this,
      output,
      forward: (pass: Pass) => {
        const rows = input.rows(pass.batch);
        output.timesteps = input.timesteps;
        this.#check(input, memory, pass.batch);
        const { address, mask } = output;
        const source = workspace.weights(table!);
        kernels.embeddingForward(
          input.address,
          stride,
          source,
          address,
          output.stride,
          rows,
          outputDim,
          mask,
        );
      },
      backward(pass: Pass) {
        const rows = input.rows(pass.batch);
        const gradients = workspace.gradients(table!);
        if (output.gradient !== 0 && gradients !== 0) {
          kernels.embeddingGradients(
            input.address,
            stride,
            output.gradient,
            output.stride,
            gradients,
            rows,
            outputDim,
            0,
            output.stride / 4,
          );
        }
        // Whole numbers have no slope.
        if (input.gradient !== 0) kernels.fillZero(input.gradient, rows * stride);
      },
    };
  }

  /** Of indices that another layer put out: those of a row become steps, those of a step stand side by side. */
  #stageOfRows(input: Signal, workspace: Workspace): Stage {
    const { outputDim } = this;
    const [table] = this.variables;
    const { kernels, memory, batch } = workspace;
    const { features, stride, isSequence, maxTimesteps } = input;
    const output = ownSignal(workspace, this, input, {
      features: isSequence ? features * outputDim : outputDim,
      isSequence: true,
      maxTimesteps: isSequence ? maxTimesteps : features,
      inner: isSequence ? [...input.inner, outputDim] : [outputDim],
    });
    if (!isSequence) {
      output.mask = this.maskZero ? workspace.region(this, "mask", batch * features) : 0;
      output.MaskReader = RecurrentMask;
    }
    const forEach = (size: number, visit: (index: number, at: number, row: number) => void): void => {
      const values = memory.floats(input.address, input.rows(size) * stride);
      for (let row = 0; row < input.rows(size); row++) {
        for (let k = 0; k < features; k++) {
          const to = isSequence ? row : k * size + row;
          visit(values[row * stride + k]!, to * output.stride + (isSequence ? k * outputDim : 0), to);
        }
      }
    };
    return {
      layer: this,
      output,
      forward: ({ batch: size }: Pass) => {
        output.timesteps = isSequence ? input.timesteps : features;
        this.#check(input, memory, size);
        const rows = memory.floats(output.address, output.rows(size) * output.stride);
        const source = memory.floats(workspace.weights(table!), table!.size);
        const mask = output.mask === 0 || isSequence ? null : memory.floats(output.mask, size * features);
        forEach(size, (index, at, row) => {
          rows.set(source.subarray(index * outputDim, (index + 1) * outputDim), at);
          if (mask !== null) mask[row] = index === 0 ? 0 : 1;
        });
      },
      backward({ batch: size }: Pass) {
        const address = workspace.gradients(table!);
        if (output.gradient !== 0 && address !== 0) {
          const slopes = memory.floats(output.gradient, output.rows(size) * output.stride);
          const target = memory.floats(address, table!.size);
          forEach(size, (index, at) => {
            for (let k = 0; k < outputDim; k++) target[index * outputDim + k]! += slopes[at + k]!;
          });
        }
        if (input.gradient !== 0) kernels.fillZero(input.gradient, input.rows(size) * stride);
      },
    };
  }

  protected ownConfig(): Record<string, unknown> {
    const { embeddingsRegularizer, embeddingsConstraint, activityRegularizer } = this.#options;
    return {
      inputDim: this.inputDim,
      outputDim: this.outputDim,
      maskZero: this.maskZero,
      // A table that was given is kept with the weights, not with the options.
      embeddingsInitializer: this.#options.weights == null ? this.#initializer : randomUniform(),
      ...(embeddingsRegularizer === undefined ? {} : { embeddingsRegularizer }),
      ...(embeddingsConstraint === undefined ? {} : { embeddingsConstraint }),
      ...(activityRegularizer === undefined ? {} : { activityRegularizer }),
    };
  }
}

/**
 * Turns whole numbers into learned rows: indices `[batch, …]` (an `Int32Array` or whole floats) to `[batch, …, outputDim]`,
 * as a model's first layer with `inputShape` `[timesteps]` or `[null]`, or behind a layer that puts out whole numbers.
 *
 * Weights: embeddings `[inputDim, outputDim]`.
 * @throws ConfigError for an unknown option; ShapeError for `weights` of another shape.
 *   An index out of range or not whole is a DataError that names sample and time step, before anything is changed.
 *
 * @example
 * sequential([embedding({ inputDim: 5000, outputDim: 32, maskZero: true, inputShape: [null] }), lstm({ units: 32 }), dense({ units: 1 })]);
 */
export const embedding = (options: EmbeddingOptions): EmbeddingLayer => new EmbeddingLayer(options);
