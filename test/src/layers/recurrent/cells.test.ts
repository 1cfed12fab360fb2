import { describe, expect, it } from "vitest";
import { adam, bidirectional, dense, gru, type Layer, sequential, simpleRNN } from "../../../../src/index.js";
import type { ActivationName } from "../../../oracle/activations.js";
import type { OracleLayerSpec } from "../../../oracle/layers/apply.js";
import { errorOf, values } from "../../model/support.js";
import { expectAgreement } from "../agreement.js";

const cells = [
  { cell: "gru", kind: "gru" },
  { cell: "gru, reset before", kind: "gru", resetAfter: false },
  { cell: "simpleRNN", kind: "simpleRNN" },
] as const;

const batches = [1, 2, 3, 5];
const lengths = [1, 2, 5, 9];

describe.each(cells)("$cell computes what float64 computes", ({ cell, ...spec }) => {
  const layer = (units: number, features: number, more: object = {}): OracleLayerSpec => ({
    ...spec,
    units,
    inputShape: [null, features],
    ...more,
  });

  it.each(Array.from({ length: 17 }, (_, i) => i + 1))(
    "%i units, over batches and lengths",
    async (units) => {
      const batch = batches[units % 4]!;
      const steps = lengths[(units >> 2) % 4]!;
      const features = 1 + (units % 6);
      const x = values([batch, steps, features], units);
      await expectAgreement({ layers: [layer(units, features)], x });
      await expectAgreement({ layers: [layer(units, features, { returnSequences: true })], x });
    },
  );

  it.each(batches.flatMap((batch) => lengths.map((steps) => ({ batch, steps }))))(
    "$batch samples of $steps steps",
    ({ batch, steps }) =>
      expectAgreement({
        layers: [layer(6, 3, { returnSequences: true })],
        x: values([batch, steps, 3], 10 * batch + steps),
      }),
  );

  const x = values([3, 6, 2], 1);

  it("more rows than a block of the weight gradients has", () =>
    expectAgreement({ layers: [layer(5, 2, { returnSequences: true })], x: values([40, 9, 2], 2) }));

  it("without bias", () =>
    expectAgreement({ layers: [layer(5, 2, { useBias: false, returnSequences: true })], x }));

  it("stacked, with a dense layer behind", () =>
    expectAgreement({
      layers: [
        layer(5, 2, { returnSequences: true }),
        { ...spec, units: 3, returnSequences: true },
        { kind: "dense", units: 2, activation: "tanh" },
      ],
      x,
    }));

  it.each([false, true])("goBackwards, returnSequences %s", (returnSequences) =>
    expectAgreement({ layers: [layer(5, 2, { goBackwards: true, returnSequences })], x }),
  );

  it("goBackwards between layers that need its input's gradient", () =>
    expectAgreement({
      layers: [
        { kind: "dense", units: 3, inputShape: [6, 2] },
        { ...spec, units: 4, goBackwards: true, returnSequences: true },
        { ...spec, units: 3, goBackwards: true },
      ],
      x,
    }));

  it.each([1, 2, 3, 6, 7])("truncated before every %ith step", (truncate) =>
    expectAgreement({ layers: [layer(5, 2, { returnSequences: true })], x, truncate }),
  );

  const activations: ActivationName[] = [
    "linear",
    "sigmoid",
    "hardSigmoid",
    "relu",
    "leakyRelu",
    "elu",
    "selu",
    "gelu",
    "softplus",
    "softsign",
    "silu",
    "exponential",
    "hardSigmoidLegacy",
  ];
  it.each(activations)("activation %s", (activation) =>
    expectAgreement({
      layers: [layer(5, 2, { activation, returnSequences: true })],
      x: values([2, 4, 2], 5, 0.5),
    }),
  );
});

describe.each([true, false])("gru, resetAfter %s", (resetAfter) => {
  it.each(["tanh", "hardSigmoid", "silu", "gelu", "linear", "hardSigmoidLegacy"] as const)(
    "recurrentActivation %s",
    (recurrentActivation) =>
      expectAgreement({
        layers: [
          {
            kind: "gru",
            units: 5,
            inputShape: [4, 2],
            resetAfter,
            recurrentActivation,
            returnSequences: true,
          },
        ],
        x: values([2, 4, 2], 6),
      }),
  );

  it("activation and recurrentActivation both with derivatives that need the pre-activation", () =>
    expectAgreement({
      layers: [
        {
          kind: "gru",
          units: 6,
          inputShape: [4, 2],
          resetAfter,
          activation: "gelu",
          recurrentActivation: "silu",
        },
      ],
      x: values([3, 4, 2], 6),
    }));
});

describe("weights", () => {
  const shapesOf = (layer: Layer) =>
    sequential([layer])
      .getWeights()
      .map(({ name, shape }) => [name, shape]);
  const inputShape = [4, 3];

  it.each([
    {
      title: "gru",
      layer: () => gru({ units: 2, inputShape }),
      shapes: [
        ["gru/kernel", [3, 6]],
        ["gru/recurrent_kernel", [2, 6]],
        ["gru/bias", [2, 6]],
      ],
    },
    {
      title: "gru, reset before",
      layer: () => gru({ units: 2, resetAfter: false, inputShape }),
      shapes: [
        ["gru/kernel", [3, 6]],
        ["gru/recurrent_kernel", [2, 6]],
        ["gru/bias", [6]],
      ],
    },
    {
      title: "simpleRNN",
      layer: () => simpleRNN({ units: 2, inputShape }),
      shapes: [
        ["simple_rnn/kernel", [3, 2]],
        ["simple_rnn/recurrent_kernel", [2, 2]],
        ["simple_rnn/bias", [2]],
      ],
    },
  ])("of a $title have Keras's names, order and shapes", ({ layer, shapes }) => {
    expect(shapesOf(layer())).toEqual(shapes);
  });

  it("of a gru begin as Keras's: Glorot over all gates, orthogonal, zeros", () => {
    const units = 16;
    const [kernel, recurrent, bias] = sequential([gru({ units, inputShape })], { seed: 1 }).getWeights();
    const limit = Math.sqrt(6 / (3 + 3 * units));
    const largest = Math.max(...kernel!.data.map(Math.abs));
    // Of 144 uniform draws the largest is all but surely in the last tenth.
    expect(largest).toBeLessThanOrEqual(limit);
    expect(largest).toBeGreaterThan(0.9 * limit);
    // Rows of an orthogonal [H, 3H] have norm 1 and are orthogonal, to float32.
    for (let a = 0; a < units; a++) {
      for (let b = 0; b <= a; b++) {
        let dot = 0;
        for (let k = 0; k < 3 * units; k++)
          dot += recurrent!.data[a * 3 * units + k]! * recurrent!.data[b * 3 * units + k]!;
        expect(Math.abs(dot - (a === b ? 1 : 0))).toBeLessThan(1e-5);
      }
    }
    expect(bias!.data).toEqual(new Float32Array(2 * 3 * units));
  });
});

describe("options", () => {
  it.each([
    ["an unknown one", () => gru({ units: 2, resetafter: true } as never), "Did you mean `resetAfter`?"],
    [
      "softmax on a gate",
      () => gru({ units: 2, recurrentActivation: "softmax" as never }),
      "mixes the units",
    ],
    [
      "a gate where there is none",
      () => simpleRNN({ units: 2, recurrentActivation: "tanh" } as never),
      "unknown option",
    ],
    ["no units", () => simpleRNN({} as never), "`units`"],
    ["a rate of 1", () => gru({ units: 2, dropout: 1 }), "`dropout` is 1"],
    [
      "resetAfter that is no boolean",
      () => gru({ units: 2, resetAfter: 1 as never }),
      "expected true or false",
    ],
  ])("%s is refused", async (_what, make, words) => {
    const error = await errorOf(make);
    expect(error.name).toBe("ConfigError");
    expect(error.message).toContain(words);
  });
});

it.each([
  ["gru", () => gru({ units: 8, inputShape: [12, 1] })],
  ["simpleRNN", () => simpleRNN({ units: 8, inputShape: [12, 1] })],
  ["bidirectional gru", () => bidirectional({ layer: gru({ units: 6 }), inputShape: [12, 1] })],
] as const)("a %s learns to add up what it has seen", async (_kind, layer) => {
  const n = 256;
  const x = values([n, 12, 1], 3, 0.5);
  const y = {
    shape: [n, 1],
    data: Float32Array.from(
      { length: n },
      (_, i) => Array.from(x.data.slice(12 * i, 12 * (i + 1))).reduce((a, b) => a + b) / 2,
    ),
  };
  const model = sequential([layer(), dense({ units: 1 })], { seed: 4 });
  model.compile({ optimizer: adam({ learningRate: 0.01 }), loss: "mse" });
  const { history } = await model.fit(x, y, { epochs: 40, verbose: 0 });
  // The labels' variance is 12 · (1/12) / 4 = 0.25: a model that learns nothing stays there.
  expect(history.loss!.at(-1)).toBeLessThan(0.005);
});
