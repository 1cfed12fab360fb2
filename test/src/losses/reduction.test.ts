import { describe, expect, it } from "vitest";
import {
  activation,
  type CompileOptions,
  categoricalCrossentropy,
  cosineSimilarity,
  fromKeras,
  huber,
  klDivergence,
  type LossOptions,
  masking,
  meanSquaredError,
  quantile,
  sequential,
  sparseCategoricalCrossentropy,
  squaredHinge,
  type Tensor,
  toKeras,
} from "../../../src/index.js";
import { errorOf, expectNear, values } from "../model/support.js";

const [N, T, C] = [4, 3, 5];

/** Predictions are what comes in; a step of zeros is masked. */
function identity(compile: CompileOptions, steps = T) {
  const model = sequential([masking({ inputShape: [steps, C] }), activation({ activation: "linear" })]);
  model.compile(compile);
  return model;
}

/** Steps 2 of samples 1 and 3 are masked. */
const masked = (n: number, t: number): boolean => n % 2 === 1 && t === 2;
const x = values([N, T, C], 1);
for (let n = 0; n < N; n++)
  for (let t = 0; t < T; t++) if (masked(n, t)) x.data.fill(0, (n * T + t) * C, (n * T + t + 1) * C);
const y = values([N, T, C], 2);
const weight: Tensor = {
  shape: [N, T],
  data: Float32Array.from({ length: N * T }, (_, i) => 0.25 + (i % 4)),
};

/** The mean squared errors of the rows that count, times their weights, in float64. */
function rows(weights: Tensor | undefined): { loss: number; weight: number; at: number }[] {
  return Array.from({ length: N * T }, (_, at) => {
    let loss = 0;
    for (let k = at * C; k < (at + 1) * C; k++) loss += (x.data[k]! - y.data[k]!) ** 2 / C;
    return { loss, at, weight: masked(Math.floor(at / T), at % T) ? 0 : (weights?.data[at] ?? 1) };
  });
}

describe("reduction, as Keras has it", () => {
  it.each([
    ["sumOverBatchSize", undefined],
    ["mean", weight],
    ["sum", undefined],
    ["sum", weight],
    ["meanWithSampleWeight", undefined],
    ["meanWithSampleWeight", weight],
  ] as const)("%s: loss and gradient in float64, with masked steps", async (reduction, sampleWeight) => {
    const all = rows(sampleWeight);
    const valid = all.filter(({ at }) => !masked(Math.floor(at / T), at % T)).length;
    const weights = all.reduce((sum, row) => sum + row.weight, 0);
    const divisor = { sum: 1, mean: valid, sumOverBatchSize: valid, meanWithSampleWeight: weights }[
      reduction
    ];
    const model = identity({ loss: meanSquaredError({ reduction }) });
    const options = sampleWeight === undefined ? {} : { sampleWeight };
    const got = await model.gradients(x, y, options);
    expect(got.loss / (all.reduce((sum, row) => sum + row.loss * row.weight, 0) / divisor)).toBeCloseTo(1, 5);
    const gradient = Float64Array.from(x.data, (value, k) => {
      const row = all[Math.floor(k / C)]!;
      return (2 * (value - y.data[k]!) * row.weight) / C / divisor;
    });
    expectNear("gradient", got.input.data, gradient, 1e-5, 1e-7);
    expect((await model.evaluate(x, y, options)).loss).toBeCloseTo(got.loss, 4);
  });

  it("goes with every loss, into files, and not with metrics, which divide by what they count", async () => {
    const given: LossOptions = { reduction: "sum", name: "total" };
    for (const loss of [huber, cosineSimilarity, klDivergence, squaredHinge, categoricalCrossentropy]) {
      expect(loss(given).config).toMatchObject(given);
    }
    expect(quantile({ quantiles: [0.5], reduction: "sum" }).config).toMatchObject({ reduction: "sum" });
    const model = identity({ loss: huber({ reduction: "meanWithSampleWeight" }) });
    const back = (await fromKeras(await toKeras(model))) as typeof model;
    const options = { sampleWeight: weight };
    expect((await back.evaluate(x, y, options)).loss).toBe((await model.evaluate(x, y, options)).loss);
    const metric = identity({ loss: "mse", metrics: [meanSquaredError({ reduction: "sum", name: "m" })] });
    const logs = await metric.evaluate(x, y);
    expect(logs.m).toBeCloseTo(logs.loss!, 5);
  });

  it.each([
    ["none", () => meanSquaredError({ reduction: "none" as never }), "training needs one number"],
    ["null", () => huber({ reduction: null as never }), "training needs one number"],
    ["a slip", () => huber({ reduction: "sum_over_batch_size" as never }), "Did you mean `sumOverBatchSize`"],
    ["another axis", () => categoricalCrossentropy({ axis: 1 as never }), "`axis` is 1"],
    ["another axis of angles", () => cosineSimilarity({ axis: 0 as never }), "`axis` is 0"],
  ])("refuses %s", async (_what, make, words) => {
    const error = await errorOf(make);
    expect(error.name).toBe("ConfigError");
    expect(error.message).toContain(words);
  });

  it("-1 is the axis there is", () => {
    expect(categoricalCrossentropy({ axis: -1 }).config).toMatchObject({ axis: -1 });
  });
});

describe("ignoreClass of the sparse cross-entropy, as Keras has it", () => {
  const logits = values([N, T, C], 5);
  for (let n = 0; n < N; n++)
    for (let t = 0; t < T; t++) if (masked(n, t)) logits.data.fill(0, (n * T + t) * C, (n * T + t + 1) * C);

  it.each([
    ["-1", -1, undefined],
    ["a class of the model's", 2, undefined],
    ["255, with weights", 255, weight],
  ] as const)(
    "%s: loss and gradient in float64, the mean over the rows left",
    async (_what, ignoreClass, sampleWeight) => {
      const labels: Tensor = {
        shape: [N, T],
        data: Float32Array.from({ length: N * T }, (_, i) => (i % 3 === 0 ? ignoreClass : i % C)),
      };
      const before = [...labels.data];
      const model = identity({
        loss: sparseCategoricalCrossentropy({ fromLogits: true, ignoreClass }),
        metrics: [sparseCategoricalCrossentropy({ fromLogits: true, ignoreClass, name: "m" })],
      });
      let [sum, kept] = [0, 0];
      const gradient = new Float64Array(N * T * C);
      for (let at = 0; at < N * T; at++) {
        const label = labels.data[at]!;
        if (label === ignoreClass || masked(Math.floor(at / T), at % T)) continue;
        const row = Float64Array.from(logits.data.subarray(at * C, (at + 1) * C), Math.exp);
        const total = row.reduce((a, b) => a + b, 0);
        const w = sampleWeight?.data[at] ?? 1;
        sum -= w * Math.log(row[label]! / total);
        kept += 1;
        row.forEach((value, k) => {
          gradient[at * C + k] = w * (value / total - (k === label ? 1 : 0));
        });
      }
      const options = sampleWeight === undefined ? {} : { sampleWeight };
      const got = await model.gradients(logits, labels, options);
      expect(got.loss / (sum / kept)).toBeCloseTo(1, 5);
      expectNear(
        "gradient",
        got.input.data,
        gradient.map((value) => value / kept),
        1e-5,
        1e-7,
      );
      const logs = await model.evaluate(logits, labels, options);
      expect(logs.loss).toBeCloseTo(got.loss, 5);
      if (sampleWeight === undefined) expect(logs.m).toBeCloseTo(logs.loss!, 5);
      expect([...labels.data]).toEqual(before);
    },
  );

  it("a batch of nothing else has the loss 0; another label out of range is refused as before", async () => {
    const model = identity({ loss: sparseCategoricalCrossentropy({ fromLogits: true, ignoreClass: -1 }) });
    const nothing = { shape: [N, T], data: new Float32Array(N * T).fill(-1) };
    const { loss, input: slopes } = await model.gradients(logits, nothing);
    expect([loss, Math.max(...slopes.data), Math.min(...slopes.data)]).toEqual([0, 0, 0]);
    const error = await errorOf(() =>
      model.evaluate(logits, { ...nothing, data: nothing.data.map(() => -2) }),
    );
    expect(error.message).toContain("y holds -2");
    expect((await errorOf(() => sparseCategoricalCrossentropy({ ignoreClass: 0.5 }))).name).toBe(
      "ConfigError",
    );
  });
});
