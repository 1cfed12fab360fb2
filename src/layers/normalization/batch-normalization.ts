import { type ConstraintLike, toConstraint } from "../../constraints/to-constraint.js";
import { ConfigError, ShapeError } from "../../errors.js";
import { type Initializer, type InitializerLike, toInitializer } from "../../initializers/to-initializer.js";
import { flag, numberIn } from "../../options.js";
import { type RegularizerLike, toRegularizer } from "../../regularizers/to-regularizer.js";
import { describeShape } from "../../tensor.js";
import { Layer, type LayerOptions, type SampleShape } from "../layer.js";
import type { Signal } from "../signal.js";
import type { Stage } from "../stage.js";
import { Variable } from "../variable.js";
import type { Workspace } from "../workspace.js";
import { BatchNormalizationStage } from "./batch-normalization-stage.js";

/** Options of `batchNormalization`, with Keras's names, meanings and defaults. */
export interface BatchNormalizationOptions extends LayerOptions {
  /** Only the last: -1, which is the default, or its number, the batch being axis 0. */
  readonly axis?: number;
  /** Share of the moving statistics that a batch leaves as it was. Default 0.99. */
  readonly momentum?: number;
  /** Added to the variance. Default 1e-3. */
  readonly epsilon?: number;
  /** Learns a shift, beta. Default true. */
  readonly center?: boolean;
  /** Learns a factor, gamma. Default true. */
  readonly scale?: boolean;
  /** Default `"zeros"`. */
  readonly betaInitializer?: InitializerLike;
  /** Default `"ones"`. */
  readonly gammaInitializer?: InitializerLike;
  /** Default `"zeros"`. */
  readonly movingMeanInitializer?: InitializerLike;
  /** Default `"ones"`. */
  readonly movingVarianceInitializer?: InitializerLike;
  /** Default: none. */
  readonly betaRegularizer?: RegularizerLike;
  /** Default: none. */
  readonly gammaRegularizer?: RegularizerLike;
  /** Default: none. */
  readonly betaConstraint?: ConstraintLike;
  /** Default: none. */
  readonly gammaConstraint?: ConstraintLike;
}

const known = [
  "axis",
  "momentum",
  "epsilon",
  "center",
  "scale",
  "betaInitializer",
  "gammaInitializer",
  "movingMeanInitializer",
  "movingVarianceInitializer",
  "betaRegularizer",
  "gammaRegularizer",
  "betaConstraint",
  "gammaConstraint",
] as const;

/** The layer that `batchNormalization` makes. */
export class BatchNormalizationLayer extends Layer {
  readonly kind = "batchNormalization";
  readonly defaultName = "batch_normalization";
  readonly momentum: number;
  readonly epsilon: number;
  readonly center: boolean;
  readonly scale: boolean;
  readonly #initializers: Record<"gamma" | "beta" | "movingMean" | "movingVariance", Initializer>;
  readonly #axis: number;
  readonly #options: BatchNormalizationOptions;
  gamma: Variable | undefined;
  beta: Variable | undefined;

  constructor(options: BatchNormalizationOptions) {
    const where = "batchNormalization()";
    super(where, options, known);
    this.#axis = numberIn(where, "axis", options.axis ?? -1, { min: -1, integer: true });
    this.momentum = numberIn(where, "momentum", options.momentum ?? 0.99, { min: 0, max: 1 });
    this.epsilon = numberIn(where, "epsilon", options.epsilon ?? 1e-3, { above: 0 });
    this.center = flag(where, "center", options.center ?? true);
    this.scale = flag(where, "scale", options.scale ?? true);
    const initializer = (option: keyof BatchNormalizationOptions, usual: InitializerLike): Initializer =>
      toInitializer(where, option, (options[option] as InitializerLike | undefined) ?? usual);
    this.#initializers = {
      gamma: initializer("gammaInitializer", "ones"),
      beta: initializer("betaInitializer", "zeros"),
      movingMean: initializer("movingMeanInitializer", "zeros"),
      movingVariance: initializer("movingVarianceInitializer", "ones"),
    };
    this.#options = this.given as BatchNormalizationOptions;
  }

  get movingMean(): Variable {
    return this.variables.at(-2)!;
  }

  get movingVariance(): Variable {
    return this.variables.at(-1)!;
  }

  protected connect(inputShape: SampleShape): SampleShape {
    const features = inputShape.at(-1);
    if (typeof features !== "number" || inputShape.length > 2) {
      throw new ShapeError(
        `\`${this.name}\` (batchNormalization) expected [batch, features] or [batch, timesteps, features] with known features, got ${describeShape([null, ...inputShape])}.`,
        { received: inputShape, expected: "[…, features]" },
      );
    }
    if (this.#axis !== -1 && this.#axis !== inputShape.length) {
      throw new ConfigError(
        `\`${this.name}\` (batchNormalization): \`axis\` is ${this.#axis}, and of ${describeShape([null, ...inputShape])} only the last axis, -1, is normalized. Put permute({ dims: [2, 1] }) before and behind the layer for the other.`,
        { received: this.#axis, expected: -1 },
      );
    }
    const where = `batchNormalization() \`${this.name}\``;
    const learned = (key: "gamma" | "beta"): Variable =>
      new Variable({
        key,
        shape: [features],
        initializer: this.#initializers[key],
        regularizer: toRegularizer(where, `${key}Regularizer`, this.#options[`${key}Regularizer`]),
        constraint: toConstraint(where, `${key}Constraint`, this.#options[`${key}Constraint`]),
      });
    const moving = (key: string, initializer: Initializer): Variable =>
      new Variable({ key, shape: [features], initializer, trainable: false });
    this.gamma = this.scale ? learned("gamma") : undefined;
    this.beta = this.center ? learned("beta") : undefined;
    const { movingMean, movingVariance } = this.#initializers;
    this.variables = [
      ...(this.gamma === undefined ? [] : [this.gamma]),
      ...(this.beta === undefined ? [] : [this.beta]),
      moving("moving_mean", movingMean),
      moving("moving_variance", movingVariance),
    ];
    return inputShape;
  }

  stage(input: Signal, workspace: Workspace): Stage {
    return new BatchNormalizationStage(this, input, workspace);
  }

  protected ownConfig(): Record<string, unknown> {
    const { gammaRegularizer, betaRegularizer, gammaConstraint, betaConstraint } = this.#options;
    return {
      momentum: this.momentum,
      epsilon: this.epsilon,
      center: this.center,
      scale: this.scale,
      gammaInitializer: this.#initializers.gamma,
      betaInitializer: this.#initializers.beta,
      movingMeanInitializer: this.#initializers.movingMean,
      movingVarianceInitializer: this.#initializers.movingVariance,
      ...(gammaRegularizer === undefined ? {} : { gammaRegularizer }),
      ...(betaRegularizer === undefined ? {} : { betaRegularizer }),
      ...(gammaConstraint === undefined ? {} : { gammaConstraint }),
      ...(betaConstraint === undefined ? {} : { betaConstraint }),
    };
  }
}

/**
 * Brings each feature to mean 0 and variance 1, then scales it by gamma and shifts it by beta (Ioffe & Szegedy 2015).
 * `[batch, features]` or `[batch, timesteps, features]`; a mask goes through, and masked steps are not counted.
 *
 * In training the statistics are those of the batch, over all samples and time steps, and the moving ones follow them:
 * moving = momentum · moving + (1 - momentum) · batch, the variance divided by the count. Otherwise, and where the layer is
 * not trainable, the moving ones are used.
 *
 * Weights, in order: gamma `[features]` with `scale`, beta `[features]` with `center`, moving_mean and moving_variance
 * `[features]`, which no optimizer changes.
 * @throws ConfigError for an unknown option or a value out of range.
 *
 * @example
 * sequential([conv1d({ filters: 16, kernelSize: 3, inputShape: [48, 2] }), batchNormalization(), lstm({ units: 16 })]);
 */
export const batchNormalization = (options: BatchNormalizationOptions = {}): BatchNormalizationLayer =>
  new BatchNormalizationLayer(options);
