import type { Kernels } from "../engine/kernels.js";
import type { Memory } from "../engine/memory.js";
import type { ParallelKernel } from "../engine/threads/worker-pool.js";
import type { Owner } from "./owner.js";
import type { RecordedFlow } from "./recurrent/recorded-flow.js";
import type { Variable } from "./variable.js";

/** What a layer may ask of the model when its stage is laid out: addresses, for a batch of at most `batch` samples. */
export interface Workspace {
  /** @internal */
  readonly kernels: Kernels;
  /** @internal */
  readonly memory: Memory;
  /** @internal */
  readonly batch: number;
  /** @internal How many threads may run a kernel at once, each with scratch of its own. */
  readonly maximumThreads: number;
  /** @internal What gives this memory back when it is garbage. */
  readonly model: object;
  /** @internal Whether a tape is kept and gradients flow back. */
  readonly taped: boolean;
  /** @internal Runs a kernel over [0, count) cut at multiples of `grain`, on several threads where `owner`'s work gains by it. */
  split(kernel: ParallelKernel, descriptor: number, count: number, grain: number, owner: object): void;
  /** @internal A region of this workspace, zeroed when it is taken. */
  region(owner: Owner, label: string, floats: number): number;
  /** @internal A region that all workspaces of the model share, such as packed weights. */
  shared(owner: Owner, label: string, floats: number): number;
  /** @internal Tells whether what stands in the shared region of the same name is fresh. */
  packed(owner: Owner, label: string): Packed;
  /** @internal */
  weights(variable: Variable): number;
  /** @internal Address of dL/dweight, to which stages add (+=). 0 where training leaves the weight alone: nothing is to be added. */
  gradients(variable: Variable): number;
  /** @internal Whether training has anything to change in a layer's weights, as compiled. */
  learns(layer: Owner): boolean;
}

/** Where a recurrent layer's kernel writes down what flows back through it; see `FlowBuffer`. */
export interface FlowRecorder {
  /** The address to write to in the pass that begins. */
  begin(timesteps: number): number;
  /** What the last backward pass of `timesteps` steps wrote. */
  read(timesteps: number, units: number, hasInput: boolean): RecordedFlow;
}

export type FlowRecorderClass = new (
  layer: Owner,
  workspace: Workspace,
  maxTimesteps: number,
  gates: readonly string[],
  hasCell: boolean,
) => FlowRecorder;

/** What one pass through the stages is about. */
export interface Pass {
  readonly batch: number;
  /** Dropout acts. */
  readonly training: boolean;
  /** Truncated BPTT: steps after which the gradient is cut; 0: never. */
  readonly truncate: number;
  /** With what recurrent layers write down what flows back through them; null: they do not. Changes no bit of anything else. */
  readonly record: FlowRecorderClass | null;
  /** The sequences of the pass before go on: recurrent layers start in the state they ended in. */
  readonly continues?: boolean;
  /** Stateful layers keep the state this pass ends in. */
  readonly advanceState: boolean;
  /** Counts up whenever weights change: packed copies made before are stale. */
  readonly weightsVersion: number;
  /** Two 32-bit seeds for the random masks of this pass, different for each layer. */
  readonly seeds: (layer: Owner, own?: number) => readonly [number, number];
  /** The same by the place of a layer's application in the model. */
  readonly seedsOf: (place: string | number, own?: number) => readonly [number, number];
}

/** Something made from weights, such as packed panels, that has to follow them. */
export class Packed {
  #version = -1;

  /** Runs `pack` if the weights changed since the last time. */
  refresh(version: number, pack: () => void): void {
    if (version === this.#version) return;
    pack();
    this.#version = version;
  }
}

/** Rows of a weight gradient's product taken at a time; OUTER_ROWS of assembly/linalg/outer-product.ts. */
export const OUTER_ROWS = 256;

/** Floats of scratch in which so many columns are packed in pairs; pairsBytes of assembly/linalg/outer-product.ts. */
export const pairsFloats = (columns: number): number => Math.ceil(columns / 2) * 2 * OUTER_ROWS;
