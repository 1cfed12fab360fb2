import { ConfigError } from "../../errors.js";
import { numberIn } from "../../options.js";
import { elementWiseStage } from "../element-wise.js";
import { Layer, type LayerOptions, type SampleShape } from "../layer.js";
import type { Signal } from "../signal.js";
import type { Stage } from "../stage.js";
import type { Workspace } from "../workspace.js";

/** Options of `leakyReLU`, with Keras's names, meanings and defaults. */
export interface LeakyReLUOptions extends LayerOptions {
  /** Slope below 0, at least 0. Default 0.3. */
  readonly negativeSlope?: number;
  /** The older word for `negativeSlope`. Default: that. */
  readonly alpha?: number;
}

/** Options of `elu`, with Keras's names, meanings and defaults. */
export interface EluOptions extends LayerOptions {
  /** What the output tends to, negated, for inputs far below 0; at least 0. Default 1. */
  readonly alpha?: number;
}

/** The layer that `leakyReLU` makes. */
export class LeakyReLULayer extends Layer {
  readonly kind = "leakyReLU";
  readonly defaultName = "leaky_re_lu";
  readonly negativeSlope: number;

  constructor(options: LeakyReLUOptions) {
    const where = "leakyReLU()";
    super(where, options, ["negativeSlope", "alpha"]);
    const { negativeSlope, alpha } = options;
    if (negativeSlope !== undefined && alpha !== undefined) {
      throw new ConfigError(`${where}: \`alpha\` is the older word for \`negativeSlope\`. Give one of them.`);
    }
    const word = alpha === undefined ? "negativeSlope" : "alpha";
    this.negativeSlope = numberIn(where, word, negativeSlope ?? alpha ?? 0.3, { min: 0 });
  }

  override get worksByChunks(): boolean {
    return true;
  }

  protected connect(inputShape: SampleShape): SampleShape {
    return inputShape;
  }

  stage(input: Signal, workspace: Workspace): Stage {
    const slope = this.negativeSlope;
    return elementWiseStage(this, input, workspace, {
      forward: (kernels, x, y, { count }) => kernels.leakyRelu(x, x, y, count, slope),
      backward: (kernels, { x, dy, dx }, { count }) => kernels.leakyRelu(x, dy, dx, count, slope),
    });
  }

  protected ownConfig(): Record<string, unknown> {
    return { negativeSlope: this.negativeSlope };
  }
}

/** The layer that `elu` makes. */
export class EluLayer extends Layer {
  readonly kind = "elu";
  readonly defaultName = "elu";
  readonly alpha: number;

  constructor(options: EluOptions) {
    super("elu()", options, ["alpha"]);
    this.alpha = numberIn("elu()", "alpha", options.alpha ?? 1, { min: 0 });
  }

  override get worksByChunks(): boolean {
    return true;
  }

  protected connect(inputShape: SampleShape): SampleShape {
    return inputShape;
  }

  stage(input: Signal, workspace: Workspace): Stage {
    const { alpha } = this;
    return elementWiseStage(this, input, workspace, {
      forward: (kernels, x, y, { count }) => kernels.scaledElu(x, y, count, alpha),
      backward: (kernels, { x, y, dy, dx }, { count }) =>
        kernels.scaledEluBackward(x, y, dy, dx, count, alpha),
    });
  }

  protected ownConfig(): Record<string, unknown> {
    return { alpha: this.alpha };
  }
}

/**
 * y = x above 0, `negativeSlope` · x elsewhere (Maas, Hannun & Ng 2013). Any shape; masks go through. (The activation named
 * `"leakyRelu"` has the slope 0.2, as in Keras.)
 * @throws ConfigError for a slope below 0.
 *
 * @example
 * sequential([dense({ units: 16, inputShape: [8] }), leakyReLU({ negativeSlope: 0.1 }), dense({ units: 1 })]);
 */
export const leakyReLU = (options: LeakyReLUOptions = {}): LeakyReLULayer => new LeakyReLULayer(options);

/**
 * y = x above 0, `alpha` · (e^x - 1) elsewhere (Clevert, Unterthiner & Hochreiter 2016). Any shape; masks go through.
 * @throws ConfigError for an alpha below 0.
 *
 * @example
 * sequential([dense({ units: 16, inputShape: [8] }), elu({ alpha: 0.5 }), dense({ units: 1 })]);
 */
export const elu = (options: EluOptions = {}): EluLayer => new EluLayer(options);
