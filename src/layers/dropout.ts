import { numberIn } from "../options.js";
import { Layer, type LayerOptions, type SampleShape } from "./layer.js";
import type { Signal } from "./signal.js";
import { ownSignal, type Stage } from "./stage.js";
import type { Pass, Workspace } from "./workspace.js";

/** Options of `dropout`. */
export interface DropoutOptions extends LayerOptions {
  /** Share of the elements that is set to zero while training; the others are scaled by 1 / (1 - rate). */
  readonly rate: number;
}

/** The layer that `dropout` makes. */
export class DropoutLayer extends Layer {
  readonly kind = "dropout";
  readonly defaultName = "dropout";
  readonly rate: number;

  constructor(options: DropoutOptions) {
    super("dropout()", options, ["rate"]);
    this.rate = numberIn("dropout()", "rate", options.rate, { min: 0, below: 1 });
  }

  protected connect(inputShape: SampleShape): SampleShape {
    return inputShape;
  }

  stage(input: Signal, workspace: Workspace): Stage {
    const output = ownSignal(workspace, this, input, input);
    const pass = ({ batch, training, seeds }: Pass, source: number, target: number): void => {
      const [low, high] = seeds(this);
      const rate = training ? this.rate : 0;
      workspace.kernels.dropout(source, target, input.rows(batch) * input.stride, rate, low, high);
    };
    return {
      layer: this,
      output,
      forward: (run) => {
        output.timesteps = input.timesteps;
        pass(run, input.address, output.address);
      },
      // The mask is a function of the seed, so the same call takes the gradient back.
      backward: (run) => {
        if (input.gradient !== 0) pass(run, output.gradient, input.gradient);
      },
    };
  }

  protected ownConfig(): Record<string, unknown> {
    return { rate: this.rate };
  }
}

/**
 * Dropout (Srivastava et al. 2014), inverted: acts while training only, each element by itself.
 * @throws ConfigError unless 0 <= rate < 1.
 *
 * @example
 * sequential([dense({ units: 8, inputShape: [4] }), dropout({ rate: 0.2 })]);
 */
export const dropout = (options: DropoutOptions): DropoutLayer => new DropoutLayer(options);
