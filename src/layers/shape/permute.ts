import { ConfigError, ShapeError, told } from "../../errors.js";
import { describeShape } from "../../tensor.js";
import { Layer, type LayerOptions, type SampleShape } from "../layer.js";
import type { Signal } from "../signal.js";
import { ownSignal, type Stage } from "../stage.js";
import type { Workspace } from "../workspace.js";

/** Options of `permute`, with Keras's names and meanings. */
export interface PermuteOptions extends LayerOptions {
  /** Which axis of the input each axis of the output is, counted from 1, the batch left out: [2, 1], [1, 2] or [1]. */
  readonly dims: readonly number[];
}

/** The layer that `permute` makes. */
export class PermuteLayer extends Layer {
  readonly kind = "permute";
  readonly defaultName = "permute";
  readonly dims: readonly number[];

  constructor(options: PermuteOptions) {
    const where = "permute()";
    super(where, options, ["dims"]);
    const { dims } = options;
    const sorted = Array.isArray(dims) ? [...dims].sort((a, b) => a - b) : [];
    if (sorted.length < 1 || sorted.length > 2 || sorted.some((axis, i) => axis !== i + 1)) {
      throw new ConfigError(
        `${where}: \`dims\` is ${told(dims)}, expected [2, 1] (time steps and features change places), [1, 2] or [1].`,
        { received: dims, expected: "[2, 1]" },
      );
    }
    this.dims = [...dims];
  }

  protected connect(inputShape: SampleShape): SampleShape {
    if (inputShape.length !== this.dims.length) {
      throw new ShapeError(
        `\`${this.name}\` (permute) has ${this.dims.length} \`dims\`, and got ${describeShape([null, ...inputShape])}.`,
        { received: inputShape, expected: this.dims },
      );
    }
    if (this.dims[0] === 1) return inputShape;
    if (inputShape[0] === null) {
      throw new ShapeError(
        `\`${this.name}\` (permute) makes features of the time steps, whose number it needs to know, got ${describeShape([null, ...inputShape])}. Give the first layer an inputShape with a number in place of null.`,
        { received: inputShape, expected: "[timesteps, features]" },
      );
    }
    return [inputShape[1]!, inputShape[0]!];
  }

  stage(input: Signal, workspace: Workspace): Stage {
    if (this.dims[0] === 1) return { layer: this, output: input, forward() {}, backward() {} };
    const { kernels } = workspace;
    const { features, maxTimesteps } = input;
    const output = ownSignal(workspace, this, input, {
      features: maxTimesteps,
      isSequence: true,
      maxTimesteps: features,
    });
    output.mask = 0;
    return {
      layer: this,
      output,
      forward({ batch }) {
        output.timesteps = features;
        kernels.swapSteps(
          input.address,
          input.stride,
          output.address,
          output.stride,
          input.timesteps,
          batch,
          features,
        );
      },
      backward({ batch }) {
        if (input.gradient === 0) return;
        kernels.swapSteps(
          output.gradient,
          output.stride,
          input.gradient,
          input.stride,
          features,
          batch,
          input.timesteps,
        );
      },
    };
  }

  protected ownConfig(): Record<string, unknown> {
    return { dims: this.dims };
  }
}

/**
 * Puts the axes of a sample in another order: with `dims: [2, 1]` `[batch, timesteps, features]` to
 * `[batch, features, timesteps]`. A mask ends where axes change places.
 * @throws ConfigError for `dims` that are no order of one or two axes; ShapeError when the input has other axes, or its
 *   number of time steps is not known.
 *
 * @example
 * sequential([permute({ dims: [2, 1], inputShape: [3, 50] }), lstm({ units: 16 }), dense({ units: 1 })]);
 */
export const permute = (options: PermuteOptions): PermuteLayer => new PermuteLayer(options);
