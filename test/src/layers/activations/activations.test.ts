import { describe, expect, it } from "vitest";
import {
  elu,
  fromSafetensors,
  leakyReLU,
  prelu,
  sequential,
  softmax,
  toSafetensors,
} from "../../../../src/index.js";
import { layerFromConfig } from "../../../../src/layers/from-config.js";
import type { OracleLayerSpec } from "../../../oracle/layers/apply.js";
import { errorOf, modelOf, values } from "../../model/support.js";
import { expectAgreement, ragged } from "../agreement.js";

const specs: readonly OracleLayerSpec[] = [
  { kind: "leakyReLU" },
  { kind: "leakyReLU", negativeSlope: 0 },
  { kind: "leakyReLU", negativeSlope: 1.5 },
  { kind: "elu" },
  { kind: "elu", alpha: 0.3 },
  { kind: "prelu" },
  { kind: "prelu", sharedAxes: [1] },
  { kind: "prelu", sharedAxes: [2] },
  { kind: "prelu", sharedAxes: [1, 2], alphaRegularizer: { l2: 0.2 } },
  { kind: "softmax" },
  { kind: "softmax", axis: 2 },
  { kind: "softmax", axis: 1 },
  { kind: "softmax", axis: -2 },
];

describe("layers of one activation", () => {
  it.each(specs)("compute and carry gradients as the oracle does, %o", (spec) =>
    expectAgreement({
      layers: [
        { kind: "lstm", units: 5, returnSequences: true, inputShape: [6, 2] },
        spec,
        { kind: "lstm", units: 3 },
      ],
      x: values([3, 6, 2], 4),
    }),
  );

  it.each<OracleLayerSpec>([
    { kind: "leakyReLU" },
    { kind: "elu" },
    { kind: "prelu" },
    { kind: "softmax", axis: 1 },
  ])("and on rows, %o", (spec) =>
    expectAgreement({ layers: [{ kind: "dense", units: 7, inputShape: [3] }, spec], x: values([5, 3], 4) }),
  );

  it.each<OracleLayerSpec>([{ kind: "leakyReLU" }, { kind: "elu" }, { kind: "prelu" }, { kind: "softmax" }])(
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

  it.each(specs)(
    "are made again, through a file, and work with steps that are not known: %o",
    async (spec) => {
      const model = modelOf([{ ...spec, inputShape: [6, 2] }]);
      const config = JSON.parse(JSON.stringify(model.layers[0]!.getConfig()));
      expect(JSON.parse(JSON.stringify(layerFromConfig({ kind: spec.kind, config }).getConfig()))).toEqual(
        config,
      );
      const x = values([2, 6, 2], 3);
      const again = fromSafetensors(toSafetensors(model));
      expect(await again.predict(x)).toEqual(await model.predict(x));
      if (spec.kind === "prelu" && !spec.sharedAxes?.includes(1)) return;
      const free = modelOf([{ ...spec, inputShape: [null, 2] }]);
      free.setWeights(model.getWeights());
      expect(await free.predict(x)).toEqual(await model.predict(x));
      expect((await free.predict(values([2, 9, 2], 3))).shape).toEqual([2, 9, 2]);
    },
  );

  it("prelu's slope is trained, and begins at 0", async () => {
    const model = sequential([prelu({ inputShape: [3] })]);
    model.compile({ loss: "mse" });
    expect(model.getWeights()).toMatchObject([{ name: "p_re_lu/alpha", shape: [3] }]);
    expect([...(await model.predict([[-1, 2, -3]])).data].map(Math.abs)).toEqual([0, 2, 0]);
    await model.fit([[-1, 2, -3]], [[-1, 2, -3]], { epochs: 3 });
    const [first, second, third] = model.getWeights()[0]!.data;
    expect(first).toBeGreaterThan(0);
    expect(second).toBe(0);
    expect(third).toBeGreaterThan(0);
  });

  it.each<[string, () => unknown, RegExp]>([
    ["a negative slope below 0", () => leakyReLU({ negativeSlope: -0.1 }), /`negativeSlope`/],
    ["Keras 2's alpha below 0", () => leakyReLU({ alpha: -0.1 } as never), /slope|alpha/],
    ["an alpha below 0", () => elu({ alpha: -1 }), /`alpha`/],
    ["the batch as axis", () => softmax({ axis: 0 }), /`axis`/],
    ["an axis the input has not", () => sequential([softmax({ axis: 2, inputShape: [3] })]), /no axis 2/],
    ["a shared axis that is none", () => prelu({ sharedAxes: [3] }), /`sharedAxes`/],
    [
      "a slope for steps that are not known",
      () => sequential([prelu({ inputShape: [null, 2] })]),
      /sharedAxes: \[1\]/,
    ],
  ])("refuse %s", async (_, call, message) => {
    expect((await errorOf(call)).message).toMatch(message);
  });
});
