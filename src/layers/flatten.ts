import { ShapeError } from "../errors.js";
import { describeShape, sizeOf } from "../tensor.js";
import { Layer, type LayerOptions, type SampleShape } from "./layer.js";
import type { Signal } from "./signal.js";
import { ownSignal, type Stage } from "./stage.js";
import type { Workspace } from "./workspace.js";

/** Options of `flatten`. */
export type FlattenOptions = LayerOptions;

/** The layer that `flatten` makes. */
export class FlattenLayer extends Layer {
  readonly kind = "flatten";
  readonly defaultName = "flatten";

  constructor(options: FlattenOptions) {
    super("flatten()", options, []);
  }

  protected connect(inputShape: SampleShape): SampleShape {
    if (inputShape.length === 1) return inputShape;
    if (!inputShape.includes(null)) return [sizeOf(inputShape as readonly number[])];
    throw new ShapeError(
      `\`${this.name}\` (flatten) needs to know the number of time steps, got ${describeShape([null, ...inputShape])}. ` +
        "Give the first layer an inputShape with a number in place of null.",
      { received: inputShape, expected: "[timesteps, features]" },
    );
  }

  stage(input: Signal, workspace: Workspace): Stage {
    if (!input.isSequence) return { layer: this, output: input, forward() {}, backward() {} };
    const { kernels } = workspace;
    const { features, stride, maxTimesteps } = input;
    const output = ownSignal(workspace, this, input, {
      features: maxTimesteps * features,
      isSequence: false,
      maxTimesteps: 1,
    });
    output.mask = 0;
    return {
      layer: this,
      output,
      forward({ batch }) {
        const { address, stride: wide } = output;
        kernels.joinSteps(input.address, stride, address, wide, input.timesteps, batch, features);
      },
      backward({ batch }) {
        if (input.gradient === 0) return;
        const { gradient, stride: wide } = output;
        kernels.splitSteps(gradient, wide, input.gradient, stride, input.timesteps, batch, features);
      },
    };
  }

  protected ownConfig(): Record<string, unknown> {
    return {};
  }
}

/**
 * Puts the time steps of a sample side by side: `[batch, timesteps, features]` to `[batch, timesteps · features]`, step
 * by step. A row stays as it is. A mask ends here, as in Keras.
 * @throws ShapeError when the number of time steps is not known.
 *
 * @example
 * sequential([flatten({ inputShape: [24, 3] }), dense({ units: 1 })]);
 */
export const flatten = (options: FlattenOptions = {}): FlattenLayer => new FlattenLayer(options);
