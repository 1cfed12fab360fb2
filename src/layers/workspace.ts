import type { Kernels } from "../engine/kernels.js";
import type { Memory } from "../engine/memory.js";
import type { ParallelKernel } from "../engine/threads/worker-pool.js";
import type { Layer } from "./layer.js";
import type { FlowBuffer, RecordedFlow } from "./recurrent/flow-buffer.js";
import { Signal } from "./signal.js";
import type { Variable } from "./variable.js";

/** What a layer may ask of the model when its stage is laid out: addresses, for a batch of at most `batch` samples. */
export interface Workspace {
  readonly kernels: Kernels;
  readonly memory: Memory;
  readonly batch: number;
  /** How many threads may run a kernel at once, each with scratch of its own. */
  readonly maximumThreads: number;
  /** Whether a tape is kept and gradients flow back. */
  readonly taped: boolean;
  /** Runs a kernel over [0, count) cut at multiples of `grain`, on several threads where `owner`'s work gains by it. */
  split(kernel: ParallelKernel, descriptor: number, count: number, grain: number, owner: object): void;
  /** A region of this workspace, zeroed when it is taken. */
  region(owner: Layer, label: string, floats: number): number;
  /** A region that all workspaces of the model share, such as packed weights. */
  shared(owner: Layer, label: string, floats: number): number;
  /** Tells whether what stands in the shared region of the same name is fresh. */
  packed(owner: Layer, label: string): Packed;
  weights(variable: Variable): number;
  gradients(variable: Variable): number;
}

/** What one pass through the stages is about. */
export interface Pass {
  readonly batch: number;
  /** Dropout acts. */
  readonly training: boolean;
  /** Truncated BPTT: steps after which the gradient is cut; 0: never. */
  readonly truncate: number;
  /** With what recurrent layers write down what flows back through them; null: they do not. Changes no bit of anything else. */
  readonly record: typeof FlowBuffer | null;
  /** The sequences of the pass before go on: recurrent layers start in the state they ended in. */
  readonly continues?: boolean;
  /** Stateful layers keep the state this pass ends in. */
  readonly advanceState: boolean;
  /** Counts up whenever weights change: packed copies made before are stale. */
  readonly weightsVersion: number;
  /** Two 32-bit seeds for the random masks of this pass, different for each layer. */
  readonly seeds: (layer: Layer) => readonly [number, number];
}

/** A layer laid out in a workspace. */
export interface Stage {
  readonly layer: Layer;
  readonly output: Signal;
  /** The stages this one runs as parts of itself. */
  readonly inner?: readonly Stage[];
  /** Reads `input.address`, sets `output.address` and `output.timesteps`. */
  forward(pass: Pass): void;
  /** Reads `output.gradient` (and may spoil it), adds to its weights' gradients, writes `input.gradient` if there is one. */
  backward(pass: Pass): void;
  /** What flowed back through this stage in the last pass with `record`; null where nothing did. */
  recorded?(): RecordedFlow | null;
}

/**
 * A signal with a buffer of its own, one for its gradient where a gradient has to pass through `layer`, and its input's
 * mask.
 */
export function ownSignal(
  workspace: Workspace,
  layer: Layer,
  input: Signal,
  form: { features: number; isSequence: boolean; maxTimesteps: number },
): Signal {
  const signal = new Signal(form.features, form.isSequence, form.maxTimesteps);
  signal.takeMask(input);
  signal.address = workspace.region(layer, "output", workspace.batch * form.maxTimesteps * signal.stride);
  allocateGradient(workspace, layer, input, signal);
  return signal;
}

/** Gives `output` a gradient buffer if the tape is on and someone at or before `layer` learns from it. */
export function allocateGradient(workspace: Workspace, layer: Layer, input: Signal, output: Signal): void {
  if (!workspace.taped || (input.gradient === 0 && !layer.learns)) return;
  const rows = workspace.batch * output.maxTimesteps;
  // Weight gradients read sixteen columns of a row at a time, up to fifteen floats behind the last row.
  output.gradient = workspace.region(layer, "output gradient", rows * output.stride + 16);
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
