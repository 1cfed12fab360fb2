import { ConfigError, ShapeError, told } from "../errors.js";
import { listIn, numberIn } from "../options.js";
import type { NamedTensor } from "../tensor.js";
import { isTensor } from "../tensor.js";

/** Units that learn nothing, and why. */
export interface DeadUnits {
  /** Indices of the units no gradient reaches. */
  readonly units: readonly number[];
  readonly share: number;
}

/**
 * Units that cannot learn from this batch: the gradient of every weight into them is exactly zero, in all gates.
 * A relu unit whose input is below zero for every sample is dead in this sense; one of an LSTM hardly ever.
 *
 * @param gradients dL/dweight of one layer, such as `(await model.gradients(x, y)).weights` of that layer; the last axis
 *   of each holds the units, gate after gate. (Embeddings, whose rows are words, have no such units.)
 * @param units units of the layer.
 * @throws ConfigError without gradients; ShapeError when the last axis is no multiple of `units`.
 *
 * @example
 * const { weights } = await model.gradients(x, y);
 * deadUnits(weights.filter(({ name }) => name.startsWith("lstm/")), 4).share;
 */
export function deadUnits(gradients: readonly NamedTensor[], units: number): DeadUnits {
  const where = "deadUnits()";
  numberIn(where, "units", units, { min: 1, max: 1e7, integer: true });
  for (const [i, gradient] of Array.from(listIn(where, "gradients", gradients)).entries()) {
    if (isTensor(gradient)) continue;
    throw new ConfigError(`${where}: gradients[${i}] is ${told(gradient)}, expected a tensor.`, {
      received: gradient,
    });
  }
  if (gradients.length === 0) throw new ConfigError("deadUnits(): no gradients were given.");
  const alive = new Array<boolean>(units).fill(false);
  for (const { name, shape, data } of gradients) {
    const columns = shape.at(-1) ?? 0;
    if (columns === 0 || columns % units !== 0) {
      throw new ShapeError(
        `deadUnits(): \`${name}\` has ${columns} columns, no multiple of ${units} units. Give the gradients of one layer and its number of units.`,
        { received: shape, expected: units },
      );
    }
    data.forEach((value, i) => {
      if (value !== 0) alive[(i % columns) % units] = true;
    });
  }
  const dead = alive.flatMap((lives, unit) => (lives ? [] : [unit]));
  return { units: dead, share: dead.length / units };
}
