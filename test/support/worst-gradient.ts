import type { GraphModel } from "../../src/index.js";

/**
 * The largest difference between a gradient of a model and the central difference of its loss, over its weights.
 * @param options.step how far a weight is moved to either side; options.every looks at every n-th number of a weight, a
 *   different one first in each.
 */
export async function worstGradient(
  made: GraphModel,
  x: Parameters<GraphModel["gradients"]>[0],
  y: Parameters<GraphModel["gradients"]>[1],
  { step = 0.01, every = 1 } = {},
): Promise<{ readonly difference: number; readonly at: string }> {
  made.compile({ optimizer: "sgd", loss: "mse" });
  const { weights } = await made.gradients(x, y);
  const before = made.getWeights().map((weight) => ({ ...weight, data: weight.data.slice() }));
  let worst = { difference: 0, at: "" };
  for (const [k, { name, data }] of before.entries()) {
    for (let e = k % every; e < data.length; e += every) {
      const lossAt = async (moved: number): Promise<number> => {
        made.setWeights(
          before.map((weight, w) => {
            const own = weight.data.slice();
            if (w === k) own[e]! += moved;
            return { ...weight, data: own };
          }),
        );
        return (await made.evaluate(x, y)).loss!;
      };
      const slope = ((await lossAt(step)) - (await lossAt(-step))) / (2 * step);
      const difference = Math.abs(slope - weights[k]!.data[e]!);
      const found = { difference, at: `${name}[${e}]` };
      if (Number.isNaN(difference)) return found;
      if (difference > worst.difference) worst = found;
    }
  }
  return worst;
}
