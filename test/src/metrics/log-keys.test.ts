import { describe, expect, it } from "vitest";
import {
  activation,
  binaryAccuracy,
  categoricalAccuracy,
  cosineSimilarity,
  huber,
  mae,
  mase,
  meanAbsoluteError,
  r2,
  rootMeanSquaredError,
  sequential,
  topKCategoricalAccuracy,
} from "../../../src/index.js";

async function keysOf(metrics: readonly unknown[]): Promise<string[]> {
  const made = sequential([activation({ activation: "linear", inputShape: [3] })]);
  made.compile({ loss: "mse", metrics: metrics as never });
  const x = [
    [0.2, 0.7, 0.1],
    [0.5, 0.3, 0.2],
  ];
  return Object.keys(await made.evaluate(x, x)).slice(1);
}

describe("keys in the logs are Keras's", () => {
  it.each([
    ["binaryAccuracy", "binary_accuracy"],
    ["categoricalAccuracy", "categorical_accuracy"],
    ["topKCategoricalAccuracy", "top_k_categorical_accuracy"],
    ["rootMeanSquaredError", "root_mean_squared_error"],
    ["meanAbsoluteError", "mean_absolute_error"],
    ["cosineSimilarity", "cosine_similarity"],
    ["f1Score", "f1_score"],
    ["mae", "mae"],
    ["rmse", "rmse"],
    ["acc", "acc"],
    ["r2", "r2"],
  ])("%s is %s", async (name, key) => {
    expect(await keysOf([name])).toEqual([key]);
  });

  it("of factories as of names", async () => {
    expect(await keysOf([binaryAccuracy(), rootMeanSquaredError(), meanAbsoluteError()])).toEqual([
      "binary_accuracy",
      "root_mean_squared_error",
      "mean_absolute_error",
    ]);
  });

  it("are the names that were given", async () => {
    const named = [
      binaryAccuracy({ name: "myAccuracy", threshold: 0.6 }),
      categoricalAccuracy({ name: "a" }),
      topKCategoricalAccuracy({ name: "b", k: 2 }),
      rootMeanSquaredError({ name: "c" }),
      r2({ name: "d" }),
      mase({ name: "e" }),
      meanAbsoluteError({ name: "f" }),
      huber({ name: "g", delta: 2 }),
      cosineSimilarity({ name: "h" }),
      mae({ name: "i" }),
    ];
    expect(await keysOf(named)).toEqual(["myAccuracy", "a", "b", "c", "d", "e", "f", "g", "h", "i"]);
  });

  it.each([[binaryAccuracy({ name: 3 as never })], [meanAbsoluteError({ name: "" })]])(
    "a name that is none is refused",
    async (metric) => {
      await expect(keysOf([metric])).rejects.toThrow(/`name`/);
    },
  );
});
