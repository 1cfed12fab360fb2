import type { ConstraintLike } from "../constraints/to-constraint.js";
import { type Activation, activations } from "../engine/activation-codes.js";
import { ShapeError } from "../errors.js";
import { type Initializer, type InitializerLike, toInitializer } from "../initializers/to-initializer.js";
import { flag, numberIn, oneOf } from "../options.js";
import { type RegularizerLike, toRegularizer } from "../regularizers/to-regularizer.js";
import { describeShape } from "../tensor.js";
import { ActivationPass } from "./activation-stage.js";
import { Layer, type LayerOptions, type SampleShape } from "./layer.js";
import type { Signal } from "./signal.js";
import { ownSignal, type Stage } from "./stage.js";
import type { Variable } from "./variable.js";
import { declaredWeight } from "./variable.js";
import { OUTER_ROWS, type Packed, type Pass, type Workspace } from "./workspace.js";

/** Options of `dense`, with Keras's names, meanings and defaults. */
export interface DenseOptions extends LayerOptions {
  /** Numbers a row is mapped to, at least 1. */
  readonly units: number;
  /** Default, and null: `"linear"`. */
  readonly activation?: Activation | null;
  /** Whether a bias is added. Default true. */
  readonly useBias?: boolean;
  /** Default `"glorotUniform"`. */
  readonly kernelInitializer?: InitializerLike;
  /** How the bias begins. Default `zeros`. */
  readonly biasInitializer?: InitializerLike;
  /** What is added to the loss for the kernel. Default: nothing. */
  readonly kernelRegularizer?: RegularizerLike;
  /** What is added to the loss for the bias. Default: nothing. */
  readonly biasRegularizer?: RegularizerLike;
  /** Of the output. Default: nothing is added to the loss. */
  readonly activityRegularizer?: RegularizerLike;
  /** What the kernel obeys after each update. Default: nothing. */
  readonly kernelConstraint?: ConstraintLike;
  /** What the bias obeys after each update. Default: nothing. */
  readonly biasConstraint?: ConstraintLike;
}

const known = [
  "units",
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

/** The layer that `dense` makes. */
export class DenseLayer extends Layer {
  readonly kind = "dense";
  readonly defaultName = "dense";
  readonly units: number;
  readonly activation: Activation;
  readonly useBias: boolean;
  readonly #initializers: { kernel: Initializer; bias: Initializer };
  override variables: readonly Variable[] = [];

  constructor(options: DenseOptions) {
    super("dense()", options, known);
    const where = "dense()";
    this.units = numberIn(where, "units", options.units, { min: 1, integer: true });
    this.activation = oneOf(where, "activation", options.activation ?? "linear", activations);
    this.useBias = flag(where, "useBias", options.useBias ?? true);
    this.#initializers = {
      kernel: toInitializer(where, "kernelInitializer", options.kernelInitializer ?? "glorotUniform"),
      bias: toInitializer(where, "biasInitializer", options.biasInitializer ?? "zeros"),
    };
    this.activityRegularizer = toRegularizer(where, "activityRegularizer", options.activityRegularizer);
  }

  override get worksByChunks(): boolean {
    return this.activityRegularizer === undefined;
  }

  protected connect(inputShape: SampleShape): SampleShape {
    const features = inputShape.at(-1);
    if (typeof features !== "number" || inputShape.length > 2) {
      throw new ShapeError(
        `\`${this.name}\` (dense) needs to know the last of one or two axes of its input, got ${describeShape([null, ...inputShape])}. Of more: timeDistributed.`,
        { received: inputShape, expected: "[…, features]" },
      );
    }
    const where = `dense() \`${this.name}\``;
    const { units } = this;
    const { kernel, bias } = this.#initializers;
    const own = this.given as DenseOptions;
    this.variables = [
      declaredWeight(where, own, "kernel", { key: "kernel", shape: [features, units], initializer: kernel }),
      ...(this.useBias
        ? [declaredWeight(where, own, "bias", { key: "bias", shape: [units], initializer: bias })]
        : []),
    ];
    return [...inputShape.slice(0, -1), this.units];
  }

  stage(input: Signal, workspace: Workspace): Stage {
    return new DenseStage(this, input, workspace);
  }

  protected ownConfig(): Record<string, unknown> {
    return { ...this.ownOptions(), units: this.units, activation: this.activation };
  }
}

class DenseStage implements Stage {
  readonly output: Signal;
  readonly #activation: ActivationPass;
  readonly #panels: number;
  readonly #startBias: number;
  readonly #transposed: number;
  readonly #pairs: number;
  readonly #packed: { panels: Packed; transposed: Packed };

  constructor(
    readonly layer: DenseLayer,
    readonly input: Signal,
    readonly workspace: Workspace,
  ) {
    const { units } = layer;
    const { isSequence, maxTimesteps, features } = input;
    this.output = ownSignal(workspace, layer, input, { features: units, isSequence, maxTimesteps });
    const rows = workspace.batch * maxTimesteps;
    this.#activation = new ActivationPass(layer.activation, layer, workspace, rows * this.output.stride);
    const columns = Math.ceil(units / 16) * 16;
    this.#panels = workspace.shared(layer, "panels", columns * features);
    this.#startBias = workspace.shared(layer, "panel bias", columns);
    const learns = this.output.gradient !== 0;
    this.#transposed = learns
      ? workspace.shared(layer, "transposed panels", Math.ceil(features / 16) * 16 * units)
      : 0;
    this.#pairs = learns ? workspace.region(layer, "pairs", (features + 1) * OUTER_ROWS) : 0;
    this.#packed = {
      panels: workspace.packed(layer, "panels"),
      transposed: workspace.packed(layer, "transposed panels"),
    };
  }

  forward(pass: Pass): void {
    const { layer, input, output, workspace } = this;
    const { kernels } = workspace;
    const [kernel, bias] = layer.variables;
    this.#packed.panels.refresh(pass.weightsVersion, () => {
      kernels.packColumns(workspace.weights(kernel!), layer.units, this.#panels, input.features, layer.units);
      if (bias !== undefined) kernels.copyFloats(workspace.weights(bias), this.#startBias, layer.units);
    });
    output.timesteps = input.timesteps;
    const rows = input.rows(pass.batch);
    kernels.matrixProduct(
      input.address,
      input.stride,
      this.#panels,
      this.#startBias,
      output.address,
      output.stride,
      rows,
      input.features,
      layer.units,
      0,
    );
    this.#activation.forward(output.address, output.address, rows, layer.units, output.stride);
  }

  backward(pass: Pass): void {
    const { layer, input, output, workspace } = this;
    const { kernels } = workspace;
    if (output.gradient === 0) return;
    const [kernel, bias] = layer.variables;
    const rows = input.rows(pass.batch);
    const dz = output.gradient;
    this.#activation.backward(output.address, dz, dz, rows, layer.units, output.stride);
    const gradients = workspace.gradients(kernel!);
    if (gradients !== 0) {
      kernels.denseWeightGradients(
        input.address,
        input.stride,
        dz,
        output.stride,
        rows,
        input.features,
        layer.units,
        this.#pairs,
        gradients,
        bias === undefined ? 0 : workspace.gradients(bias),
      );
    }
    if (input.gradient === 0) return;
    this.#packed.transposed.refresh(pass.weightsVersion, () => {
      kernels.packTransposed(
        workspace.weights(kernel!),
        layer.units,
        this.#transposed,
        layer.units,
        input.features,
      );
    });
    kernels.matrixProduct(
      dz,
      output.stride,
      this.#transposed,
      0,
      input.gradient,
      input.stride,
      rows,
      layer.units,
      input.features,
      0,
    );
  }
}

/**
 * A fully connected layer, activation(x W + b), over the last axis: of `[batch, features]`, or of each time step of
 * `[batch, timesteps, features]`.
 *
 * Weights, in order: kernel `[features, units]`, bias `[units]`.
 * @throws ConfigError for an unknown option or a value out of range.
 *
 * @example
 * sequential([lstm({ units: 8, inputShape: [20, 3] }), dense({ units: 1 })]);
 */
export const dense = (options: DenseOptions): DenseLayer => new DenseLayer(options);
