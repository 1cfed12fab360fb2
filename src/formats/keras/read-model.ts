import type { DescribedGraph, DescribedLayer } from "../description/description.js";
import type { KerasLayer } from "./layer-table.js";

/** A layer of a Keras configuration, and what says where its weights are. */
export interface ReadLayer extends DescribedLayer {
  readonly className: string;
  readonly name: string;
  readonly entry: KerasLayer | undefined;
  /** Shape with the batch, where the layer says what comes in. */
  readonly batchShape: readonly (number | null)[] | undefined;
  readonly inner?: ReadLayer;
  /** Of a model inside another one. */
  readonly model?: ReadModel;
  /** Of an input layer: what it takes, as the file says it. */
  readonly dtype?: unknown;
}

/** Reads the layer inside a wrapper, which may be a model. */
export type ReadInner = (inner: Record<string, unknown>, at: string) => ReadLayer;

/** How the layers of a functional model are connected; `layers` are those that are applied. */
export interface ReadGraph extends DescribedGraph {
  readonly layers: readonly ReadLayer[];
}

/** A configuration's model: its layers and how they are connected, what comes in. */
export interface ReadModel {
  readonly name: string | undefined;
  /** As `model.layers` of Keras lists them, input layers included: that order tells where the weights are. */
  readonly listed: readonly ReadLayer[];
  /** Names of those in the file. */
  readonly kerasNames: readonly string[];
  /** Without input layers, in the order they run; undefined where the model is no chain. */
  readonly chain: readonly ReadLayer[] | undefined;
  /** Where it is no chain. */
  readonly graph: ReadGraph | undefined;
  readonly batchShape: readonly (number | null)[] | undefined;
}
