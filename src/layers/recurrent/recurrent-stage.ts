import { activationCodes } from "../../engine/activation-codes.js";
import type { GruDescriptor, LstmDescriptor, RnnDescriptor } from "../../engine/descriptors.js";
import type { ParallelKernel } from "../../engine/threads/worker-pool.js";
import { type MaskReader, Signal, strideOf } from "../signal.js";
import { allocateGradient, type Call, type Stage } from "../stage.js";
import { type FlowRecorder, type Packed, type Pass, pairsFloats, type Workspace } from "../workspace.js";
import type { RecordedFlow } from "./recorded-flow.js";
import type { RecurrentLayer } from "./recurrent-layer.js";

/** The smallest shares of a batch: products take rows in twos, and their result must not depend on who takes which. */
const ROW_GRAIN = 2;

/** Fields that the descriptors of all cells have. */
export type CommonDescriptor = Record<
  keyof LstmDescriptor & keyof GruDescriptor & keyof RnnDescriptor,
  number
>;

/** What the shared part of a stage has to know of its cell. */
export interface CellForm {
  readonly forward: ParallelKernel;
  readonly backward: ParallelKernel;
  readonly weightGradients: ParallelKernel;
  /** Groups of four units that the weight gradients take together. */
  readonly groupGrain: number;
  /** Floats of the packed weights and of the packed bias. */
  readonly panels: number;
  readonly panelBias: number;
  /** Floats of a row of gradients that goes back through R and through W. */
  readonly recurrentDepth: number;
  readonly kernelDepth: number;
  /** Names of the gates, in the order of the kernels' records. */
  readonly gates: readonly string[];
}

/** Where a part of the state begins and where it ends after so many steps, as addresses. */
export interface StatePlace {
  readonly start: number;
  readonly end: number;
}

/** A recurrent layer laid out in a workspace: all that does not depend on the cell. */
export abstract class RecurrentStage implements Stage {
  readonly input: Signal;
  readonly output: Signal;
  readonly outputs: readonly Signal[];
  protected abstract readonly fields: CommonDescriptor;
  protected readonly descriptor: number;
  /** Whether anything flows back through this stage. */
  protected readonly learns: boolean;
  /** Whether hidden states are dropped on their way to the next step, while training. */
  protected readonly dropsStates: boolean;
  /** Floats from one row of hidden states to the next. */
  protected readonly stride: number;
  /** Places in the ring of hidden states that a workspace of this size needs. */
  protected readonly maxRing: number;
  readonly #form: CellForm;
  readonly #packed: { panels: Packed; recurrent: Packed; kernel: Packed };
  readonly #mask: MaskReader | null;
  #record: FlowRecorder | undefined;
  readonly #inputMask: number;
  readonly #maskedInput: number;
  readonly #recurrentMask: number;
  /** The states it begins in, where they come from other layers, and those it ends in, where they are put out. */
  readonly #initial: readonly Signal[];
  readonly #finals: readonly Signal[];
  readonly #stateAddresses: readonly number[];
  /** Where the last pass ended, part by part of the state. */
  #ends: readonly number[] = [];

  protected constructor(
    readonly layer: RecurrentLayer,
    inputs: readonly Signal[],
    readonly workspace: Workspace,
    call: Call,
    form: CellForm,
    descriptorFields: readonly string[],
  ) {
    const { batch, taped } = workspace;
    const { width, returnSequences } = layer;
    const [input, ...initial] = inputs as [Signal, ...Signal[]];
    this.input = input;
    this.#initial = initial;
    const steps = input.maxTimesteps;
    this.#form = form;
    this.stride = strideOf(width);
    this.output = new Signal(width, returnSequences, returnSequences ? steps : 1);
    allocateGradient(workspace, layer, inputs, this.output);
    this.#finals = layer.furtherShapes.map(([units]) => {
      const state = new Signal(units!, false, 1);
      allocateGradient(workspace, layer, inputs, state);
      return state;
    });
    this.outputs = [this.output, ...this.#finals];
    // Where it was said that dropout acts, it acts in predictions too.
    const mayDrop = taped || call.training === true;
    // Keras passes the mask on as it came, not turned, under goBackwards too.
    if (returnSequences) this.output.takeMask(input);
    this.#mask =
      input.mask === 0
        ? null
        : new input.MaskReader!(layer, input, this.output, workspace, layer.stateful || initial.length > 0);
    this.learns = this.output.gradient !== 0;
    this.maxRing = taped || returnSequences ? steps + 1 : 2;
    this.dropsStates = mayDrop && layer.recurrentDropout > 0;
    this.descriptor = this.region("descriptor", descriptorFields.length);
    this.#packed = {
      panels: workspace.packed(layer, "panels"),
      recurrent: workspace.packed(layer, "recurrent panels"),
      kernel: workspace.packed(layer, "kernel panels"),
    };
    this.#inputMask = this.region("input mask", batch * input.stride, mayDrop && layer.dropout > 0);
    this.#maskedInput = this.region("masked input", steps * batch * input.stride, this.#inputMask !== 0);
    this.#recurrentMask = this.region("recurrent mask", batch * this.stride, this.dropsStates);
    const { state } = layer;
    this.#stateAddresses =
      state?.names.map((name, i) => workspace.shared(layer, `state ${name}`, state.floats(i))) ?? [];
    this.#takeState();
  }

  /** A stateful layer's state stands in the memory of the model that used it last. */
  #takeState(): void {
    const { memory, model } = this.workspace;
    this.layer.state?.moveInto(memory, this.#stateAddresses, model);
  }

  protected region(label: string, floats: number, wanted = true): number {
    return wanted ? this.workspace.region(this.layer, label, floats) : 0;
  }

  protected shared(label: string, floats: number, wanted = true): number {
    return wanted ? this.workspace.shared(this.layer, label, floats) : 0;
  }

  /** The fields every cell has, with the regions they point to. */
  protected commonFields(): CommonDescriptor {
    const { layer, input, output, workspace, learns, stride } = this;
    const { batch } = workspace;
    const { units, features } = layer;
    const form = this.#form;
    const panelRows = (rows: number): number => Math.ceil(rows / 16) * 16;
    const [kernel, recurrent, third] = layer.variables;
    const bias = layer.useBias ? third : undefined;
    const pairs = workspace.maximumThreads * pairsFloats(Math.max(features, units));
    return {
      batch: 0,
      timesteps: 0,
      features,
      units,
      activation: activationCodes[layer.activation],
      x: 0,
      xTimeStride: 0,
      xStride: input.stride,
      panels: this.shared("panels", form.panels),
      bias: this.shared("panel bias", form.panelBias),
      h: this.region("hidden states", this.maxRing * batch * stride),
      hRing: 0,
      mask: 0,
      recurrentMask: 0,
      hMasked: this.region("masked hidden states", this.maxRing * batch * stride, this.dropsStates),
      recurrentTransposed: this.shared(
        "recurrent panels",
        panelRows(layer.width) * form.recurrentDepth,
        learns,
      ),
      kernelTransposed: this.shared("kernel panels", panelRows(features) * form.kernelDepth, learns),
      dy: output.gradient,
      dySteps: 0,
      dx: 0,
      dxTimeStride: 0,
      dxStride: input.stride,
      dh: this.region("dh", batch * stride, learns),
      pairs: this.region("pairs", pairs, learns),
      dKernel: learns ? workspace.gradients(kernel!) : 0,
      dRecurrent: learns ? workspace.gradients(recurrent!) : 0,
      dBias: learns && bias !== undefined ? workspace.gradients(bias) : 0,
      truncate: 0,
      record: 0,
      carry: this.#initial.length + this.#finals.length > 0 ? 1 : 0,
    };
  }

  /** Packs the weights at these addresses (bias 0: none) for the products forward. */
  protected abstract packForward(kernel: number, recurrent: number, bias: number): void;
  protected abstract packRecurrentTransposed(recurrent: number): void;
  protected abstract packKernelTransposed(kernel: number): void;
  /** Sets the fields of the cell's own that depend on the number of steps. */
  protected abstract settle(steps: number): void;
  protected abstract writeFields(): void;

  /** Where the state begins and ends, part by part; the first is h. */
  protected statePlaces(steps: number, batch: number): StatePlace[] {
    const { h, hRing } = this.fields;
    return [{ start: h, end: h + (steps % hRing) * batch * this.stride * 4 }];
  }

  forward(pass: Pass): void {
    const { layer, input, output, workspace, fields: d } = this;
    const { kernels, taped } = workspace;
    const { batch } = pass;
    const steps = input.timesteps;
    const [kernel, recurrent, bias] = this.#weights();
    this.#packed.panels.refresh(pass.weightsVersion, () => this.packForward(kernel!, recurrent!, bias!));

    const stepFloats = batch * input.stride;
    const last = layer.goBackwards ? (steps - 1) * stepFloats * 4 : 0;
    d.batch = batch;
    d.timesteps = steps;
    d.hRing = taped || layer.returnSequences ? steps + 1 : 2;
    d.mask = this.#mask?.inReadingOrder(batch) ?? 0;
    d.dySteps = layer.returnSequences ? steps : 1;
    d.truncate = pass.truncate;
    d.record = this.#beginRecord(pass, steps);
    d.xTimeStride = layer.goBackwards ? -stepFloats : stepFloats;
    d.dxTimeStride = d.xTimeStride;
    d.x = this.#droppedInput(pass) + last;
    d.dx = input.gradient === 0 ? 0 : input.gradient + last;
    d.recurrentMask = pass.training ? this.#recurrentMask : 0;
    if (d.recurrentMask !== 0) {
      this.#dropMask(pass, layer.recurrentDropout, d.recurrentMask, batch * this.stride, 1);
    }
    this.settle(steps);
    this.writeFields();

    const { state } = layer;
    this.#takeState();
    state?.checkBatch(layer.name, batch);
    const places = this.statePlaces(steps, batch);
    Object.values(layer.stateWidths).forEach((width, i) => {
      const { start } = places[i]!;
      const floats = batch * strideOf(width);
      const initial = this.#initial[i];
      if (initial !== undefined) kernels.copyFloats(initial.address, start, floats);
      else if (state !== undefined) state.load(kernels, i, start);
      else if (pass.continues === true) kernels.copyFloats(this.#ends[i]!, start, floats);
      else kernels.fillZero(start, floats);
    });
    workspace.split(this.#form.forward, this.descriptor, batch, ROW_GRAIN, this);
    this.#ends = places.map(({ end }) => end);
    if (state !== undefined && pass.advanceState) {
      places.forEach(({ end }, i) => {
        state.keep(kernels, i, end);
      });
    }
    this.#finals.forEach((final, i) => {
      final.address = places[i]!.end;
    });
    output.timesteps = layer.returnSequences ? steps : 1;
    const shown = layer.returnSequences ? d.h + batch * this.stride * 4 : places[0]!.end;
    output.address = this.#mask?.hide(shown, batch) ?? shown;
  }

  backward(pass: Pass): void {
    const { layer, input, output, workspace } = this;
    if (output.gradient === 0) return;
    const [kernel, recurrent] = this.#weights();
    const { weightsVersion, batch } = pass;
    this.#packed.recurrent.refresh(weightsVersion, () => this.packRecurrentTransposed(recurrent!));
    if (input.gradient !== 0) {
      this.#packed.kernel.refresh(weightsVersion, () => this.packKernelTransposed(kernel!));
    }
    this.#mask?.hideGradient(batch);
    const form = this.#form;
    if (this.fields.carry === 1) this.#carryIn(batch);
    workspace.split(form.backward, this.descriptor, batch, ROW_GRAIN, this);
    if (this.fields.dKernel !== 0) {
      const groups = Math.ceil(layer.units / 4);
      workspace.split(form.weightGradients, this.descriptor, groups, form.groupGrain, this);
    }
    this.#carryOut(batch);
    if (input.gradient !== 0 && this.#inputMask !== 0 && pass.training) {
      const count = batch * input.stride;
      const { gradient, timesteps } = input;
      workspace.kernels.multiplySteps(gradient, this.#inputMask, gradient, timesteps, count);
    }
  }

  /** Where the gradient of each part of the state passes from step to step. */
  protected get stateGradients(): readonly number[] {
    return [this.fields.dh];
  }

  /** What flows back from the final state stands where the kernel begins. */
  #carryIn(batch: number): void {
    const { kernels } = this.workspace;
    const widths = Object.values(this.layer.stateWidths);
    this.stateGradients.forEach((address, i) => {
      const floats = batch * strideOf(widths[i]!);
      const gradient = this.#finals[i]?.gradient ?? 0;
      if (gradient === 0) kernels.fillZero(address, floats);
      else kernels.copyFloats(gradient, address, floats);
    });
  }

  /** What flows back to the initial state goes to where it came from. */
  #carryOut(batch: number): void {
    this.#initial.forEach(({ gradient, stride }, i) => {
      if (gradient !== 0) {
        this.workspace.kernels.copyFloats(this.stateGradients[i]!, gradient, batch * stride);
      }
    });
  }

  recorded(): RecordedFlow | null {
    const { record, timesteps, dx } = this.fields;
    return record === 0 ? null : this.#record!.read(timesteps, this.layer.units, dx !== 0);
  }

  /** Where this pass's record goes; 0: nowhere. */
  #beginRecord(pass: Pass, steps: number): number {
    if (pass.record === null || !this.learns) return 0;
    const { layer, workspace, input } = this;
    const { gates } = this.#form;
    const hasCell = "c" in layer.stateWidths;
    this.#record ??= new pass.record(layer, workspace, input.maxTimesteps, gates, hasCell);
    return this.#record.begin(steps);
  }

  /** Addresses of kernel, recurrent kernel and bias; 0: there is none. */
  #weights(): number[] {
    const [kernel, recurrent, bias] = this.layer.variables.map((variable) =>
      this.workspace.weights(variable),
    );
    return [kernel!, recurrent!, this.layer.useBias ? bias! : 0];
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
}
