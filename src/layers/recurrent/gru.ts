import { activationCodes, type ElementwiseActivation } from "../../engine/activation-codes.js";
import { type GruDescriptor, gruFields, writeDescriptor } from "../../engine/descriptors.js";
import { flag } from "../../options.js";
import { type Signal, strideOf } from "../signal.js";
import type { Call, Stage } from "../stage.js";
import type { Workspace } from "../workspace.js";
import { type CellShapes, RecurrentLayer, type RecurrentOptions } from "./recurrent-layer.js";
import { gateActivation } from "./recurrent-options.js";
import { RecurrentStage } from "./recurrent-stage.js";

/** Options of `gru`, with Keras's names, meanings and defaults. */
export interface GruOptions extends RecurrentOptions {
  /** Of the update and the reset gate. Null: `"linear"`. Default `"sigmoid"`. */
  readonly recurrentActivation?: ElementwiseActivation | null;
  /**
   * Whether the reset gate scales the state after its product with the recurrent kernel (Keras 3, PyTorch, cuDNN) or
   * before (Cho et al. 2014, TensorFlow.js). Default true.
   */
  readonly resetAfter?: boolean;
}

/** The layer that `gru` makes. */
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
      options.recurrentActivation,
      "sigmoid",
    );
    this.resetAfter = flag(where, "resetAfter", options.resetAfter ?? true);
  }

  get stateWidths(): { h: number } {
    return { h: this.units };
  }

  /** @internal */
  protected cellShapes(features: number): CellShapes {
    const gates = 3 * this.units;
    return {
      kernel: [features, gates],
      recurrent: [this.units, gates],
      bias: this.resetAfter ? [2, gates] : [gates],
    };
  }

  override stageAll(inputs: readonly Signal[], workspace: Workspace, call: Call): Stage {
    return new GruStage(this, inputs, workspace, call);
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

const GATES = 3;

/** A GRU layer laid out in a workspace. */
export class GruStage extends RecurrentStage {
  protected readonly fields: GruDescriptor;

  constructor(layer: GruLayer, inputs: readonly Signal[], workspace: Workspace, call: Call) {
    const { units, features, resetAfter } = layer;
    const { batch, taped } = workspace;
    const stride = strideOf(units);
    const recurrentDepth = (resetAfter ? GATES : 2) * stride;
    const input = inputs[0]!;
    super(
      layer,
      inputs,
      workspace,
      call,
      {
        forward: "gruForward",
        backward: "gruBackward",
        weightGradients: "gruWeightGradients",
        groupGrain: 1,
        panels: GATES * stride * (features + units),
        panelBias: 4 * stride,
        recurrentDepth,
        kernelDepth: GATES * stride,
        gates: ["update", "reset", "candidate"],
      },
      gruFields,
    );
    const { learns } = this;
    const steps = taped ? input.maxTimesteps : 1;
    const rows = batch * stride;
    const columns = Math.ceil(units / 16) * 16;
    this.fields = {
      ...this.commonFields(),
      recurrentActivation: activationCodes[layer.recurrentActivation],
      resetAfter: resetAfter ? 1 : 0,
      candidatePanels: this.shared("candidate panels", columns * units, !resetAfter),
      // Weight gradients may read half a row behind the last.
      gates: this.region("gates", steps * batch * 4 * stride + 16),
      gateSteps: 0,
      hReset: this.region("reset hidden states", steps * rows, !resetAfter),
      candidate: this.region("candidate", rows, !resetAfter),
      candidateTransposed: this.shared("transposed candidate panels", columns * units, learns && !resetAfter),
      dhThrough: this.region("dh through", rows, learns && (this.dropsStates || !resetAfter)),
      dzInput: this.region("dz of the input", GATES * rows, learns),
      dzRecurrent: this.region("dz of the state", batch * recurrentDepth, learns),
      dCandidate: this.region("d candidate", rows, learns && !resetAfter),
    };
  }

  protected packForward(kernel: number, recurrent: number, bias: number): void {
    const { kernels } = this.workspace;
    const { panels, bias: start, features, units, resetAfter, candidatePanels } = this.fields;
    kernels.gruPackKernel(kernel, recurrent, bias, panels, start, features, units, resetAfter);
    if (resetAfter === 0) {
      kernels.packColumns(recurrent + 8 * units, GATES * units, candidatePanels, units, units);
    }
  }

  protected packRecurrentTransposed(recurrent: number): void {
    const { kernels } = this.workspace;
    const { units, resetAfter, recurrentTransposed, candidateTransposed } = this.fields;
    kernels.gruPackTransposed(recurrent, recurrentTransposed, units, units, resetAfter === 1 ? GATES : 2);
    if (resetAfter === 0) {
      kernels.packTransposed(recurrent + 8 * units, GATES * units, candidateTransposed, units, units);
    }
  }

  protected packKernelTransposed(kernel: number): void {
    const { kernelTransposed, features, units } = this.fields;
    this.workspace.kernels.gruPackTransposed(kernel, kernelTransposed, features, units, GATES);
  }

  protected settle(steps: number): void {
    this.fields.gateSteps = this.workspace.taped ? steps : 1;
  }

  protected writeFields(): void {
    writeDescriptor(this.workspace.memory, this.descriptor, gruFields, this.fields);
  }
}
