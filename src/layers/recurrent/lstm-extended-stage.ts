import { activationCodes } from "../../engine/activation-codes.js";
import {
  type LstmDescriptor,
  type LstmExtendedDescriptor,
  lstmExtendedFields,
  lstmFields,
  writeDescriptor,
} from "../../engine/descriptors.js";
import { type Signal, strideOf } from "../signal.js";
import type { Call } from "../stage.js";
import type { Variable } from "../variable.js";
import type { Workspace } from "../workspace.js";
import type { LstmLayer } from "./lstm.js";
import { RecurrentStage, type StatePlace } from "./recurrent-stage.js";

const GATES = 4;
const panelRows = (rows: number): number => Math.ceil(rows / 16) * 16;

/** An LSTM layer with peepholes or a projection laid out in a workspace. */
export class LstmExtendedStage extends RecurrentStage {
  protected readonly fields: LstmDescriptor;
  readonly #extended: LstmExtendedDescriptor;
  readonly #peepholes: Variable | undefined;
  readonly #projection: Variable | undefined;

  constructor(layer: LstmLayer, inputs: readonly Signal[], workspace: Workspace, call: Call) {
    const { units, features, width } = layer;
    const { batch, taped } = workspace;
    const gateFloats = GATES * strideOf(units);
    const input = inputs[0]!;
    super(
      layer,
      inputs,
      workspace,
      call,
      {
        forward: "lstmExtendedForward",
        backward: "lstmExtendedBackward",
        weightGradients: "lstmExtendedWeightGradients",
        groupGrain: 1,
        panels: gateFloats * (features + width),
        panelBias: gateFloats,
        recurrentDepth: gateFloats,
        kernelDepth: gateFloats,
        gates: ["input", "forget", "cell", "output"],
      },
      lstmExtendedFields,
    );
    const { learns } = this;
    const steps = taped ? input.maxTimesteps : 1;
    const rows = batch * strideOf(units);
    this.fields = {
      ...this.commonFields(),
      recurrentActivation: activationCodes[layer.recurrentActivation],
      c: this.region("cell states", (taped ? steps + 1 : 1) * rows),
      cRing: 0,
      gates: this.region("gates", steps * GATES * rows),
      gateSteps: 0,
      dc: this.region("dc", rows, learns),
      dhMasked: this.region("dh masked", batch * this.stride, learns && this.dropsStates),
      dzRows: this.region("dz", GATES * rows, learns),
      dcTotal: 0,
    };
    const peepholes = layer.weight("peephole_kernel");
    const projection = layer.weight("projection_kernel");
    const projects = projection !== undefined;
    this.#peepholes = peepholes;
    this.#projection = projection;
    this.#extended = {
      base: this.region("lstm descriptor", lstmFields.length),
      width,
      peepholes: this.shared("packed peepholes", 3 * strideOf(units), peepholes !== undefined),
      dPeepholes: learns && peepholes !== undefined ? workspace.gradients(peepholes) : 0,
      projection: this.shared("projection panels", panelRows(width) * units, projects),
      projectionTransposed: this.shared(
        "transposed projection panels",
        panelRows(units) * width,
        projects && learns,
      ),
      m: this.region("states before the projection", steps * rows, projects),
      mSteps: 0,
      // Weight gradients read sixteen columns of a row at a time, up to fifteen floats behind the last row.
      dhSteps: this.region("dh of every step", steps * batch * this.stride + 16, projects && learns),
      dm: this.region("dh before the projection", rows, projects && learns),
      dProjection: learns && projects ? workspace.gradients(projection) : 0,
    };
  }

  protected override statePlaces(steps: number, batch: number): StatePlace[] {
    const { c, cRing, units } = this.fields;
    const end = c + (steps % cRing) * batch * strideOf(units) * 4;
    return [...super.statePlaces(steps, batch), { start: c, end }];
  }

  protected override get stateGradients(): readonly number[] {
    return [this.fields.dh, this.fields.dc];
  }

  protected packForward(kernel: number, recurrent: number, bias: number): void {
    const { kernels } = this.workspace;
    const { panels, bias: start, features, units } = this.fields;
    const { width, peepholes, projection } = this.#extended;
    kernels.lstmPackProjected(kernel, recurrent, bias, panels, start, features, units, width);
    if (this.#peepholes !== undefined) {
      kernels.lstmPackPeepholes(this.workspace.weights(this.#peepholes), peepholes, units);
    }
    if (this.#projection !== undefined) {
      kernels.packColumns(this.workspace.weights(this.#projection), width, projection, units, width);
    }
  }

  protected packRecurrentTransposed(recurrent: number): void {
    const { kernels } = this.workspace;
    const { recurrentTransposed, units } = this.fields;
    const { width, projectionTransposed } = this.#extended;
    kernels.lstmPackTransposed(recurrent, recurrentTransposed, width, units);
    if (this.#projection !== undefined) {
      const weights = this.workspace.weights(this.#projection);
      kernels.packTransposed(weights, width, projectionTransposed, width, units);
    }
  }

  protected packKernelTransposed(kernel: number): void {
    const { kernelTransposed, features, units } = this.fields;
    this.workspace.kernels.lstmPackTransposed(kernel, kernelTransposed, features, units);
  }

  protected settle(steps: number): void {
    const { taped } = this.workspace;
    this.fields.cRing = taped ? steps + 1 : 1;
    this.fields.gateSteps = taped ? steps : 1;
    this.#extended.mSteps = taped ? steps : 1;
  }

  protected writeFields(): void {
    const { memory } = this.workspace;
    writeDescriptor(memory, this.#extended.base, lstmFields, this.fields);
    writeDescriptor(memory, this.descriptor, lstmExtendedFields, this.#extended);
  }
}
