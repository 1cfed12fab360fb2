import { oneOf } from "../../options.js";
import { Layer, type LayerOptions, type SampleShape } from "../layer.js";
import type { Signal } from "../signal.js";
import { ownSignal, type Stage } from "../stage.js";
import {
  checkWindows,
  keepsSteps,
  refuseChannelsFirst,
  type Steps,
  sequenceShape,
  stepsIn,
  type Windows,
  windowCount,
  windowShift,
} from "../window.js";
import type { Workspace } from "../workspace.js";

/** Options of `maxPooling1D` and `averagePooling1D`, with Keras's names, meanings and defaults. */
export interface Pooling1DOptions extends LayerOptions {
  /** Time steps of a window. Default 2. */
  readonly poolSize?: Steps;
  /** Time steps from one window to the next. Default: `poolSize`. */
  readonly strides?: Steps | null;
  /** `"valid"` (default): windows inside the sequence alone. `"same"`: ⌈timesteps / strides⌉ windows, padding not counted. */
  readonly padding?: "valid" | "same";
  /** Only `"channelsLast"`, which is the default. */
  readonly dataFormat?: "channelsLast";
}

/** Pooling over windows of time steps, of the largest value or of the mean. */
export class Pooling1DLayer extends Layer {
  readonly windows: Windows;

  constructor(
    readonly kind: "maxPooling1D" | "averagePooling1D",
    readonly defaultName: string,
    options: Pooling1DOptions,
  ) {
    const where = `${kind}()`;
    super(where, options, ["poolSize", "strides", "padding", "dataFormat"]);
    const extent = stepsIn(where, "poolSize", options.poolSize ?? 2);
    const strides = stepsIn(where, "strides", options.strides ?? extent);
    const padding = oneOf(where, "padding", options.padding ?? "valid", ["valid", "same"] as const);
    refuseChannelsFirst(where, options.dataFormat);
    this.windows = { extent, strides, padding };
  }

  protected connect(inputShape: SampleShape, previous?: Layer): SampleShape {
    const { steps, features } = sequenceShape(this, inputShape, previous);
    return [steps === null ? null : checkWindows(this, this.windows, steps), features];
  }

  stage(input: Signal, workspace: Workspace): Stage {
    const { windows, kind } = this;
    const { kernels } = workspace;
    const { features, stride } = input;
    const maxTimesteps = Math.max(1, windowCount(windows, input.maxTimesteps));
    const output = ownSignal(workspace, this, input, { features, isSequence: true, maxTimesteps });
    if (!keepsSteps(windows)) output.mask = 0;
    const { extent, strides } = windows;
    const geometry = (batch: number) =>
      [
        output.timesteps,
        input.timesteps,
        batch * stride,
        extent,
        strides,
        windowShift(windows, input.timesteps),
      ] as const;
    return {
      layer: this,
      output,
      forward: ({ batch }) => {
        output.timesteps = checkWindows(this, windows, input.timesteps);
        const pool = kind === "maxPooling1D" ? kernels.maxPoolingForward : kernels.averagePoolingForward;
        pool(input.address, output.address, ...geometry(batch));
      },
      backward: ({ batch }) => {
        const { gradient } = input;
        if (gradient === 0) return;
        if (kind === "averagePooling1D") {
          kernels.averagePoolingBackward(output.gradient, gradient, ...geometry(batch));
          return;
        }
        const { address } = output;
        kernels.maxPoolingBackward(input.address, address, output.gradient, gradient, ...geometry(batch));
      },
    };
  }

  protected ownConfig(): Record<string, unknown> {
    const { extent, strides, padding } = this.windows;
    return { poolSize: extent, strides, padding };
  }
}

/**
 * The largest value of each window of time steps, feature by feature: `[batch, timesteps, features]` to
 * `[batch, steps, features]`. Of equals the first gets the gradient. A mask ends where the number of steps changes.
 * @throws ConfigError for an unknown option or a value out of range; ShapeError for an input that is no sequence, or is
 *   shorter than a window.
 *
 * @example
 * sequential([maxPooling1D({ poolSize: 2, inputShape: [48, 3] }), lstm({ units: 16 }), dense({ units: 1 })]);
 */
export const maxPooling1D = (options: Pooling1DOptions = {}): Pooling1DLayer =>
  new Pooling1DLayer("maxPooling1D", "max_pooling1d", options);

/**
 * The mean of each window of time steps, feature by feature: `[batch, timesteps, features]` to `[batch, steps, features]`.
 * With padding `"same"` the steps that are there are counted alone. A mask ends where the number of steps changes.
 * @throws ConfigError for an unknown option or a value out of range; ShapeError for an input that is no sequence, or is
 *   shorter than a window.
 *
 * @example
 * sequential([averagePooling1D({ poolSize: 24, inputShape: [240, 3] }), lstm({ units: 16 }), dense({ units: 1 })]);
 */
export const averagePooling1D = (options: Pooling1DOptions = {}): Pooling1DLayer =>
  new Pooling1DLayer("averagePooling1D", "average_pooling1d", options);
