import { describe, expect, it } from "vitest";
import {
  createRandom,
  dense,
  dropout,
  lstm,
  type Sequential,
  sequential,
  sgd,
  type Tensor,
} from "../../../src/index.js";
import { isKept } from "../../oracle/kernels/dropout.js";
import type { OracleLayerSpec } from "../../oracle/layers/apply.js";
import { type DropoutTensors, oracleModel } from "../../oracle/model.js";
import { expectNear, values } from "./support.js";

const [BATCH, TIMESTEPS, FEATURES, UNITS, SEED] = [5, 4, 3, 6, 11];
const x = values([BATCH, TIMESTEPS, FEATURES], 1);
const y = values([BATCH, TIMESTEPS, 2], 2);

const make = (): Sequential => {
  const model = sequential(
    [
      lstm({
        units: UNITS,
        inputShape: [TIMESTEPS, FEATURES],
        returnSequences: true,
        dropout: 0.3,
        recurrentDropout: 0.4,
      }),
      dropout({ rate: 0.5 }),
      dense({ units: 2 }),
    ],
    { seed: SEED },
  );
  // A rate of 1 makes the way of the weights the gradient.
  model.compile({ optimizer: sgd({ learningRate: 1 }), loss: "mse" });
  return model;
};

const specs: OracleLayerSpec[] = [
  { kind: "lstm", units: UNITS, returnSequences: true },
  { kind: "dropout" },
  { kind: "dense", units: 2 },
];

/** The seeds of layer `index` in batch `step`: a stream of the model's seed for each. */
function seedsOf(index: number, step: number): [number, number] {
  const stream = createRandom(SEED).fork(`dropout ${index} ${step}`);
  return [stream.integer(2 ** 32), stream.integer(2 ** 32)];
}

const stride = (width: number): number => Math.ceil(width / 4) * 4;

/** A mask `[rows, width]` as the kernel draws it over padded rows. */
function mask(rows: number, width: number, rate: number, [low, high]: [number, number]): Float64Array {
  const scale = Math.fround(1 / Math.fround(1 - Math.fround(rate)));
  return Float64Array.from({ length: rows * width }, (_, i) => {
    const k = Math.floor(i / width) * stride(width) + (i % width);
    return isKept(k, rate, low, high) ? scale : 0;
  });
}

/** What is dropped in batch `step`, layer by layer. */
function masksOf(step: number): (readonly DropoutTensors[])[] {
  const [low, high] = seedsOf(0, step);
  const input = { shape: [BATCH, FEATURES], data: mask(BATCH, FEATURES, 0.3, [low, high]) };
  const recurrent = { shape: [BATCH, UNITS], data: mask(BATCH, UNITS, 0.4, [low, high + 1]) };
  // The kernels' rows are time-major, the oracle's tensors batch-major.
  const rows = mask(TIMESTEPS * BATCH, UNITS, 0.5, seedsOf(1, step));
  const data = rows.map((_, i) => {
    const [n, t, k] = [Math.floor(i / (TIMESTEPS * UNITS)), Math.floor(i / UNITS) % TIMESTEPS, i % UNITS];
    return rows[(t * BATCH + n) * UNITS + k]!;
  });
  return [
    [{ input: [input], recurrent: [recurrent] }],
    [{ input: [{ shape: [BATCH, TIMESTEPS, UNITS], data }] }],
    [],
  ];
}

describe("dropout in training", () => {
  it.each([0, 1, 2])("drops the same elements forward and back, in batch %i", async (step) => {
    const model = make();
    for (let i = 0; i < step; i++) await model.trainOnBatch(x, y);
    const before = model.getWeights();
    const { loss } = await model.trainOnBatch(x, y);
    const expected = oracleModel(specs, before).lossAndGradients(x, y, {
      loss: "mse",
      dropout: masksOf(step),
    });
    expectNear("loss", [loss!], [expected.loss], 1e-6);
    model.getWeights().forEach(({ name, data }, i) => {
      const way = Float64Array.from(before[i]!.data, (value, k) => value - data[k]!);
      // A difference of weights of size 1, each rounded to 6e-8 of itself.
      expectNear(name, way, expected.weights[i]!.data, 1e-5, 2e-6);
    });
  });

  it("drops others in each batch", () => {
    const bits = ([low, high]: [number, number]): string =>
      mask(BATCH, UNITS, 0.5, [low, high])
        .map((value) => (value > 0 ? 1 : 0))
        .join("");
    const masks = [0, 1, 2].flatMap((step) => [0, 1].map((layer) => bits(seedsOf(layer, step))));
    expect(new Set(masks).size).toBe(masks.length);
  });

  it("keeps the mean of what passes: over many batches the loss of zero targets is that without dropout", async () => {
    // One dense layer of ones: the prediction's mean over masks is the sum of the inputs.
    const model = sequential(
      [dropout({ rate: 0.25, inputShape: [64] } as never), dense({ units: 1, useBias: false })],
      {
        seed: 5,
      },
    );
    model.compile({ optimizer: sgd({ learningRate: 0 }), loss: "mae" });
    const rows = 200;
    const ones: Tensor = { shape: [rows, 64], data: new Float32Array(rows * 64).fill(1) };
    await model.predict(ones);
    model.setWeights([{ shape: [64, 1], data: new Float32Array(64).fill(1 / 64) }]);
    const { loss } = await model.trainOnBatch(ones, new Float32Array(rows));
    // The mean of 12,800 kept-and-scaled ones: 1 with a standard deviation of √(1/3 / 12800) = 0.005; five of them.
    expect(Math.abs(loss! - 1)).toBeLessThan(0.026);
  });
});
