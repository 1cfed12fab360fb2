import { ConfigError, ShapeError, told } from "../../errors.js";
import { describeShape } from "../../tensor.js";
import { Layer, type LayerOptions, type SampleShape } from "../layer.js";
import { Signal } from "../signal.js";
import { ownSignal, type Stage } from "../stage.js";
import type { Workspace } from "../workspace.js";

/** Options of `reshape`, with Keras's names and meanings. */
export interface ReshapeOptions extends LayerOptions {
  /** Shape of one sample of the output; one extent may be -1: what is left for it. */
  readonly targetShape: readonly number[];
}

/** The layer that `reshape` makes. */
export class ReshapeLayer extends Layer {
  readonly kind = "reshape";
  readonly defaultName = "reshape";
  readonly targetShape: readonly number[];

  constructor(options: ReshapeOptions) {
    const where = "reshape()";
    super(where, options, ["targetShape"]);
    const { targetShape } = options;
    const fits =
      Array.isArray(targetShape) &&
      targetShape.length >= 1 &&
      targetShape.every((extent) => Number.isInteger(extent) && (extent >= 1 || extent === -1)) &&
      targetShape.filter((extent) => extent === -1).length <= 1;
    if (!fits) {
      throw new ConfigError(
        `${where}: \`targetShape\` is ${told(targetShape)}, expected positive whole numbers such as [timesteps, features], one of which may be -1.`,
        { received: targetShape, expected: "[timesteps, features]" },
      );
    }
    this.targetShape = [...targetShape];
  }

  protected connect(inputShape: SampleShape): SampleShape {
    const fixed = this.targetShape.reduce((size, extent) => (extent === -1 ? size : size * extent), 1);
    const open = this.targetShape.includes(-1);
    if (inputShape.some((extent) => extent === null)) {
      // The steps may be any number where they alone are open, and each begins and ends within the others.
      const [steps, ...rest] = this.targetShape;
      const width = rest.reduce((product, extent) => product * extent, 1);
      const features = inputShape.slice(1).reduce<number>((product, extent) => product * (extent ?? 0), 1);
      if (steps === -1 && rest.length > 0 && features > 0 && features % width === 0) return [null, ...rest];
      throw new ShapeError(
        `\`${this.name}\` (reshape) needs to know the number of time steps, got ${describeShape([null, ...inputShape])}. Give the first layer an inputShape with a number in place of null.`,
        { received: inputShape, expected: "[timesteps, features]" },
      );
    }
    const size = (inputShape as readonly number[]).reduce((product, extent) => product * extent, 1);
    if (open ? size % fixed !== 0 : size !== fixed) {
      throw new ShapeError(
        `\`${this.name}\` (reshape): ${describeShape([null, ...inputShape])} holds ${size} numbers a sample, which is no ${describeShape([null, ...this.targetShape])}.`,
        { received: inputShape, expected: this.targetShape },
      );
    }
    return this.targetShape.map((extent) => (extent === -1 ? size / fixed : extent));
  }

  stage(input: Signal, workspace: Workspace): Stage {
    const { kernels, batch: capacity } = workspace;
    const isSequence = this.targetShape.length > 1;
    const maxFlat = input.maxTimesteps * input.features;
    const fixed = this.targetShape.reduce((size, extent) => (extent === -1 ? size : size * extent), 1);
    const target = this.targetShape.map((extent) => (extent === -1 ? maxFlat / fixed : extent));
    const inner = isSequence ? target.slice(1) : target;
    const features = inner.reduce((size, extent) => size * extent, 1);
    const maxTimesteps = isSequence ? maxFlat / features : 1;
    const output = ownSignal(workspace, this, input, { features, isSequence, maxTimesteps, inner });
    // Each step of the output is one of the input: a mask still fits.
    if (isSequence !== input.isSequence || features !== input.features) output.mask = 0;
    // A sample's numbers side by side: what both shapes have in common.
    const flatStride = new Signal(maxFlat, false, 1).stride;
    const flat = workspace.region(this, "flat rows", capacity * flatStride);
    return {
      layer: this,
      output,
      forward({ batch }) {
        const { timesteps, stride } = input;
        const width = input.features;
        output.timesteps = isSequence ? (timesteps * width) / features : 1;
        kernels.joinSteps(input.address, stride, flat, flatStride, timesteps, batch, width);
        kernels.splitSteps(
          flat,
          flatStride,
          output.address,
          output.stride,
          output.timesteps,
          batch,
          features,
        );
      },
      backward({ batch }) {
        if (input.gradient === 0) return;
        const { timesteps, stride } = output;
        kernels.joinSteps(output.gradient, stride, flat, flatStride, timesteps, batch, features);
        kernels.splitSteps(
          flat,
          flatStride,
          input.gradient,
          input.stride,
          input.timesteps,
          batch,
          input.features,
        );
      },
    };
  }

  protected ownConfig(): Record<string, unknown> {
    return { targetShape: this.targetShape };
  }
}

/**
 * Gives a sample's numbers another shape, in their order: `[batch, …]` to `[batch, …targetShape]`. The time steps of the
 * input may be unknown where `targetShape` begins with -1 and the rest divides a step's features. A mask goes through where
 * the steps stay, and ends elsewhere.
 * @throws ConfigError for a `targetShape` with an extent that is none; ShapeError when a sample's numbers do not fit.
 *
 * @example
 * sequential([dense({ units: 24, inputShape: [6] }), reshape({ targetShape: [12, 2] }), lstm({ units: 8 })]);
 */
export const reshape = (options: ReshapeOptions): ReshapeLayer => new ReshapeLayer(options);
