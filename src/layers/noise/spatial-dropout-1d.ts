import { numberIn } from "../../options.js";
import { Layer, type LayerOptions, type SampleShape } from "../layer.js";
import type { Signal } from "../signal.js";
import { ownSignal, type Stage } from "../stage.js";
import { sequenceShape } from "../window.js";
import type { Pass, Workspace } from "../workspace.js";

/** Options of `spatialDropout1D`, with Keras's names and meanings. */
export interface SpatialDropout1DOptions extends LayerOptions {
  /** Share of the features that is set to zero at every time step while training; the others are scaled by 1 / (1 - rate). */
  readonly rate: number;
}

/** The layer that `spatialDropout1D` makes. */
export class SpatialDropout1DLayer extends Layer {
  readonly kind = "spatialDropout1D";
  readonly defaultName = "spatial_dropout1d";
  readonly rate: number;

  constructor(options: SpatialDropout1DOptions) {
    super("spatialDropout1D()", options, ["rate"]);
    this.rate = numberIn("spatialDropout1D()", "rate", options.rate, { min: 0, below: 1 });
  }

  protected connect(inputShape: SampleShape, previous?: Layer): SampleShape {
    sequenceShape(this, inputShape, previous);
    return inputShape;
  }

  stage(input: Signal, workspace: Workspace): Stage {
    const { kernels, memory, batch: capacity, taped } = workspace;
    const { features, maxTimesteps, stride } = input;
    const output = ownSignal(workspace, this, input, { features, isSequence: true, maxTimesteps });
    const factors = taped ? workspace.region(this, "factors", capacity * stride) : 0;
    const multiply = ({ batch, training }: Pass, source: number, target: number): void => {
      const count = batch * stride;
      if (training) kernels.multiplySteps(source, factors, target, input.timesteps, count);
      else kernels.copyFloats(source, target, input.timesteps * count);
    };
    return {
      layer: this,
      output,
      forward: (pass) => {
        output.timesteps = input.timesteps;
        if (pass.training) {
          const count = pass.batch * stride;
          memory.floats(factors, count).fill(1);
          kernels.dropout(factors, factors, count, this.rate, ...pass.seeds(this));
        }
        multiply(pass, input.address, output.address);
      },
      backward(pass) {
        if (input.gradient !== 0) multiply(pass, output.gradient, input.gradient);
      },
    };
  }

  protected ownConfig(): Record<string, unknown> {
    return { rate: this.rate };
  }
}

/**
 * Dropout of whole features: while training, each feature of a sample is dropped at all time steps or at none (Tompson et
 * al. 2015). `[batch, timesteps, features]`; masks go through.
 * @throws ConfigError unless 0 <= rate < 1; ShapeError for an input that is no sequence.
 *
 * @example
 * sequential([spatialDropout1D({ rate: 0.2, inputShape: [30, 8] }), lstm({ units: 32 }), dense({ units: 1 })]);
 */
export const spatialDropout1D = (options: SpatialDropout1DOptions): SpatialDropout1DLayer =>
  new SpatialDropout1DLayer(options);
