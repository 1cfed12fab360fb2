import { type ConstraintLike, toConstraint } from "../../constraints/to-constraint.js";
import { ConfigError, ShapeError, told } from "../../errors.js";
import { type Initializer, type InitializerLike, toInitializer } from "../../initializers/to-initializer.js";
import { type RegularizerLike, toRegularizer } from "../../regularizers/to-regularizer.js";
import { describeShape } from "../../tensor.js";
import { Layer, type LayerOptions, type SampleShape } from "../layer.js";
import type { Signal } from "../signal.js";
import { ownSignal, type Stage } from "../stage.js";
import { Variable } from "../variable.js";
import type { Workspace } from "../workspace.js";

/** Options of `prelu`, with Keras's names, meanings and defaults. */
export interface PreluOptions extends LayerOptions {
  /** Default `"zeros"`. */
  readonly alphaInitializer?: InitializerLike;
  /** Default: none. */
  readonly alphaRegularizer?: RegularizerLike;
  /** Default: none. */
  readonly alphaConstraint?: ConstraintLike;
  /** Axes along which all slopes are one, counted from 1, the batch left out: [1] for one slope a feature. Default: none. */
  readonly sharedAxes?: readonly number[] | null;
}

/** The layer that `prelu` makes. */
export class PreluLayer extends Layer {
  readonly kind = "prelu";
  readonly defaultName = "p_re_lu";
  readonly sharedAxes: readonly number[];
  readonly #initializer: Initializer;
  readonly #options: PreluOptions;

  constructor(options: PreluOptions) {
    const where = "prelu()";
    super(where, options, ["alphaInitializer", "alphaRegularizer", "alphaConstraint", "sharedAxes"]);
    const axes = options.sharedAxes ?? [];
    if (!Array.isArray(axes) || axes.some((axis) => axis !== 1 && axis !== 2)) {
      throw new ConfigError(
        `${where}: \`sharedAxes\` is ${told(axes)}, expected axes counted from 1, such as [1] for the time steps.`,
        { received: axes, expected: "[1], [2] or [1, 2]" },
      );
    }
    this.sharedAxes = [...axes];
    this.#initializer = toInitializer(where, "alphaInitializer", options.alphaInitializer ?? "zeros");
    this.#options = this.given as PreluOptions;
  }

  protected connect(inputShape: SampleShape): SampleShape {
    const shape = inputShape.map((extent, i) => (this.sharedAxes.includes(i + 1) ? 1 : extent));
    if (
      inputShape.length > 2 ||
      shape.includes(null) ||
      this.sharedAxes.some((axis) => axis > inputShape.length)
    ) {
      throw new ShapeError(
        `\`${this.name}\` (prelu) has a slope for each of ${describeShape([null, ...inputShape])}. Samples of one or two axes; those whose extent is not known have to be shared: sharedAxes: [1].`,
        { received: inputShape, expected: "known extents, or shared axes" },
      );
    }
    const where = `prelu() \`${this.name}\``;
    const { alphaRegularizer, alphaConstraint } = this.#options;
    this.variables = [
      new Variable({
        key: "alpha",
        shape: shape as number[],
        initializer: this.#initializer,
        regularizer: toRegularizer(where, "alphaRegularizer", alphaRegularizer),
        constraint: toConstraint(where, "alphaConstraint", alphaConstraint),
      }),
    ];
    return inputShape;
  }

  stage(input: Signal, workspace: Workspace): Stage {
    const { kernels, memory } = workspace;
    const { features, isSequence, maxTimesteps, stride } = input;
    const output = ownSignal(workspace, this, input, { features, isSequence, maxTimesteps });
    const [alpha] = this.variables;
    const width = alpha!.shape.at(-1)!;
    // One row of slopes for each step, or for all of them.
    const steps = isSequence && alpha!.shape[0] !== 1 ? alpha!.shape[0]! : 1;
    const slopes = workspace.shared(this, "slopes", steps * stride);
    const packed = workspace.packed(this, "slopes");
    const sums = output.gradient === 0 ? 0 : workspace.region(this, "slopes' gradient", steps * stride);
    /** Rows of a pass that share a row of slopes. */
    const eachStep = (batch: number, visit: (row: number, slope: number, rows: number) => void): void => {
      if (steps === 1) visit(0, 0, input.rows(batch));
      else for (let t = 0; t < input.timesteps; t++) visit(t * batch * stride * 4, t * stride * 4, batch);
    };
    return {
      layer: this,
      output,
      forward({ batch, weightsVersion }) {
        output.timesteps = input.timesteps;
        packed.refresh(weightsVersion, () => {
          const values = memory.floats(workspace.weights(alpha!), alpha!.size);
          const rows = memory.floats(slopes, steps * stride);
          for (let t = 0; t < steps; t++) {
            for (let k = 0; k < features; k++)
              rows[t * stride + k] = values[t * width + (width === 1 ? 0 : k)]!;
          }
        });
        eachStep(batch, (row, slope, rows) => {
          kernels.preluForward(input.address + row, slopes + slope, output.address + row, rows, stride);
        });
      },
      backward: ({ batch }) => {
        if (output.gradient === 0) return;
        kernels.fillZero(sums, steps * stride);
        eachStep(batch, (row, slope, rows) => {
          const dx = input.gradient === 0 ? 0 : input.gradient + row;
          kernels.preluBackward(
            input.address + row,
            slopes + slope,
            output.gradient + row,
            dx,
            sums + slope,
            rows,
            stride,
          );
        });
        if (!workspace.learns(this)) return;
        const gradient = memory.floats(workspace.gradients(alpha!), alpha!.size);
        const rows = memory.floats(sums, steps * stride);
        for (let t = 0; t < steps; t++) {
          for (let k = 0; k < features; k++)
            gradient[t * width + (width === 1 ? 0 : k)]! += rows[t * stride + k]!;
        }
      },
    };
  }

  protected ownConfig(): Record<string, unknown> {
    const { alphaRegularizer, alphaConstraint } = this.#options;
    return {
      alphaInitializer: this.#initializer,
      ...(alphaRegularizer === undefined ? {} : { alphaRegularizer }),
      ...(alphaConstraint === undefined ? {} : { alphaConstraint }),
      ...(this.sharedAxes.length === 0 ? {} : { sharedAxes: this.sharedAxes }),
    };
  }
}

/**
 * y = x above 0, alpha · x elsewhere, with a learned slope for each element of a sample (He et al. 2015). Any shape; masks
 * go through.
 *
 * Weights: alpha, of the input's shape, with 1 in place of `sharedAxes`.
 * @throws ConfigError for axes that are none; ShapeError where an extent that is not shared is not known.
 *
 * @example
 * sequential([conv1d({ filters: 16, kernelSize: 3, inputShape: [null, 4] }), prelu({ sharedAxes: [1] })]);
 */
export const prelu = (options: PreluOptions = {}): PreluLayer => new PreluLayer(options);
