import { ConfigError, DataError } from "../../errors.js";
import type {
  ArrayExamples,
  Dataset,
  DatasetBatch,
  ExampleSource,
  toArrayExamples,
} from "../data/examples.js";

/** Options that say about tensors what a dataset says itself. */
const ofTensors = ["validationSplit", "sampleWeight", "batchSize", "validationBatchSize"];

/** @throws DataError naming what stands where a batch should, and how to write it. */
function checkBatch(where: string, batch: unknown): asserts batch is DatasetBatch {
  if (typeof batch === "object" && batch !== null && "x" in batch) return;
  const [received, remedy] = Array.isArray(batch)
    ? ["an array", " For pairs, yield { x: pair[0], y: pair[1] }."]
    : typeof batch !== "object" || batch === null
      ? [batch === null ? "null" : typeof batch, ""]
      : [
          `an object with ${Object.keys(batch).join(", ") || "nothing in it"}`,
          "xs" in batch ? " TensorFlow.js's xs and ys are x and y here." : "",
        ];
  throw new DataError(`${where} is ${received}, expected { x, y, sampleWeight? }.${remedy}`, {
    received: batch,
    expected: "{ x, y, sampleWeight? }",
  });
}

/** What to iterate over in this round. @throws DataError where a generator function gave nothing to iterate over. */
function roundOf(where: string, dataset: Dataset): Iterable<DatasetBatch> | AsyncIterable<DatasetBatch> {
  if (typeof dataset !== "function") return dataset;
  const round: unknown = dataset();
  if (
    typeof round === "object" &&
    round !== null &&
    (Symbol.iterator in round || Symbol.asyncIterator in round)
  ) {
    return round as Iterable<DatasetBatch>;
  }
  throw new DataError(
    `${where}: the function given as a dataset returned ${round === null ? "null" : typeof round}, expected a generator: function* () { yield { x, y }; }.`,
    { received: round, expected: "an iterable of { x, y }" },
  );
}

/**
 * Batches of a user's dataset, each checked as it comes.
 * @param options those it is trained with.
 * @param weigh what is done to a batch's weights.
 * @throws ConfigError for an option that does not go with a dataset.
 */
export function batchesOf(
  where: string,
  dataset: Dataset,
  check: typeof toArrayExamples,
  options: object,
  weigh: (examples: ArrayExamples) => ArrayExamples = (examples) => examples,
): ExampleSource {
  for (const [option, value] of Object.entries(options)) {
    if (value === undefined || !ofTensors.includes(option)) continue;
    throw new ConfigError(
      `${where}: \`${option}\` does not go with a dataset, whose batches bring their own size, weights and validation part.`,
      { received: option },
    );
  }
  const length = typeof dataset === "function" ? undefined : (dataset as { length?: unknown }).length;
  return {
    samples: null,
    steps: typeof length === "number" ? length : null,
    batchSize: null,
    async *batches(begin) {
      begin?.();
      let count = 0;
      for await (const batch of roundOf(where, dataset)) {
        const place = `${where}: batch ${count} of the dataset`;
        checkBatch(place, batch);
        const examples = weigh(check(place, batch.x, batch.y, batch.sampleWeight));
        const size = examples.x.shape[0] ?? 0;
        if (size > 0) yield { ...examples, size, sampleOf: (n) => n };
        count += 1;
      }
      if (count === 0) {
        throw new DataError(
          `${where}: the dataset gave no batch. A generator object can be iterated only once, but each epoch needs it anew: ` +
            "give the generator function itself, or an object with [Symbol.iterator]() or [Symbol.asyncIterator]() that starts over each time.",
          { code: "insufficient_data" },
        );
      }
    },
  };
}
