import { describe, expect, it } from "vitest";
import {
  dense,
  gaussianDropout,
  gaussianNoise,
  type Layer,
  sequential,
  sgd,
  spatialDropout1D,
  type Tensor,
} from "../../../../src/index.js";
import { layerFromConfig } from "../../../../src/layers/from-config.js";
import { errorOf, values } from "../../model/support.js";
import { expectAgreement } from "../agreement.js";

const inputShape = [40, 5] as const;
const ones = (shape: number[]): Tensor => ({
  shape,
  data: new Float32Array(shape.reduce((a, b) => a * b, 1)).fill(1),
});

/** What a noisy layer puts out while training: the gradient of mse with labels 0 is 2 y / count, sent back by an identity. */
async function whileTraining(layer: Layer, x: Tensor, seed = 1): Promise<Float32Array> {
  const batches: Float32Array[] = [];
  const model = sequential([layer], { seed });
  model.compile({
    loss: (_: Tensor, predicted: Tensor) => {
      batches.push(Float32Array.from(predicted.data));
      return { loss: 0, gradient: new Float32Array(predicted.data.length) };
    },
  } as never);
  await model.trainOnBatch(x, { shape: x.shape, data: new Float32Array(x.data.length) });
  model.dispose();
  return batches[0]!;
}

const moments = (data: ArrayLike<number>) => {
  const all = Array.from(data);
  const mean = all.reduce((sum, one) => sum + one, 0) / all.length;
  return { mean, deviation: Math.sqrt(all.reduce((sum, one) => sum + (one - mean) ** 2, 0) / all.length) };
};

describe.each<[string, () => Layer]>([
  ["gaussianNoise", () => gaussianNoise({ stddev: 0.5, inputShape })],
  ["gaussianDropout", () => gaussianDropout({ rate: 0.3, inputShape })],
  ["spatialDropout1D", () => spatialDropout1D({ rate: 0.4, inputShape })],
])("%s", (kind, make) => {
  it("is at rest outside of training, hands gradients and masks on, and is made again", async () => {
    const x = values([3, 40, 5], 1);
    const model = sequential([make()]);
    expect((await model.predict(x)).data).toEqual(x.data);
    await expectAgreement({
      layers: [
        { kind: "masking", inputShape: [6, 2] },
        { kind: kind as "gaussianNoise", stddev: 0.5, rate: 0.2 } as never,
        { kind: "gru", units: 2, returnSequences: true },
      ].map((spec) => {
        if (spec.kind === "gaussianNoise") return { kind: spec.kind, stddev: 0.5 };
        return spec.kind === "gaussianDropout" || spec.kind === "spatialDropout1D"
          ? { kind: spec.kind, rate: 0.2 }
          : spec;
      }) as never,
      x: values([2, 6, 2], 3),
      counted: 12,
    });
    const config = JSON.parse(JSON.stringify(make().getConfig()));
    expect(layerFromConfig({ kind, config }).getConfig()).toEqual(config);
  });

  it("is the model's seed's, and another for each layer and batch", async () => {
    const x = ones([8, 40, 5]);
    const one = await whileTraining(make(), x, 7);
    expect(await whileTraining(make(), x, 7)).toEqual(one);
    expect(await whileTraining(make(), x, 8)).not.toEqual(one);
  });
});

describe("noise while training", () => {
  it("gaussianNoise adds numbers of mean 0 and the deviation asked for", async () => {
    const got = await whileTraining(gaussianNoise({ stddev: 0.5, inputShape }), ones([200, 40, 5]));
    const { mean, deviation } = moments(got);
    // 40,000 numbers: standard errors 0.0025 and 0.0018.
    expect(Math.abs(mean - 1)).toBeLessThan(0.01);
    expect(Math.abs(deviation - 0.5)).toBeLessThan(0.008);
    const beyond = got.filter((one) => Math.abs(one - 1) > 1).length / got.length;
    // Beyond two deviations: 4.55%.
    expect(Math.abs(beyond - 0.0455)).toBeLessThan(0.004);
  });

  it("gaussianDropout multiplies by numbers of mean 1 and variance rate / (1 - rate)", async () => {
    const got = await whileTraining(gaussianDropout({ rate: 0.2, inputShape }), ones([200, 40, 5]));
    const { mean, deviation } = moments(got);
    expect(Math.abs(mean - 1)).toBeLessThan(0.01);
    expect(Math.abs(deviation - 0.5)).toBeLessThan(0.008);
  });

  it("spatialDropout1D drops a feature at all steps or at none, and scales the others", async () => {
    const got = await whileTraining(spatialDropout1D({ rate: 0.25, inputShape }), ones([300, 40, 5]));
    let dropped = 0;
    for (let n = 0; n < 300; n++) {
      for (let k = 0; k < 5; k++) {
        const series = Array.from({ length: 40 }, (_, t) => got[(n * 40 + t) * 5 + k]!);
        expect(new Set(series).size).toBe(1);
        expect([0, Math.fround(4 / 3)]).toContain(series[0]);
        if (series[0] === 0) dropped++;
      }
    }
    // 1,500 draws: standard error 0.011.
    expect(Math.abs(dropped / 1500 - 0.25)).toBeLessThan(0.045);
  });

  it.each<[string, () => Layer]>([
    ["gaussianNoise", () => gaussianNoise({ stddev: 0.3 })],
    ["gaussianDropout", () => gaussianDropout({ rate: 0.3 })],
    ["spatialDropout1D", () => spatialDropout1D({ rate: 0.3 })],
  ])("the gradient takes the same noise as the values: %s", async (kind, make) => {
    // y = noise(x w), L = Σ y² / count: with w a single number, dL/dw = Σ 2 y dy/dw / count.
    const model = sequential([dense({ units: 1, useBias: false, inputShape: [4, 1] }), make()], { seed: 5 });
    model.compile({ loss: "mse", optimizer: sgd({ learningRate: 1 }) });
    model.setWeights([[[0.7]]]);
    const x = values([6, 4, 1], 2);
    const zeros = { shape: [6, 4, 1], data: new Float32Array(24) };
    const { loss } = await model.trainOnBatch(x, zeros);
    const moved = 0.7 - model.getWeights()[0]!.data[0]!;
    // What is multiplied: L = c w², so dL/dw = 2 L / w. What is added: dL/dw = Σ 2 y x / count, near 2 Σ w x² / count.
    if (kind !== "gaussianNoise") expect(Math.abs(moved - (2 * loss!) / 0.7)).toBeLessThan(1e-5);
    else {
      const squares = Array.from(x.data).reduce((sum, one) => sum + one * one, 0) / 24;
      expect(Math.abs(moved - 2 * 0.7 * squares)).toBeLessThan(0.4);
      expect(moved).not.toBe(0);
    }
  });

  it.each<[string, () => unknown, RegExp]>([
    ["a negative deviation", () => gaussianNoise({ stddev: -1 }), /`stddev`/],
    ["a rate of 1", () => gaussianDropout({ rate: 1 }), /`rate`/],
    ["no rate", () => spatialDropout1D({} as never), /`rate`/],
    ["rows", () => sequential([spatialDropout1D({ rate: 0.1, inputShape: [3] })]), /expected sequences/],
    ["a seed that is none", () => gaussianNoise({ stddev: 1, seed: -1 }), /`seed`/],
  ])("refuse %s", async (_, call, message) => {
    expect((await errorOf(call)).message).toMatch(message);
  });
});
