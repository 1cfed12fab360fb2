import type { Executor } from "../execution/executor.js";

/**
 * A loss is measured before its update: weights that the last update broke show in none.
 * @param model whose last batch had the loss.
 */
export function warnOfBrokenWeights(
  where: string,
  { layers, modelMemory }: Executor,
  { batchLoss }: { readonly batchLoss: number },
): void {
  if (!Number.isFinite(batchLoss)) return;
  for (const layer of layers) {
    for (const [i, variable] of layer.variables.entries()) {
      const values = variable.read();
      const bad = values.findIndex((value) => !Number.isFinite(value));
      if (bad < 0 || !modelMemory.learning.includes(variable)) continue;
      console.warn(
        `${where}: the last update left ${values[bad]} in \`${layer.weightNames[i]}\`, though the loss before it was ${batchLoss}. The model predicts nothing any more: lower the learning rate, or clip gradients (clipnorm: 1).`,
      );
      return;
    }
  }
}
