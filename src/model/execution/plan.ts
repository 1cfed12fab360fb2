import type { Engine } from "../../engine/engine.js";
import type { Kernels } from "../../engine/kernels.js";
import type { Memory } from "../../engine/memory.js";
import type { ParallelKernel } from "../../engine/threads/worker-pool.js";
import { activityPenalty, addActivityGradient } from "../../layers/activity.js";
import type { Owner } from "../../layers/owner.js";
import { Signal } from "../../layers/signal.js";
import { passTo, type Stage, withInner } from "../../layers/stage.js";
import type { Variable } from "../../layers/variable.js";
import type { Packed, Pass, Workspace } from "../../layers/workspace.js";
import type { Tensor } from "../../tensor.js";
import type { Topology } from "../topology.js";
import { Regions } from "./regions.js";
import { fromTimeMajor } from "./transpose.js";

/** How an input stands in memory. */
export interface InputForm {
  /** Time steps of the longest sequence; 1 where there are none. */
  readonly timesteps: number;
  readonly features: number;
  readonly isSequence: boolean;
  /** The axes of a row. */
  readonly inner: readonly number[];
}

export interface PlanRequest {
  /** Samples of the largest batch. */
  readonly batch: number;
  readonly inputs: readonly InputForm[];
  /** Whether a tape is kept and gradients flow. */
  readonly taped: boolean;
  /** Whether dL/dx of the model's input is wanted. */
  readonly inputGradient: boolean;
}

/** Where a plan's model lives: what its plans share. */
export interface PlanHost {
  readonly engine: Engine;
  /** What gives the memory back when it is garbage. */
  readonly model: object;
  shared(owner: Owner, label: string, floats: number): number;
  packed(owner: Owner, label: string): Packed;
  weights(variable: Variable): number;
  gradients(variable: Variable): number;
}

/** A model laid out in memory for batches up to a size: its stages, from the input's rows to the loss. */
export class Plan implements Workspace {
  readonly kernels: Kernels;
  readonly memory: Memory;
  readonly batch: number;
  readonly taped: boolean;
  readonly inputs: readonly Signal[];
  readonly outputs: readonly Signal[];
  readonly stages: readonly Stage[];
  /** Where each output's targets and row weights stand, laid out as its rows. */
  readonly labels: readonly { readonly target: number; readonly rowWeights: number }[];
  readonly regions: Regions;

  constructor(
    readonly host: PlanHost,
    topology: Topology,
    readonly request: PlanRequest,
    readonly purpose: string,
  ) {
    const { engine } = host;
    this.kernels = engine.kernels;
    this.memory = engine.memory;
    this.batch = request.batch;
    this.taped = request.taped;
    this.regions = new Regions(engine);
    const { batch } = request;
    try {
      this.inputs = request.inputs.map(({ timesteps, features, isSequence, inner }, i) => {
        const signal = new Signal(features, isSequence, timesteps, inner);
        const floats = batch * timesteps * signal.stride;
        const name = topology.inputs[i]!.name;
        signal.address = this.regions.take("input", name, floats);
        if (request.inputGradient) signal.gradient = this.regions.take("input", `d${name}`, floats + 16);
        return signal;
      });
      const { stages, outputs } = topology.layOut(this.inputs, this);
      this.stages = stages;
      this.outputs = outputs;
      this.labels = outputs.map(({ maxTimesteps, stride }) => {
        const rows = batch * maxTimesteps;
        return {
          target: this.regions.take("loss", "target", rows * stride),
          rowWeights: this.regions.take("loss", "row weights", rows),
        };
      });
    } catch (error) {
      this.regions.release();
      throw error;
    }
  }

  /** The first input, of a chain the only one. */
  get input(): Signal {
    return this.inputs[0]!;
  }

  /** The first output, of a chain the only one. */
  get output(): Signal {
    return this.outputs[0]!;
  }

  get model(): object {
    return this.host.model;
  }

  get maximumThreads(): number {
    return this.host.engine.maximumThreads;
  }

  split(kernel: ParallelKernel, descriptor: number, count: number, grain: number, owner: object): void {
    this.host.engine.split(kernel, descriptor, count, grain, owner);
  }

  region(owner: Owner, label: string, floats: number): number {
    return this.regions.take(owner.name, label, floats);
  }

  shared(owner: Owner, label: string, floats: number): number {
    return this.host.shared(owner, label, floats);
  }

  packed(owner: Owner, label: string): Packed {
    return this.host.packed(owner, label);
  }

  weights(variable: Variable): number {
    return this.host.weights(variable);
  }

  gradients(variable: Variable): number {
    return this.host.gradients(variable);
  }

  learns({ variables }: Owner): boolean {
    return variables.some((variable) => this.gradients(variable) !== 0);
  }

  /** Whether this plan serves a request: large enough, and keeping what is asked for. */
  serves(request: PlanRequest): boolean {
    const own = this.request;
    return (
      own.batch >= request.batch &&
      own.inputs.every((input, i) => {
        const wanted = request.inputs[i]!;
        return input.timesteps >= wanted.timesteps && input.features === wanted.features;
      }) &&
      (own.taped || !request.taped) &&
      (own.inputGradient || !request.inputGradient)
    );
  }

  /** A copy of what stands at `address` in the rows of `signal`, `[batch, timesteps, …inner]` or `[batch, …inner]`. */
  read(address: number, signal: Signal, batch: number): Tensor {
    const { features, stride, timesteps, isSequence, inner } = signal;
    const data = new Float32Array(batch * timesteps * features);
    const rows = this.memory.floats(address, signal.rows(batch) * stride);
    fromTimeMajor(rows, data, { batch, timesteps, features, stride }, 0);
    return { shape: isSequence ? [batch, timesteps, ...inner] : [batch, ...inner], data };
  }

  forward(pass: Pass): void {
    for (const stage of this.stages) stage.forward(passTo(stage, pass));
  }

  /** What activity regularizers add to the loss after a forward pass. */
  activityPenalty(batch: number): number {
    return withInner(this.stages).reduce((sum, stage) => sum + activityPenalty(stage, this.memory, batch), 0);
  }

  /** From `output.gradient` to the weights' gradients (which the caller has zeroed) and the input's. */
  backward(pass: Pass): void {
    for (let i = this.stages.length - 1; i >= 0; i--) {
      const stage = this.stages[i]!;
      addActivityGradient(stage, this.memory, pass.batch);
      stage.backward(passTo(stage, pass));
    }
  }
}

/** A layout that found no room, with what lays it out: for who says what would fit. */
export interface Wanted {
  readonly purpose: string;
  readonly request: PlanRequest;
  readonly Plan: typeof Plan;
  readonly Packed: typeof Packed;
}
