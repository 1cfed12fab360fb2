import type { FileWeight } from "../weights.js";

/** A layer as `layerFromConfig` makes it. */
export interface DescribedLayer {
  readonly kind: string;
  readonly config: Readonly<Record<string, unknown>>;
}

/** Which output of which node; the first nodes are the inputs. */
export type Reference = readonly [node: number, output: number];

/** An application of a layer. */
export interface DescribedNode {
  /** Index in `layers`. */
  readonly layer: number;
  readonly inputs: readonly Reference[];
  /** How many of the inputs, the last ones, are initial states. */
  readonly states?: number;
  readonly mask?: Reference;
  readonly training?: boolean;
  readonly useCausalMask?: boolean;
}

/** How layers are connected, each node behind those it needs. */
export interface DescribedGraph {
  readonly inputs: readonly {
    readonly name: string;
    readonly shape: readonly (number | null)[];
    readonly dtype: "float32" | "int32";
    readonly batchSize?: number;
  }[];
  readonly nodes: readonly DescribedNode[];
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
