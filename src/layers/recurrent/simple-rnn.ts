import { type CellShapes, RecurrentLayer, type RecurrentOptions } from "./recurrent-layer.js";
import type { Signal } from "../signal.js";
import { SimpleRnnStage } from "./simple-rnn-stage.js";
import type { Stage, Workspace } from "../workspace.js";

/** Options of `simpleRNN`, with Keras's names, meanings and defaults. */
export interface SimpleRnnOptions extends RecurrentOptions {}

export class SimpleRnnLayer extends RecurrentLayer {
  readonly kind = "simpleRNN";
  readonly defaultName = "simple_rnn";

  constructor(options: SimpleRnnOptions) {
    super("simpleRNN()", options, []);
  }

  get stateWidths(): { h: number } {
    return { h: this.units };
  }

  protected cellShapes(features: number): CellShapes {
    return { kernel: [features, this.units], recurrent: [this.units, this.units], bias: [this.units] };
  }

  stage(input: Signal, workspace: Workspace): Stage {
    return new SimpleRnnStage(this, input, workspace);
  }
}

/**
 * A fully connected recurrent layer (Elman 1990): h_t = activation(x_t W + h_{t-1} R + b).
 *
 * Input `[batch, timesteps, features]`; output `[batch, units]`, or `[batch, timesteps, units]` with `returnSequences`.
 * Weights, in order: kernel `[features, units]`, recurrent_kernel `[units, units]`, bias `[units]`.
 *
 * @throws ConfigError for an unknown option or a value out of range.
 *
 * @example
 * sequential([simpleRNN({ units: 16, inputShape: [20, 1] }), dense({ units: 1 })]);
 */
export const simpleRNN = (options: SimpleRnnOptions): SimpleRnnLayer => new SimpleRnnLayer(options);
