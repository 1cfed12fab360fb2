import { describe, expect, it } from "vitest";
import { dense, lstm, masking, sequential } from "../../../src/index.js";
import type { OracleLayerSpec } from "../../oracle/layers/apply.js";
import { errorOf, values } from "../model/support.js";
import { expectAgreement, ragged } from "./agreement.js";

const TIMESTEPS = 6;
const FEATURES = 3;
// A full sample, a short one, one step, none at all.
const LENGTHS = [6, 3, 1, 0];

const first: OracleLayerSpec = { kind: "masking", inputShape: [TIMESTEPS, FEATURES] };
const recurrent = (more: object = {}): OracleLayerSpec => ({ kind: "lstm", units: 5, ...more });
const sequences = recurrent({ returnSequences: true });

describe.each(["pre", "post"] as const)("with steps missing, %s", (padding) => {
  const x = ragged(LENGTHS, TIMESTEPS, FEATURES, { padding });

  it("an LSTM passes its state over masked steps and ends in the last valid one", () =>
    expectAgreement({ layers: [first, recurrent(), { kind: "dense", units: 2 }], x }));

  it("a sequence repeats its output in masked steps, and the loss leaves them out", () =>
    expectAgreement({ layers: [first, sequences, { kind: "dense", units: 2 }], x, counted: 10 }));

  it("goBackwards turns mask and input alike, and hands the mask on as it came", () =>
    expectAgreement({
      layers: [first, recurrent({ goBackwards: true, returnSequences: true }), recurrent({ units: 4 })],
      x,
    }));

  it("a stack carries the mask from layer to layer", () =>
    expectAgreement({
      layers: [
        first,
        { kind: "dense", units: 4, activation: "tanh" },
        { kind: "layerNormalization" },
        { kind: "activation", activation: "softplus" },
        { kind: "dropout", rate: 0.3 },
        { kind: "timeDistributed", layer: { kind: "dense", units: 3 } },
        sequences,
        recurrent({ goBackwards: true }),
      ],
      x,
    }));

  it("truncated BPTT cuts at the same steps", () =>
    expectAgreement({ layers: [first, sequences], x, truncate: 2 }));

  it("a mask without an LSTM counts in the loss alone", () =>
    expectAgreement({ layers: [first, { kind: "dense", units: 2 }], x }));

  it("sample weights and mask: sum(mask · weight · loss) / sum(mask)", async () => {
    const layers = [first, sequences, { kind: "dense", units: 2 } as const];
    const positive = (shape: readonly number[]) => {
      const { data } = values(shape, 9);
      return { shape, data: Float32Array.from(data, (v) => 1 + v) };
    };
    await expectAgreement({ layers, x, sampleWeight: positive([4]) });
    await expectAgreement({ layers, x, sampleWeight: positive([4, TIMESTEPS]) });
  });

  it("flatten and repeatVector drop the mask", () =>
    expectAgreement({
      layers: [first, { kind: "flatten" }, { kind: "repeatVector", n: 3 }, { kind: "dense", units: 2 }],
      x,
      counted: null,
    }));

  it.each([
    { returnSequences: true },
    { returnSequences: false },
    { returnSequences: true, goBackwards: true },
    { returnSequences: false, goBackwards: true },
  ])("before the first valid step the output is zero though the state is not: %o", (more) =>
    expectAgreement({
      layers: [
        { ...first, batchSize: 4 },
        recurrent({ ...more, stateful: true }),
        { kind: "dense", units: 2 },
      ],
      x,
      initialStates: [null, [values([4, 5], 70), values([4, 5], 71)], null],
    }),
  );
});

describe("masking", () => {
  it("compares with maskValue, as float32, and wants all features equal", async () => {
    const x = ragged(LENGTHS, TIMESTEPS, FEATURES, { maskValue: 0.1 });
    // One feature that happens to be the value masks nothing.
    (x.data as Float32Array)[1] = 0.1;
    await expectAgreement({ layers: [{ ...first, maskValue: Math.fround(0.1) }, sequences], x, counted: 10 });
    const model = sequential([masking({ maskValue: 0.1, inputShape: [TIMESTEPS, FEATURES] })]);
    const { data } = await model.predict(x);
    expect([...data.slice(-TIMESTEPS * FEATURES)]).toEqual(new Array(TIMESTEPS * FEATURES).fill(0));
  });

  it("metrics leave masked steps out as well", async () => {
    const x = ragged([2, 1], 3, 1);
    const model = sequential([masking({ inputShape: [3, 1] })]);
    model.compile({ loss: "mae", metrics: ["mae", "rmse"] });
    // Off by 2 in the steps that count and by 1000 in the others.
    const y = { shape: x.shape, data: x.data.map((v) => (v === 0 ? 1000 : v + 2)) as Float32Array };
    const { loss, mae, rmse } = await model.evaluate(x, y);
    expect([loss, mae, rmse].map((value) => value!.toFixed(5))).toEqual(["2.00000", "2.00000", "2.00000"]);
  });

  it("a batch without a valid step has the loss 0 and gradients of 0, not NaN", async () => {
    const x = ragged([0, 0], 4, 2);
    await expectAgreement({
      layers: [{ ...first, inputShape: [4, 2] }, sequences, { kind: "dense", units: 1 }],
      x,
      counted: 0,
    });
    const model = sequential([masking({ inputShape: [4, 2] })]);
    model.compile({ loss: "mse", metrics: ["mae"] });
    const logs = await model.evaluate(x, values([2, 4, 2], 1));
    expect(logs.loss).toBe(0);
    // Keras divides by nothing without complaint: 0, like the loss.
    expect(logs.mae).toBe(0);
  });

  it("trains on sequences of different lengths, the same with a masked tail and without", async () => {
    const build = (timesteps: number) => {
      const model = sequential(
        [masking({ inputShape: [timesteps, FEATURES] }), lstm({ units: 4 }), dense({ units: 1 })],
        { seed: 3 },
      );
      model.compile({ optimizer: "adam", loss: "mse" });
      return model;
    };
    const short = values([8, 4, FEATURES], 5);
    const long = { shape: [8, 6, FEATURES], data: new Float32Array(8 * 6 * FEATURES) };
    for (let n = 0; n < 8; n++) {
      long.data.set(short.data.slice(n * 4 * FEATURES, (n + 1) * 4 * FEATURES), n * 6 * FEATURES);
    }
    const y = values([8, 1], 6);
    const [a, b] = [build(4), build(6)];
    await a.fit(short, y, { epochs: 3, batchSize: 4 });
    await b.fit(long, y, { epochs: 3, batchSize: 4 });
    // Masked steps add zeros to each sum; their order, and so the bits, may differ.
    a.getWeights().forEach(({ data }, i) => {
      const other = b.getWeights()[i]!.data;
      data.forEach((value: number, k: number) => {
        expect(Math.abs(value - other[k]!)).toBeLessThan(1e-6);
      });
    });
  });

  it("refuses what is no sequence", async () => {
    const error = await errorOf(() => sequential([masking({ inputShape: [5] })]));
    expect(error.message).toContain("marks time steps of sequences [batch, timesteps, features], got [?, 5]");
    const unknown = await errorOf(() => masking({ maskvalue: 1 } as object));
    expect(unknown.message).toContain("Did you mean `maskValue`?");
  });
});
