import { ShapeError } from "../errors.js";
import { numberIn } from "../options.js";
import { describeShape } from "../tensor.js";
import { Layer, type LayerOptions, type SampleShape } from "./layer.js";
import { RecurrentMask } from "./recurrent/recurrent-mask.js";
import type { Signal } from "./signal.js";
import { ownSignal, type Stage } from "./stage.js";
import type { Workspace } from "./workspace.js";

/** Options of `masking`. */
export interface MaskingOptions extends LayerOptions {
  /** A time step all of whose features are this value does not count. Compared as float32. Default 0. */
  readonly maskValue?: number;
}

/** The layer that `masking` makes. */
export class MaskingLayer extends Layer {
  readonly kind = "masking";
  readonly defaultName = "masking";
  readonly maskValue: number;

  constructor(options: MaskingOptions) {
    super("masking()", options, ["maskValue"]);
    this.maskValue = numberIn("masking()", "maskValue", options.maskValue ?? 0);
  }

  protected connect(inputShape: SampleShape): SampleShape {
    if (inputShape.length === 2) return inputShape;
    throw new ShapeError(
      `\`${this.name}\` (masking) marks time steps of sequences [batch, timesteps, features], got ${describeShape([null, ...inputShape])}.`,
      { received: inputShape, expected: "[timesteps, features]" },
    );
  }

  stage(input: Signal, workspace: Workspace): Stage {
    const { features, isSequence, maxTimesteps, stride } = input;
    const output = ownSignal(workspace, this, input, { features, isSequence, maxTimesteps });
    const { kernels, batch } = workspace;
    // A new mask is begun: what the input's said is forgotten, as in Keras.
    output.mask = workspace.region(this, "mask", batch * maxTimesteps);
    output.MaskReader = RecurrentMask;
    return {
      layer: this,
      output,
      forward: (pass) => {
        const rows = input.rows(pass.batch);
        output.timesteps = input.timesteps;
        kernels.stepMask(input.address, output.mask, rows, features, stride, this.maskValue);
        kernels.maskRows(input.address, output.mask, output.address, rows, stride);
      },
      backward(pass) {
        if (input.gradient === 0) return;
        kernels.maskRows(output.gradient, output.mask, input.gradient, input.rows(pass.batch), stride);
      },
    };
  }

  protected ownConfig(): Record<string, unknown> {
    return { maskValue: this.maskValue };
  }
}

/**
 * Marks the time steps that hold nothing: all features equal to `maskValue`. Recurrent layers behind it pass their state
 * over such steps, and the loss and the metrics of a sequence leave them out.
 * @throws ConfigError for an unknown option; ShapeError for an input that is no sequence.
 *
 * @example
 * sequential([masking({ maskValue: -1, inputShape: [null, 3] }), lstm({ units: 16 }), dense({ units: 1 })]);
 */
export const masking = (options: MaskingOptions = {}): MaskingLayer => new MaskingLayer(options);
