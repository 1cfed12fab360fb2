import { numberIn } from "../../options.js";
import { elementWiseStage } from "../element-wise.js";
import { Layer, type LayerOptions, type SampleShape } from "../layer.js";
import type { Signal } from "../signal.js";
import type { Stage } from "../stage.js";
import type { Workspace } from "../workspace.js";

/** Options of `gaussianNoise`, with Keras's names and meanings. */
export interface GaussianNoiseOptions extends LayerOptions {
  /** Standard deviation of the noise, at least 0, in the unit of the input. */
  readonly stddev: number;
}

/** Options of `gaussianDropout`, with Keras's names and meanings. */
export interface GaussianDropoutOptions extends LayerOptions {
  /** The rate of a dropout of the same variance: each number is multiplied by 1 + √(rate / (1 - rate)) · normal. */
  readonly rate: number;
}

/** Normal noise, added or multiplied, while training. */
export abstract class NoiseLayer extends Layer {
  protected abstract readonly deviation: number;
  protected abstract readonly multiplies: boolean;

  protected connect(inputShape: SampleShape): SampleShape {
    return inputShape;
  }

  stage(input: Signal, workspace: Workspace): Stage {
    const multiply = Number(this.multiplies);
    return elementWiseStage(this, input, workspace, {
      forward: (kernels, x, y, { count }, { training, seeds }) => {
        if (training) kernels.gaussianNoise(x, y, count, this.deviation, multiply, ...seeds(this));
        else kernels.copyFloats(x, y, count);
      },
      // The noise is a function of the seed: the same call multiplies the gradient; what was added has none.
      backward: (kernels, { dy, dx }, { count }, { training, seeds }) => {
        if (training && this.multiplies) {
          kernels.gaussianNoise(dy, dx, count, this.deviation, multiply, ...seeds(this));
        } else kernels.copyFloats(dy, dx, count);
      },
    });
  }
}

/** The layer that `gaussianNoise` makes. */
export class GaussianNoiseLayer extends NoiseLayer {
  readonly kind = "gaussianNoise";
  readonly defaultName = "gaussian_noise";
  readonly stddev: number;
  protected readonly multiplies = false;

  constructor(options: GaussianNoiseOptions) {
    super("gaussianNoise()", options, ["stddev"]);
    this.stddev = numberIn("gaussianNoise()", "stddev", options.stddev, { min: 0 });
  }

  protected get deviation(): number {
    return this.stddev;
  }

  protected ownConfig(): Record<string, unknown> {
    return { stddev: this.stddev };
  }
}

/** The layer that `gaussianDropout` makes. */
export class GaussianDropoutLayer extends NoiseLayer {
  readonly kind = "gaussianDropout";
  readonly defaultName = "gaussian_dropout";
  readonly rate: number;
  protected readonly multiplies = true;

  constructor(options: GaussianDropoutOptions) {
    super("gaussianDropout()", options, ["rate"]);
    this.rate = numberIn("gaussianDropout()", "rate", options.rate, { min: 0, below: 1 });
  }

  protected get deviation(): number {
    return Math.sqrt(this.rate / (1 - this.rate));
  }

  protected ownConfig(): Record<string, unknown> {
    return { rate: this.rate };
  }
}

/**
 * Adds normal noise of mean 0 to each number while training: against overfitting, or as augmentation of raw inputs. Any
 * shape; masks go through.
 * @throws ConfigError unless `stddev` is a number of at least 0.
 *
 * @example
 * sequential([gaussianNoise({ stddev: 0.05, inputShape: [30, 4] }), lstm({ units: 32 }), dense({ units: 1 })]);
 */
export const gaussianNoise = (options: GaussianNoiseOptions): GaussianNoiseLayer =>
  new GaussianNoiseLayer(options);

/**
 * Multiplies each number by normal noise of mean 1 while training (Srivastava et al. 2014, section 10). Any shape; masks go
 * through.
 * @throws ConfigError unless 0 <= rate < 1.
 *
 * @example
 * sequential([lstm({ units: 32, inputShape: [30, 4] }), gaussianDropout({ rate: 0.2 }), dense({ units: 1 })]);
 */
export const gaussianDropout = (options: GaussianDropoutOptions): GaussianDropoutLayer =>
  new GaussianDropoutLayer(options);
