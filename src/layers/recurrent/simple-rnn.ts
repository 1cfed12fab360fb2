import { needsPreActivation } from "../../engine/activation-codes.js";
import { type RnnDescriptor, rnnFields, writeDescriptor } from "../../engine/descriptors.js";
import { type Signal, strideOf } from "../signal.js";
import type { Call, Stage } from "../stage.js";
import type { Workspace } from "../workspace.js";
import { type CellShapes, RecurrentLayer, type RecurrentOptions } from "./recurrent-layer.js";
import { RecurrentStage } from "./recurrent-stage.js";

/** Options of `simpleRNN`, with Keras's names, meanings and defaults. */
export interface SimpleRnnOptions extends RecurrentOptions {}

/** The layer that `simpleRNN` makes. */
export class SimpleRnnLayer extends RecurrentLayer {
  readonly kind = "simpleRNN";
  readonly defaultName = "simple_rnn";

  constructor(options: SimpleRnnOptions) {
    super("simpleRNN()", options, []);
  }

  get stateWidths(): { h: number } {
    return { h: this.units };
  }

  /** @internal */
  protected cellShapes(features: number): CellShapes {
    return { kernel: [features, this.units], recurrent: [this.units, this.units], bias: [this.units] };
  }

  override stageAll(inputs: readonly Signal[], workspace: Workspace, call: Call): Stage {
    return new SimpleRnnStage(this, inputs, workspace, call);
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

/** A simple recurrent layer laid out in a workspace. */
export class SimpleRnnStage extends RecurrentStage {
  protected readonly fields: RnnDescriptor;

  constructor(layer: SimpleRnnLayer, inputs: readonly Signal[], workspace: Workspace, call: Call) {
    const { units, features } = layer;
    const columns = Math.ceil(units / 16) * 16;
    const input = inputs[0]!;
    super(
      layer,
      inputs,
      workspace,
      call,
      {
        forward: "rnnForward",
        backward: "rnnBackward",
        weightGradients: "rnnWeightGradients",
        groupGrain: 4,
        panels: columns * (features + units),
        panelBias: columns,
        recurrentDepth: units,
        kernelDepth: units,
        gates: ["cell"],
      },
      rnnFields,
    );
    const rows = workspace.batch * strideOf(units);
    this.fields = {
      ...this.commonFields(),
      // Weight gradients read sixteen columns of a row at a time, up to twelve floats behind the last row.
      z: this.region("dz", input.maxTimesteps * rows + 16, workspace.taped),
      keepZ: workspace.taped && needsPreActivation(layer.activation) ? 1 : 0,
      dhThrough: this.region("dh through", rows, this.learns && this.dropsStates),
    };
  }

  protected packForward(kernel: number, recurrent: number, bias: number): void {
    const { kernels } = this.workspace;
    const { panels, bias: start, features, units } = this.fields;
    kernels.rnnPackKernel(kernel, recurrent, panels, features, units);
    if (bias !== 0) kernels.copyFloats(bias, start, units);
  }

  protected packRecurrentTransposed(recurrent: number): void {
    const { recurrentTransposed, units } = this.fields;
    this.workspace.kernels.packTransposed(recurrent, units, recurrentTransposed, units, units);
  }

  protected packKernelTransposed(kernel: number): void {
    const { kernelTransposed, features, units } = this.fields;
    this.workspace.kernels.packTransposed(kernel, units, kernelTransposed, units, features);
  }

  protected settle(): void {}

  protected writeFields(): void {
    writeDescriptor(this.workspace.memory, this.descriptor, rnnFields, this.fields);
  }
}
