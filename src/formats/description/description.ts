import type { FileWeight } from "../weights.js";

/** A layer as `layerFromConfig` makes it. */
export interface DescribedLayer {
  readonly kind: string;
  readonly config: Readonly<Record<string, unknown>>;
}

/** State of an optimizer: updates made, and for each slot a tensor a trainable weight, in the model's order. */
export interface OptimizerState {
  readonly updates: number;
  readonly slots: Readonly<Record<string, readonly FileWeight[]>>;
}

/**
 * What a reader found in a file: plain data, no layer. Readers are fetched when they are used and know nothing of layers;
 * `build-model.ts` makes the model of what they say.
 */
export interface ModelDescription {
  readonly name?: string | undefined;
  /** The chain of layers; one the user gave stands for itself. The first is told the input's shape. */
  readonly layers: readonly (DescribedLayer | object)[];
  readonly inputShape?: readonly (number | null)[] | undefined;
  readonly batchSize?: number | undefined;
  /** One for each weight of the layers, in Keras's order; null: the file has none, the layers draw theirs. */
  readonly weights: readonly FileWeight[] | null;
  readonly compile?: Readonly<Record<string, unknown>> | undefined;
  /** What of the compile configuration is not known here; the model is read all the same. */
  readonly unread?: readonly string[];
  readonly optimizer?: OptimizerState | undefined;
}
