import type { Kernels } from "../../engine/kernels.js";
import type { Memory } from "../../engine/memory.js";
import type { ParallelKernel } from "../../engine/threads/worker-pool.js";
import type { Owner } from "../owner.js";
import type { Variable } from "../variable.js";
import type { Packed, Workspace } from "../workspace.js";

/** A workspace in which every time step of a sample is a sample of its own. */
export class FoldedWorkspace implements Workspace {
  readonly kernels: Kernels;
  readonly memory: Memory;
  readonly batch: number;
  readonly maximumThreads: number;
  readonly model: object;
  readonly taped: boolean;

  constructor(
    readonly outer: Workspace,
    steps: number,
  ) {
    this.kernels = outer.kernels;
    this.memory = outer.memory;
    this.batch = outer.batch * steps;
    this.maximumThreads = outer.maximumThreads;
    this.model = outer.model;
    this.taped = outer.taped;
  }

  split(kernel: ParallelKernel, descriptor: number, count: number, grain: number, owner: object): void {
    this.outer.split(kernel, descriptor, count, grain, owner);
  }

  region(owner: Owner, label: string, floats: number): number {
    return this.outer.region(owner, label, floats);
  }

  shared(owner: Owner, label: string, floats: number): number {
    return this.outer.shared(owner, label, floats);
  }

  packed(owner: Owner, label: string): Packed {
    return this.outer.packed(owner, label);
  }

  weights(variable: Variable): number {
    return this.outer.weights(variable);
  }

  gradients(variable: Variable): number {
    return this.outer.gradients(variable);
  }

  learns(layer: Owner): boolean {
    return this.outer.learns(layer);
  }
}
