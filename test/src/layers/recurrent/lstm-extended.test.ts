import { describe, expect, it } from "vitest";
import { isRecurrentFlow, lstm, sequential } from "../../../../src/index.js";
import type { ActivationName } from "../../../oracle/activations.js";
import type { OracleLayerSpec } from "../../../oracle/layers/apply.js";
import type { LstmSpec } from "../../../oracle/layers/lstm.js";
import { oracleModel } from "../../../oracle/model.js";
import { errorOf, expectNear, modelOf, values } from "../../model/support.js";
import { expectAgreement, ragged, randomize } from "../agreement.js";

interface Form {
  readonly title: string;
  readonly peepholes: boolean;
  readonly projection?: (units: number) => number;
}

const forms: Form[] = [
  { title: "peepholes", peepholes: true },
  { title: "a projection", peepholes: false, projection: (units) => Math.ceil(units / 2) },
  { title: "a projection as wide as it was", peepholes: false, projection: (units) => units },
  { title: "peepholes and a projection", peepholes: true, projection: (units) => Math.ceil(units / 3) },
];

describe.each(forms)("an LSTM with $title computes what float64 computes", ({ peepholes, projection }) => {
  const layer = (units: number, more: object = {}): LstmSpec => ({
    kind: "lstm",
    units,
    ...(peepholes ? { peepholes } : {}),
    ...(projection === undefined ? {} : { projection: projection(units) }),
    ...more,
  });
  const width = (units: number): number => projection?.(units) ?? units;
  const first = (units: number, more: object = {}): LstmSpec =>
    layer(units, { inputShape: [null, 2], ...more });

  it.each(Array.from({ length: 17 }, (_, i) => i + 1))("%i units", async (units) => {
    const x = values([1 + (units % 4), 1 + (units % 6), 2], units);
    await expectAgreement({ layers: [first(units)], x });
    await expectAgreement({ layers: [first(units, { returnSequences: true })], x });
  });

  const x = values([3, 6, 2], 1);

  it("a projection of more than sixteen units", () =>
    expectAgreement({ layers: [first(40, { returnSequences: true })], x }));

  it("more rows than a block of the weight gradients has", () =>
    expectAgreement({ layers: [first(5, { returnSequences: true })], x: values([40, 9, 2], 2) }));

  it("without bias", () =>
    expectAgreement({ layers: [first(5, { useBias: false, returnSequences: true })], x }));

  it("stacked", () =>
    expectAgreement({
      layers: [
        { kind: "dense", units: 3, inputShape: [6, 2] },
        layer(6, { returnSequences: true, goBackwards: true }),
        layer(5),
        { kind: "dense", units: 2 },
      ],
      x,
    }));

  it("in both directions", () =>
    expectAgreement({
      layers: [{ kind: "bidirectional", layer: layer(5, { returnSequences: true }), inputShape: [6, 2] }],
      x,
    }));

  it.each([1, 2, 5, 7])("truncated before every %ith step", (truncate) =>
    expectAgreement({ layers: [first(5, { returnSequences: true })], x, truncate }),
  );

  it.each(["pre", "post"] as const)("with masked steps, %s, from given states", (padding) =>
    expectAgreement({
      layers: [
        { kind: "masking", inputShape: [6, 3], batchSize: 4 },
        layer(6, { returnSequences: true, stateful: true }),
        layer(5),
      ],
      x: ragged([6, 3, 1, 0], 6, 3, { padding }),
      initialStates: [null, [values([4, width(6)], 70), values([4, 6], 71)], null],
    }),
  );

  it.each(["relu", "gelu", "softsign", "hardSigmoid"] satisfies ActivationName[])(
    "activation %s",
    (activation) =>
      expectAgreement({
        layers: [first(5, { activation, recurrentActivation: "hardSigmoid", returnSequences: true })],
        x,
      }),
  );

  it("a stateful one makes of two halves what it makes of the whole", async () => {
    const model = modelOf([layer(6, { stateful: true, inputShape: [null, 2], batchSize: 1 })]);
    randomize(model, 3);
    const one = values([1, 8, 2], 4);
    const whole = await model.predict(one, { batchSize: 1 });
    model.resetStates();
    for (let t = 0; t < 8; t++) {
      const { data } = model.step({ shape: [1, 2], data: one.data.slice(2 * t, 2 * t + 2) });
      if (t === 7) expect(data).toEqual(whole.data);
    }
  });
});

describe.each(forms)("gradient flow through an LSTM with $title", ({ peepholes, projection }) => {
  it.each(["tanh", "softsign"] as const)("is float64's, truncated, activation %s", async (activation) => {
    const layers: OracleLayerSpec[] = [
      {
        kind: "lstm",
        units: 6,
        inputShape: [6, 3],
        activation,
        peepholes,
        returnSequences: true,
        ...(projection === undefined ? {} : { projection: projection(6) }),
      },
    ];
    const model = modelOf(layers, { loss: "mse", truncate: 4 });
    randomize(model, 5);
    const x = values([3, 6, 3], 4);
    const y = values([3, 6, model.outputShape!.at(-1)!], 6);
    const flow = (await model.gradientFlow(x, y)).layers.find(isRecurrentFlow)!;
    const run = { loss: "mse", truncate: 4 } as const;
    const twin = oracleModel(layers, model.getWeights()).lossAndGradients(x, y, run).flow[0]!;
    const pairs: [string, ArrayLike<number>, ArrayLike<number>][] = [
      ["hidden", flow.hiddenGradient, twin.hiddenGradient],
      ["cell", flow.cellGradient, twin.cellGradient],
      ["input", flow.inputGradient, twin.inputGradient],
      ...Object.entries(flow.gates).flatMap(
        ([name, gate]): [string, ArrayLike<number>, ArrayLike<number>][] => [
          [`${name} gradient`, gate.gradient, twin.gates[name]!.gradient],
          [`${name} mean`, gate.mean, twin.gates[name]!.mean],
          [`${name} saturated`, gate.saturated, twin.gates[name]!.saturated],
        ],
      ),
    ];
    expect(pairs).toHaveLength(15);
    // Float32 over six steps; the absolute part for means, which may cancel.
    for (const [what, got, expected] of pairs) expectNear(what, got, expected, 1e-5, 3e-7);
  });
});

describe("lstm", () => {
  it("has peepholes and projection behind the bias, zeros and Glorot's at first", () => {
    const model = sequential([lstm({ units: 4, peepholes: true, projectionUnits: 3, inputShape: [5, 2] })]);
    expect(model.getWeights().map(({ name, shape }) => [name, shape])).toEqual([
      ["lstm/kernel", [2, 16]],
      ["lstm/recurrent_kernel", [3, 16]],
      ["lstm/bias", [16]],
      ["lstm/peephole_kernel", [12]],
      ["lstm/projection_kernel", [4, 3]],
    ]);
    const [peepholes, projection] = model.getWeights().slice(3);
    expect(peepholes!.data).toEqual(new Float32Array(12));
    const limit = Math.sqrt(6 / 7);
    expect(Math.max(...projection!.data.map(Math.abs))).toBeLessThanOrEqual(limit);
    expect(new Set(projection!.data).size).toBe(12);
    expect(model.outputShape).toEqual([3]);
  });

  it("with peepholes of zero is a plain LSTM", async () => {
    const [plain, extended] = [false, true].map((peepholes) =>
      sequential([lstm({ units: 6, peepholes, inputShape: [5, 2] })], { seed: 4 }),
    );
    const x = values([3, 5, 2], 1);
    const expected = await plain!.predict(x);
    const got = await extended!.predict(x);
    // The same sums and the same functions, compiled twice: a last bit or two of numbers below 1.
    got.data.forEach((value, i) => {
      expect(Math.abs(value - expected.data[i]!)).toBeLessThanOrEqual(2 ** -22);
    });
  });

  it.each([0, 5, 1.5])("refuses a projection to %d of 4 units", async (projectionUnits) => {
    const error = await errorOf(() => lstm({ units: 4, projectionUnits }));
    expect(error.name).toBe("ConfigError");
    expect(error.message).toContain("`projectionUnits`");
  });
});
