import { type Activation, activations } from "../engine/activation-codes.js";
import { ShapeError } from "../errors.js";
import { oneOf } from "../options.js";
import { describeShape } from "../tensor.js";
import { ActivationPass } from "./activation-stage.js";
import { Layer, type LayerOptions, type SampleShape } from "./layer.js";
import type { Signal } from "./signal.js";
import { ownSignal, type Stage } from "./stage.js";
import type { Workspace } from "./workspace.js";

/** Options of `activation`. */
export interface ActivationOptions extends LayerOptions {
  /** Which one, by its name. */
  readonly activation: Activation;
}

/** The layer that `activation` makes. */
export class ActivationLayer extends Layer {
  readonly kind = "activation";
  readonly defaultName = "activation";
  readonly activation: Activation;

  constructor(options: ActivationOptions) {
    super("activation()", options, ["activation"]);
    this.activation = oneOf("activation()", "activation", options.activation, activations);
  }

  override get worksByChunks(): boolean {
    return true;
  }

  protected connect(inputShape: SampleShape): SampleShape {
    if (this.activation === "softmax" && inputShape.length > 2) {
      throw new ShapeError(
        `\`${this.name}\` (activation): softmax runs over the rows of [batch, features] or [batch, timesteps, features], got ${describeShape([null, ...inputShape])}. Put it into timeDistributed.`,
        { received: inputShape, expected: "[timesteps, features]" },
      );
    }
    return inputShape;
  }

  stage(input: Signal, workspace: Workspace): Stage {
    const { features, maxTimesteps, stride } = input;
    const output = ownSignal(workspace, this, input, input);
    const pass = new ActivationPass(
      this.activation,
      this,
      workspace,
      workspace.batch * maxTimesteps * stride,
    );
    return {
      layer: this,
      output,
      forward({ batch }) {
        output.timesteps = input.timesteps;
        pass.forward(input.address, output.address, input.rows(batch), features, stride);
      },
      backward({ batch }) {
        if (input.gradient === 0) return;
        pass.backward(output.address, output.gradient, input.gradient, input.rows(batch), features, stride);
      },
    };
  }

  protected ownConfig(): Record<string, unknown> {
    return { activation: this.activation };
  }
}

/**
 * Applies an activation to each element (softmax: to each row). @throws ConfigError for an unknown activation.
 *
 * @example
 * sequential([dense({ units: 8, inputShape: [4] }), activation({ activation: "relu" })]);
 */
export const activation = (options: ActivationOptions): ActivationLayer => new ActivationLayer(options);
