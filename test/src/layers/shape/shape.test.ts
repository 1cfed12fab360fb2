import { describe, expect, it } from "vitest";
import {
  cropping1D,
  dense,
  fromSafetensors,
  type Layer,
  permute,
  reshape,
  sequential,
  toSafetensors,
  upSampling1D,
  zeroPadding1D,
} from "../../../../src/index.js";
import { layerFromConfig } from "../../../../src/layers/from-config.js";
import type { OracleLayerSpec } from "../../../oracle/layers/apply.js";
import { errorOf, values } from "../../model/support.js";
import { expectAgreement, ragged } from "../agreement.js";

const specs: readonly OracleLayerSpec[] = [
  { kind: "upSampling1D" },
  { kind: "upSampling1D", size: 3 },
  { kind: "upSampling1D", size: 1 },
  { kind: "zeroPadding1D", padding: [1, 1] },
  { kind: "zeroPadding1D", padding: [3, 0] },
  { kind: "cropping1D", cropping: [1, 1] },
  { kind: "cropping1D", cropping: [0, 4] },
  { kind: "cropping1D", cropping: [0, 0] },
  { kind: "reshape", targetShape: [10, 3] },
  { kind: "reshape", targetShape: [-1, 1] },
  { kind: "reshape", targetShape: [2, -1] },
  { kind: "reshape", targetShape: [6, 5] },
  { kind: "permute", dims: [2, 1] },
  { kind: "permute", dims: [1, 2] },
];

describe("layers that give a sequence another shape", () => {
  it.each(specs)("compute and carry gradients as the oracle does, %o", (spec) =>
    expectAgreement({
      layers: [
        { kind: "lstm", units: 5, returnSequences: true, inputShape: [6, 2] },
        spec,
        { kind: "lstm", units: 3, returnSequences: true },
      ],
      x: values([3, 6, 2], 4),
    }),
  );

  it.each<OracleLayerSpec>([
    { kind: "reshape", targetShape: [4, 3] },
    { kind: "reshape", targetShape: [-1] },
  ])("and rows, %o", (spec) =>
    expectAgreement({ layers: [{ kind: "dense", units: 12, inputShape: [3] }, spec], x: values([5, 3], 4) }),
  );

  it("rows from a sequence", () =>
    expectAgreement({
      layers: [
        { kind: "lstm", units: 5, returnSequences: true, inputShape: [6, 2] },
        { kind: "reshape", targetShape: [30] },
        { kind: "dense", units: 2 },
      ],
      x: values([3, 6, 2], 4),
    }));

  it.each<[OracleLayerSpec, number | null]>([
    [{ kind: "upSampling1D", size: 2 }, null],
    [{ kind: "zeroPadding1D", padding: [1, 0] }, null],
    [{ kind: "cropping1D", cropping: [1, 0] }, null],
    [{ kind: "reshape", targetShape: [6, 2] }, 11],
    [{ kind: "permute", dims: [2, 1] }, null],
    [{ kind: "permute", dims: [1, 2] }, 11],
  ])("end a mask where the steps change: %o", (spec, counted) =>
    expectAgreement({
      layers: [
        { kind: "masking", inputShape: [6, 2] },
        spec,
        { kind: "gru", units: 3, returnSequences: true },
      ],
      x: ragged([6, 3, 2], 6, 2),
      counted,
    }),
  );

  const open = { inputShape: [null, 4] as const };
  it.each<[string, () => Layer, readonly (number | null)[], (steps: number) => number[]]>([
    ["upSampling1D", () => upSampling1D(open), [null, 4], (t) => [2 * t, 4]],
    ["zeroPadding1D", () => zeroPadding1D({ padding: 2, ...open }), [null, 4], (t) => [t + 4, 4]],
    ["cropping1D", () => cropping1D(open), [null, 4], (t) => [t - 2, 4]],
    ["reshape", () => reshape({ targetShape: [-1, 2], ...open }), [null, 2], (t) => [2 * t, 2]],
  ])("work at any length: %s", async (kind, make, shape, expected) => {
    const model = sequential([make()]);
    expect(model.outputShape).toEqual(shape);
    for (const steps of [5, 9, 3]) {
      expect((await model.predict(values([2, steps, 4], 1))).shape).toEqual([2, ...expected(steps)]);
    }
    const config = JSON.parse(JSON.stringify(model.layers[0]!.getConfig()));
    expect(layerFromConfig({ kind, config }).getConfig()).toEqual(config);
    const again = fromSafetensors(toSafetensors(model));
    const x = values([2, 4, 4], 3);
    expect(await again.predict(x)).toEqual(await model.predict(x));
  });

  it.each<[string, () => unknown, RegExp]>([
    ["a size of 0", () => upSampling1D({ size: 0 }), /`size`/],
    ["a negative margin", () => zeroPadding1D({ padding: [-1, 0] }), /`padding`/],
    ["three margins", () => cropping1D({ cropping: [1, 1, 1] as never }), /`cropping`/],
    ["a whole crop", () => sequential([cropping1D({ cropping: 2, inputShape: [4, 1] })]), /nothing is left/],
    ["no axes", () => reshape({ targetShape: [] }), /`targetShape`/],
    ["two open extents", () => reshape({ targetShape: [-1, -1] }), /`targetShape`/],
    [
      "what does not fit",
      () => sequential([reshape({ targetShape: [5, 2], inputShape: [4, 3] })]),
      /holds 12 numbers/,
    ],
    [
      "unknown steps",
      () => sequential([reshape({ targetShape: [6], inputShape: [null, 3] })]),
      /number of time steps/,
    ],
    [
      "unknown steps as features",
      () => sequential([permute({ dims: [2, 1], inputShape: [null, 3] })]),
      /needs to know/,
    ],
    ["the batch", () => permute({ dims: [0, 1] }), /`dims`/],
    [
      "another rank",
      () => sequential([dense({ units: 2, inputShape: [2] }), permute({ dims: [2, 1] })]),
      /2 `dims`/,
    ],
  ])("refuse %s", async (_, call, message) => {
    expect((await errorOf(call)).message).toMatch(message);
  });
});
