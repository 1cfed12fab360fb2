import { describe, expect, it } from "vitest";
import {
  averagePooling1D,
  globalAveragePooling1D,
  globalMaxPooling1D,
  maxPooling1D,
  sequential,
} from "../../../../src/index.js";
import { layerFromConfig } from "../../../../src/layers/from-config.js";
import type { OracleLayerSpec } from "../../../oracle/layers/apply.js";
import { errorOf, values } from "../../model/support.js";
import { expectAgreement, ragged } from "../agreement.js";

const kinds = ["maxPooling1D", "averagePooling1D"] as const;
const forms = [
  {},
  { poolSize: 3, strides: 1 },
  { poolSize: 3, strides: 2, padding: "same" },
  { poolSize: 2, strides: 3 },
  { poolSize: 4, strides: 1, padding: "same" },
  { poolSize: 1 },
  { poolSize: 20, padding: "same" },
] as const;

describe.each(kinds)("%s", (kind) => {
  it.each(forms)("computes and carries gradients as the oracle does, %o", (more) =>
    expectAgreement({
      layers: [
        { kind: "lstm", units: 5, returnSequences: true, inputShape: [9, 3] },
        { kind, ...more },
        { kind: "lstm", units: 3 },
      ],
      x: values([3, 9, 3], 4),
    }),
  );

  it("hands a mask on where the steps stay", () =>
    expectAgreement({
      layers: [
        { kind: "masking", inputShape: [6, 2] },
        { kind, poolSize: 3, strides: 1, padding: "same" },
        { kind: "gru", units: 3, returnSequences: true },
      ],
      x: ragged([2, 6, 5], 6, 2),
      counted: 13,
    }));

  it("works at any length of sequence, and is made again from its configuration", async () => {
    const make = kind === "maxPooling1D" ? maxPooling1D : averagePooling1D;
    const model = sequential([make({ poolSize: [2], strides: 1, inputShape: [null, 3] })]);
    expect(model.outputShape).toEqual([null, 3]);
    expect((await model.predict(values([2, 7, 3], 1))).shape).toEqual([2, 6, 3]);
    expect((await model.predict(values([2, 2, 3], 1))).shape).toEqual([2, 1, 3]);
    expect((await errorOf(() => model.predict(values([2, 1, 3], 1)))).message).toMatch(
      /at least 2 time steps/,
    );
    const config = JSON.parse(JSON.stringify(model.layers[0]!.getConfig()));
    expect(config).toMatchObject({ poolSize: 2, strides: 1, padding: "valid" });
    expect(layerFromConfig({ kind, config }).getConfig()).toEqual(config);
  });
});

describe.each(["globalMaxPooling1D", "globalAveragePooling1D"] as const)("%s", (kind) => {
  it.each([{}, { keepdims: true }])("computes and carries gradients as the oracle does, %o", (more) =>
    expectAgreement({
      layers: [
        { kind: "lstm", units: 5, returnSequences: true, inputShape: [7, 3] },
        { kind, ...more },
        { kind: "dense", units: 3 },
      ],
      x: values([3, 7, 3], 4),
    }),
  );

  it("ends a mask; the mean leaves out what is masked", () =>
    expectAgreement({
      layers: [
        { kind: "masking", inputShape: [6, 2] },
        { kind: "lstm", units: 4, returnSequences: true },
        { kind },
        { kind: "dense", units: 2 },
      ] as OracleLayerSpec[],
      x: ragged([2, 6, 5, 0], 6, 2),
      counted: null,
    }));

  it("works at any length of sequence", async () => {
    const make = kind === "globalMaxPooling1D" ? globalMaxPooling1D : globalAveragePooling1D;
    const model = sequential([make({ inputShape: [null, 2] })]);
    const long = await model.predict([
      [
        [1, 2],
        [3, -4],
        [8, 5],
      ],
    ]);
    expect([...long.data]).toEqual(kind === "globalMaxPooling1D" ? [8, 5] : [4, 1]);
    expect([...(await model.predict([[[1, 2]]])).data]).toEqual([1, 2]);
    expect((await errorOf(() => sequential([make({ inputShape: [2] })]))).message).toMatch(
      /expected sequences/,
    );
  });
});

it("the first of equals gets the gradient, and a NaN is seen", async () => {
  const model = sequential([maxPooling1D({ poolSize: 3, inputShape: [3, 1] })]);
  model.compile({ loss: "mse" });
  const { input } = await model.gradients([[[2], [2], [1]]], [[[1]]]);
  expect([...input.data]).toEqual([2, 0, 0]);
});
