import { describe, expect, it } from "vitest";
import {
  dense,
  type FitOptions,
  l2,
  lstm,
  masking,
  maxNorm,
  type Sequential,
  sequential,
  sgd,
  type Tensor,
} from "../../../../src/index.js";
import { errorOf, values } from "../support.js";

const N = 12;
const x = values([N, 2], 1);
const classes: Tensor = {
  shape: [N],
  data: Int32Array.from({ length: N }, (_, n) => (n % 5 < 3 ? 0 : (n % 5) - 2)),
};
const rate0 = () => sgd({ learningRate: 0 });
function classifier(
  loss: "sparseCategoricalCrossentropy" | "categoricalCrossentropy" = "sparseCategoricalCrossentropy",
) {
  const model = sequential([dense({ units: 3, activation: "softmax", inputShape: [2] })], { seed: 3 });
  model.compile({ optimizer: rate0(), loss, metrics: ["accuracy"] });
  return model;
}
const head = (t: Tensor, begin: number, end: number): Tensor => {
  const size = t.data.length / t.shape[0]!;
  return { shape: [end - begin, ...t.shape.slice(1)], data: t.data.slice(begin * size, end * size) };
};

describe("class weights", () => {
  it("weigh the training part alone, whatever the validation comes from", async () => {
    const classWeight = { 0: 1, 1: 7, 2: 20 };
    const plain = await classifier().evaluate(head(x, 6, N), head(classes, 6, N));
    const weightOf = (n: number): number => classWeight[classes.data[n] as 0 | 1 | 2];
    const sampleWeight = { shape: [6], data: Float32Array.from({ length: 6 }, (_, n) => weightOf(n)) };
    const weighted = await classifier().evaluate(head(x, 0, 6), head(classes, 0, 6), { sampleWeight });
    const validations: FitOptions[] = [
      { validationSplit: 0.5 },
      { validationData: [head(x, 6, N), head(classes, 6, N)] },
      { validationData: [{ x: head(x, 6, N), y: head(classes, 6, N) }] },
    ];
    for (const options of validations) {
      const train = options.validationSplit === undefined ? 6 : N;
      const { history } = await classifier().fit(head(x, 0, train), head(classes, 0, train), {
        ...options,
        classWeight,
      });
      expect(history.val_loss![0]).toBeCloseTo(plain.loss!, 6);
      expect(history.val_accuracy![0]).toBe(plain.accuracy);
      expect(history.loss![0]).toBeCloseTo(weighted.loss!, 6);
      expect(weighted.loss).not.toBeCloseTo(plain.loss!, 1);
    }
  });

  it("are 1 for a class without one, and go with datasets", async () => {
    const all = await classifier().fit(x, classes, { classWeight: { 0: 1, 1: 4, 2: 1 } });
    const some = await classifier().fit(x, classes, { classWeight: { 1: 4 } });
    expect(some.history).toEqual(all.history);
    const batches = await classifier().fit([{ x, y: classes }], { classWeight: { 1: 4 } });
    expect(batches.history.loss![0]).toBeCloseTo(all.history.loss![0]!, 6);
    const oneHot = {
      shape: [N, 3],
      data: Float32Array.from({ length: 3 * N }, (_, i) =>
        classes.data[Math.floor(i / 3)] === i % 3 ? 1 : 0,
      ),
    };
    const hot = await classifier("categoricalCrossentropy").fit(x, oneHot, { classWeight: { 1: 4 } });
    expect(hot.history.loss![0]).toBeCloseTo(all.history.loss![0]!, 6);
  });

  it.each([
    ["a word", { 0: "much" }, "class 0"],
    ["a negative one", { 1: -1 }, "class 1"],
    ["a name", { cat: 2 }, '"cat"'],
    ["a Map", new Map([[0, 1]]), "Map"],
    ["a number", 3, "3"],
  ])("of %s are refused before training", async (_, classWeight, says) => {
    const error = await errorOf(() => classifier().fit(x, classes, { classWeight: classWeight as never }));
    expect(error.name).toBe("ConfigError");
    expect(error.message).toContain(says);
  });

  it("with labels at every step are refused with the remedy, whatever the labels' rank", async () => {
    const tagger = sequential([
      lstm({ units: 2, returnSequences: true, inputShape: [4, 1] }),
      dense({ units: 3, activation: "softmax" }),
    ]);
    tagger.compile({ loss: "sparseCategoricalCrossentropy" });
    for (const shape of [
      [3, 4],
      [3, 4, 1],
    ]) {
      const y = { shape, data: new Float32Array(12) };
      const error = await errorOf(() => tagger.fit(values([3, 4, 1], 1), y, { classWeight: { 0: 2 } }));
      expect(error.name).toBe("ShapeError");
      expect(error.message).toContain("sampleWeight");
    }
  });
});

describe("labels", () => {
  const sequences = (): Sequential => {
    const model = sequential(
      [lstm({ units: 3, returnSequences: true, inputShape: [4, 2] }), dense({ units: 1 })],
      { seed: 1 },
    );
    model.compile({ optimizer: sgd({ learningRate: 0.1 }), loss: "mse", metrics: ["mae"] });
    return model;
  };
  it("[N, T] are [N, T, 1], in all that takes labels", async () => {
    const sx = values([5, 4, 2], 1);
    const y = values([5, 4, 1], 2);
    const flat = { ...y, shape: [5, 4] };
    const one = sequences();
    const two = sequences();
    expect(await one.fit(sx, flat, { epochs: 2 })).toEqual(await two.fit(sx, y, { epochs: 2 }));
    expect(await one.evaluate(sx, flat)).toEqual(await two.evaluate(sx, y));
    expect(await one.trainOnBatch(sx, flat)).toEqual(await two.trainOnBatch(sx, y));
    expect((await one.gradients(sx, flat)).loss).toBe((await two.gradients(sx, y)).loss);
  });

  it.each([
    [
      "one-hot for the sparse loss",
      "sparseCategoricalCrossentropy",
      [N, 3],
      ["categoricalCrossentropy", "index"],
    ],
    [
      "indices [N] for the dense one",
      "categoricalCrossentropy",
      [N],
      ["sparseCategoricalCrossentropy", "toCategorical"],
    ],
    [
      "indices [N, 1] for the dense one",
      "categoricalCrossentropy",
      [N, 1],
      ["sparseCategoricalCrossentropy"],
    ],
    ["of two columns for three units", "categoricalCrossentropy", [N, 2], ["3 numbers"]],
  ] as const)("%s are refused with the remedy", async (_, loss, shape, says) => {
    const y = { shape: [...shape], data: new Float32Array(shape.reduce((a: number, b) => a * b, 1)) };
    const error = await errorOf(() => classifier(loss).fit(x, y));
    expect(error.code).toBe("label_shape_mismatch");
    for (const word of says) expect(error.message).toContain(word);
  });
});

describe("what does not count", () => {
  it("is the penalty of a frozen layer, in every call that tells a loss", async () => {
    const build = (kernelRegularizer?: ReturnType<typeof l2>): Sequential => {
      const model = sequential(
        [
          dense({
            units: 3,
            inputShape: [2],
            trainable: false,
            ...(kernelRegularizer === undefined ? {} : { kernelRegularizer }),
          }),
          dense({ units: 1 }),
        ],
        { seed: 2 },
      );
      model.compile({ optimizer: sgd({ learningRate: 0.1 }), loss: "mse" });
      return model;
    };
    const y = values([N, 1], 3);
    const [with2, without] = [build(l2({ l2: 3 })), build()];
    expect((await with2.gradients(x, y)).loss).toBe((await without.gradients(x, y)).loss);
    expect(await with2.trainOnBatch(x, y)).toEqual(await without.trainOnBatch(x, y));
    expect(await with2.fit(x, y)).toEqual(await without.fit(x, y));
    expect(await with2.evaluate(x, y)).toEqual(await without.evaluate(x, y));
  });

  it("is the constraint of a frozen layer, whose weights stay as they are", async () => {
    const model = sequential(
      [
        dense({ units: 3, inputShape: [2], trainable: false, kernelConstraint: maxNorm({ maxValue: 0.1 }) }),
        dense({ units: 1, kernelConstraint: maxNorm({ maxValue: 0.1 }) }),
      ],
      { seed: 2 },
    );
    model.compile({ optimizer: sgd({ learningRate: 0.1 }), loss: "mse" });
    const [frozen, , free] = model.getWeights().map(({ data }) => [...data]);
    await model.fit(x, values([N, 1], 3));
    const after = model.getWeights().map(({ data }) => [...data]);
    expect(after[0]).toEqual(frozen);
    expect(after[2]).not.toEqual(free);
    expect(Math.hypot(...after[2]!)).toBeLessThanOrEqual(0.1 + 1e-6);
  });

  it("is a penalty more than once where a long batch is trained in pieces", async () => {
    const model = sequential(
      [
        lstm({ units: 2, returnSequences: true, inputShape: [700, 1], kernelRegularizer: l2({ l2: 2 }) }),
        dense({ units: 1 }),
      ],
      { seed: 2 },
    );
    model.compile({ optimizer: sgd({ learningRate: 0 }), loss: "mse", truncate: 100 });
    const [long, labels] = [values([2, 700, 1], 1), values([2, 700, 1], 2)];
    const { loss } = await model.evaluate(long, labels);
    expect((await model.trainOnBatch(long, labels)).loss).toBeCloseTo(loss!, 5);
    const penalty = 2 * Math.hypot(...model.getWeights()[0]!.data) ** 2;
    expect(penalty).toBeGreaterThan(0.1);
  });

  it("is a batch of nothing but padding: loss and metrics are 0, not NaN", async () => {
    const model = sequential([
      masking({ inputShape: [3, 1] }),
      lstm({ units: 2, returnSequences: true }),
      dense({ units: 2 }),
    ]);
    model.compile({
      loss: "mse",
      metrics: ["mae", "rmse", "r2", "mase", "binaryAccuracy", "cosineSimilarity"],
    });
    const logs = await model.evaluate({ shape: [2, 3, 1], data: new Float32Array(6) }, values([2, 3, 2], 1));
    for (const [name, value] of Object.entries(logs)) expect([name, value]).toEqual([name, 0]);
  });
});
