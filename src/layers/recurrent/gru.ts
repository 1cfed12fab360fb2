import type { ElementwiseActivation } from "../../engine/activation-codes.js";
import { flag } from "../../options.js";
import { GruStage } from "./gru-stage.js";
import { type CellShapes, RecurrentLayer, type RecurrentOptions } from "./recurrent-layer.js";
import { gateActivation } from "./recurrent-options.js";
import type { Signal } from "../signal.js";
import type { Stage, Workspace } from "../workspace.js";

/** Options of `gru`, with Keras's names, meanings and defaults. */
export interface GruOptions extends RecurrentOptions {
  /** Of the update and the reset gate. Default `"sigmoid"`. */
  readonly recurrentActivation?: ElementwiseActivation;
  /**
   * Whether the reset gate scales the state after its product with the recurrent kernel (Keras 3, PyTorch, cuDNN) or
   * before (Cho et al. 2014, TensorFlow.js). Default true.
   */
  readonly resetAfter?: boolean;
}

export class GruLayer extends RecurrentLayer {
  readonly kind = "gru";
  readonly defaultName = "gru";
  readonly recurrentActivation: ElementwiseActivation;
  readonly resetAfter: boolean;

  constructor(options: GruOptions) {
    const where = "gru()";
    super(where, options, ["recurrentActivation", "resetAfter"]);
    this.recurrentActivation = gateActivation(
      where,
      "recurrentActivation",
      options.recurrentActivation ?? "sigmoid",
    );
    this.resetAfter = flag(where, "resetAfter", options.resetAfter ?? true);
  }

  get stateWidths(): { h: number } {
    return { h: this.units };
  }

  protected cellShapes(features: number): CellShapes {
    const gates = 3 * this.units;
    return {
      kernel: [features, gates],
      recurrent: [this.units, gates],
      bias: this.resetAfter ? [2, gates] : [gates],
    };
  }

  stage(input: Signal, workspace: Workspace): Stage {
    return new GruStage(this, input, workspace);
  }

  protected override ownConfig(): Record<string, unknown> {
    return {
      ...super.ownConfig(),
      recurrentActivation: this.recurrentActivation,
      resetAfter: this.resetAfter,
    };
  }
}

/**
 * A gated recurrent unit layer (Cho et al. 2014).
 *
 * Input `[batch, timesteps, features]`; output `[batch, units]`, or `[batch, timesteps, units]` with `returnSequences`.
 * Weights, in order: kernel `[features, 3 units]`, recurrent_kernel `[units, 3 units]`, bias `[2, 3 units]` (the input's,
 * the state's) or, without `resetAfter`, `[3 units]`; gates z (update), r (reset), h (candidate).
 *
 * @throws ConfigError for an unknown option or a value out of range.
 *
 * @example
 * sequential([gru({ units: 32, inputShape: [20, 3] }), dense({ units: 1 })]);
 */
export const gru = (options: GruOptions): GruLayer => new GruLayer(options);
