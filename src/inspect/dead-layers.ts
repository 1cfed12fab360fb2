import type { GradientFlow } from "../model/flow.js";
import type { NamedTensor } from "../tensor.js";
import { deadUnits } from "./dead-units.js";

/** Units of a layer, or of a direction of one, that learn nothing. */
export interface LayerDeath {
  /** As in the flow. */
  readonly name: string;
  readonly units: number;
  readonly dead: readonly number[];
}

/** What can be asked of any layer. */
interface LayerLike {
  readonly name: string;
  readonly trainable: boolean;
  readonly units?: unknown;
  /** Of a bidirectional layer. */
  readonly directions?: readonly LayerLike[];
}

/** Layers, and directions of layers, by their names in a flow. */
const partsOf = (layer: LayerLike): [string, LayerLike][] =>
  (layer.directions ?? []).length === 0
    ? [[layer.name, layer]]
    : layer.directions!.map((direction) => [`${layer.name}/${direction.name}`, direction]);

/**
 * The units that learn nothing, layer by layer: those all of whose weights have a zero in `changes`. Layers that are frozen,
 * and those without units of their own, are left out.
 * @param changes gradients of the weights, or how far each weight moved; one tensor a weight, named as in `getWeights()`.
 */
export function deadLayers(
  layers: readonly object[],
  flow: GradientFlow,
  changes: readonly NamedTensor[],
): LayerDeath[] {
  const parts = new Map((layers as readonly LayerLike[]).flatMap(partsOf));
  return flow.layers.flatMap(({ name, weights }) => {
    const part = parts.get(name);
    if (part === undefined || !part.trainable || typeof part.units !== "number") return [];
    const { units } = part;
    const names = new Set(weights.map((weight) => weight.name));
    // A projection's columns are no units.
    const own = changes.filter(
      (tensor) => names.has(tensor.name) && (tensor.shape.at(-1) ?? 0) % units === 0,
    );
    return own.length === 0 ? [] : [{ name, units, dead: deadUnits(own, units).units }];
  });
}
