import { ConfigError, DataError } from "../../errors.js";
import type { Dataset, ExampleSource, toArrayExamples } from "../examples.js";

/** Options of `fit` that say about tensors what a dataset says itself. */
const ofTensors = ["validationSplit", "sampleWeight", "classWeight", "batchSize"];

/**
 * Batches of a user's dataset, each checked as it comes.
 * @param options those it is trained with.
 * @throws ConfigError for one that does not go with a dataset.
 */
export function batchesOf(
  where: string,
  dataset: Dataset,
  check: typeof toArrayExamples,
  options: object,
): ExampleSource {
  for (const [option, value] of Object.entries(options)) {
    if (value === undefined || !ofTensors.includes(option)) continue;
    throw new ConfigError(
      `${where}: \`${option}\` does not go with a dataset, whose batches bring their own size, weights and validation part.`,
      { received: option },
    );
  }
  const { length } = dataset as { length?: unknown };
  return {
    samples: null,
    steps: typeof length === "number" ? length : null,
    batchSize: null,
    async *batches() {
      let count = 0;
      for await (const batch of dataset) {
        if (typeof batch !== "object" || batch === null || !("x" in batch)) {
          throw new DataError(
            `${where}: batch ${count} of the dataset is ${batch === null ? "null" : typeof batch}, expected { x, y, sampleWeight? }.`,
          );
        }
        const examples = check(
          `${where}: batch ${count} of the dataset`,
          batch.x,
          batch.y,
          batch.sampleWeight,
        );
        const size = examples.x.shape[0] ?? 0;
        if (size > 0) yield { ...examples, size, sampleOf: (n) => n };
        count += 1;
      }
      if (count === 0) {
        throw new DataError(
          `${where}: the dataset gave no batch. A generator object can be iterated only once, but each epoch needs it anew: ` +
            "give an object with [Symbol.iterator]() or [Symbol.asyncIterator]() that starts over each time.",
          { code: "insufficient_data" },
        );
      }
    },
  };
}
