import { describe, expect, it } from "vitest";
import {
  dense,
  l1,
  l1l2,
  l2,
  lstm,
  maxNorm,
  minMaxNorm,
  nonNeg,
  orthogonalRegularizer,
  type Sequential,
  sequential,
  sgd,
  unitNorm,
} from "../../../src/index.js";
import type { OracleLayerSpec } from "../../oracle/layers/apply.js";
import { oracleModel } from "../../oracle/model.js";
import { expectNear, values } from "./support.js";

const x = values([5, 4, 2], 1);
const y = values([5, 1], 2);
const randomized = (model: Sequential): Sequential => {
  model.setWeights(model.getWeights().map(({ shape }, i) => values(shape, 40 + i)));
  return model;
};

describe("regularizers", () => {
  const make = (): Sequential => {
    const model = sequential([
      lstm({
        units: 3,
        inputShape: [4, 2],
        kernelRegularizer: l2({ l2: 0.02 }),
        recurrentRegularizer: orthogonalRegularizer({ factor: 0.1 }),
        biasRegularizer: l1({ l1: 0.03 }),
      }),
      dense({ units: 1, kernelRegularizer: l1l2({ l1: 0.01, l2: 0.05 }), biasRegularizer: "l2" }),
    ]);
    model.compile({ optimizer: sgd({ learningRate: 0 }), loss: "mse", metrics: ["mse"] });
    return randomized(model);
  };
  const twin: OracleLayerSpec[] = [
    {
      kind: "lstm",
      units: 3,
      kernelRegularizer: { l2: 0.02 },
      recurrentRegularizer: { orthogonal: { factor: 0.1 } },
      biasRegularizer: { l1: 0.03 },
    },
    { kind: "dense", units: 1, kernelRegularizer: { l1: 0.01, l2: 0.05 }, biasRegularizer: { l2: 0.01 } },
  ];

  it("add their penalty to the loss and their slope to the gradients", async () => {
    const model = make();
    const got = await model.gradients(x, y);
    const expected = oracleModel(twin, model.getWeights()).lossAndGradients(x, y, { loss: "mse" });
    expectNear("loss", [got.loss], [expected.loss], 1e-6);
    got.weights.forEach(({ name, data }, i) => {
      expectNear(name, data, expected.weights[i]!.data, 1e-5);
    });
  });

  it("stand in loss and val_loss, not in metrics", async () => {
    const model = make();
    const { loss, dataLoss } = oracleModel(twin, model.getWeights()).lossAndGradients(x, y, { loss: "mse" });
    const { history } = await model.fit(x, y, { validationData: [x, y] });
    expect([history.loss![0], history.val_loss![0]]).toEqual([
      expect.closeTo(loss, 5),
      expect.closeTo(loss, 5),
    ]);
    // A metric asked for by a short name keeps it.
    expect([history.mse![0], history.val_mse![0]]).toEqual([
      expect.closeTo(dataLoss, 5),
      expect.closeTo(dataLoss, 5),
    ]);
    expect(loss - dataLoss).toBeGreaterThan(0.1);
  });

  it("of layers that are not trained cost nothing and change nothing, as in Keras", async () => {
    const model = sequential([
      dense({ units: 2, inputShape: [2], kernelRegularizer: "l2", trainable: false }),
      dense({ units: 1 }),
    ]);
    model.compile({ loss: "mse" });
    const flat = { shape: [5, 2], data: x.data.slice(0, 10) };
    const { loss, weights } = await randomized(model).gradients(flat, y);
    const predicted = await model.predict(flat);
    const mse = [...predicted.data].reduce((sum, value, i) => sum + (value - y.data[i]!) ** 2 / 5, 0);
    expect(loss).toBeCloseTo(mse, 5);
    expect(weights[0]!.data.every((value) => value === 0)).toBe(true);
  });
});

describe("constraints", () => {
  const norms = (data: ArrayLike<number>, rows: number, columns: number): number[] =>
    Array.from({ length: columns }, (_, j) =>
      Math.sqrt(Array.from({ length: rows }, (_, i) => data[i * columns + j]! ** 2).reduce((a, b) => a + b)),
    );

  it("hold after each update, of every weight that has one", async () => {
    const model = sequential([
      lstm({
        units: 3,
        inputShape: [4, 2],
        kernelConstraint: maxNorm({ maxValue: 0.5 }),
        recurrentConstraint: unitNorm(),
        biasConstraint: nonNeg(),
      }),
      dense({ units: 1, kernelConstraint: minMaxNorm({ minValue: 0.7, maxValue: 0.8 }) }),
    ]);
    model.compile({ optimizer: sgd({ learningRate: 0.5 }), loss: "mse" });
    randomized(model);
    for (let step = 0; step < 3; step++) {
      await model.trainOnBatch(x, y);
      const [kernel, recurrent, bias, dense] = model.getWeights().map(({ data }) => data);
      // Projection divides by a norm plus 1e-7 and rounds to float32.
      expect(Math.max(...norms(kernel!, 2, 12))).toBeLessThanOrEqual(0.5 * (1 + 1e-6));
      expectNear("unit norms", norms(recurrent!, 3, 12), Array(12).fill(1), 1e-6);
      expect(Math.min(...bias!)).toBeGreaterThanOrEqual(0);
      const [norm] = norms(dense!, 3, 1);
      expect(norm).toBeGreaterThanOrEqual(0.7 * (1 - 1e-6));
      expect(norm).toBeLessThanOrEqual(0.8 * (1 + 1e-6));
    }
  });
});
