import { describe, expect, it } from "vitest";
import { dense, l2, layerNormalization, sequential } from "../../../src/index.js";
import type { OracleLayerSpec } from "../../oracle/layers/apply.js";
import { errorOf, expectNear, values } from "../model/support.js";
import { expectAgreement } from "./agreement.js";

const x = values([3, 4, 5], 1);
const first = { inputShape: [4, 5] } as const;
const lstmOf = (more: object = {}): OracleLayerSpec => ({ kind: "lstm", units: 4, ...more });

describe("layerNormalization", () => {
  it.each<Partial<{ epsilon: number; center: boolean; scale: boolean }>>([
    {},
    { center: false },
    { scale: false },
    { center: false, scale: false },
    { epsilon: 0.3 },
  ])("of sequences and of rows, %o", async (options) => {
    const layer: OracleLayerSpec = { kind: "layerNormalization", ...options };
    await expectAgreement({ layers: [{ ...layer, ...first }, lstmOf({ returnSequences: true }), layer], x });
    await expectAgreement({
      layers: [{ kind: "dense", units: 6, inputShape: [7] }, layer],
      x: values([5, 7], 2),
    });
  });

  it.each([1, 2, 3, 8, 33])("of %i features", (features) =>
    expectAgreement({
      layers: [
        { kind: "layerNormalization", inputShape: [features], epsilon: 0.1 },
        { kind: "dense", units: 2 },
      ],
      x: values([6, features], 3),
    }),
  );

  it("its weights are gamma and beta, ones and zeros, and may be frozen or priced", async () => {
    const model = sequential([layerNormalization({ inputShape: [3] })]);
    expect(model.getWeights().map(({ name, data }) => [name, [...data]])).toEqual([
      ["layer_normalization/gamma", [1, 1, 1]],
      ["layer_normalization/beta", [0, 0, 0]],
    ]);
    const rows = values([4, 3], 4);
    const frozen = sequential([
      layerNormalization({ inputShape: [3], trainable: false }),
      dense({ units: 1 }),
    ]);
    frozen.compile({ loss: "mse" });
    await frozen.fit(rows, values([4, 1], 5), { epochs: 2 });
    expect([...frozen.getWeights()[0]!.data]).toEqual([1, 1, 1]);
    const priced = sequential([layerNormalization({ inputShape: [3], gammaRegularizer: l2({ l2: 2 }) })]);
    priced.compile({ loss: "mse" });
    model.compile({ loss: "mse" });
    const [a, b] = [await model.gradients(rows, rows), await priced.gradients(rows, rows)];
    expectNear("penalty", [b.loss - a.loss], [6], 1e-6);
  });

  it("refuses another axis and an epsilon of 0", async () => {
    const across = () => sequential([layerNormalization({ axis: 1, ...first })]);
    expect((await errorOf(across)).message).toMatch(/only the last axis/);
    expect((await errorOf(() => layerNormalization({ epsilon: 0 }))).message).toMatch(/greater than 0/);
  });
});
