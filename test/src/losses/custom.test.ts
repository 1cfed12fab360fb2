import { describe, expect, it } from "vitest";
import {
  dense,
  type LossFunction,
  lstm,
  masking,
  meanSquaredError,
  quantile,
  sequential,
  type Tensor,
} from "../../../src/index.js";
import { compileConfig } from "../../../src/model/compile-config.js";
import { errorOf, expectNear, values } from "../model/support.js";

/** Mean squared error by hand. */
const squared: LossFunction = (yTrue, yPred) => {
  const differences = Float32Array.from(yPred.data, (p, i) => p - yTrue.data[i]!);
  const count = differences.length;
  return {
    loss: differences.reduce((sum, d) => sum + d * d, 0) / count,
    gradient: { shape: yPred.shape, data: differences.map((d) => (2 * d) / count) },
  };
};

const x = values([7, 4, 2], 1);

function modelWith(loss: LossFunction | "mse", returnSequences: boolean) {
  const model = sequential([lstm({ units: 3, returnSequences, inputShape: [4, 2] }), dense({ units: 5 })], {
    seed: 4,
  });
  model.compile({ optimizer: "adam", loss });
  return model;
}

describe("a function as loss", () => {
  it.each([false, true])("gives the numbers of the loss it computes, sequences %s", async (sequences) => {
    const y = values(sequences ? [7, 4, 5] : [7, 5], 2);
    const [own, built] = [modelWith(squared, sequences), modelWith("mse", sequences)];
    const [a, b] = [await own.gradients(x, y), await built.gradients(x, y)];
    // The same sums in another order.
    expectNear("loss", [a.loss], [b.loss], 1e-6);
    a.weights.forEach(({ name, data }, i) => {
      expectNear(name, data, b.weights[i]!.data, 1e-5);
    });
    const [h, k] = [
      await own.fit(x, y, { epochs: 3, batchSize: 3 }),
      await built.fit(x, y, { epochs: 3, batchSize: 3 }),
    ];
    expectNear("history", h.history.loss!, k.history.loss!, 1e-5);
    expectNear("evaluate", [(await own.evaluate(x, y)).loss!], [(await built.evaluate(x, y)).loss!], 1e-5);
  });

  it("sees labels and predictions sample by sample, as they were given", async () => {
    const y = values([7, 4, 5], 3);
    const seen: Tensor[] = [];
    const watching: LossFunction = (yTrue, yPred) => {
      seen.push(yTrue, yPred);
      return squared(yTrue, yPred, { sampleWeight: undefined });
    };
    const model = modelWith(watching, true);
    await model.evaluate(x, y, { batchSize: 7 });
    expect(seen[0]).toEqual(y);
    expect(seen[1]).toEqual(await model.predict(x));
  });

  it("is what it is called, and kept in a file by its name alone", () => {
    const model = modelWith(squared, false);
    expect(model.compiled!.loss.name).toBe("squared");
    expect(compileConfig(model.compiled!)).toMatchObject({ loss: { custom: "squared" } });
  });

  it("gets labels [N] as [N, 1]", async () => {
    const model = sequential([dense({ units: 1, inputShape: [2] })]);
    const shapes: (readonly number[])[] = [];
    model.compile({
      loss: (yTrue, yPred) => {
        shapes.push(yTrue.shape, yPred.shape);
        return squared(yTrue, yPred, { sampleWeight: undefined });
      },
    });
    await model.trainOnBatch(values([3, 2], 1), [1, 2, 3]);
    expect(shapes).toEqual([
      [3, 1],
      [3, 1],
    ]);
  });

  const y = values([7, 5], 5);
  const refused = async (loss: unknown, call = (model: ReturnType<typeof modelWith>) => model.fit(x, y)) => {
    const model = modelWith(loss as LossFunction, false);
    const before = model.getWeights();
    const error = await errorOf(() => call(model));
    expect(model.getWeights()).toEqual(before);
    return error;
  };

  it.each<[string, LossFunction, string, RegExp]>([
    ["returns a number", (() => 3) as never, "ConfigError", /returned 3, expected \{ loss, gradient \}/],
    [
      "returns no gradient",
      (() => ({ loss: 1 })) as never,
      "ConfigError",
      /without a number `loss` and a `gradient`/,
    ],
    [
      "returns NaN",
      (t, p, more) => ({ ...squared(t, p, more), loss: Number.NaN }),
      "DataError",
      /returned the loss NaN/,
    ],
    [
      "returns a gradient of another shape",
      () => ({ loss: 1, gradient: [1, 2] }),
      "ShapeError",
      /gradient \[2\], expected the shape of yPred, \[7, 5\]/,
    ],
    [
      "returns a gradient that is not finite",
      (_, p) => ({
        loss: 1,
        gradient: { shape: p.shape, data: new Float32Array(35).fill(Number.NaN, 4, 5) },
      }),
      "DataError",
      /the gradient NaN at element 4/,
    ],
  ])("that %s is refused before anything is changed", async (_, loss, name, message) => {
    const error = await refused(loss);
    expect(error.name).toBe(name);
    expect(error.message).toMatch(message);
  });

  it("refuses weights and masks, which it cannot obey", async () => {
    const weighted = await refused(squared, (model) =>
      model.fit(x, y, { sampleWeight: [1, 1, 1, 1, 1, 1, 2] }),
    );
    expect(weighted.name).toBe("ConfigError");
    expect(weighted.message).toMatch(/`squared` weighs nothing, but there is a sampleWeight/);
    const masked = sequential([masking({ inputShape: [4, 2] }), lstm({ units: 2, returnSequences: true })]);
    masked.compile({ loss: squared });
    expect((await errorOf(() => masked.evaluate(x, values([7, 4, 2], 1)))).name).toBe("ConfigError");
  });

  it("is told from a factory that was not called", async () => {
    expect((await errorOf(() => modelWith(meanSquaredError as never, false))).message).toMatch(
      /`loss` is a factory. Call it: meanSquaredError\(\)/,
    );
    expect((await errorOf(() => modelWith(quantile as never, false))).message).toMatch(
      /Call it: quantile\(\)/,
    );
  });
});
