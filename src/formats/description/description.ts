import type { LayerNode, Reference } from "../../model/graph/model-config.js";
import type { FileWeight } from "../weights.js";

/** A layer as `layerFromConfig` makes it. */
export interface DescribedLayer {
  readonly kind: string;
  readonly config: Readonly<Record<string, unknown>>;
}

export type { LayerNode as DescribedNode, Reference };

/** How layers are connected, each node behind those it needs. */
export interface DescribedGraph {
  readonly inputs: readonly {
    readonly name: string;
    readonly shape: readonly (number | null)[];
    readonly dtype: "float32" | "int32";
    readonly batchSize?: number;
  }[];
  readonly nodes: readonly LayerNode[];
  readonly outputs: readonly Reference[];
  readonly outputNames: readonly string[];
}

/**
 * What a reader found in a file: plain data, no layer. Readers are fetched when they are used and know nothing of layers;
 * `build-model.ts` makes the model of what they say.
 */
export interface ModelDescription {
  readonly name?: string | undefined;
  /** The chain of layers; one the user gave stands for itself. The first is told the input's shape. */
  readonly layers: readonly (DescribedLayer | object)[];
  /** How the layers are connected, where they are no chain. */
  readonly graph?: DescribedGraph | undefined;
  readonly inputShape?: readonly (number | null)[] | undefined;
  readonly batchSize?: number | undefined;
  /** One for each weight of the layers, in Keras's order; null: the file has none, the layers draw theirs. */
  readonly weights: readonly FileWeight[] | null;
  readonly compile?: Readonly<Record<string, unknown>> | undefined;
  /** What of the compile configuration is not known here; the model is read all the same. */
  readonly unread?: readonly string[];
  /** The optimizer's variables as Keras numbers them: updates, rate, then the moments weight by weight. */
  readonly optimizer?: readonly FileWeight[] | undefined;
}
