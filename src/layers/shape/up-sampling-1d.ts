import { Layer, type LayerOptions, type SampleShape } from "../layer.js";
import type { Signal } from "../signal.js";
import { ownSignal, type Stage } from "../stage.js";
import { sequenceShape, stepsIn } from "../window.js";
import type { Workspace } from "../workspace.js";

/** Options of `upSampling1D`, with Keras's names, meanings and defaults. */
export interface UpSampling1DOptions extends LayerOptions {
  /** How many times each time step is repeated. Default 2. */
  readonly size?: number;
}

/** The layer that `upSampling1D` makes. */
export class UpSampling1DLayer extends Layer {
  readonly kind = "upSampling1D";
  readonly defaultName = "up_sampling1d";
  readonly size: number;

  constructor(options: UpSampling1DOptions) {
    super("upSampling1D()", options, ["size"]);
    this.size = stepsIn("upSampling1D()", "size", options.size ?? 2);
  }

  protected connect(inputShape: SampleShape, previous?: Layer): SampleShape {
    const { steps, features } = sequenceShape(this, inputShape, previous);
    return [steps === null ? null : steps * this.size, features];
  }

  stage(input: Signal, workspace: Workspace): Stage {
    const { size } = this;
    const { kernels } = workspace;
    const { features, stride } = input;
    const maxTimesteps = input.maxTimesteps * size;
    const output = ownSignal(workspace, this, input, { features, isSequence: true, maxTimesteps });
    if (size > 1) output.mask = 0;
    return {
      layer: this,
      output,
      forward({ batch }) {
        const floats = batch * stride;
        output.timesteps = input.timesteps * size;
        for (let t = 0; t < input.timesteps; t++) {
          kernels.repeatSteps(
            input.address + t * floats * 4,
            output.address + t * size * floats * 4,
            size,
            floats,
          );
        }
      },
      backward({ batch }) {
        if (input.gradient === 0) return;
        const floats = batch * stride;
        for (let t = 0; t < input.timesteps; t++) {
          kernels.sumSteps(
            output.gradient + t * size * floats * 4,
            input.gradient + t * floats * 4,
            size,
            floats,
          );
        }
      },
    };
  }

  protected ownConfig(): Record<string, unknown> {
    return { size: this.size };
  }
}

/**
 * Repeats each time step `size` times: `[batch, timesteps, features]` to `[batch, timesteps · size, features]`. A mask ends
 * here.
 * @throws ConfigError unless `size` is a whole number of at least 1; ShapeError for an input that is no sequence.
 *
 * @example
 * sequential([upSampling1D({ size: 2, inputShape: [12, 4] }), conv1d({ filters: 1, kernelSize: 3, padding: "same" })]);
 */
export const upSampling1D = (options: UpSampling1DOptions = {}): UpSampling1DLayer =>
  new UpSampling1DLayer(options);
