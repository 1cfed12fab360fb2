import { describe, expect, it } from "vitest";
import {
  createRandom,
  dense,
  dropout,
  model as graph,
  input,
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

describe("noiseShape: draws that serve several elements, as in Keras", () => {
  const [N, T, F] = [6, 5, 7];
  const cases: readonly (readonly [
    string,
    readonly (number | null)[],
    (n: number, t: number, f: number) => string,
  ])[] = [
    ["a feature at all steps", [null, 1, F], (n, _t, f) => `${n} ${f}`],
    ["whole steps", [null, T, 1], (n, t) => `${n} ${t}`],
    ["whole samples", [null, 1, 1], (n) => `${n}`],
    ["the same in all samples", [1, null, null], (_n, t, f) => `${t} ${f}`],
  ];
  it.each(cases)("%s", async (_what, noiseShape, keyOf) => {
    const x = input({ shape: [T, F] });
    const layer = dropout({ rate: 0.5, noiseShape });
    const made = graph({ inputs: x, outputs: layer.apply(x, { training: true }), seed: 3 });
    made.compile({ optimizer: sgd({ learningRate: 0 }), loss: "mse" });
    const ones = { shape: [N, T, F], data: new Float32Array(N * T * F).fill(1) };
    const { data } = await made.predict(ones);
    const factors = new Map<string, Set<number>>();
    data.forEach((value, i) => {
      const key = keyOf(Math.floor(i / (T * F)), Math.floor(i / F) % T, i % F);
      factors.set(key, (factors.get(key) ?? new Set()).add(value));
    });
    // Each draw is 0 or 2, the same wherever it serves, and both occur.
    expect([...factors.values()].every((set) => set.size === 1)).toBe(true);
    expect([...new Set(data)].sort()).toEqual([0, 2]);
    // A loss of Σ output²/2 / N: the slope is the output times the same factor. Draws of both calls are those of batch 0.
    const slopes = await made.gradients(ones, { shape: [N, T, F], data: new Float32Array(N * T * F) });
    const scale = 2 / (N * T * F);
    const drawn = Array.from(slopes.input.data, (slope) => Math.round(slope / scale / 2));
    expect(new Set(drawn)).toEqual(new Set([0, 2]));
    drawn.forEach((value, i) => {
      const key = keyOf(Math.floor(i / (T * F)), Math.floor(i / F) % T, i % F);
      const first = drawn.findIndex(
        (_, j) => keyOf(Math.floor(j / (T * F)), Math.floor(j / F) % T, j % F) === key,
      );
      expect(value).toBe(drawn[first]);
    });
  });

  it("of nulls or the input's own extents it is plain dropout, to the bit; rows and steps of rows have it too", async () => {
    const run = async (layer: ReturnType<typeof dropout>, shape: readonly number[]) => {
      const x = input({ shape });
      const made = graph({ inputs: x, outputs: layer.apply(x, { training: true }), seed: 3 });
      return (
        await made.predict({
          shape: [N, ...shape],
          data: new Float32Array(N * shape.reduce((a, b) => a * b)).fill(1),
        })
      ).data;
    };
    const plain = await run(dropout({ rate: 0.4, name: "d" }), [T, F]);
    expect(await run(dropout({ rate: 0.4, name: "d", noiseShape: [null, null, F] }), [T, F])).toEqual(plain);
    const rows = await run(dropout({ rate: 0.5, noiseShape: [null, 1] }), [F]);
    for (let n = 0; n < N; n++) expect(new Set(rows.subarray(n * F, (n + 1) * F)).size).toBe(1);
    const inner = await run(dropout({ rate: 0.5, noiseShape: [null, 1, 2, 1] }), [T, 2, F]);
    for (let n = 0; n < N; n++)
      for (let i = 0; i < T * 2 * F; i++)
        expect(inner[n * T * 2 * F + i]).toBe(inner[n * T * 2 * F + (Math.floor(i / F) % 2) * F]);
    expect(dropout({ rate: 0.5, noiseShape: [null, 1, 2] }).getConfig()).toMatchObject({
      noiseShape: [null, 1, 2],
    });
  });

  it.each([
    ["no list", () => dropout({ rate: 0.5, noiseShape: 1 as never }), "ConfigError"],
    ["a half", () => dropout({ rate: 0.5, noiseShape: [null, 0.5] }), "ConfigError"],
    [
      "another extent",
      () => sequential([dropout({ rate: 0.5, noiseShape: [null, 1, 4], inputShape: [T, F] })]),
      "ShapeError",
    ],
    [
      "too few",
      () => sequential([dropout({ rate: 0.5, noiseShape: [null, 1], inputShape: [T, F] })]),
      "ShapeError",
    ],
  ])("refuses %s", (_what, make, name) => {
    expect(make).toThrow(expect.objectContaining({ name, message: expect.stringContaining("noiseShape") }));
  });
});
