import { describe, expect, it } from "vitest";
import {
  adam,
  dense,
  earlyStopping,
  exponentialDecay,
  learningRateScheduler,
  lstm,
  reduceLROnPlateau,
  type Sequential,
  sequential,
  sgd,
  terminateOnNaN,
  toArray,
} from "../../../src/index.js";
import type { OracleLayerSpec } from "../../oracle/layers/apply.js";
import { bitsOf, errorOf, expectNear, modelOf, values } from "./support.js";

const layers: OracleLayerSpec[] = [
  { kind: "lstm", units: 4, inputShape: [3, 2] },
  { kind: "dense", units: 1 },
];
const x = values([8, 3, 2], 1);
const y = values([8, 1], 2);
const make = (learningRate = 0.1): Sequential =>
  modelOf(layers, { optimizer: sgd({ learningRate }), loss: "mse" });

describe("a model before training", () => {
  it("has Keras's weights: names, shapes, glorot's range, a forget bias of one", () => {
    const weights = sequential(
      [
        lstm({ units: 5, inputShape: [3, 2], returnSequences: true }),
        lstm({ units: 4 }),
        dense({ units: 2 }),
      ],
      { seed: 1 },
    ).getWeights();
    expect(weights.map(({ name, shape }) => [name, shape])).toEqual([
      ["lstm/kernel", [2, 20]],
      ["lstm/recurrent_kernel", [5, 20]],
      ["lstm/bias", [20]],
      ["lstm_1/kernel", [5, 16]],
      ["lstm_1/recurrent_kernel", [4, 16]],
      ["lstm_1/bias", [16]],
      ["dense/kernel", [4, 2]],
      ["dense/bias", [2]],
    ]);
    const bound = Math.sqrt(6 / (2 + 20));
    expect(Math.max(...weights[0]!.data.map(Math.abs))).toBeLessThanOrEqual(bound);
    expect([...weights[2]!.data]).toEqual([0, 1, 0, 0].flatMap((value) => Array(5).fill(value)));
    expect([...weights[7]!.data]).toEqual([0, 0]);
    // Rows of the recurrent kernel, all gates together, are orthonormal.
    const recurrent = weights[4]!.data;
    const products = Array.from({ length: 16 }, (_, i) =>
      Array.from(
        { length: 16 },
        (_, k) => recurrent[Math.floor(i / 4) * 16 + k]! * recurrent[(i % 4) * 16 + k]!,
      ),
    ).map((terms) => terms.reduce((sum, term) => sum + term));
    expectNear(
      "R Rᵀ",
      products,
      products.map((_, i) => (i % 5 === 0 ? 1 : 0)),
      1e-6,
    );
  });

  it("counts 4 H (F + H + 1) weights an LSTM, and says so in its summary", () => {
    const model = modelOf([
      { kind: "lstm", units: 16, inputShape: [null, 3] },
      { kind: "dense", units: 2 },
    ]);
    const count = 4 * 16 * (3 + 16 + 1) + 16 * 2 + 2;
    expect(model.countParams()).toBe(count);
    const printed: string[] = [];
    const text = model.summary({ print: (part) => printed.push(part) });
    expect(printed).toEqual([text]);
    for (const part of ["lstm (lstm)", "[?, 16]", "dense (dense)", "1,314"]) expect(text).toContain(part);
    expect(count).toBe(1314);
  });

  it("takes nested arrays, typed arrays and integers as it takes tensors", async () => {
    const model = make();
    const expected = (await model.predict(x)).data;
    expect((await model.predict(toArray(x) as number[][][])).data).toEqual(expected);
    const whole = { shape: [2, 3, 2], data: Int32Array.of(1, -2, 3, 0, 1, 5, 2, 2, 2, 1, 1, 1) };
    const floats = { shape: whole.shape, data: Float32Array.from(whole.data) };
    expect((await model.predict(whole)).data).toEqual((await model.predict(floats)).data);
    expect(await model.evaluate(toArray(x) as number[][][], [...y.data])).toEqual(await model.evaluate(x, y));
  });

  it("predicts without compile, in the order of the samples", async () => {
    const model = sequential([lstm({ units: 4, inputShape: [3, 2] }), dense({ units: 1 })], { seed: 1 });
    const all = (await model.predict(x)).data;
    for (let n = 0; n < 8; n++) {
      const one = await model.predict({ shape: [1, 3, 2], data: x.data.slice(6 * n, 6 * n + 6) });
      expectNear(`sample ${n}`, one.data, [all[n]!], 1e-6);
    }
  });
});

describe("compile", () => {
  const train = async (model: Sequential, steps: number): Promise<void> => {
    for (let i = 0; i < steps; i++) await model.trainOnBatch(x, y);
  };

  it("again keeps the weights and begins the moments anew", async () => {
    const [model, fresh] = [make(), make()];
    model.compile({ optimizer: adam(), loss: "mse" });
    await train(model, 3);
    fresh.setWeights(model.getWeights());
    model.compile({ optimizer: adam(), loss: "mse" });
    fresh.compile({ optimizer: adam(), loss: "mse" });
    expect(bitsOf(model.getWeights())).toEqual(bitsOf(fresh.getWeights()));
    await train(model, 3);
    await train(fresh, 3);
    expect(bitsOf(model.getWeights())).toEqual(bitsOf(fresh.getWeights()));
  });

  it("takes names, factories and { name, config } alike", async () => {
    const optimizers = ["adam", adam(), { name: "adam", config: { learningRate: 0.001 } }] as const;
    const results: number[][][] = [];
    for (const optimizer of optimizers) {
      const model = modelOf(layers, { optimizer, loss: { name: "huber", config: { delta: 1 } } });
      await train(model, 2);
      results.push(bitsOf(model.getWeights()));
    }
    expect(results[1]).toEqual(results[0]);
    expect(results[2]).toEqual(results[0]);
  });

  it("knows what accuracy means from loss and width, also where the width comes with the data", async () => {
    const labels = {
      shape: [8, 3],
      data: Float32Array.from({ length: 24 }, (_, i) => (i % 3 === 1 ? 1 : 0)),
    };
    const late = sequential([lstm({ units: 4 }), dense({ units: 3, activation: "softmax" })], { seed: 1 });
    const early = modelOf([layers[0]!, { kind: "dense", units: 3, activation: "softmax" }]);
    for (const model of [late, early]) {
      model.compile({
        optimizer: sgd({ learningRate: 0 }),
        loss: "categoricalCrossentropy",
        metrics: ["accuracy"],
      });
    }
    const { accuracy } = await late.evaluate(x, labels);
    expect(accuracy).toBe((await early.evaluate(x, labels)).accuracy);
    const { data } = await late.predict(x);
    const right = Array.from({ length: 8 }, (_, n) => {
      const [a, b, c] = data.subarray(3 * n, 3 * n + 3) as unknown as [number, number, number];
      return b > a && b > c ? 1 : 0;
    }).reduce<number>((sum, one) => sum + one, 0);
    expect(accuracy).toBeCloseTo(right / 8, 6);
  });

  it("trainOnBatch gives the loss and the metrics before its update", async () => {
    const model = modelOf(layers, { optimizer: sgd({ learningRate: 0.5 }), loss: "mse", metrics: ["mae"] });
    const before = await model.evaluate(x, y);
    const given = await model.trainOnBatch(x, y);
    expect(given.loss).toBeCloseTo(before.loss!, 6);
    expect(given.mae).toBeCloseTo(before.mae!, 6);
    expect((await model.evaluate(x, y)).loss).toBeLessThan(before.loss!);
  });
});

describe("callbacks on a real model", () => {
  it("earlyStopping brings the best weights back", async () => {
    const model = make(0.5);
    const bestOf = modelOf(layers, { optimizer: sgd({ learningRate: 0.5 }), loss: "mse" });
    const far = { shape: [8, 1], data: y.data.map((value) => -value) };
    const { history, epoch } = await model.fit(x, y, {
      epochs: 30,
      validationData: [x, far],
      callbacks: [earlyStopping({ monitor: "val_loss", patience: 2, restoreBestWeights: true })],
    });
    expect(epoch.length).toBeLessThan(30);
    const losses = history.val_loss!;
    const best = losses.indexOf(Math.min(...losses));
    expect((await model.evaluate(x, far)).loss).toBe(losses[best]);
    await bestOf.fit(x, y, { epochs: best + 1 });
    expect(bitsOf(model.getWeights())).toEqual(bitsOf(bestOf.getWeights()));
  });

  it("reduceLROnPlateau lowers the rate the next epoch is trained with", async () => {
    const model = make(0.5);
    const { history } = await model.fit(x, y, {
      epochs: 4,
      callbacks: [reduceLROnPlateau({ monitor: "loss", patience: 1, minDelta: 1e9, factor: 0.1 })],
    });
    expectNear("rates", history.learning_rate!, [0.5, 0.5, 0.05, 0.005], 1e-7);
    expect(model.optimizer.learningRate).toBeCloseTo(0.0005, 9);
  });

  it("learningRateScheduler sets the rate before the epoch; 0 changes nothing", async () => {
    const model = make();
    const before = bitsOf(model.getWeights());
    const { history } = await model.fit(x, y, { epochs: 2, callbacks: [learningRateScheduler(() => 0)] });
    expect(history.learning_rate).toEqual([0, 0]);
    expect(bitsOf(model.getWeights())).toEqual(before);
  });

  it("a rate that follows a schedule cannot be set as well", async () => {
    const model = modelOf(layers, {
      optimizer: sgd({
        learningRate: exponentialDecay({ initialLearningRate: 0.1, decaySteps: 1, decayRate: 0.5 }),
      }),
      loss: "mse",
    });
    const error = await errorOf(() => model.fit(x, y, { callbacks: [learningRateScheduler(() => 0.1)] }));
    expect(error.name).toBe("ConfigError");
    expect(error.message).toContain("exponentialDecay");
  });

  it("a loss that leaves the numbers is logged as it is and ends nothing, unless terminateOnNaN is there", async () => {
    const diverging = { epochs: 4, validationData: [x, y] as [typeof x, typeof y] };
    const { history, epoch } = await make(1e38).fit(x, y, diverging);
    expect(epoch.length).toBe(4);
    expect(Number.isFinite(history.val_loss!.at(-1))).toBe(false);
    const watched = await make(1e38).fit(x, y, { ...diverging, callbacks: [terminateOnNaN()] });
    expect(watched.epoch.length).toBeLessThan(4);
  });
});

describe("learning", () => {
  it("brings an LSTM to the sum of its inputs", async () => {
    const sequences = values([256, 6, 1], 5);
    const sums = Float32Array.from({ length: 256 }, (_, n) =>
      [...sequences.data.subarray(6 * n, 6 * n + 6)].reduce((sum, value) => sum + value, 0),
    );
    const model = sequential([lstm({ units: 12, inputShape: [6, 1] }), dense({ units: 1 })], { seed: 2 });
    model.compile({ optimizer: adam({ learningRate: 0.02 }), loss: "mse" });
    const { history } = await model.fit(sequences, sums, { epochs: 40 });
    // The variance of a sum of six numbers uniform in [-1, 1] is 2; a hundredth of it is learned, not guessed.
    expect(history.loss![0]).toBeGreaterThan(0.5);
    expect(history.loss!.at(-1)).toBeLessThan(0.02);
  });
});
