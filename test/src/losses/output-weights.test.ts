import { describe, expect, it } from "vitest";
import {
  activation,
  type CompileOptions,
  model as graph,
  input,
  type LossFunction,
  masking,
  quantile,
  sequential,
  type Tensor,
} from "../../../src/index.js";
import { errorOf, expectNear, values } from "../model/support.js";

const positive = (tensor: Tensor, low = 0.1): Tensor => ({
  shape: tensor.shape,
  data: Float32Array.from(tensor.data, (value) => low + Math.abs(value) * 0.8),
});

/** Predictions are what comes in. */
function identity(shape: readonly number[], compile: CompileOptions) {
  const model = sequential([activation({ activation: "linear", inputShape: [...shape] })]);
  model.compile(compile);
  return model;
}

const [N, T, O] = [3, 4, 3];

describe("sampleWeight, one an output", () => {
  it.each<[string, CompileOptions["loss"], number]>([
    ["mse", "mse", 1],
    ["mae", "mae", 1],
    ["huber", "huber", 1],
    ["logCosh", "logCosh", 1],
    ["mape", "mape", 1],
    ["msle", "msle", 1],
    ["poisson", "poisson", 1],
    ["hinge", "hinge", 1],
    ["squaredHinge", "squaredHinge", 1],
    ["binaryCrossentropy", "binaryCrossentropy", 1],
    ["quantile", quantile({ quantiles: [0.1, 0.5, 0.8] }), 3],
    ["gaussianNegativeLogLikelihood", "gaussianNegativeLogLikelihood", 2],
  ])("%s is what it is of single outputs", async (name, loss, each) => {
    for (const steps of [[], [T]]) {
      const lead = [N, ...steps];
      const rows = lead.reduce((a, b) => a * b, 1);
      const x = positive(values([...lead, O * each], 1));
      const y = positive(values([...lead, O], 2));
      const weight = positive(values([...lead, O], 3), 0);
      // The same numbers, an output a sample.
      const single = new Float32Array(rows * O * each);
      const columnOf = (o: number, q: number): number =>
        name.startsWith("gaussian") ? q * O + o : o * each + q;
      for (let r = 0; r < rows; r++)
        for (let o = 0; o < O; o++)
          for (let q = 0; q < each; q++)
            single[(r * O + o) * each + q] = x.data[r * O * each + columnOf(o, q)]!;
      const wide = await identity([...steps, O * each], { loss }).gradients(x, y, { sampleWeight: weight });
      const narrow = await identity([each], { loss }).gradients(
        { shape: [rows * O, each], data: single },
        { shape: [rows * O, 1], data: y.data },
        { sampleWeight: { shape: [rows * O], data: weight.data } },
      );
      expectNear("loss", [wide.loss], [narrow.loss], 1e-6);
      const back = new Float32Array(single.length);
      for (let r = 0; r < rows; r++)
        for (let o = 0; o < O; o++)
          for (let q = 0; q < each; q++)
            back[(r * O + o) * each + q] = wide.input.data[r * O * each + columnOf(o, q)]!;
      expectNear("gradient", back, narrow.input.data, 1e-6);
    }
  });

  it("goes with a mask, and in graphs with one output's", async () => {
    const x = values([N, T, O], 1);
    x.data.fill(0, 0, 2 * O);
    const y = values([N, T, O], 2);
    const weight = positive(values([N, T, O], 3));
    const masked = sequential([masking({ inputShape: [T, O] })]);
    masked.compile({ loss: "mse" });
    const { loss } = await masked.gradients(x, y, { sampleWeight: weight });
    let sum = 0;
    for (let i = 2 * O; i < x.data.length; i++) sum += weight.data[i]! * (x.data[i]! - y.data[i]!) ** 2;
    expectNear("loss", [loss], [sum / ((N * T - 2) * O)], 1e-6);

    const a = input({ shape: [T, O], name: "a" });
    const tanh = activation({ activation: "tanh", name: "b" });
    const both = graph({ inputs: a, outputs: { one: tanh.apply(a), two: tanh.apply(a) } });
    both.compile({ loss: "mse", weightedMetrics: { two: ["mae"] } });
    const logs = await both.evaluate(x, { one: y, two: y }, { sampleWeight: { one: weight } });
    expect(logs.one_loss).not.toBe(logs.two_loss);
  });

  it("is refused where outputs are judged together, and in other shapes", async () => {
    const x = positive(values([N, O], 1));
    const weight = positive(values([N, O], 3));
    const together = await errorOf(() =>
      identity([O], { loss: "categoricalCrossentropy" }).fit(x, x, { sampleWeight: weight }),
    );
    expect(together.name).toBe("ConfigError");
    expect(together.message).toMatch(/categoricalCrossentropy judges the outputs of a row together/);
    const odd = await errorOf(() =>
      identity([O], { loss: "mse" }).fit(x, x, { sampleWeight: values([N, 2], 1) }),
    );
    expect(odd.message).toMatch(/sampleWeight has the shape \[3, 2\], expected one weight a sample/);
  });
});

describe("a function as loss that weighs", () => {
  const weighted: LossFunction = (yTrue, yPred, { sampleWeight }) => {
    const width = yPred.data.length / (sampleWeight?.data.length ?? yPred.data.length);
    const weight = (i: number): number => sampleWeight?.data[Math.floor(i / width)] ?? 1;
    const data = Float32Array.from(
      yPred.data,
      (p, i) => (2 * weight(i) * (p - yTrue.data[i]!)) / yPred.data.length,
    );
    const loss = Float32Array.from(yPred.data).reduce(
      (sum, p, i) => sum + weight(i) * (p - yTrue.data[i]!) ** 2,
      0,
    );
    return { loss: loss / yPred.data.length, gradient: { shape: yPred.shape, data } };
  };

  it.each([[[N]], [[N, T]], [[N, T, O]]])("is given weights %j as they came", async (shape) => {
    const [x, y] = [values([N, T, O], 1), values([N, T, O], 2)];
    const sampleWeight = positive(values(shape, 3));
    const [own, built] = [identity([T, O], { loss: weighted }), identity([T, O], { loss: "mse" })];
    const [a, b] = [
      await own.gradients(x, y, { sampleWeight }),
      await built.gradients(x, y, { sampleWeight }),
    ];
    expectNear("loss", [a.loss], [b.loss], 1e-6);
    expectNear("gradient", a.input.data, b.input.data, 1e-6);
    const [h, k] = [
      await own.evaluate(x, y, { batchSize: 2, sampleWeight }),
      await built.evaluate(x, y, { batchSize: 2, sampleWeight }),
    ];
    expectNear("evaluate", [h.loss!], [k.loss!], 1e-6);
  });

  it("is given the mask as weights", async () => {
    const x = values([N, T, O], 1);
    x.data.fill(0, 0, 2 * O);
    const seen: (Tensor | undefined)[] = [];
    const masked = sequential([masking({ inputShape: [T, O] })]);
    masked.compile({
      loss: (yTrue, yPred, context) => {
        seen.push(context.sampleWeight);
        return weighted(yTrue, yPred, context);
      },
    });
    await masked.gradients(x, x);
    await masked.gradients(x, x, { sampleWeight: [2, 3, 4] });
    expect(seen[0]).toEqual({ shape: [N, T], data: Float32Array.of(0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1) });
    expect([...seen[1]!.data]).toEqual([0, 0, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4]);
  });

  it("takes labels as wide as it says", async () => {
    const widths: (readonly number[])[] = [];
    const first: LossFunction = (yTrue, yPred) => {
      widths.push(yTrue.shape);
      const width = yTrue.shape.at(-1)!;
      const data = Float32Array.from(yPred.data, (p, i) => p - yTrue.data[i * width]!);
      return { loss: data.reduce((sum, d) => sum + (d * d) / 2, 0), gradient: { shape: yPred.shape, data } };
    };
    const x = values([4, 1], 1);
    const y = values([4, 7], 2);
    for (const targetWidth of ["any", 7] as const) {
      const loss = Object.assign((...given: Parameters<LossFunction>) => first(...given), { targetWidth });
      const model = identity([1], { loss, metrics: [(yTrue: Tensor) => yTrue.shape[1]!] });
      const { loss: value } = await model.evaluate(x, y, { batchSize: 3 });
      let sum = 0;
      for (let n = 0; n < 3; n++) sum += (x.data[n]! - y.data[n * 7]!) ** 2 / 2;
      const last = (x.data[3]! - y.data[21]!) ** 2 / 2;
      expectNear("loss", [value!], [(3 * sum + last) / 4], 1e-6);
      const wrong = await errorOf(() => identity([1], { loss, metrics: ["mae"] }).evaluate(x, y));
      expect(wrong.message).toMatch(/`mae` compares predictions to labels of their width/);
    }
    expect(widths[0]).toEqual([3, 7]);
    const bad = Object.assign((...given: Parameters<LossFunction>) => first(...given), { targetWidth: 0 });
    expect((await errorOf(() => identity([1], { loss: bad }))).message).toMatch(/`targetWidth` 0/);
  });
});
