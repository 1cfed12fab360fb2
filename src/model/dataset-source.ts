import { DataError } from "../errors.js";
import type { Dataset, ExampleSource, toArrayExamples } from "./examples.js";

/** Batches of a user's dataset, each checked as it comes. */
export function batchesOf(where: string, dataset: Dataset, check: typeof toArrayExamples): ExampleSource {
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
