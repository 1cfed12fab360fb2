import { ConfigError, ShapeError, told } from "../../errors.js";
import { describeShape } from "../../tensor.js";
import { Layer, type LayerOptions, type SampleShape } from "../layer.js";
import { type Signal, strideOf } from "../signal.js";
import { ownSignal, type Stage } from "../stage.js";
import type { Workspace } from "../workspace.js";

/** Options of `softmax`, with Keras's names, meanings and defaults. */
export interface SoftmaxOptions extends LayerOptions {
  /** -1 (default): over the features. 1 of a sequence: over the time steps, feature by feature; counted with the batch. */
  readonly axis?: number;
}

/** The layer that `softmax` makes. */
export class SoftmaxLayer extends Layer {
  readonly kind = "softmax";
  readonly defaultName = "softmax";
  readonly axis: number;

  constructor(options: SoftmaxOptions) {
    super("softmax()", options, ["axis"]);
    const { axis = -1 } = options;
    if (![-2, -1, 1, 2].includes(axis)) {
      throw new ConfigError(
        `softmax(): \`axis\` is ${told(axis)}, expected -1 for the features, or 1 for the time steps (0 is the batch).`,
        { received: axis, expected: [-1, 1] },
      );
    }
    this.axis = axis;
  }

  protected connect(inputShape: SampleShape): SampleShape {
    const axes = inputShape.length;
    if (axes > 2 || this.axis < -axes || this.axis > axes) {
      throw new ShapeError(
        `\`${this.name}\` (softmax): ${describeShape([null, ...inputShape])} has no axis ${this.axis} (samples have one or two axes here).`,
        { received: inputShape, expected: this.axis },
      );
    }
    return inputShape;
  }

  stage(input: Signal, workspace: Workspace): Stage {
    const { kernels } = workspace;
    const { features, isSequence, maxTimesteps, stride } = input;
    const output = ownSignal(workspace, this, input, { features, isSequence, maxTimesteps });
    if (!isSequence || this.axis === -1 || this.axis === 2) {
      return {
        layer: this,
        output,
        forward({ batch }) {
          output.timesteps = input.timesteps;
          const rows = input.rows(batch);
          kernels.softmaxForward(input.address, output.address, rows, features, stride);
        },
        backward({ batch }) {
          if (input.gradient === 0) return;
          const { address, gradient } = output;
          kernels.softmaxBackward(address, gradient, input.gradient, input.rows(batch), features, stride);
        },
      };
    }
    const floats = workspace.batch * features * strideOf(maxTimesteps);
    const [turned, slopes] = [
      workspace.region(this, "steps side by side", floats),
      workspace.region(this, "their gradient", input.gradient === 0 ? 0 : floats),
    ];
    return {
      layer: this,
      output,
      forward({ batch }) {
        const steps = input.timesteps;
        const long = strideOf(steps);
        output.timesteps = steps;
        kernels.swapSteps(input.address, stride, turned, long, steps, batch, features);
        kernels.softmaxForward(turned, turned, features * batch, steps, long);
        kernels.swapSteps(turned, long, output.address, stride, features, batch, steps);
      },
      backward({ batch }) {
        if (input.gradient === 0) return;
        const steps = input.timesteps;
        const long = strideOf(steps);
        kernels.swapSteps(output.gradient, stride, slopes, long, steps, batch, features);
        kernels.softmaxBackward(turned, slopes, slopes, features * batch, steps, long);
        kernels.swapSteps(slopes, long, input.gradient, stride, features, batch, steps);
      },
    };
  }

  protected ownConfig(): Record<string, unknown> {
    return { axis: this.axis };
  }
}

/**
 * Positive numbers that sum to 1, over the features of each row or, with `axis: 1`, over the time steps of each feature.
 * Any shape. A mask goes through and is not looked at (Keras adds it to the input, where the shapes allow it).
 * @throws ConfigError for an axis that is none; ShapeError for one that the input has not.
 *
 * @example
 * sequential([lstm({ units: 8, returnSequences: true, inputShape: [20, 3] }), dense({ units: 1 }), softmax({ axis: 1 })]);
 */
export const softmax = (options: SoftmaxOptions = {}): SoftmaxLayer => new SoftmaxLayer(options);
