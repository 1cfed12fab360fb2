import type { ConstraintLike } from "../../constraints/to-constraint.js";
import { type Activation, activations } from "../../engine/activation-codes.js";
import { ConfigError, ShapeError } from "../../errors.js";
import { type Initializer, type InitializerLike, toInitializer } from "../../initializers/to-initializer.js";
import { flag, numberIn, oneOf } from "../../options.js";
import { type RegularizerLike, toRegularizer } from "../../regularizers/to-regularizer.js";
import { Layer, type LayerOptions, type SampleShape } from "../layer.js";
import type { Signal } from "../signal.js";
import type { Stage } from "../stage.js";
import { declaredWeight, type Variable } from "../variable.js";
import {
  checkWindows,
  refuseChannelsFirst,
  type Steps,
  sequenceShape,
  stepsIn,
  type Windows,
} from "../window.js";
import type { Workspace } from "../workspace.js";
import { Conv1DStage } from "./conv-1d-stage.js";

/** Options of `conv1d`, with Keras's names, meanings and defaults. */
export interface Conv1DOptions extends LayerOptions {
  /** Features of the output. */
  readonly filters: number;
  /** Time steps that one output step looks at. */
  readonly kernelSize: Steps;
  /** Time steps from one output step's window to the next. Default 1. */
  readonly strides?: Steps;
  /**
   * `"valid"` (default): windows inside the sequence alone. `"same"`: as many zeros on both sides as give
   * ⌈timesteps / strides⌉ output steps. `"causal"`: zeros before the first step alone, so that no output sees the future.
   */
  readonly padding?: "valid" | "same" | "causal";
  /** Only `"channelsLast"`, which is the default. */
  readonly dataFormat?: "channelsLast";
  /** Time steps from one of a window's steps to the next; above 1 only with strides 1. Default 1. */
  readonly dilationRate?: Steps;
  /** Groups of features that do not meet; divides `filters` and the input's features. Default 1. */
  readonly groups?: number;
  /** Default, and null: `"linear"`. */
  readonly activation?: Activation | null;
  /** Adds a learned number to each filter. Default true. */
  readonly useBias?: boolean;
  /** Default `"glorotUniform"`. */
  readonly kernelInitializer?: InitializerLike;
  /** Default `"zeros"`. */
  readonly biasInitializer?: InitializerLike;
  /** Default: none. */
  readonly kernelRegularizer?: RegularizerLike;
  /** Default: none. */
  readonly biasRegularizer?: RegularizerLike;
  /** Of the output. Default: none. */
  readonly activityRegularizer?: RegularizerLike;
  /** Default: none. */
  readonly kernelConstraint?: ConstraintLike;
  /** Default: none. */
  readonly biasConstraint?: ConstraintLike;
}

const known = [
  "filters",
  "kernelSize",
  "strides",
  "padding",
  "dataFormat",
  "dilationRate",
  "groups",
  "activation",
  "useBias",
  "kernelInitializer",
  "biasInitializer",
  "kernelRegularizer",
  "biasRegularizer",
  "activityRegularizer",
  "kernelConstraint",
  "biasConstraint",
] as const;

/** The layer that `conv1d` makes. */
export class Conv1DLayer extends Layer {
  readonly kind = "conv1d";
  readonly defaultName = "conv1d";
  readonly filters: number;
  readonly kernelSize: number;
  readonly dilationRate: number;
  readonly groups: number;
  readonly windows: Windows;
  readonly activation: Activation;
  readonly useBias: boolean;
  /** Input features of one group; known once the layer is built. */
  channels = 0;
  readonly #initializers: { kernel: Initializer; bias: Initializer };
  readonly #options: Conv1DOptions;
  override variables: readonly Variable[] = [];

  constructor(options: Conv1DOptions) {
    const where = "conv1d()";
    super(where, options, known);
    this.filters = numberIn(where, "filters", options.filters, { min: 1, integer: true });
    this.kernelSize = stepsIn(where, "kernelSize", options.kernelSize);
    this.dilationRate = stepsIn(where, "dilationRate", options.dilationRate ?? 1);
    this.groups = numberIn(where, "groups", options.groups ?? 1, { min: 1, integer: true });
    const strides = stepsIn(where, "strides", options.strides ?? 1);
    const padding = oneOf(where, "padding", options.padding ?? "valid", ["valid", "same", "causal"] as const);
    refuseChannelsFirst(where, options.dataFormat);
    this.windows = { extent: (this.kernelSize - 1) * this.dilationRate + 1, strides, padding };
    if (strides > 1 && this.dilationRate > 1) {
      throw new ConfigError(
        `${where}: \`strides\` ${strides} and \`dilationRate\` ${this.dilationRate} cannot both be above 1 (as in Keras).`,
        { received: { strides, dilationRate: this.dilationRate } },
      );
    }
    if (this.filters % this.groups !== 0) {
      throw new ConfigError(
        `${where}: \`filters\` ${this.filters} does not divide into ${this.groups} \`groups\`.`,
        { received: this.filters, expected: `a multiple of ${this.groups}` },
      );
    }
    this.activation = oneOf(where, "activation", options.activation ?? "linear", activations);
    this.useBias = flag(where, "useBias", options.useBias ?? true);
    this.#initializers = {
      kernel: toInitializer(where, "kernelInitializer", options.kernelInitializer ?? "glorotUniform"),
      bias: toInitializer(where, "biasInitializer", options.biasInitializer ?? "zeros"),
    };
    this.activityRegularizer = toRegularizer(where, "activityRegularizer", options.activityRegularizer);
    this.#options = this.given as Conv1DOptions;
  }

  /** Filters of one group. */
  get groupFilters(): number {
    return this.filters / this.groups;
  }

  protected connect(inputShape: SampleShape, previous?: Layer): SampleShape {
    const { steps, features } = sequenceShape(this, inputShape, previous);
    const where = `conv1d() \`${this.name}\``;
    if (features % this.groups !== 0) {
      throw new ShapeError(
        `${where}: the input's ${features} features do not divide into ${this.groups} \`groups\`.`,
        { received: features, expected: `a multiple of ${this.groups}` },
      );
    }
    this.channels = features / this.groups;
    const outputSteps = steps === null ? null : checkWindows(this, this.windows, steps);
    const { kernel, bias } = this.#initializers;
    const own = this.#options;
    this.variables = [
      declaredWeight(where, own, "kernel", {
        key: "kernel",
        shape: [this.kernelSize, this.channels, this.filters],
        initializer: kernel,
      }),
      ...(this.useBias
        ? [declaredWeight(where, own, "bias", { key: "bias", shape: [this.filters], initializer: bias })]
        : []),
    ];
    return [outputSteps, this.filters];
  }

  stage(input: Signal, workspace: Workspace): Stage {
    return new Conv1DStage(this, input, workspace);
  }

  protected ownConfig(): Record<string, unknown> {
    const {
      name: _name,
      inputShape: _shape,
      batchSize: _size,
      trainable: _trainable,
      dataFormat: _format,
      ...rest
    } = this.#options;
    const { filters, kernelSize, dilationRate, groups, activation, windows } = this;
    const { strides, padding } = windows;
    return { ...rest, filters, kernelSize, strides, padding, dilationRate, groups, activation };
  }
}

/**
 * A convolution over time (Keras's cross-correlation): each output step is activation(Σ_k x[t · strides + k · dilationRate
 * - padding] W_k + b). `[batch, timesteps, features]` to `[batch, steps, filters]`; any number of time steps.
 *
 * Weights, in order: kernel `[kernelSize, features / groups, filters]`, bias `[filters]`. A mask goes through where the
 * steps stay (strides 1, padding `"same"` or `"causal"`) and ends elsewhere.
 * @throws ConfigError for an unknown option, a value out of range, strides with a dilation, or `filters` that do not
 *   divide into `groups`; ShapeError for an input that is no sequence, or is shorter than a window.
 *
 * @example
 * sequential([
 *   conv1d({ filters: 16, kernelSize: 5, padding: "causal", activation: "relu", inputShape: [48, 3] }),
 *   maxPooling1D({ poolSize: 2 }),
 *   lstm({ units: 32 }),
 *   dense({ units: 1 }),
 * ]);
 */
export const conv1d = (options: Conv1DOptions): Conv1DLayer => new Conv1DLayer(options);
