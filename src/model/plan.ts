import type { Engine } from "../engine/engine.js";
import type { Kernels } from "../engine/kernels.js";
import type { Memory } from "../engine/memory.js";
import type { ParallelKernel } from "../engine/threads/worker-pool.js";
import { activityPenalty, addActivityGradient } from "../layers/activity.js";
import type { Layer } from "../layers/layer.js";
import type { Owner } from "../layers/owner.js";
import { Signal, strideOf } from "../layers/signal.js";
import type { Stage } from "../layers/stage.js";
import type { Variable } from "../layers/variable.js";
import type { Packed, Pass, Workspace } from "../layers/workspace.js";
import type { Tensor } from "../tensor.js";
import { Regions } from "./regions.js";
import { fromTimeMajor } from "./transpose.js";

export interface PlanRequest {
  /** Samples of the largest batch. */
  readonly batch: number;
  /** Time steps of the longest sequence; 1 where there are none. */
  readonly timesteps: number;
  readonly features: number;
  readonly isSequence: boolean;
  /** Whether a tape is kept and gradients flow. */
  readonly taped: boolean;
  /** Whether dL/dx of the model's input is wanted. */
  readonly inputGradient: boolean;
}

/** Where a plan's model lives: what its plans share. */
export interface PlanHost extends Pick<Workspace, "shared" | "packed" | "weights" | "gradients"> {
  readonly engine: Engine;
}

/** A model laid out in memory for batches up to a size: its stages, from the input's rows to the loss. */
export class Plan implements Workspace {
  readonly kernels: Kernels;
  readonly memory: Memory;
  readonly batch: number;
  readonly taped: boolean;
  readonly input: Signal;
  readonly output: Signal;
  readonly stages: readonly Stage[];
  /** Targets and row weights, laid out as the output's rows. */
  readonly target: number;
  readonly rowWeights: number;
  readonly regions: Regions;

  constructor(
    readonly host: PlanHost,
    layers: readonly Layer[],
    readonly request: PlanRequest,
    readonly purpose: string,
  ) {
    const { engine } = host;
    this.kernels = engine.kernels;
    this.memory = engine.memory;
    this.batch = request.batch;
    this.taped = request.taped;
    this.regions = new Regions(engine);
    const { batch, timesteps, features, isSequence } = request;
    const input = new Signal(features, isSequence, timesteps);
    const inputFloats = batch * timesteps * strideOf(features);
    try {
      input.address = this.regions.take("input", "x", inputFloats);
      if (request.inputGradient) input.gradient = this.regions.take("input", "dx", inputFloats + 16);
      this.input = input;
      const stages: Stage[] = [];
      let signal = input;
      for (const layer of layers) {
        const stage = layer.stage(signal, this);
        stages.push(stage);
        signal = stage.output;
      }
      this.stages = stages;
      this.output = signal;
      const rows = batch * signal.maxTimesteps;
      this.target = this.regions.take("loss", "target", rows * signal.stride);
      this.rowWeights = this.regions.take("loss", "row weights", rows);
    } catch (error) {
      this.regions.release();
      throw error;
    }
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
      own.timesteps >= request.timesteps &&
      own.features === request.features &&
      (own.taped || !request.taped) &&
      (own.inputGradient || !request.inputGradient)
    );
  }

  /** A copy of what stands at `address` in the rows of `signal`, `[batch, timesteps, features]` or `[batch, features]`. */
  read(address: number, signal: Signal, batch: number): Tensor {
    const { features, stride, timesteps, isSequence } = signal;
    const data = new Float32Array(batch * timesteps * features);
    const rows = this.memory.floats(address, signal.rows(batch) * stride);
    fromTimeMajor(rows, data, { batch, timesteps, features, stride }, 0);
    return { shape: isSequence ? [batch, timesteps, features] : [batch, features], data };
  }

  forward(pass: Pass): void {
    for (const stage of this.stages) stage.forward(pass);
  }

  /** What activity regularizers add to the loss after a forward pass. */
  activityPenalty(batch: number): number {
    const all = this.stages.flatMap((stage) => [stage, ...(stage.inner ?? [])]);
    return all.reduce((sum, stage) => sum + activityPenalty(stage, this.memory, batch), 0);
  }

  /** From `output.gradient` to the weights' gradients (which the caller has zeroed) and the input's. */
  backward(pass: Pass): void {
    for (let i = this.stages.length - 1; i >= 0; i--) {
      const stage = this.stages[i]!;
      addActivityGradient(stage, this.memory, pass.batch);
      stage.backward(pass);
    }
  }
}
