import type { Application } from "../../layers/graph/application.js";
import type { SymbolicTensor } from "../../layers/graph/symbolic-tensor.js";
import type { Layer } from "../../layers/layer.js";
import { ModelLayer } from "./model-layer.js";

/** Largest whole number up to which float32 knows all of them. */
const ANY_INDEX = 2 ** 24;

/** How many indices a layer's input takes, from 0; undefined where it takes numbers. */
export function indicesTaken(layer: Layer, input: number): number | undefined {
  if (layer instanceof ModelLayer) return layer.topology.inputs[input]!.vocabularySize;
  return input === 0 ? layer.vocabularySize : undefined;
}

/**
 * How many indices an input of a graph takes: as many as the smallest of the embeddings it leads to; undefined where it
 * takes numbers. Indices stand in memory as steps of one feature, so an open length needs them.
 */
export function vocabularyOf(tensor: SymbolicTensor, nodes: readonly Application[]): number | undefined {
  if (tensor.shape.length !== 2) return undefined;
  const sizes = nodes.flatMap(({ layer, inputs }) =>
    inputs.flatMap((input, i) => (input === tensor ? (indicesTaken(layer, i) ?? []) : [])),
  );
  if (sizes.length > 0) return Math.min(...sizes);
  return tensor.dtype === "int32" || tensor.shape[1] === null ? ANY_INDEX : undefined;
}
