import { describe, expect, it } from "vitest";
import { dense, sequential } from "../../../src/index.js";

const x = [[1], [2], [3]];
const y = [[1], [0], [6]];

/** Predicts what it is given: the errors are 0, 2 and 3. */
function identity() {
  const model = sequential([dense({ units: 1, useBias: false, inputShape: [1] })]);
  model.setWeights([[[1]]]);
  return model;
}

describe("weighted metrics and the loss's weight", () => {
  it("take another name where theirs is taken", async () => {
    const model = identity();
    model.compile({ optimizer: "sgd", loss: "mse", metrics: ["mae"], weightedMetrics: ["mae", "mse"] });
    const logs = await model.trainOnBatch(x, y, { sampleWeight: [1, 3, 0] });
    expect(Object.keys(logs)).toEqual(["loss", "mae", "weighted_mae", "mse"]);
    expect(logs.loss).toBeCloseTo((3 * 4) / 3, 5);
    expect(logs.mae).toBeCloseTo(5 / 3, 5);
  });

  it("a loss's weight scales loss and gradient", async () => {
    const model = identity();
    model.compile({ optimizer: "sgd", loss: "mse" });
    const plain = await model.gradients(x, y);
    model.compile({ optimizer: "sgd", loss: "mse", lossWeights: [0.25] });
    const scaled = await model.gradients(x, y);
    expect(scaled.loss).toBeCloseTo(plain.loss / 4, 6);
    expect(scaled.weights[0]!.data[0]).toBeCloseTo(plain.weights[0]!.data[0]! / 4, 6);
  });
});
