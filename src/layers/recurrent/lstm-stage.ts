import { activationCodes } from "../../engine/activation-codes.js";
import { type LstmDescriptor, lstmFields, writeDescriptor } from "../../engine/descriptors.js";
import type { LstmLayer } from "./lstm.js";
import { RecurrentStage, type StatePlace } from "./recurrent-stage.js";
import { type Signal, strideOf } from "../signal.js";
import type { Workspace } from "../workspace.js";

const GATES = 4;

/** An LSTM layer laid out in a workspace. */
export class LstmStage extends RecurrentStage {
  protected readonly fields: LstmDescriptor;

  constructor(layer: LstmLayer, input: Signal, workspace: Workspace) {
    const { units, features } = layer;
    const { batch, taped } = workspace;
    const stride = strideOf(units);
    const gateFloats = GATES * stride;
    super(
      layer,
      input,
      workspace,
      {
        forward: "lstmForward",
        backward: "lstmBackward",
        weightGradients: "lstmWeightGradients",
        groupGrain: 1,
        panels: gateFloats * (features + units),
        panelBias: gateFloats,
        recurrentDepth: gateFloats,
        kernelDepth: gateFloats,
        gates: ["input", "forget", "cell", "output"],
      },
      lstmFields,
    );
    const { learns } = this;
    const steps = input.maxTimesteps;
    const rows = batch * stride;
    this.fields = {
      ...this.commonFields(),
      recurrentActivation: activationCodes[layer.recurrentActivation],
      c: this.region("cell states", (taped ? steps + 1 : 1) * rows),
      cRing: 0,
      gates: this.region("gates", (taped ? steps : 1) * GATES * rows),
      gateSteps: 0,
      dc: this.region("dc", rows, learns),
      dhMasked: this.region("dh masked", rows, learns && this.dropsStates),
      dzRows: this.region("dz", GATES * rows, learns),
      dcTotal: 0,
    };
  }

  protected override statePlaces(steps: number, batch: number): StatePlace[] {
    const { c, cRing } = this.fields;
    const end = c + (steps % cRing) * batch * this.stride * 4;
    return [...super.statePlaces(steps, batch), { start: c, end }];
  }

  protected packForward(kernel: number, recurrent: number, bias: number): void {
    const { panels, bias: start, features, units } = this.fields;
    this.workspace.kernels.lstmPackKernel(kernel, recurrent, bias, panels, start, features, units);
  }

  protected packRecurrentTransposed(recurrent: number): void {
    const { recurrentTransposed, units } = this.fields;
    this.workspace.kernels.lstmPackTransposed(recurrent, recurrentTransposed, units, units);
  }

  protected packKernelTransposed(kernel: number): void {
    const { kernelTransposed, features, units } = this.fields;
    this.workspace.kernels.lstmPackTransposed(kernel, kernelTransposed, features, units);
  }

  protected settle(steps: number): void {
    const { taped } = this.workspace;
    this.fields.cRing = taped ? steps + 1 : 1;
    this.fields.gateSteps = taped ? steps : 1;
    if (this.fields.record !== 0 && this.fields.dcTotal === 0) {
      this.fields.dcTotal = this.region("dc in total", this.workspace.batch * this.stride);
    }
  }

  protected writeFields(): void {
    writeDescriptor(this.workspace.memory, this.descriptor, lstmFields, this.fields);
  }
}
