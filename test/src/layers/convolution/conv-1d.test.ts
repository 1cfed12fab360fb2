import { describe, expect, it } from "vitest";
import {
  conv1d,
  createEngine,
  dense,
  fromSafetensors,
  l2,
  lstm,
  masking,
  maxNorm,
  sequential,
  toSafetensors,
} from "../../../../src/index.js";
import { layerFromConfig } from "../../../../src/layers/from-config.js";
import type { OracleLayerSpec } from "../../../oracle/layers/apply.js";
import { bitsOf, errorOf, modelOf, values } from "../../model/support.js";
import { expectAgreement, ragged } from "../agreement.js";

const conv = (more: object): OracleLayerSpec =>
  ({ kind: "conv1d", filters: 6, kernelSize: 3, ...more }) as OracleLayerSpec;

const forms: readonly object[] = [
  {},
  { kernelSize: 1 },
  { kernelSize: 4, padding: "same" },
  { kernelSize: 4, padding: "causal", activation: "tanh" },
  { strides: 2 },
  { strides: 3, padding: "same" },
  { strides: 4, kernelSize: 2, padding: "causal" },
  { strides: 5, kernelSize: 3, padding: "same" },
  { dilationRate: 2 },
  { dilationRate: 3, padding: "same", useBias: false },
  { dilationRate: 2, padding: "causal", activation: "gelu" },
  { kernelSize: 9, padding: "same", activation: "softmax" },
  { groups: 2, padding: "same" },
  { groups: 3, kernelSize: 2, strides: 2, activation: "swish" },
  { groups: 6, dilationRate: 2 },
  { filters: 33, kernelSize: 5, padding: "causal" },
];

describe("conv1d", () => {
  it.each(forms)("computes and learns as the oracle does, %o", (more) =>
    expectAgreement({ layers: [conv({ ...more, inputShape: [9, 6] })], x: values([3, 9, 6], 3) }),
  );

  it.each([1, 2, 5])("does so for a batch of %i, between recurrent layers", (batch) =>
    expectAgreement({
      layers: [
        { kind: "gru", units: 5, returnSequences: true, inputShape: [8, 3] },
        conv({ kernelSize: 3, activation: "tanh", padding: "causal" }),
        { kind: "lstm", units: 4 },
      ],
      x: values([batch, 8, 3], 5),
    }),
  );

  it("carries regularizers of kernel, bias and output", () =>
    expectAgreement({
      layers: [
        conv({
          kernelRegularizer: { l1: 0.02 },
          biasRegularizer: { l2: 0.1 },
          activityRegularizer: { l2: 0.03 },
          inputShape: [7, 2],
        }),
      ],
      x: values([2, 7, 2], 6),
    }));

  it("hands a mask on where the steps stay, and ends it elsewhere", async () => {
    const x = ragged([3, 6, 5], 6, 2);
    const begin: OracleLayerSpec = { kind: "masking", inputShape: [6, 2] };
    await expectAgreement({
      layers: [begin, conv({ padding: "same" }), { kind: "lstm", units: 3, returnSequences: true }],
      x,
      counted: 14,
    });
    await expectAgreement({
      layers: [begin, conv({ padding: "valid" }), { kind: "lstm", units: 3, returnSequences: true }],
      x,
      counted: null,
    });
  });

  it("takes sequences of any length where the time axis is null, and says which are too short", async () => {
    const model = sequential([
      conv1d({ filters: 2, kernelSize: 4, inputShape: [null, 3] }),
      lstm({ units: 2 }),
    ]);
    expect(model.layers[0]!.outputShape).toEqual([null, 2]);
    const fixed = sequential([
      conv1d({ filters: 2, kernelSize: 4, inputShape: [11, 3] }),
      lstm({ units: 2 }),
    ]);
    fixed.setWeights(model.getWeights());
    for (const steps of [4, 11, 5]) {
      const x = values([2, steps, 3], steps);
      const got = await model.predict(x);
      if (steps === 11) expect(got.data).toEqual((await fixed.predict(x)).data);
    }
    const error = await errorOf(() => model.predict(values([2, 3, 3], 1)));
    expect(error.name).toBe("ShapeError");
    expect(error.message).toMatch(/needs at least 4 time steps with padding: "valid", got 3/);
  });

  it("has Keras's weights, and the same bits on one, two and three threads", async () => {
    const run = async (threads: number) => {
      const engine = await createEngine({ threads, reproducible: true });
      const model = sequential(
        [
          conv1d({ filters: 40, kernelSize: 5, strides: 2, padding: "same", inputShape: [50, 24] }),
          conv1d({ filters: 33, kernelSize: 3, dilationRate: 2, padding: "causal", activation: "tanh" }),
          lstm({ units: 8 }),
          dense({ units: 1 }),
        ],
        { seed: 3, engine },
      );
      model.compile({ optimizer: "adam", loss: "mse" });
      await model.fit(values([31, 50, 24], 1), values([31, 1], 2), { epochs: 3, batchSize: 31 });
      const weights = model.getWeights();
      engine.dispose();
      return weights;
    };
    const one = await run(1);
    expect(one.slice(0, 2).map(({ name, shape }) => [name, shape])).toEqual([
      ["conv1d/kernel", [5, 24, 40]],
      ["conv1d/bias", [40]],
    ]);
    expect(bitsOf(await run(2))).toEqual(bitsOf(one));
    expect(bitsOf(await run(3))).toEqual(bitsOf(one));
  });

  it("keeps its constraints, is frozen, saved and made again", async () => {
    const layer = conv1d({
      filters: 4,
      kernelSize: [3],
      dilationRate: [2],
      padding: "causal",
      groups: 2,
      activation: "relu",
      kernelConstraint: maxNorm({ maxValue: 0.1 }),
      biasRegularizer: l2({ l2: 0.5 }),
      inputShape: [6, 4],
    });
    const model = sequential([layer, conv1d({ filters: 2, kernelSize: 2, trainable: false })], { seed: 2 });
    model.compile({ optimizer: "sgd", loss: "mse" });
    const before = model.getWeights();
    await model.fit(values([4, 6, 4], 1), values([4, 5, 2], 2), { epochs: 2 });
    const after = model.getWeights();
    expect(after[0]!.data).not.toEqual(before[0]!.data);
    expect(after.slice(2)).toEqual(before.slice(2));
    expect(model.summary({ print: () => {} })).toContain("Non-trainable params: 18");
    const config = JSON.parse(JSON.stringify(layer.getConfig()));
    expect(config).toMatchObject({
      kernelSize: 3,
      dilationRate: 2,
      groups: 2,
      padding: "causal",
      strides: 1,
    });
    expect(JSON.parse(JSON.stringify(layerFromConfig({ kind: "conv1d", config }).getConfig()))).toEqual(
      config,
    );
    const again = fromSafetensors(toSafetensors(model));
    const x = values([3, 6, 4], 9);
    expect((await again.predict(x)).data).toEqual((await model.predict(x)).data);
  });

  it("learns an update with the weights it packed thrown away", async () => {
    const model = modelOf([conv({ inputShape: [5, 2] })], { loss: "mse", optimizer: "adam" });
    const [x, y] = [values([2, 5, 2], 1), values([2, 3, 6], 2)];
    const losses: number[] = [];
    for (let i = 0; i < 30; i++) losses.push((await model.trainOnBatch(x, y)).loss!);
    expect(losses.at(-1)!).toBeLessThan(losses[0]!);
    expect((await model.evaluate(x, y)).loss!).toBeLessThan(losses.at(-1)!);
  });

  it.each<[string, () => unknown, RegExp]>([
    [
      "strides with a dilation",
      () => conv1d({ filters: 1, kernelSize: 2, strides: 2, dilationRate: 2 }),
      /cannot both be above 1/,
    ],
    [
      "filters that do not divide",
      () => conv1d({ filters: 3, kernelSize: 2, groups: 2 }),
      /does not divide into 2/,
    ],
    [
      "features that do not divide",
      () => sequential([conv1d({ filters: 4, kernelSize: 2, groups: 2, inputShape: [4, 3] })]),
      /3 features do not divide into 2/,
    ],
    [
      "channels first",
      () => conv1d({ filters: 1, kernelSize: 2, dataFormat: "channelsFirst" as never }),
      /permute/,
    ],
    ["an even two", () => conv1d({ filters: 1, kernelSize: [2, 2] as never }), /`kernelSize`/],
    ["no filters", () => conv1d({ kernelSize: 2 } as never), /`filters`/],
    [
      "a word for padding",
      () => conv1d({ filters: 1, kernelSize: 2, padding: "full" as never }),
      /`padding`/,
    ],
    ["loraRank", () => conv1d({ filters: 1, kernelSize: 2, loraRank: 2 } as never), /loraRank/],
    [
      "rows",
      () => sequential([lstm({ units: 2, inputShape: [3, 1] }), conv1d({ filters: 1, kernelSize: 2 })]),
      /expected sequences .* returnSequences: true/,
    ],
    [
      "what is too short",
      () => sequential([masking({ inputShape: [3, 1] }), conv1d({ filters: 1, kernelSize: 4 })]),
      /at least 4 time steps/,
    ],
  ])("refuses %s", async (_, call, message) => {
    expect((await errorOf(call)).message).toMatch(message);
  });
});
