import { activationCodes } from "../engine/activation-codes.js";
import { type LstmDescriptor, lstmFields, writeDescriptor } from "../engine/descriptors.js";
import { Gauge } from "../engine/gauge.js";
import type { LstmLayer } from "./lstm.js";
import { RecurrentMask } from "./recurrent-mask.js";
import { Signal, strideOf } from "./signal.js";
import { allocateGradient, type Packed, type Pass, type Stage, type Workspace } from "./workspace.js";

/** Rows of a weight gradient's product taken at a time; OUTER_ROWS of assembly/linalg/outer-product.ts. */
export const OUTER_ROWS = 256;

/** Floats of scratch in which so many columns are packed in pairs; pairsBytes of assembly/linalg/outer-product.ts. */
export const pairsFloats = (columns: number): number => Math.ceil(columns / 2) * 2 * OUTER_ROWS;

/** The smallest shares of a batch: products take rows in twos, and their result must not depend on who takes which. */
const ROW_GRAIN = 2;

/** An LSTM layer laid out in a workspace: where its tape, its packed weights and its scratch stand. */
export class LstmStage implements Stage {
  readonly output: Signal;
  readonly #descriptor: number;
  readonly #fields: LstmDescriptor;
  readonly #packed: { panels: Packed; recurrent: Packed; kernel: Packed };
  readonly #gauges = { forward: new Gauge(), backward: new Gauge(), weights: new Gauge() };
  readonly #maskedInput: number;
  readonly #inputMask: number;
  readonly #mask: RecurrentMask | null;

  constructor(
    readonly layer: LstmLayer,
    readonly input: Signal,
    readonly workspace: Workspace,
  ) {
    const { units, features } = layer;
    const { batch, taped } = workspace;
    const steps = input.maxTimesteps;
    const stride = strideOf(units);
    const gateFloats = 4 * stride;
    const region = (label: string, floats: number, wanted = true): number =>
      wanted ? workspace.region(layer, label, floats) : 0;
    const shared = (label: string, floats: number): number => workspace.shared(layer, label, floats);

    this.output = new Signal(units, layer.returnSequences, layer.returnSequences ? steps : 1);
    allocateGradient(workspace, layer, input, this.output);
    this.#mask = RecurrentMask.of(layer, input, this.output, workspace);
    const learns = this.output.gradient !== 0;
    const wholeH = taped || layer.returnSequences;
    const recurrentMasked = taped && layer.recurrentDropout > 0;
    const hRing = wholeH ? steps + 1 : 2;
    const panelRows = (rows: number): number => Math.ceil(rows / 16) * 16;

    this.#packed = {
      panels: workspace.packed(layer, "panels"),
      recurrent: workspace.packed(layer, "recurrent panels"),
      kernel: workspace.packed(layer, "kernel panels"),
    };
    this.#inputMask = region("input mask", batch * input.stride, taped && layer.dropout > 0);
    this.#maskedInput = region("masked input", steps * batch * input.stride, this.#inputMask !== 0);
    this.#descriptor = region("descriptor", lstmFields.length);
    const [kernel, recurrent, bias] = layer.variables;
    this.#fields = {
      batch: 0,
      timesteps: 0,
      features,
      units,
      activation: activationCodes[layer.activation],
      recurrentActivation: activationCodes[layer.recurrentActivation],
      x: 0,
      xTimeStride: 0,
      xStride: input.stride,
      panels: shared("panels", gateFloats * (features + units)),
      bias: shared("panel bias", gateFloats),
      h: region("hidden states", hRing * batch * stride),
      hRing: 0,
      c: region("cell states", (taped ? steps + 1 : 1) * batch * stride),
      cRing: 0,
      gates: region("gates", (taped ? steps : 1) * batch * gateFloats),
      gateSteps: 0,
      mask: 0,
      recurrentMask: region("recurrent mask", batch * stride, recurrentMasked),
      hMasked: region("masked hidden states", hRing * batch * stride, recurrentMasked),
      recurrentTransposed: learns ? shared("recurrent panels", panelRows(units) * gateFloats) : 0,
      kernelTransposed: learns ? shared("kernel panels", panelRows(features) * gateFloats) : 0,
      dy: this.output.gradient,
      dySteps: 0,
      dx: input.gradient,
      dxTimeStride: 0,
      dxStride: input.stride,
      dh: region("dh", batch * stride, learns),
      dc: region("dc", batch * stride, learns),
      dhMasked: region("dh masked", batch * stride, learns && recurrentMasked),
      dzRows: region("dz", batch * gateFloats, learns),
      pairs: region("pairs", workspace.maximumThreads * pairsFloats(Math.max(features, units)), learns),
      dKernel: learns ? workspace.gradients(kernel!) : 0,
      dRecurrent: learns ? workspace.gradients(recurrent!) : 0,
      dBias: learns && bias !== undefined ? workspace.gradients(bias) : 0,
      truncate: 0,
    };
    if (layer.state !== undefined) {
      layer.state.moveInto(
        workspace.memory,
        layer.state.names.map((name, i) => workspace.shared(layer, `state ${name}`, layer.state!.floats(i))),
      );
    }
  }

  forward(pass: Pass): void {
    const { layer, input, output, workspace } = this;
    const { kernels, memory, taped } = workspace;
    const { batch } = pass;
    const steps = input.timesteps;
    const d = this.#fields;
    const stateFloats = batch * strideOf(layer.units);
    this.#packForward(pass);

    d.batch = batch;
    d.timesteps = steps;
    d.hRing = taped || layer.returnSequences ? steps + 1 : 2;
    d.cRing = taped ? steps + 1 : 1;
    d.gateSteps = taped ? steps : 1;
    d.mask = this.#mask?.inReadingOrder(batch) ?? 0;
    d.dySteps = layer.returnSequences ? steps : 1;
    d.truncate = pass.truncate;
    const stepFloats = batch * input.stride;
    const last = layer.goBackwards ? (steps - 1) * stepFloats * 4 : 0;
    d.xTimeStride = layer.goBackwards ? -stepFloats : stepFloats;
    d.x = this.#droppedInput(pass) + last;
    d.dxTimeStride = d.xTimeStride;
    d.dx = input.gradient === 0 ? 0 : input.gradient + last;
    const recurrentMask = d.recurrentMask;
    if (recurrentMask !== 0) {
      if (pass.training) this.#dropMask(pass, layer.recurrentDropout, recurrentMask, stateFloats, 1);
      else d.recurrentMask = 0;
    }
    writeDescriptor(memory, this.#descriptor, lstmFields, d);
    d.recurrentMask = recurrentMask;

    if (layer.state === undefined) {
      kernels.fillZero(d.h, stateFloats);
      kernels.fillZero(d.c, stateFloats);
    } else {
      layer.state.checkBatch(layer.name, batch);
      layer.state.load(kernels, 0, d.h);
      layer.state.load(kernels, 1, d.c);
    }
    workspace.split("lstmForward", this.#descriptor, batch, ROW_GRAIN, this.#gauges.forward);

    const stepBytes = stateFloats * 4;
    const hEnd = d.h + (steps % d.hRing) * stepBytes;
    if (layer.state !== undefined && pass.advanceState) {
      layer.state.keep(kernels, 0, hEnd);
      layer.state.keep(kernels, 1, d.c + (steps % d.cRing) * stepBytes);
    }
    output.timesteps = layer.returnSequences ? steps : 1;
    const shown = layer.returnSequences ? d.h + stepBytes : hEnd;
    output.address = this.#mask?.hide(shown, batch) ?? shown;
  }

  backward(pass: Pass): void {
    const { layer, input, output, workspace } = this;
    const { kernels } = workspace;
    if (output.gradient === 0) return;
    this.#packBackward(pass);
    this.#mask?.hideGradient(pass.batch);
    workspace.split("lstmBackward", this.#descriptor, pass.batch, ROW_GRAIN, this.#gauges.backward);
    if (layer.trainable) {
      const groups = Math.ceil(layer.units / 4);
      workspace.split("lstmWeightGradients", this.#descriptor, groups, 1, this.#gauges.weights);
    }
    if (input.gradient !== 0 && this.#inputMask !== 0 && pass.training) {
      const count = pass.batch * input.stride;
      kernels.multiplySteps(input.gradient, this.#inputMask, input.gradient, input.timesteps, count);
    }
  }

  /** The input, with the same features dropped at every step, while training with `dropout`. */
  #droppedInput(pass: Pass): number {
    const { input, layer } = this;
    if (this.#inputMask === 0 || !pass.training) return input.address;
    const count = pass.batch * input.stride;
    this.#dropMask(pass, layer.dropout, this.#inputMask, count, 0);
    const { kernels } = this.workspace;
    kernels.multiplySteps(input.address, this.#inputMask, this.#maskedInput, input.timesteps, count);
    return this.#maskedInput;
  }

  #dropMask(pass: Pass, rate: number, mask: number, count: number, which: number): void {
    const [low, high] = pass.seeds(this.layer);
    this.workspace.memory.floats(mask, count).fill(1);
    this.workspace.kernels.dropout(mask, mask, count, rate, low, high + which);
  }

  #packForward(pass: Pass): void {
    const { layer, workspace } = this;
    const { panels, bias, features, units } = this.#fields;
    this.#packed.panels.refresh(pass.weightsVersion, () => {
      const [kernel, recurrent, biasVariable] = layer.variables;
      workspace.kernels.lstmPackKernel(
        workspace.weights(kernel!),
        workspace.weights(recurrent!),
        biasVariable === undefined ? 0 : workspace.weights(biasVariable),
        panels,
        bias,
        features,
        units,
      );
    });
  }

  #packBackward(pass: Pass): void {
    const { layer, workspace } = this;
    const { kernels } = workspace;
    const { kernelTransposed, recurrentTransposed, features, units } = this.#fields;
    const [kernel, recurrent] = layer.variables;
    this.#packed.recurrent.refresh(pass.weightsVersion, () => {
      kernels.lstmPackTransposed(workspace.weights(recurrent!), recurrentTransposed, units, units);
    });
    if (this.input.gradient === 0) return;
    this.#packed.kernel.refresh(pass.weightsVersion, () => {
      kernels.lstmPackTransposed(workspace.weights(kernel!), kernelTransposed, features, units);
    });
  }
}
