import { activationCodes } from "../../engine/activation-codes.js";
import { type GruDescriptor, gruFields, writeDescriptor } from "../../engine/descriptors.js";
import type { GruLayer } from "./gru.js";
import { RecurrentStage } from "./recurrent-stage.js";
import { type Signal, strideOf } from "../signal.js";
import type { Workspace } from "../workspace.js";

const GATES = 3;

/** A GRU layer laid out in a workspace. */
export class GruStage extends RecurrentStage {
  protected readonly fields: GruDescriptor;

  constructor(layer: GruLayer, input: Signal, workspace: Workspace) {
    const { units, features, resetAfter } = layer;
    const { batch, taped } = workspace;
    const stride = strideOf(units);
    const recurrentDepth = (resetAfter ? GATES : 2) * stride;
    super(
      layer,
      input,
      workspace,
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
