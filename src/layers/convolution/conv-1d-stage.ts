import type { Activation } from "../../engine/activation-codes.js";
import { ActivationPass } from "../activation-stage.js";
import type { Owner } from "../owner.js";
import type { Signal } from "../signal.js";
import { ownSignal, type Stage } from "../stage.js";
import { checkWindows, keepsSteps, type Windows, windowCount, windowShift } from "../window.js";
import { type Packed, type Pass, pairsFloats, type Workspace } from "../workspace.js";
import { Taps, tapPanelFloats, tapStartFloats } from "./taps.js";

/** What a convolution's stage asks of its layer. */
export interface Conv1DOwner extends Owner {
  readonly filters: number;
  readonly kernelSize: number;
  readonly dilationRate: number;
  readonly groups: number;
  readonly windows: Windows;
  readonly activation: Activation;
  readonly useBias: boolean;
  /** Input features and filters of one group. */
  readonly channels: number;
  readonly groupFilters: number;
}

/** A convolution laid out in a workspace: taps forward, taps backward, and the outer products of the weights' gradients. */
export class Conv1DStage implements Stage {
  readonly output: Signal;
  readonly #activation: ActivationPass;
  readonly #forward: Taps;
  readonly #inputGradient: Taps | null;
  readonly #weightGradients: Taps | null;
  readonly #packed: { panels: Packed; transposed: Packed };

  constructor(
    readonly layer: Conv1DOwner,
    readonly input: Signal,
    readonly workspace: Workspace,
  ) {
    const { filters, windows, kernelSize: taps, groups, channels, groupFilters, useBias } = layer;
    const maxTimesteps = Math.max(1, windowCount(windows, input.maxTimesteps));
    const output = ownSignal(workspace, layer, input, { features: filters, isSequence: true, maxTimesteps });
    this.output = output;
    if (!keepsSteps(windows)) output.mask = 0;
    this.#activation = new ActivationPass(
      layer.activation,
      layer,
      workspace,
      workspace.batch * maxTimesteps * output.stride,
    );
    const form = { groups, taps, depth: channels, columns: groupFilters };
    this.#forward = new Taps(
      layer,
      "forward",
      {
        ...form,
        positionStride: windows.strides,
        tapStep: layer.dilationRate,
        panels: workspace.shared(layer, "panels", tapPanelFloats(form)),
        start: useBias ? workspace.shared(layer, "panel bias", tapStartFloats(form)) : 0,
        xStride: input.stride,
        xGroupStride: channels,
        yStride: output.stride,
        yGroupStride: groupFilters,
      },
      workspace,
    );
    this.#packed = {
      panels: workspace.packed(layer, "panels"),
      transposed: workspace.packed(layer, "transposed panels"),
    };
    const [kernel, bias] = layer.variables;
    this.#weightGradients =
      output.gradient !== 0 && workspace.gradients(kernel!) !== 0
        ? new Taps(
            layer,
            "weight gradients",
            {
              ...this.#forward.fields,
              pairs: workspace.region(layer, "pairs", workspace.maximumThreads * pairsFloats(channels)),
              dKernel: workspace.gradients(kernel!),
              dKernelTapStride: channels * filters,
              dKernelGroupStride: groupFilters,
              dKernelStride: filters,
              dBias: bias === undefined ? 0 : workspace.gradients(bias),
            },
            workspace,
          )
        : null;
    const turned = { groups, taps, depth: groupFilters, columns: channels };
    this.#inputGradient =
      input.gradient === 0
        ? null
        : new Taps(
            layer,
            "input gradient",
            {
              ...turned,
              tapStep: -layer.dilationRate,
              divisor: windows.strides,
              panels: workspace.shared(layer, "transposed panels", tapPanelFloats(turned)),
              xStride: output.stride,
              xGroupStride: groupFilters,
              yStride: input.stride,
              yGroupStride: channels,
            },
            workspace,
          );
  }

  forward(pass: Pass): void {
    const { layer, input, output } = this;
    this.#packed.panels.refresh(pass.weightsVersion, () => this.#pack());
    const steps = checkWindows(layer, layer.windows, input.timesteps);
    output.timesteps = steps;
    this.#forward.multiply({
      batch: pass.batch,
      steps,
      xSteps: input.timesteps,
      shift: windowShift(layer.windows, input.timesteps),
      x: input.address,
      y: output.address,
    });
    const rows = output.rows(pass.batch);
    this.#activation.forward(output.address, output.address, rows, layer.filters, output.stride);
  }

  backward(pass: Pass): void {
    const { layer, input, output } = this;
    const dz = output.gradient;
    if (dz === 0) return;
    const { batch } = pass;
    this.#activation.backward(output.address, dz, dz, output.rows(batch), layer.filters, output.stride);
    const shift = windowShift(layer.windows, input.timesteps);
    const [steps, xSteps] = [output.timesteps, input.timesteps];
    this.#weightGradients?.addWeightGradients({ batch, steps, xSteps, shift, x: input.address, y: dz });
    if (this.#inputGradient === null) return;
    this.#packed.transposed.refresh(pass.weightsVersion, () => this.#packTransposed());
    this.#inputGradient.multiply({
      batch,
      steps: xSteps,
      xSteps: steps,
      shift: -shift,
      x: dz,
      y: input.gradient,
    });
  }

  #pack(): void {
    const { layer, workspace } = this;
    const { panels, start, depth, columns } = this.#forward.fields;
    const [kernel, bias] = layer.variables;
    const block = Math.ceil(columns / 16) * depth * 64;
    this.#eachBlock((weights, i) => {
      workspace.kernels.packColumns(weights, layer.filters, panels + i * block, depth, columns);
    }, workspace.weights(kernel!));
    if (bias === undefined) return;
    for (let group = 0; group < layer.groups; group++) {
      workspace.kernels.copyFloats(
        workspace.weights(bias) + group * columns * 4,
        start + group * Math.ceil(columns / 16) * 64,
        columns,
      );
    }
  }

  #packTransposed(): void {
    const { layer, workspace } = this;
    const { panels, depth, columns } = this.#inputGradient!.fields;
    const block = Math.ceil(columns / 16) * depth * 64;
    this.#eachBlock((weights, i) => {
      workspace.kernels.packTransposed(weights, layer.filters, panels + i * block, depth, columns);
    }, workspace.weights(layer.variables[0]!));
  }

  /** The `[channels, groupFilters]` block of each group's taps, in the order of the panels. */
  #eachBlock(visit: (weights: number, index: number) => void, kernel: number): void {
    const { groups, kernelSize, channels, filters, groupFilters } = this.layer;
    for (let group = 0; group < groups; group++) {
      for (let tap = 0; tap < kernelSize; tap++) {
        const at = tap * channels * filters + group * groupFilters;
        visit(kernel + at * 4, group * kernelSize + tap);
      }
    }
  }
}
