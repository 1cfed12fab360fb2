import { describe, expect, it } from "vitest";
import {
  adamw,
  batchNormalization,
  dense,
  fromSafetensors,
  l2,
  maxNorm,
  normalization,
  rescaling,
  sequential,
  sgd,
  type Tensor,
  toSafetensors,
} from "../../../../src/index.js";
import { layerFromConfig } from "../../../../src/layers/from-config.js";
import type { OracleLayerSpec } from "../../../oracle/layers/apply.js";
import { oracleModel } from "../../../oracle/model.js";
import { errorOf, expectNear, modelOf, values } from "../../model/support.js";
import { expectAgreement, ragged, randomize } from "../agreement.js";

const bn = (more: object = {}): OracleLayerSpec =>
  ({ kind: "batchNormalization", ...more }) as OracleLayerSpec;

describe("layers that rescale features", () => {
  it.each<OracleLayerSpec>([
    bn(),
    bn({ scale: false, epsilon: 0.1 }),
    bn({ center: false }),
    bn({ scale: false, center: false }),
    bn({ gammaRegularizer: { l1: 0.1 } }),
    { kind: "rescaling", scale: 2, offset: -1 },
    { kind: "rescaling", scale: [1, -2, 3, 0.5, 7] },
    { kind: "normalization", mean: [1, 2, 3, 4, 5], variance: [1, 4, 0, 2, 0.5] },
    { kind: "normalization", mean: [1, 2, 3, 4, 5], variance: [1, 4, 1, 2, 0.5], invert: true },
    { kind: "normalization" },
  ])("compute and carry gradients as the oracle does, %o", async (spec) => {
    const more =
      spec.kind === "normalization" && spec.variance?.includes(0) ? [] : [{ kind: "lstm", units: 3 }];
    await expectAgreement({
      layers: [
        { kind: "lstm", units: 5, returnSequences: true, inputShape: [6, 2] },
        spec,
        ...(more as OracleLayerSpec[]),
      ],
      x: values([3, 6, 2], 4),
    });
    await expectAgreement({
      layers: [{ kind: "dense", units: 5, inputShape: [3] }, spec],
      x: values([4, 3], 5),
    });
  });

  it.each<OracleLayerSpec>([bn(), { kind: "rescaling", scale: 3 }, { kind: "normalization" }])(
    "hand masks on, %o",
    (spec) =>
      expectAgreement({
        layers: [
          { kind: "masking", inputShape: [6, 2] },
          spec,
          { kind: "gru", units: 3, returnSequences: true },
        ],
        x: ragged([6, 3, 2], 6, 2),
        counted: 11,
      }),
  );
});

describe("batchNormalization in training", () => {
  const stacks: readonly (readonly [string, OracleLayerSpec[], Tensor])[] = [
    [
      "rows",
      [{ kind: "dense", units: 5, inputShape: [3] }, bn(), { kind: "dense", units: 2 }],
      values([7, 3], 4),
    ],
    [
      "sequences",
      [
        { kind: "lstm", units: 5, returnSequences: true, inputShape: [6, 2] },
        bn({ epsilon: 0.01, scale: false }),
        { kind: "lstm", units: 3 },
      ],
      values([4, 6, 2], 4),
    ],
    [
      "masked sequences",
      [
        { kind: "masking", inputShape: [6, 2] },
        { kind: "gru", units: 5, returnSequences: true },
        bn({ epsilon: 0.01, center: false }),
        { kind: "gru", units: 3, returnSequences: true },
      ],
      ragged([6, 3, 2, 0], 6, 2),
    ],
    [
      "a convolution",
      [{ kind: "conv1d", filters: 5, kernelSize: 3, inputShape: [6, 2] }, bn(), { kind: "lstm", units: 3 }],
      values([4, 6, 2], 4),
    ],
  ];

  it.each(stacks)("has the oracle's gradients and moving statistics: %s", async (_, layers, x) => {
    const model = modelOf(layers, { loss: "mse", optimizer: sgd({ learningRate: 1 }) });
    randomize(model, 30);
    const before = model.getWeights();
    const training = layers.map((layer) =>
      layer.kind === "batchNormalization" ? { ...layer, byBatch: true } : layer,
    );
    const twin = oracleModel(training, before);
    const y = values(twin.run(x).outputs[0]!.shape, 8);
    const expected = twin.lossAndGradients(x, y, { loss: "mse" });
    const { loss } = await model.trainOnBatch(x, y);
    expectNear("loss", [loss!], [expected.loss], 1e-5);
    const after = model.getWeights();
    after.forEach(({ name, data }, i) => {
      if (name.includes("moving")) return;
      const step = Float64Array.from(data, (value, k) => before[i]!.data[k]! - value);
      expectNear(name, step, expected.weights[i]!.data, 2e-5, 2e-6);
    });
    // The moving statistics follow those of the layer's input.
    const at = layers.findIndex(({ kind }) => kind === "batchNormalization");
    const taken = before.filter((__, i) => i < before.findIndex(({ name }) => name.startsWith("batch_norm")));
    const { outputs, mask } = oracleModel(layers.slice(0, at), taken).run(x);
    const features = outputs[0]!.shape.at(-1)!;
    const rows: number[] = [];
    for (let row = 0; row < outputs[0]!.data.length / features; row++) {
      if (mask === null || mask.data[row] === 1) rows.push(row);
    }
    const column = (k: number) => rows.map((row) => outputs[0]!.data[row * features + k]!);
    const mean = (list: number[]) => list.reduce((sum, one) => sum + one, 0) / list.length;
    const find = (list: typeof after, key: string) => list.find(({ name }) => name.endsWith(key))!.data;
    for (let k = 0; k < features; k++) {
      const m = mean(column(k));
      const v = mean(column(k).map((one) => (one - m) ** 2));
      expect(find(after, "moving_mean")[k]).toBeCloseTo(0.99 * find(before, "moving_mean")[k]! + 0.01 * m, 5);
      expect(find(after, "moving_variance")[k]).toBeCloseTo(
        0.99 * find(before, "moving_variance")[k]! + 0.01 * v,
        5,
      );
    }
  });

  it("is frozen with its statistics, which no optimizer changes either", async () => {
    const x = values([8, 3], 1);
    const build = (trainable: boolean) => {
      const model = sequential([dense({ units: 4, inputShape: [3] }), batchNormalization({ trainable })], {
        seed: 3,
      });
      model.compile({ loss: "mse", optimizer: adamw({ weightDecay: 0.5 }) });
      return model;
    };
    const frozen = build(false);
    const before = frozen.getWeights();
    await frozen.fit(x, values([8, 4], 2), { epochs: 2 });
    expect(frozen.getWeights().slice(2)).toEqual(before.slice(2));
    expect(frozen.summary({ print: () => {} })).toContain("Non-trainable params: 16");
    const live = build(true);
    expect(live.summary({ print: () => {} })).toContain("Non-trainable params: 8");
    const predicted = await live.predict(x);
    await live.gradients(x, values([8, 4], 2));
    await live.evaluate(x, values([8, 4], 2));
    expect(await live.predict(x)).toEqual(predicted);
    const { weights } = await live.gradients(x, values([8, 4], 2));
    expect(weights.map(({ name }) => name)).toEqual(live.getWeights().map(({ name }) => name));
    expect(weights.slice(-2).every(({ data }) => data.every((one) => one === 0))).toBe(true);
    await live.fit(x, values([8, 4], 2), { epochs: 300, batchSize: 8 });
    // Weight decay would have shrunk the variance to nothing, had it reached it.
    const [mean, variance] = live.getWeights().slice(-2);
    const inner = sequential([dense({ units: 4, inputShape: [3] })]);
    inner.setWeights(live.getWeights().slice(0, 2));
    const z = await inner.predict(x);
    for (let k = 0; k < 4; k++) {
      const column = Array.from({ length: 8 }, (_, n) => z.data[n * 4 + k]!);
      const m = column.reduce((sum, one) => sum + one, 0) / 8;
      const v = column.reduce((sum, one) => sum + (one - m) ** 2, 0) / 8;
      expect(Math.abs(mean!.data[k]! - m)).toBeLessThan(0.3);
      expect(Math.abs(variance!.data[k]! / (0.95 * v + 0.05) - 1)).toBeLessThan(0.6);
    }
  });

  it("is saved with its statistics, and made again", async () => {
    const options = {
      momentum: 0.9,
      epsilon: 0.01,
      gammaConstraint: maxNorm(),
      betaRegularizer: l2({ l2: 0.1 }),
      movingMeanInitializer: "ones",
      inputShape: [5, 3],
    } as const;
    const model = sequential([batchNormalization(options)], { seed: 1 });
    model.compile({ loss: "mse" });
    await model.fit(values([9, 5, 3], 1), values([9, 5, 3], 2), { epochs: 3 });
    const again = fromSafetensors(toSafetensors(model));
    expect(again.getWeights()).toEqual(model.getWeights());
    expect(again.getWeights().map(({ name }) => name)).toEqual(
      ["gamma", "beta", "moving_mean", "moving_variance"].map((key) => `batch_normalization/${key}`),
    );
    const x = values([2, 5, 3], 5);
    expect(await again.predict(x)).toEqual(await model.predict(x));
    const config = JSON.parse(JSON.stringify(model.layers[0]!.getConfig()));
    expect(config).toMatchObject({ momentum: 0.9, epsilon: 0.01 });
    const { kind } = model.layers[0]!;
    expect(JSON.parse(JSON.stringify(layerFromConfig({ kind, config }).getConfig()))).toEqual(config);
  });
});

describe("normalization", () => {
  const x: Tensor = { shape: [2, 2, 2], data: Float32Array.of(1, 10, 3, 30, 5, 50, 7, 70) };

  it("takes mean and variance from data, before or after it is in a model", async () => {
    const early = normalization({ inputShape: [2, 2] });
    early.adapt(x);
    const first = sequential([early]);
    const late = normalization({ inputShape: [null, 2] });
    const second = sequential([late]);
    late.adapt(values([3, 4, 2], 1));
    late.adapt(x);
    const expected = [1, 3, 5, 7].flatMap((one) => [(one - 4) / Math.sqrt(5), (one - 4) / Math.sqrt(5)]);
    for (const model of [first, second]) {
      expectNear("normalized", (await model.predict(x)).data, expected, 1e-6);
      const weights = model.getWeights();
      expect(weights.map(({ name }) => name)).toEqual(
        ["mean", "variance", "count"].map((key) => `normalization/${key}`),
      );
      expect(weights.map(({ shape }) => shape)).toEqual([[2], [2], []]);
      expect([...weights[0]!.data, ...weights[1]!.data, ...weights[2]!.data]).toEqual([4, 40, 5, 500, 4]);
      expect(model.summary({ print: () => {} })).toContain("Non-trainable params: 5");
    }
    late.adapt(values([3, 4, 2], 1));
    expect((await second.predict(x)).data).not.toEqual((await first.predict(x)).data);
    const again = fromSafetensors(toSafetensors(first));
    expect(await again.predict(x)).toEqual(await first.predict(x));
  });

  it("goes back with `invert`, and a constant feature is not divided by nothing", async () => {
    const given = { mean: [2, 3], variance: [4, 9] };
    const there = sequential([normalization({ ...given, inputShape: [2] })]);
    const back = sequential([normalization({ ...given, invert: true, inputShape: [2] })]);
    const rows = values([5, 2], 3);
    expectNear(
      "back",
      ((await back.predict((await there.predict(rows)) as Tensor)) as Tensor).data,
      rows.data,
      1e-6,
    );
    const one = sequential([normalization({ mean: 1, variance: 0, inputShape: [2] })]);
    expect([...(await one.predict([[1, 1]])).data]).toEqual([0, 0]);
  });

  it("is not trained", async () => {
    const layer = normalization({ inputShape: [2] });
    layer.adapt(values([6, 2], 1));
    const model = sequential([layer, dense({ units: 1 })]);
    model.compile({ loss: "mse", optimizer: adamw({ weightDecay: 0.5 }) });
    const before = model.getWeights();
    await model.fit(values([6, 2], 1), values([6, 1], 2), { epochs: 3 });
    expect(model.getWeights().slice(0, 3)).toEqual(before.slice(0, 3));
    expect(model.getWeights()[3]!.data).not.toEqual(before[3]!.data);
  });

  it.each<[string, () => unknown, RegExp]>([
    ["a mean alone", () => normalization({ mean: 1 }), /both `mean` and `variance`/],
    ["a negative variance", () => normalization({ mean: 1, variance: -1 }), /at least 0/],
    ["adapt where both are given", () => normalization({ mean: 1, variance: 1 }).adapt([[1]]), /was given/],
    ["another axis", () => normalization({ axis: 1 as never }), /`axis`/],
    [
      "data of other features",
      () => {
        const layer = normalization({ inputShape: [2] });
        sequential([layer]);
        layer.adapt([[1, 2, 3]]);
      },
      /expected samples of 2 features/,
    ],
    [
      "other features",
      () => sequential([normalization({ mean: [1], variance: [1], inputShape: [2] })]),
      /knows 1/,
    ],
    [
      "scales of other features",
      () => sequential([rescaling({ scale: [1, 2, 3], inputShape: [2] })]),
      /3 numbers/,
    ],
    ["no scale", () => rescaling({} as never), /`scale`/],
    ["a momentum above 1", () => batchNormalization({ momentum: 2 }), /`momentum`/],
    [
      "another axis of a batch normalization",
      () => sequential([batchNormalization({ axis: 1, inputShape: [4, 3] })]),
      /permute/,
    ],
    ["renorm", () => batchNormalization({ renorm: true } as never), /renorm/],
  ])("refuses %s", async (_, call, message) => {
    expect((await errorOf(call)).message).toMatch(message);
  });
});
