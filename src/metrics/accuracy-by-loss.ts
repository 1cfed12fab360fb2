import type { Loss } from "../losses/loss.js";
import { binaryAccuracy, categoricalAccuracy, sparseCategoricalAccuracy } from "./accuracy.js";
import type { Metric } from "./metric.js";

/** Keras's reading of "accuracy": by the loss's targets and the width of the output. */
function accuracyFor(name: string, loss: Loss, width: number): Metric {
  if (loss.targets === "classes") return sparseCategoricalAccuracy({}, name).create();
  return (
    width === 1 || loss.name === "binaryCrossentropy"
      ? binaryAccuracy({}, name)
      : categoricalAccuracy({}, name)
  ).create();
}

/** The accuracy that goes with the compiled loss, under the name it was asked for. */
export const accuracyByLoss = (name: string) => () => ({
  create: (loss: Loss, width: number): Metric => accuracyFor(name, loss, width),
});
