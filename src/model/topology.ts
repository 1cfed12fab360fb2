import type { Layer, SampleShape } from "../layers/layer.js";
import type { Signal } from "../layers/signal.js";
import type { Stage } from "../layers/stage.js";
import type { Workspace } from "../layers/workspace.js";

/** What a model is given in one place, or puts out in one. */
export interface Port {
  readonly name: string;
  /** Of one sample, without the batch. */
  readonly shape: SampleShape;
  /** Of an input that takes indices: they go from 0 to one less than this. */
  readonly vocabularySize?: number | undefined;
}

/** Layers laid out in a workspace, in the order of the pass forward. */
export interface LaidOut {
  readonly stages: readonly Stage[];
  readonly outputs: readonly Signal[];
}

/** What a model is made of, as its memory and its passes know it: a chain of layers, or a graph. */
export interface Topology {
  /** Every layer once, input layers included, in the order of the weights. */
  readonly all: readonly Layer[];
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
  /** Of a chain: the outputs that stand side by side in the last axis of its last layer's. */
  readonly parts?: number | undefined;
  /** Whether a sequence may come piece by piece, each piece going on where the last one ended. */
  readonly worksByChunks: boolean;
  /** Shapes of the outputs for inputs of these shapes, where some lengths are open. */
  shapesFor(inputs: readonly SampleShape[]): readonly SampleShape[];
  layOut(inputs: readonly Signal[], workspace: Workspace): LaidOut;
}
