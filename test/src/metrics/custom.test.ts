import { describe, expect, it } from "vitest";
import { dense, lstm, type MetricFunction, masking, r2, sequential } from "../../../src/index.js";
import { errorOf, expectNear, values } from "../model/support.js";

const meanAbsolute: MetricFunction = (yTrue, yPred) =>
  Array.from(yPred.data).reduce((sum, p, i) => sum + Math.abs(p - yTrue.data[i]!), 0) / yPred.data.length;

const x = values([7, 3], 1);
const y = values([7, 2], 2);

const modelWith = (metrics: readonly (MetricFunction | "mae")[]) => {
  const model = sequential([dense({ units: 2, inputShape: [3] })], { seed: 3 });
  model.compile({ loss: "mse", metrics });
  return model;
};

describe("a function as metric", () => {
  it("is averaged over batches by their samples, under its name", async () => {
    const model = modelWith([meanAbsolute, "mae"]);
    // Batches of 3, 3 and 1.
    const logs = await model.evaluate(x, y, { batchSize: 3 });
    expect(Object.keys(logs)).toEqual(["loss", "meanAbsolute", "mae"]);
    expectNear("metric", [logs.meanAbsolute!], [logs.mae!], 1e-6);
    const { history } = await model.fit(x, y, { epochs: 2, batchSize: 3, validationData: [x, y] });
    expectNear("history", history.meanAbsolute!, history.mae!, 1e-6);
    expectNear("validation", history.val_meanAbsolute!, history.val_mae!, 1e-6);
    expectNear(
      "batch",
      [(await model.trainOnBatch(x, y)).meanAbsolute!],
      [(await model.evaluate(x, y)).mae!],
      0.1,
    );
  });

  it("without a name is called custom; two of one name are refused", async () => {
    const logs = await modelWith([() => 4]).evaluate(x, y);
    expect(logs.custom).toBe(4);
    const error = await errorOf(() => modelWith([() => 4, () => 5]));
    expect(error.name).toBe("ConfigError");
    expect(error.message).toMatch(/two metrics are called `custom`/);
  });

  it("sees no sample weights, as Keras's metrics", async () => {
    const sampleWeight = { shape: [7], data: new Float32Array(7).fill(100) };
    const { history } = await modelWith([meanAbsolute, "mae"]).fit(x, y, { sampleWeight, shuffle: false });
    expectNear("metric", history.meanAbsolute!, history.mae!, 1e-6);
  });

  it("is refused where it returns no number, where there is a mask, and where it is an uncalled factory", async () => {
    const text = await errorOf(() => modelWith([(() => "3") as never]).evaluate(x, y));
    expect(text.message).toMatch(/`custom` returned string, expected a number/);
    const masked = sequential([masking({ inputShape: [4, 2] }), lstm({ units: 2, returnSequences: true })]);
    masked.compile({ loss: "mse", metrics: [meanAbsolute] });
    const error = await errorOf(() => masked.evaluate(values([2, 4, 2], 1), values([2, 4, 2], 1)));
    expect(error.message).toMatch(/`meanAbsolute` cannot leave masked time steps out/);
    expect((await errorOf(() => modelWith([r2 as never]))).message).toMatch(
      /the factory r2. Call it: r2\(\)/,
    );
  });
});
