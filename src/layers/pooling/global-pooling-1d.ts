import { flag } from "../../options.js";
import { Layer, type LayerOptions, type SampleShape } from "../layer.js";
import type { Signal } from "../signal.js";
import { ownSignal, type Stage } from "../stage.js";
import { refuseChannelsFirst, sequenceShape } from "../window.js";
import type { Workspace } from "../workspace.js";

/** Options of `globalMaxPooling1D` and `globalAveragePooling1D`, with Keras's names, meanings and defaults. */
export interface GlobalPooling1DOptions extends LayerOptions {
  /** Keeps the time axis, with one step. Default false. */
  readonly keepdims?: boolean;
  /** Only `"channelsLast"`, which is the default. */
  readonly dataFormat?: "channelsLast";
}

/** Pooling over all time steps, of the largest value or of the mean. */
export class GlobalPooling1DLayer extends Layer {
  readonly keepdims: boolean;

  constructor(
    readonly kind: "globalMaxPooling1D" | "globalAveragePooling1D",
    readonly defaultName: string,
    options: GlobalPooling1DOptions,
  ) {
    const where = `${kind}()`;
    super(where, options, ["keepdims", "dataFormat"]);
    this.keepdims = flag(where, "keepdims", options.keepdims ?? false);
    refuseChannelsFirst(where, options.dataFormat);
  }

  protected connect(inputShape: SampleShape, previous?: Layer): SampleShape {
    const { features } = sequenceShape(this, inputShape, previous);
    return this.keepdims ? [1, features] : [features];
  }

  stage(input: Signal, workspace: Workspace): Stage {
    const { kernels } = workspace;
    const { features, stride } = input;
    const output = ownSignal(workspace, this, input, {
      features,
      isSequence: this.keepdims,
      maxTimesteps: 1,
    });
    output.mask = 0;
    const largest = this.kind === "globalMaxPooling1D";
    const geometry = (batch: number) =>
      [1, input.timesteps, batch * stride, input.timesteps, input.timesteps, 0] as const;
    return {
      layer: this,
      output,
      forward({ batch }) {
        const { address, mask, timesteps } = input;
        if (largest) kernels.maxPoolingForward(address, output.address, ...geometry(batch));
        else if (mask === 0) kernels.averagePoolingForward(address, output.address, ...geometry(batch));
        else kernels.maskedMeanForward(address, mask, output.address, timesteps, batch, stride);
      },
      backward({ batch }) {
        const { gradient, mask, timesteps } = input;
        if (gradient === 0) return;
        const dy = output.gradient;
        if (largest) {
          kernels.maxPoolingBackward(input.address, output.address, dy, gradient, ...geometry(batch));
        } else if (mask === 0) kernels.averagePoolingBackward(dy, gradient, ...geometry(batch));
        else kernels.maskedMeanBackward(dy, mask, gradient, timesteps, batch, stride);
      },
    };
  }

  protected ownConfig(): Record<string, unknown> {
    return { keepdims: this.keepdims };
  }
}

/**
 * The largest value of each feature over all time steps: `[batch, timesteps, features]` to `[batch, features]`. It looks at
 * masked steps too, as in Keras; the mask ends here.
 * @throws ConfigError for an unknown option; ShapeError for an input that is no sequence.
 *
 * @example
 * sequential([conv1d({ filters: 32, kernelSize: 5, inputShape: [100, 4] }), globalMaxPooling1D(), dense({ units: 1 })]);
 */
export const globalMaxPooling1D = (options: GlobalPooling1DOptions = {}): GlobalPooling1DLayer =>
  new GlobalPooling1DLayer("globalMaxPooling1D", "global_max_pooling1d", options);

/**
 * The mean of each feature over all time steps that count: `[batch, timesteps, features]` to `[batch, features]`. Masked
 * steps are left out; a sample without any other has the mean 0 (NaN in Keras). The mask ends here.
 * @throws ConfigError for an unknown option; ShapeError for an input that is no sequence.
 *
 * @example
 * sequential([masking({ inputShape: [null, 3] }), globalAveragePooling1D(), dense({ units: 1 })]);
 */
export const globalAveragePooling1D = (options: GlobalPooling1DOptions = {}): GlobalPooling1DLayer =>
  new GlobalPooling1DLayer("globalAveragePooling1D", "global_average_pooling1d", options);
