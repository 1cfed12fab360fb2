import { type ConstraintLike, toConstraint } from "../constraints/to-constraint.js";
import { ConfigError, ShapeError } from "../errors.js";
import { type Initializer, type InitializerLike, toInitializer } from "../initializers/to-initializer.js";
import { flag, numberIn } from "../options.js";
import { type RegularizerLike, toRegularizer } from "../regularizers/to-regularizer.js";
import { describeShape } from "../tensor.js";
import { Layer, type LayerOptions, type SampleShape } from "./layer.js";
import type { Signal } from "./signal.js";
import { ownSignal, type Stage } from "./stage.js";
import { Variable } from "./variable.js";
import type { Workspace } from "./workspace.js";

/** Options of `layerNormalization`, with Keras's names, meanings and defaults. */
export interface LayerNormalizationOptions extends LayerOptions {
  /** Only the last: -1, which is the default, or its number, the batch being axis 0. */
  readonly axis?: number;
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
  /** What is added to the loss for beta. Default: nothing. */
  readonly betaRegularizer?: RegularizerLike;
  /** What is added to the loss for gamma. Default: nothing. */
  readonly gammaRegularizer?: RegularizerLike;
  /** What beta obeys after each update. Default: nothing. */
  readonly betaConstraint?: ConstraintLike;
  /** What gamma obeys after each update. Default: nothing. */
  readonly gammaConstraint?: ConstraintLike;
}

const known = [
  "axis",
  "epsilon",
  "center",
  "scale",
  "betaInitializer",
  "gammaInitializer",
  "betaRegularizer",
  "gammaRegularizer",
  "betaConstraint",
  "gammaConstraint",
] as const;

/** The layer that `layerNormalization` makes. */
export class LayerNormalizationLayer extends Layer {
  readonly kind = "layerNormalization";
  readonly defaultName = "layer_normalization";
  readonly epsilon: number;
  readonly center: boolean;
  readonly scale: boolean;
  readonly #initializers: { gamma: Initializer; beta: Initializer };
  readonly #axis: number;
  readonly #options: LayerNormalizationOptions;
  gamma: Variable | undefined;
  beta: Variable | undefined;

  constructor(options: LayerNormalizationOptions) {
    const where = "layerNormalization()";
    super(where, options, known);
    this.#axis = numberIn(where, "axis", options.axis ?? -1, { min: -1, integer: true });
    this.epsilon = numberIn(where, "epsilon", options.epsilon ?? 1e-3, { above: 0 });
    this.center = flag(where, "center", options.center ?? true);
    this.scale = flag(where, "scale", options.scale ?? true);
    this.#initializers = {
      gamma: toInitializer(where, "gammaInitializer", options.gammaInitializer ?? "ones"),
      beta: toInitializer(where, "betaInitializer", options.betaInitializer ?? "zeros"),
    };
    this.#options = this.given as LayerNormalizationOptions;
  }

  override get worksByChunks(): boolean {
    return true;
  }

  protected connect(inputShape: SampleShape): SampleShape {
    const features = inputShape.at(-1);
    if (typeof features !== "number" || inputShape.length > 2) {
      throw new ShapeError(
        `\`${this.name}\` (layerNormalization) needs to know the last of one or two axes of its input, got ${describeShape([null, ...inputShape])}. Of more: timeDistributed.`,
        { received: inputShape, expected: "[…, features]" },
      );
    }
    if (this.#axis !== -1 && this.#axis !== inputShape.length) {
      throw new ConfigError(
        `\`${this.name}\` (layerNormalization): \`axis\` is ${this.#axis}, and of ${describeShape([null, ...inputShape])} only the last axis, -1, is normalized. Put permute({ dims: [2, 1] }) before and behind the layer for the other.`,
        { received: this.#axis, expected: -1 },
      );
    }
    const where = `layerNormalization() \`${this.name}\``;
    const variable = (key: "gamma" | "beta"): Variable =>
      new Variable({
        key,
        shape: [features],
        initializer: this.#initializers[key],
        regularizer: toRegularizer(where, `${key}Regularizer`, this.#options[`${key}Regularizer`]),
        constraint: toConstraint(where, `${key}Constraint`, this.#options[`${key}Constraint`]),
      });
    this.gamma = this.scale ? variable("gamma") : undefined;
    this.beta = this.center ? variable("beta") : undefined;
    this.variables = [this.gamma, this.beta].filter((one) => one !== undefined);
    return inputShape;
  }

  stage(input: Signal, workspace: Workspace): Stage {
    const { gamma, beta, epsilon } = this;
    const { kernels, batch } = workspace;
    const { features, isSequence, maxTimesteps, stride } = input;
    const output = ownSignal(workspace, this, input, { features, isSequence, maxTimesteps });
    const statistics = workspace.region(this, "mean and scale", 2 * batch * maxTimesteps);
    const weightsOf = (variable: Variable | undefined): number =>
      variable === undefined ? 0 : workspace.weights(variable);
    const gradientsOf = (variable: Variable | undefined): number =>
      variable === undefined ? 0 : workspace.gradients(variable);
    return {
      layer: this,
      output,
      forward(pass) {
        output.timesteps = input.timesteps;
        kernels.layerNormalizationForward(
          input.address,
          output.address,
          weightsOf(gamma),
          weightsOf(beta),
          statistics,
          input.rows(pass.batch),
          features,
          stride,
          epsilon,
        );
      },
      backward: (pass) => {
        if (output.gradient === 0) return;
        const rows = input.rows(pass.batch);
        const dy = output.gradient;
        if (workspace.learns(this)) {
          kernels.layerNormalizationGradients(
            input.address,
            dy,
            statistics,
            gradientsOf(gamma),
            gradientsOf(beta),
            rows,
            features,
            stride,
            0,
            stride / 4,
          );
        }
        if (input.gradient === 0) return;
        kernels.layerNormalizationBackward(
          input.address,
          dy,
          input.gradient,
          weightsOf(gamma),
          statistics,
          rows,
          features,
          stride,
        );
      },
    };
  }

  protected ownConfig(): Record<string, unknown> {
    const { gammaRegularizer, betaRegularizer, gammaConstraint, betaConstraint } = this.#options;
    return {
      epsilon: this.epsilon,
      center: this.center,
      scale: this.scale,
      gammaInitializer: this.#initializers.gamma,
      betaInitializer: this.#initializers.beta,
      ...(gammaRegularizer === undefined ? {} : { gammaRegularizer }),
      ...(betaRegularizer === undefined ? {} : { betaRegularizer }),
      ...(gammaConstraint === undefined ? {} : { gammaConstraint }),
      ...(betaConstraint === undefined ? {} : { betaConstraint }),
    };
  }
}

/**
 * Brings each row of features to mean 0 and variance 1, then scales it by gamma and shifts it by beta (Ba, Kiros & Hinton
 * 2016). Works on `[batch, features]` and on each time step of `[batch, timesteps, features]` by itself.
 *
 * Weights, in order: gamma `[features]` with `scale`, beta `[features]` with `center`.
 * @throws ConfigError for an unknown option or a value out of range.
 *
 * @example
 * sequential([lstm({ units: 8, inputShape: [24, 1] }), layerNormalization(), dense({ units: 1 })]);
 */
export const layerNormalization = (options: LayerNormalizationOptions = {}): LayerNormalizationLayer =>
  new LayerNormalizationLayer(options);
