import { describe, expect, test } from "vitest";
import { directionOf } from "../../../src/callbacks/monitor.js";

describe("direction of a monitored name", () => {
  test.each([
    "loss",
    "val_loss",
    "mae",
    "val_rmse",
    "mse",
    "smape",
    "mase",
    "huber",
    "log_cosh",
    "binaryCrossentropy",
    "quantile",
    "meanAbsoluteError",
    "poisson",
    "gaussianNegativeLogLikelihood",
  ])("%s is better when smaller", (name) => expect(directionOf("x", name, "auto")).toBe("min"));

  test.each([
    "accuracy",
    "val_acc",
    "sparseCategoricalAccuracy",
    "auc",
    "precision",
    "val_recall",
    "r2",
    "val_r2",
    "cosineSimilarity",
  ])("%s is better when larger", (name) => expect(directionOf("x", name, "auto")).toBe("max"));

  test("the mode given wins over the name", () => {
    expect(directionOf("x", "loss", "max")).toBe("max");
    expect(directionOf("x", "my_score", "min")).toBe("min");
  });
});
