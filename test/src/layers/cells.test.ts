import { describe, it } from "vitest";
import type { ActivationName } from "../../oracle/activations.js";
import type { OracleLayerSpec } from "../../oracle/layers/apply.js";
import { values } from "../model/support.js";
import { expectAgreement } from "./agreement.js";

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
