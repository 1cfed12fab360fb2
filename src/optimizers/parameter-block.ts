import type { Kernels } from "../engine/kernels.js";
import type { Memory } from "../engine/memory.js";

/** One trainable weight with its gradient, as addresses. */
export interface Parameter {
  readonly weights: number;
  readonly gradients: number;
  readonly size: number;
}

/** The trainable weights of a model: each alone, and all in one padded run. */
export interface ParameterBlock {
  /** @internal */
  readonly kernels: Kernels;
  /** @internal */
  readonly memory: Memory;
  /** @internal */
  readonly parameters: readonly Parameter[];
  /** @internal First weight and first gradient; `count` floats each, the padding between weights zero. */
  readonly weights: number;
  /** @internal */
  readonly gradients: number;
  /** @internal */
  readonly count: number;
  /** @internal Memory for as long as the weights live, or until it is released. */
  takeSlots(floats: number): Slots;
}

/** A stretch of memory, zeroed when it is taken. */
export interface Slots {
  readonly address: number;
  release(): void;
}
