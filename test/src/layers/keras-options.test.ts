import { describe, expect, it } from "vitest";
import {
  activation,
  attention,
  batchNormalization,
  bidirectional,
  conv1d,
  dense,
  dropout,
  embedding,
  flatten,
  gaussianNoise,
  gru,
  input,
  inputLayer,
  layerNormalization,
  leakyReLU,
  lstm,
  model,
  multiHeadAttention,
  sequential,
  sgd,
  simpleRNN,
  spatialDropout1D,
  timeDistributed,
  toArray,
} from "../../../src/index.js";

const options = (given: object) => given as never;
const x = Array.from({ length: 4 }, (_, n) =>
  Array.from({ length: 5 }, (_, t) => [Math.sin(n + t), Math.cos(n * t), 0.3 * n - 0.1 * t]),
);
const still = () => ({ optimizer: sgd({ learningRate: 1e-9 }), loss: "mse" }) as const;

describe("Keras's other words for options", () => {
  it.each([
    ["dtype", () => lstm({ units: 2, dtype: "float32" })],
    ["unroll", () => lstm({ units: 2, unroll: true })],
    ["implementation", () => gru({ units: 2, implementation: 1 })],
    ["useCudnn", () => lstm({ units: 2, useCudnn: "auto" })],
    ["None for a seed", () => dropout({ rate: 0.1, seed: null })],
    ["None for a batch size", () => dense({ units: 2, batchSize: null })],
    ["noiseShape", () => dropout(options({ rate: 0.1, noiseShape: null }))],
    ["dataFormat", () => flatten(options({ dataFormat: "channelsLast" }))],
    ["dataFormat of a convolution", () => conv1d(options({ filters: 1, kernelSize: 2, dataFormat: null }))],
    ["synchronized", () => batchNormalization(options({ synchronized: false }))],
    ["rmsScaling", () => layerNormalization(options({ rmsScaling: false }))],
    ["attentionAxes", () => multiHeadAttention(options({ numHeads: 1, keyDim: 2, attentionAxes: [1] }))],
    ["flashAttention", () => multiHeadAttention({ numHeads: 1, keyDim: 2, flashAttention: true })],
    ["backwardLayer", () => bidirectional({ layer: lstm({ units: 2 }), backwardLayer: null })],
    ["weights", () => embedding({ inputDim: 2, outputDim: 2, weights: null })],
  ])("are taken: %s", (_name, make) => {
    expect(make().getConfig()).not.toHaveProperty("dtype");
  });

  it.each([
    ["dtype", () => lstm(options({ units: 2, dtype: "float16" }))],
    ["unroll", () => lstm(options({ units: 2, unroll: 1 }))],
    ["unroll", () => dense(options({ units: 2, unroll: true }))],
    ["implementation", () => gru(options({ units: 2, implementation: 3 }))],
    ["useCudnn", () => gru(options({ units: 2, useCudnn: "yes" }))],
    ["seed", () => dropout({ rate: 0.1, seed: -1 })],
    ["seed", () => dense(options({ units: 2, seed: 1 }))],
    ["synchronized", () => batchNormalization(options({ synchronized: true }))],
    ["attentionAxes", () => multiHeadAttention(options({ numHeads: 1, keyDim: 2, attentionAxes: [2] }))],
    ["batchInputShape", () => lstm(options({ units: 2, batchInputShape: 3 }))],
    ["inputShape", () => lstm({ units: 2, batchInputShape: [1, 2, 3], inputShape: [2, 3] })],
    ["alpha", () => leakyReLU({ alpha: 0.1, negativeSlope: 0.2 })],
  ])("are refused by name where they cannot be: %s", (name, make) => {
    expect(make).toThrow(expect.objectContaining({ name: "ConfigError" }));
    expect(make).toThrow(name);
  });

  it.each([
    ["dense({ units: 3 })", () => dense(options(3 as never))],
    ["dropout({ rate: 0.2 })", () => dropout(options(0.2 as never))],
    ['activation({ activation: "softmax" })', () => activation(options("softmax" as never))],
    ["[query, value]", () => attention().apply(input({ shape: [3, 2] }), options(input({ shape: [3, 2] })))],
    ["[y, ...states]", () => model({ inputs: input({ shape: [3, 2] }), outputs: options([[]]) })],
  ])("options by place are refused with the call to make: %s", (call, make) => {
    expect(make).toThrow(expect.objectContaining({ name: "ConfigError" }));
    expect(make).toThrow(call);
  });

  it("the last axis of a normalization may be its number; any other is refused where the input is known", () => {
    for (const normalize of [layerNormalization, batchNormalization]) {
      const [rows, steps] = [[4], [5, 4]];
      expect(
        sequential([normalize({ axis: 1, inputShape: rows })]).layers[0]!.getConfig(),
      ).not.toHaveProperty("axis");
      expect(sequential([normalize({ axis: 2, inputShape: steps })]).countParams()).toBeGreaterThan(0);
      expect(() => sequential([normalize({ axis: 1, inputShape: steps })])).toThrow(
        "permute({ dims: [2, 1] })",
      );
      expect(() => normalize({ axis: -2 })).toThrow("`axis` is -2");
    }
  });

  it("say what comes in", () => {
    expect(inputLayer(options({ inputShape: [5, 3] })).inputShape).toEqual([5, 3]);
    const stateful = lstm({ units: 2, batchInputShape: [4, null, 3], stateful: true });
    expect([stateful.batchSize, stateful.inputShape]).toEqual([4, [null, 3]]);
    expect(gru({ units: 1, inputDim: 3 }).inputShape).toEqual([null, 3]);
    expect(simpleRNN({ units: 1, inputDim: 3, inputLength: 5 }).inputShape).toEqual([5, 3]);
    expect(dense({ units: 1, inputDim: 3 }).inputShape).toEqual([3]);
    expect(embedding({ inputDim: 9, outputDim: 2, inputLength: 5 }).inputShape).toEqual([5]);
    expect(leakyReLU({ alpha: 0.1 }).getConfig()).toMatchObject({ negativeSlope: 0.1 });
  });

  it("stand in no configuration, save the seed", () => {
    const made = lstm({
      units: 1,
      inputDim: 3,
      unroll: true,
      implementation: 1,
      useCudnn: false,
      dtype: "float32",
      seed: 3,
    });
    expect(made.getConfig()).toEqual({
      name: "lstm",
      inputShape: [null, 3],
      seed: 3,
      units: 1,
      activation: "tanh",
      recurrentActivation: "sigmoid",
    });
  });

  it("null as an activation is none", async () => {
    const weights = [[[0.5, -0.25, 0.125, 1]], [[0.25, 0.5, -0.5, 0.75]], [0.1, 0.2, 0.3, 0.4]];
    const made = sequential([
      lstm({ units: 1, activation: null, recurrentActivation: null, inputShape: [2, 1] }),
    ]);
    made.setWeights(weights);
    let [h, c] = [0, 0];
    for (const value of [0.5, -1]) {
      const gate = (k: number): number =>
        value * (weights[0]![0] as number[])[k]! +
        h * (weights[1]![0] as number[])[k]! +
        (weights[2] as number[])[k]!;
      c = gate(1) * c + gate(0) * gate(2);
      h = gate(3) * c;
    }
    expect(toArray(await made.predict([[[0.5], [-1]]]))[0]![0]).toBeCloseTo(h, 6);
  });

  it("a table may stand in a list, as Keras gives weights", async () => {
    const table = [
      [1, 2],
      [3, 4],
    ];
    const made = sequential([embedding({ inputDim: 2, outputDim: 2, weights: [table], inputShape: [1] })]);
    expect(toArray<number[][][]>(await made.predict([[1]]))).toEqual([[[3, 4]]]);
  });
});

describe("a layer's own seed", () => {
  /** The loss of a step with random masks, and of the next. */
  async function losses(make: () => ReturnType<typeof sequential>): Promise<number[]> {
    const made = make();
    made.compile(still());
    const y = x.map(() => [0, 0]);
    const all = [await made.trainOnBatch(x, y), await made.trainOnBatch(x, y)];
    return all.map(({ loss }) => loss!);
  }
  const ones = { kernelInitializer: "ones", recurrentInitializer: "ones" } as const;

  it.each([
    ["dropout", () => [dropout({ rate: 0.5, seed: 7, inputShape: [5, 3] })]],
    ["gaussianNoise", () => [gaussianNoise({ stddev: 0.5, seed: 7, inputShape: [5, 3] })]],
    ["spatialDropout1D", () => [spatialDropout1D({ rate: 0.5, seed: 7, inputShape: [5, 3] })]],
    [
      "timeDistributed",
      () => [timeDistributed({ layer: dropout({ rate: 0.5, seed: 7 }), inputShape: [5, 3] })],
    ],
    [
      "bidirectional",
      () => [
        bidirectional({
          layer: lstm({ units: 2, dropout: 0.5, seed: 7, returnSequences: true, ...ones }),
          inputShape: [5, 3],
        }),
      ],
    ],
  ] as const)("draws the masks of %s, whatever the model's is", async (_kind, layers) => {
    const make = (seed: number) => sequential([...layers(), gru({ units: 2, ...ones })], { seed });
    const [first, second, third] = [
      await losses(() => make(1)),
      await losses(() => make(2)),
      await losses(() => make(1)),
    ];
    expect(second).toEqual(first);
    expect(third).toEqual(first);
    expect(first[0]).not.toBe(first[1]);
  });

  it("draws them in graphs, and without it the model's does", async () => {
    const of = async (own: number | null, seed: number): Promise<number> => {
      const i = input({ shape: [5, 3] });
      const a = attention({ dropout: 0.5, seed: own }).apply([i, i]);
      const made = model({ inputs: i, outputs: gru({ units: 2, ...ones }).apply(a), seed });
      made.compile(still());
      return (
        await made.trainOnBatch(
          x,
          x.map(() => [0, 0]),
        )
      ).loss!;
    };
    expect(await of(5, 1)).toBe(await of(5, 2));
    expect(await of(null, 1)).not.toBe(await of(null, 2));
  });
});
