import { ConfigError, told } from "../errors.js";
import { numberIn } from "../options.js";
import { Layer, type LayerOptions, type SampleShape } from "./layer.js";
import { type NoiseShape, resolveNoise, sharedDropout } from "./noise/shared-dropout.js";
import type { Signal } from "./signal.js";
import { ownSignal, type Stage } from "./stage.js";
import type { Pass, Workspace } from "./workspace.js";

/** Options of `dropout`. */
export interface DropoutOptions extends LayerOptions {
  /** Share of the elements that is set to zero while training; the others are scaled by 1 / (1 - rate). */
  readonly rate: number;
  /**
   * The extents of the mask, the batch's first, 1 where one draw serves all: `[null, 1, features]` drops a feature at all time
   * steps of a sample together, `[null, timesteps, 1]` whole time steps. null: as the input's. Default: each element by itself.
   */
  readonly noiseShape?: NoiseShape | null;
}

/** The layer that `dropout` makes. */
export class DropoutLayer extends Layer {
  readonly kind = "dropout";
  readonly defaultName = "dropout";
  readonly rate: number;
  readonly noiseShape: NoiseShape | undefined;

  constructor(options: DropoutOptions) {
    const where = "dropout()";
    super(where, options, ["rate", "noiseShape"]);
    this.rate = numberIn(where, "rate", options.rate, { min: 0, below: 1 });
    const { noiseShape } = options;
    if (noiseShape == null) return;
    if (!Array.isArray(noiseShape)) {
      throw new ConfigError(
        `${where}: \`noiseShape\` is ${told(noiseShape)}, expected extents such as [null, 1, 8].`,
        {
          received: noiseShape,
        },
      );
    }
    this.noiseShape = noiseShape.map((extent) =>
      extent === null ? null : numberIn(where, "noiseShape", extent, { min: 1, integer: true }),
    );
  }

  protected connect(inputShape: SampleShape): SampleShape {
    if (this.noiseShape !== undefined) resolveNoise(this.name, this.noiseShape, inputShape);
    return inputShape;
  }

  stage(input: Signal, workspace: Workspace): Stage {
    if (this.noiseShape?.includes(1)) return sharedDropout(this, this.noiseShape, input, workspace);
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
    const { rate, noiseShape } = this;
    return { rate, ...(noiseShape === undefined ? {} : { noiseShape }) };
  }
}

/**
 * Dropout (Srivastava et al. 2014), inverted: acts while training only, each element by itself, or as `noiseShape` says.
 * @throws ConfigError unless 0 <= rate < 1; ShapeError for a `noiseShape` that the input does not have.
 *
 * @example
 * sequential([dense({ units: 8, inputShape: [4] }), dropout({ rate: 0.2 })]);
 */
export const dropout = (options: DropoutOptions): DropoutLayer => new DropoutLayer(options);
