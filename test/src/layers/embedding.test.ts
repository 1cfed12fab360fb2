import { describe, expect, it } from "vitest";
import {
  cropping1D,
  dense,
  embedding,
  l2,
  lstm,
  nonNeg,
  reshape,
  sequential,
  sgd,
  type Tensor,
  timeDistributed,
  toArray,
} from "../../../src/index.js";
import { errorOf, expectNear, values } from "../model/support.js";
import { expectAgreement, randomize } from "./agreement.js";

const WORDS = 6;
const ids: Tensor = {
  shape: [4, 5],
  data: Int32Array.from([1, 2, 3, 4, 5, 5, 5, 1, 0, 0, 3, 0, 2, 0, 0, 0, 0, 0, 0, 0]),
};

describe("embedding", () => {
  it.each([1, 3, 4, 5, 17])("looks rows of %i up and sends gradients back to them", (outputDim) =>
    expectAgreement({
      layers: [
        { kind: "embedding", inputDim: WORDS, outputDim, inputShape: [5] },
        { kind: "lstm", units: 4 },
      ],
      x: ids,
      counted: null,
    }),
  );

  it("maskZero masks index 0, to the loss", () =>
    expectAgreement({
      layers: [
        { kind: "embedding", inputDim: WORDS, outputDim: 3, maskZero: true, inputShape: [null] },
        { kind: "lstm", units: 4, returnSequences: true },
        { kind: "dense", units: 2 },
      ],
      x: ids,
      counted: 10,
    }));

  it("is a model by itself, and stands behind an input layer; whole floats serve as well as integers", async () => {
    await expectAgreement({
      layers: [{ kind: "embedding", inputDim: WORDS, outputDim: 3, inputShape: [5] }],
      x: ids,
    });
    await expectAgreement({
      layers: [
        { kind: "inputLayer", shape: [5] },
        { kind: "embedding", inputDim: WORDS, outputDim: 3 },
        { kind: "flatten" },
        { kind: "dense", units: 2 },
      ],
      x: { shape: ids.shape, data: Float32Array.from(ids.data) },
    });
  });

  it("begins with Keras's U(-0.05, 0.05), or with given weights", async () => {
    const build = () =>
      sequential([embedding({ inputDim: 1000, outputDim: 8, inputShape: [1] })], { seed: 1 });
    const [table] = build().getWeights();
    expect(table!.name).toBe("embedding/embeddings");
    expect(table!.shape).toEqual([1000, 8]);
    expect(Math.max(...table!.data)).toBeLessThan(0.05);
    expect(Math.min(...table!.data)).toBeLessThan(-0.0499);
    const weights = values([WORDS, 2], 3);
    const model = sequential([embedding({ inputDim: WORDS, outputDim: 2, weights, inputShape: [1] })]);
    const { data } = await model.predict([[3]]);
    expect([...data]).toEqual([...weights.data.slice(6, 8)]);
    for (const list of [[weights], [toArray(weights) as number[][]]] as const) {
      const listed = embedding({ inputDim: WORDS, outputDim: 2, weights: list, inputShape: [1] });
      sequential([listed]);
      expect(listed.getWeights()[0]!.data).toEqual(Float32Array.from(weights.data));
    }
  });

  it("knows regularizers and constraints, and stays as it is when not trainable", async () => {
    const table = { inputDim: WORDS, outputDim: 2 };
    const build = (options: object) => {
      const model = sequential([embedding({ ...table, ...options, inputShape: [5] }), dense({ units: 1 })], {
        seed: 2,
      });
      model.compile({ optimizer: "adam", loss: "mse" });
      return model;
    };
    const y = values([4, 5, 1], 4);
    const [plain, priced] = [build({}), build({ embeddingsRegularizer: l2({ l2: 0.5 }) })];
    const [a, b] = [await plain.gradients(ids, y), await priced.gradients(ids, y)];
    const weights = plain.getWeights()[0]!.data;
    const price = Array.from(weights).reduce((sum, w) => sum + 0.5 * w * w, 0);
    expectNear("loss", [b.loss - a.loss], [price], 1e-4);
    // d 0.5 w² = w
    expectNear(
      "slope",
      b.weights[0]!.data,
      Float64Array.from(weights, (w, i) => w + a.weights[0]!.data[i]!),
      1e-5,
    );

    const bounded = build({ embeddingsConstraint: nonNeg() });
    await bounded.fit(ids, y, { epochs: 2 });
    expect(Math.min(...bounded.getWeights()[0]!.data)).toBeGreaterThanOrEqual(0);
    const frozen = build({ trainable: false });
    const before = frozen.getWeights()[0]!.data;
    await frozen.fit(ids, y, { epochs: 2 });
    expect(frozen.getWeights()[0]!.data).toEqual(before);
  });

  it("goes by chunks through a long sequence with truncated BPTT, as the whole would", async () => {
    const timesteps = 700;
    const model = sequential(
      [
        embedding({ inputDim: WORDS, outputDim: 3, inputShape: [null] }),
        lstm({ units: 4, returnSequences: true }),
        timeDistributed({ layer: dense({ units: 1 }) }),
      ],
      { seed: 6 },
    );
    const x = {
      shape: [2, timesteps],
      data: Int32Array.from({ length: 2 * timesteps }, (_, i) => (i * i + 3) % WORDS),
    };
    const y = values([2, timesteps, 1], 7);
    model.compile({ optimizer: sgd({ learningRate: 1 }), loss: "mse", truncate: 10 });
    expect(model.layers.every((layer) => layer.worksByChunks)).toBe(true);
    const whole = await model.gradients(x, y);
    const before = model.getWeights();
    const { loss } = await model.trainOnBatch(x, y);
    expectNear("loss", [loss!], [whole.loss], 1e-6);
    model.getWeights().forEach(({ name, data }, i) => {
      const step = Float64Array.from(data, (value, k) => before[i]!.data[k]! - value);
      // Read back from float32 weights near 1, each rounded by up to 6e-8; some dozen of them.
      expectNear(name, step, whole.weights[i]!.data, 1e-4, 1e-6);
    });
  });

  it("steps one index at a time as predict does all at once", async () => {
    const model = sequential([
      embedding({ inputDim: WORDS, outputDim: 3, inputShape: [null], batchSize: 2 }),
      lstm({ units: 4, stateful: true, returnSequences: true }),
    ]);
    randomize(model, 5);
    const x = { shape: [2, 3], data: Int32Array.of(1, 2, 3, 5, 0, 4) };
    const whole = await model.predict(x, { batchSize: 2 });
    model.resetStates();
    const steps = [0, 1, 2].map((t) => model.step([x.data[t]!, x.data[3 + t]!]));
    steps.forEach((step, t) => {
      expect(step.shape).toEqual([2, 1, 4]);
      expect([...step.data.slice(0, 4)]).toEqual([...whole.data.slice(4 * t, 4 * t + 4)]);
    });
    expect((await errorOf(() => model.step([1, 6]))).message).toContain("in sample 1, time step 0");
    expect((await errorOf(() => model.step([[1, 2]]))).message).toContain(
      "expected one time step, [batch] of indices",
    );
  });
});

describe("indices that are none", () => {
  const build = () => {
    const model = sequential([
      embedding({ inputDim: WORDS, outputDim: 2, inputShape: [5] }),
      lstm({ units: 2 }),
      dense({ units: 1 }),
    ]);
    model.compile({ optimizer: "sgd", loss: "mse" });
    return model;
  };
  const broken = (value: number): Tensor => {
    const data = Float32Array.from(ids.data);
    data[17] = value;
    return { shape: ids.shape, data };
  };
  const y = values([4, 1], 1);

  it.each([6, -1, 2.5])("are refused by sample and time step before anything runs: %f", async (value) => {
    const model = build();
    const before = model.getWeights();
    const seen: string[] = [];
    const watch = { onTrainBegin: () => void seen.push("begin") };
    const x = broken(value);
    for (const call of [
      () => model.fit(x, y, { batchSize: 1, shuffle: false, callbacks: [watch] }),
      () => model.fit(ids, y, { validationData: [x, y], callbacks: [watch] }),
      () => model.fit([{ x, y }], { callbacks: [] }),
      () => model.evaluate(x, y),
      () => model.predict(x, { batchSize: 1 }),
      () => model.gradients(x, y),
      () => model.trainOnBatch(x, y),
    ]) {
      const error = await errorOf(call);
      expect(error.name).toBe("DataError");
      expect(error.message).toMatch(/x holds -?\d(\.5)? in sample 3, time step 2/);
      expect(error.message).toContain("whole numbers from 0 to 5");
    }
    expect(seen).toEqual([]);
    expect(model.getWeights()).toEqual(before);
  });

  it("NaN is missing data, and a feature axis a wrong shape", async () => {
    const model = build();
    expect((await errorOf(() => model.predict(broken(Number.NaN)))).code).toBe("missing_values");
    const error = await errorOf(() => model.predict({ shape: [4, 5, 1], data: ids.data }));
    expect(error.name).toBe("ShapeError");
    expect(error.message).toContain("have no feature axis");
  });
});

describe("embedding anywhere", () => {
  const row: Tensor = { shape: ids.shape, data: Float32Array.from(ids.data) };
  const grid: Tensor = {
    shape: [3, 4, 2],
    data: Float32Array.from({ length: 24 }, (_, i) => (i * 5) % WORDS),
  };

  it("looks up several indices a step", () =>
    expectAgreement({
      layers: [
        { kind: "embedding", inputDim: WORDS, outputDim: 3, inputShape: [4, 2] },
        { kind: "timeDistributed", layer: { kind: "flatten" } },
        { kind: "lstm", units: 3 },
      ],
      x: grid,
    }));

  it.each([1, 3, 4])("stands behind layers that put out whole numbers, %i wide", (outputDim) =>
    expectAgreement({
      layers: [
        { kind: "reshape", targetShape: [8], inputShape: [4, 2] },
        { kind: "embedding", inputDim: WORDS, outputDim },
        { kind: "lstm", units: 3 },
      ],
      x: grid,
    }),
  );

  it("masks what it finds in a row, and takes a step of a sequence", async () => {
    const table = { inputDim: WORDS, outputDim: 3 };
    const plain = sequential([embedding({ ...table, maskZero: true, inputShape: [5] }), lstm({ units: 3 })]);
    const behind = sequential([
      reshape({ targetShape: [5], inputShape: [5, 1] }),
      embedding({ ...table, maskZero: true }),
      lstm({ units: 3 }),
    ]);
    behind.setWeights(plain.getWeights());
    const tall: Tensor = { shape: [4, 5, 1], data: row.data };
    expect((await behind.predict(tall)).data).toEqual((await plain.predict(row)).data);
    const single = sequential([cropping1D({ cropping: [0, 4], inputShape: [5, 1] }), embedding(table)]);
    const made = await single.predict(tall);
    expect(made.shape).toEqual([4, 1, 1, 3]);
    const [weights] = single.getWeights();
    expect([...made.data.slice(0, 3)]).toEqual([...weights!.data.slice(3, 6)]);
  });

  it("refuses what is no index, and changes nothing", async () => {
    const model = sequential([
      dense({ units: 2, inputShape: [3] }),
      embedding({ inputDim: 4, outputDim: 2 }),
      lstm({ units: 1 }),
    ]);
    model.compile({ loss: "mse" });
    const before = model.getWeights();
    const error = await errorOf(() => model.fit(values([2, 3], 1), [1, 2]));
    expect(error.name).toBe("DataError");
    expect(error.code).toBe("index_out_of_range");
    expect(error.message).toMatch(
      /`embedding` \(embedding\) was given .* in sample 0 of the batch, and takes whole numbers from 0 to 3/,
    );
    expect(model.getWeights()).toEqual(before);
  });
});

describe("embedding refuses", () => {
  it.each<[string, () => unknown, RegExp]>([
    ["inputDim 0", () => embedding({ inputDim: 0, outputDim: 2 }), /`inputDim` is 0/],
    [
      "more words than float32 can count",
      () => embedding({ inputDim: 2 ** 24 + 1, outputDim: 1 }),
      /at most 16777216/,
    ],
    [
      "an unknown option",
      () => embedding({ inputDim: 2, outputDim: 2, maskzero: true } as never),
      /maskZero/,
    ],
    [
      "weights of another shape",
      () => embedding({ inputDim: 3, outputDim: 2, weights: [[1, 2]] }),
      /`weights` has the shape \[1, 2\], expected \[3, 2\]/,
    ],
    [
      "weights that are not finite",
      () => embedding({ inputDim: 2, outputDim: 1, weights: [[1], [Number.NaN]] }),
      /`weights` holds NaN in row 1/,
    ],
    [
      "weights and an initializer",
      () => embedding({ inputDim: 1, outputDim: 1, weights: [[1]], embeddingsInitializer: "zeros" }),
      /both say how the table begins/,
    ],
    [
      "a mask of steps that hold several indices",
      () => sequential([embedding({ inputDim: 3, outputDim: 1, maskZero: true, inputShape: [5, 2] })]),
      /each step of \[\?, 5, 2\] has several indices/,
    ],
  ])("%s", async (_, call, message) => {
    expect((await errorOf(call)).message).toMatch(message);
  });
});
