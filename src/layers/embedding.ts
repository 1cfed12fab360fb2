import { type ConstraintLike, toConstraint } from "../constraints/to-constraint.js";
import { ConfigError, DataError, ShapeError } from "../errors.js";
import { randomUniform } from "../initializers/random-distributions.js";
import { type Initializer, type InitializerLike, toInitializer } from "../initializers/to-initializer.js";
import { flag, numberIn } from "../options.js";
import { type RegularizerLike, toRegularizer } from "../regularizers/to-regularizer.js";
import { describeShape, firstNonFinite, type TensorLike, toTensor } from "../tensor.js";
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
  /** The table at the start, `[inputDim, outputDim]`, for example from `readWordVectors`. */
  readonly weights?: TensorLike;
  /** Default `"uniform"`: even between -0.05 and 0.05. */
  readonly embeddingsInitializer?: InitializerLike | "uniform";
  readonly embeddingsRegularizer?: RegularizerLike;
  readonly activityRegularizer?: RegularizerLike;
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
function fromTable(where: string, weights: TensorLike, shape: readonly [number, number]): Initializer {
  const table = toTensor(weights);
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
    if (weights !== undefined && options.embeddingsInitializer !== undefined) {
      throw new ConfigError(
        `${where}: \`weights\` and \`embeddingsInitializer\` both say how the table begins. Give one of them.`,
      );
    }
    this.#initializer =
      weights === undefined
        ? toInitializer(
            where,
            "embeddingsInitializer",
            embeddingsInitializer === "uniform" ? "randomUniform" : embeddingsInitializer,
          )
        : fromTable(where, weights, [this.inputDim, this.outputDim]);
    this.activityRegularizer = toRegularizer(where, "activityRegularizer", options.activityRegularizer);
    this.#options = options;
  }

  override get vocabularySize(): number {
    return this.inputDim;
  }

  override get worksByChunks(): boolean {
    return !this.maskZero && this.activityRegularizer === undefined;
  }

  protected connect(inputShape: SampleShape, previous?: Layer): SampleShape {
    if (previous !== undefined && !previous.isInput) {
      throw new ConfigError(
        `\`${this.name}\` (embedding) looks up whole numbers, so it must be the first layer; \`${previous.name}\` stands before it.`,
      );
    }
    if (inputShape.length !== 1) {
      throw new ShapeError(
        `\`${this.name}\` (embedding) expected indices [batch, timesteps], got ${describeShape([null, ...inputShape])}. ` +
          "Its inputShape is [timesteps], or [null] for any number: indices have no feature axis.",
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
    return [inputShape[0]!, this.outputDim];
  }

  stage(input: Signal, workspace: Workspace): Stage {
    const { outputDim } = this;
    const [table] = this.variables;
    const { kernels, batch } = workspace;
    const { maxTimesteps, stride } = input;
    const output = ownSignal(workspace, this, input, {
      features: outputDim,
      isSequence: true,
      maxTimesteps,
    });
    output.mask = this.maskZero ? workspace.region(this, "mask", batch * maxTimesteps) : 0;
    output.MaskReader = RecurrentMask;
    return {
      layer: this,
      output,
      forward(pass: Pass) {
        const rows = input.rows(pass.batch);
        output.timesteps = input.timesteps;
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

  protected ownConfig(): Record<string, unknown> {
    const { embeddingsRegularizer, embeddingsConstraint, activityRegularizer } = this.#options;
    return {
      inputDim: this.inputDim,
      outputDim: this.outputDim,
      maskZero: this.maskZero,
      // A table that was given is kept with the weights, not with the options.
      embeddingsInitializer: this.#options.weights === undefined ? this.#initializer : randomUniform(),
      ...(embeddingsRegularizer === undefined ? {} : { embeddingsRegularizer }),
      ...(embeddingsConstraint === undefined ? {} : { embeddingsConstraint }),
      ...(activityRegularizer === undefined ? {} : { activityRegularizer }),
    };
  }
}

/**
 * Turns whole numbers into learned rows: indices `[batch, timesteps]` (an `Int32Array` or whole floats) to
 * `[batch, timesteps, outputDim]`. It is a model's first layer, with `inputShape` `[timesteps]` or `[null]`.
 *
 * Weights: embeddings `[inputDim, outputDim]`.
 * @throws ConfigError for an unknown option or a place behind another layer; ShapeError for `weights` of another shape.
 *   An index out of range or not whole is a DataError that names sample and time step, before anything is computed.
 *
 * @example
 * sequential([embedding({ inputDim: 5000, outputDim: 32, maskZero: true, inputShape: [null] }), lstm({ units: 32 }), dense({ units: 1 })]);
 */
export const embedding = (options: EmbeddingOptions): EmbeddingLayer => new EmbeddingLayer(options);
