import { describe, expect, it } from "vitest";
import {
  conv1d,
  dense,
  dropout,
  globalMaxPooling1D,
  model as graph,
  input,
  inputLayer,
  lstm,
  sequential,
  timeDistributed,
} from "../../../../src/index.js";
import type { OracleLayerSpec } from "../../../oracle/layers/apply.js";
import { errorOf, modelOf, values } from "../../model/support.js";
import { expectAgreement, ragged } from "../agreement.js";

const x = values([3, 4, 5], 1);
const first = { inputShape: [4, 5] } as const;
const lstmOf = (more: object = {}): OracleLayerSpec => ({ kind: "lstm", units: 4, ...more });

describe("timeDistributed", () => {
  it.each<OracleLayerSpec>([
    { kind: "dense", units: 3, activation: "tanh" },
    { kind: "dense", units: 3, useBias: false },
    { kind: "activation", activation: "gelu" },
    { kind: "activation", activation: "softmax" },
    { kind: "dropout", rate: 0.5 },
    { kind: "layerNormalization" },
  ])("applies %o to each step", (layer) =>
    expectAgreement({
      layers: [lstmOf({ ...first, returnSequences: true }), { kind: "timeDistributed", layer }, lstmOf()],
      x,
    }),
  );

  it.each<[string, readonly OracleLayerSpec[], readonly number[]]>([
    ["an lstm", [{ kind: "lstm", units: 3 }], [4, 5, 2]],
    ["an lstm that returns sequences", [{ kind: "lstm", units: 3, returnSequences: true }], [4, 5, 2]],
    ["a bidirectional gru", [{ kind: "bidirectional", layer: { kind: "gru", units: 2 } }], [3, 4, 5]],
    [
      "a convolution, a pool and flatten",
      [
        { kind: "conv1d", filters: 3, kernelSize: 3, activation: "tanh" },
        { kind: "maxPooling1D", poolSize: 2 },
        { kind: "flatten" },
      ],
      [3, 6, 2],
    ],
    ["a mean of steps", [{ kind: "globalAveragePooling1D" }], [3, 5, 2]],
    ["dense on sequences", [{ kind: "dense", units: 3, activation: "sigmoid" }], [2, 3, 5]],
    [
      "what makes sequences of rows",
      [
        { kind: "repeatVector", n: 3 },
        { kind: "gru", units: 2 },
      ],
      [4, 3],
    ],
    [
      "reshape",
      [
        { kind: "reshape", targetShape: [3, 2] },
        { kind: "lstm", units: 2 },
      ],
      [4, 6],
    ],
  ])("applies %s to each step", (_, layers, shape) =>
    expectAgreement({
      layers: [
        ...layers.map(
          (layer, i): OracleLayerSpec => ({
            kind: "timeDistributed",
            layer,
            ...(i === 0 ? { inputShape: [...shape] } : {}),
          }),
        ),
        // What stands behind has one axis of features again.
        { kind: "timeDistributed", layer: { kind: "flatten" } },
        lstmOf(),
      ],
      x: values([3, ...shape], 8),
    }),
  );

  it("takes indices for an embedding inside", () =>
    expectAgreement({
      layers: [
        {
          kind: "timeDistributed",
          layer: { kind: "embedding", inputDim: 6, outputDim: 3 },
          inputShape: [4, 5],
        },
        { kind: "timeDistributed", layer: { kind: "lstm", units: 2 } },
        lstmOf(),
      ],
      x: { shape: [2, 4, 5], data: Float32Array.from({ length: 40 }, (_, i) => (i * 5) % 6) },
    }));

  it("takes a model, whose weights are its own, and trains it", async () => {
    const begin = input({ shape: [6, 2] });
    const encoder = graph({
      inputs: begin,
      outputs: globalMaxPooling1D().apply(conv1d({ filters: 3, kernelSize: 2 }).apply(begin)),
      name: "encoder",
      seed: 3,
    });
    const model = sequential([
      timeDistributed({ layer: encoder, inputShape: [4, 6, 2] }),
      lstm({ units: 2 }),
    ]);
    model.compile({ loss: "mse", optimizer: "sgd" });
    const many = values([3, 4, 6, 2], 5);
    const steps = await model.predict(many);
    expect(steps.shape).toEqual([3, 2]);
    const before = encoder.getWeights();
    await model.fit(many, values([3, 2], 6), { epochs: 1 });
    expect(encoder.getWeights()[0]!.data).not.toEqual(before[0]!.data);
    // Each step is what the model says of it.
    const alone = sequential([timeDistributed({ layer: encoder, inputShape: [4, 6, 2] })]);
    const each = await encoder.predict({ shape: [12, 6, 2], data: many.data });
    expect((await alone.predict(many)).data).toEqual(each.data);
  });

  it("takes steps that come in any number, and hands their mask on", () =>
    expectAgreement({
      layers: [
        { kind: "masking", inputShape: [null, 5] },
        { kind: "timeDistributed", layer: { kind: "dense", units: 4, activation: "tanh" } },
        lstmOf({ returnSequences: true }),
      ],
      x: ragged([4, 2, 3], 4, 5),
      counted: 9,
    }));

  it("is dense on a sequence, to the bit, under Keras's weight names", async () => {
    const wrapped = modelOf([{ kind: "timeDistributed", layer: { kind: "dense", units: 3 }, ...first }]);
    const plain = modelOf([{ kind: "dense", units: 3, ...first }]);
    plain.setWeights(wrapped.getWeights());
    expect(wrapped.getWeights().map(({ name }) => name)).toEqual([
      "time_distributed/kernel",
      "time_distributed/bias",
    ]);
    expect((await wrapped.predict(x)).data).toEqual((await plain.predict(x)).data);
  });

  it.each([
    ["the wrapper", { trainable: false }, {}],
    ["the layer inside", {}, { trainable: false }],
  ])("does not train when %s is frozen", async (_, outer, inner) => {
    const model = sequential(
      [
        lstm({ units: 4, returnSequences: true, ...first }),
        timeDistributed({ layer: dense({ units: 2, ...inner }), ...outer }),
      ],
      { seed: 1 },
    );
    model.compile({ loss: "mse" });
    const before = model.getWeights();
    await model.fit(x, values([3, 4, 2], 2), { epochs: 2 });
    const after = model.getWeights();
    expect(after.slice(3)).toEqual(before.slice(3));
    expect(after[0]!.data).not.toEqual(before[0]!.data);
    expect(model.summary({ print: () => {} })).toContain("Non-trainable params: 10");
  });

  it("drops in training, differently in each such layer, by the model's seed", async () => {
    const one = { shape: [1, 30, 8], data: new Float32Array(240).fill(1) };
    const build = (seed: number) => {
      const model = sequential(
        [
          timeDistributed({ layer: dropout({ rate: 0.5 }), inputShape: [30, 8] }),
          timeDistributed({ layer: dropout({ rate: 0.5 }) }),
        ],
        { seed },
      );
      model.compile({ loss: "mse" });
      return model;
    };
    const zeros = { shape: [1, 30, 8], data: new Float32Array(240) };
    const loss = async (seed: number): Promise<number> => (await build(seed).trainOnBatch(one, zeros)).loss!;
    // Kept in both with probability 1/4, and then 4: 16 / 4 on average; one mask for both would give 16 / 2.
    const losses = await Promise.all([1, 2, 3, 4, 5, 6].map(loss));
    const mean = losses.reduce((sum, value) => sum + value, 0) / losses.length;
    // 1440 elements of standard deviation 7: 0.18.
    expect(Math.abs(mean - 4)).toBeLessThan(0.8);
    expect(await loss(1)).toBe(losses[0]);
    expect(losses[1]).not.toBe(losses[0]);
  });

  it.each<[string, () => unknown, RegExp]>([
    [
      "a stateful layer",
      () => timeDistributed({ layer: lstm({ units: 2, stateful: true }) }),
      /is stateful, and each time step begins anew/,
    ],
    [
      "several outputs",
      () =>
        sequential([
          timeDistributed({ layer: lstm({ units: 2, returnState: true }), inputShape: [3, 2, 2] }),
        ]),
      /puts out several tensors/,
    ],
    ["an input layer", () => timeDistributed({ layer: inputLayer({ shape: [2] }) }), /computes nothing/],
    ["a factory", () => timeDistributed({ layer: dense as never }), /a factory that was not called/],
    ["nothing", () => timeDistributed({} as never), /`layer` is undefined/],
    [
      "a batchSize inside",
      () => timeDistributed({ layer: dense({ units: 1, batchSize: 3 }) }),
      /give batchSize to timeDistributed/,
    ],
    [
      "an inputShape inside that is another's",
      () => sequential([timeDistributed(dense({ units: 1, inputShape: [3] }), { inputShape: [2, 4] })]),
      /the inputShape of `dense` is \[3\], and a time step is \[4\]/,
    ],
    [
      "an activity regularizer inside, which Keras ignores",
      () => timeDistributed({ layer: dense({ units: 1, activityRegularizer: "l2" }) }),
      /Keras ignores an activityRegularizer/,
    ],
    [
      "rows",
      () => sequential([timeDistributed({ layer: dense({ units: 1 }), inputShape: [3] })]),
      /expected sequences \[batch, timesteps, …\], got \[\?, 3\]/,
    ],
  ])("refuses %s", async (_, call, message) => {
    expect((await errorOf(call)).message).toMatch(message);
  });

  it.each([
    ["of a time step", [3]],
    ["of all of them", [null, 3]],
  ])("takes the layer first, and an inputShape inside %s", async (_what, inputShape) => {
    const layer = timeDistributed(dense({ units: 2, inputShape }), { name: "each" });
    const model = sequential([layer]);
    model.compile({ optimizer: "sgd", loss: "mse" });
    await model.fit(values([2, 4, 3], 1), values([2, 4, 2], 2));
    expect([layer.name, layer.outputShape]).toEqual(["each", [4, 2]]);
  });

  it("refuses a layer that stands in a model", async () => {
    const layer = dense({ units: 1, inputShape: [3] });
    sequential([layer]);
    expect((await errorOf(() => timeDistributed({ layer }))).message).toMatch(/already part of a model/);
  });
});
