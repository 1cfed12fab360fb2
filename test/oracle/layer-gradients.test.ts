import { describe, it } from "vitest";
import { Variable } from "./autodiff.js";
import { assertAgreement } from "./compare.js";
import { centralDifferences } from "./finite-differences.js";
import type { OracleLayerSpec } from "./layers/apply.js";
import { type LossRunOptions, oracleModel } from "./model.js";
import { DIFFERENCE_TOLERANCE, numbers } from "./test-support.js";

const [BATCH, STEPS, FEATURES, UNITS] = [2, 4, 3, 2];

interface Case {
  readonly layers: OracleLayerSpec[];
  readonly weights: number[][];
  readonly options?: Partial<LossRunOptions>;
  /** Shape of the input; default `[B, T, F]`. */
  readonly input?: number[];
}

const lstmWeights = (inputs: number, units = UNITS): number[][] => [
  [inputs, 4 * units],
  [units, 4 * units],
  [4 * units],
];
const gruWeights = [
  [FEATURES, 3 * UNITS],
  [UNITS, 3 * UNITS],
  [2, 3 * UNITS],
];
const lstmLayer = { kind: "lstm", units: UNITS, returnSequences: true } as const;
const gruLayer = { kind: "gru", units: UNITS, returnSequences: true } as const;
const rnnLayer = { kind: "simpleRNN", units: UNITS, returnSequences: true } as const;
const scattered = new Variable([BATCH, STEPS], Float64Array.of(0, 1, 0, 1, 1, 1, 1, 0));
const states = (count: number): Variable[] =>
  Array.from({ length: count }, (_, i) => numbers([BATCH, UNITS], 50 + i));
const keep = (shape: number[], count: number, seed: number): Variable[] =>
  Array.from({ length: count }, (_, i) => {
    const x = numbers(shape, seed + i);
    return new Variable(
      shape,
      x.data.map((v) => (v > 0 ? 2 : 0)),
    );
  });

const cases: Record<string, Case> = {
  dense: { layers: [{ kind: "dense", units: 2, activation: "tanh" }], weights: [[FEATURES, 2], [2]] },
  "dense without bias": { layers: [{ kind: "dense", units: 2, useBias: false }], weights: [[FEATURES, 2]] },
  lstm: { layers: [lstmLayer], weights: lstmWeights(FEATURES) },
  "lstm, last output": { layers: [{ kind: "lstm", units: UNITS }], weights: lstmWeights(FEATURES) },
  "lstm without bias": {
    layers: [{ ...lstmLayer, useBias: false }],
    weights: lstmWeights(FEATURES).slice(0, 2),
  },
  "lstm, other activations": {
    layers: [{ ...lstmLayer, activation: "softsign", recurrentActivation: "hardSigmoid" }],
    weights: lstmWeights(FEATURES),
  },
  "lstm, backwards from initial states": {
    layers: [{ ...lstmLayer, goBackwards: true }],
    weights: lstmWeights(FEATURES),
    options: { initialStates: [states(2)] },
  },
  "lstm with a mask": {
    layers: [lstmLayer],
    weights: lstmWeights(FEATURES),
    options: { mask: scattered, initialStates: [states(2)] },
  },
  "lstm with peepholes": {
    layers: [{ ...lstmLayer, peepholes: true }],
    weights: [...lstmWeights(FEATURES), [3 * UNITS]],
  },
  "lstm with projection": {
    layers: [{ kind: "lstm", units: 3, projection: 2 }],
    weights: [[FEATURES, 12], [2, 12], [12], [3, 2]],
  },
  "lstm, one dropout mask": {
    layers: [lstmLayer],
    weights: lstmWeights(FEATURES),
    options: { dropout: [[{ input: keep([BATCH, FEATURES], 1, 7) }]] },
  },
  "lstm, a dropout mask for each gate": {
    layers: [lstmLayer],
    weights: lstmWeights(FEATURES),
    options: {
      dropout: [[{ input: keep([BATCH, FEATURES], 4, 7), recurrent: keep([BATCH, UNITS], 4, 17) }]],
    },
  },
  "lstm, regularized": {
    layers: [
      {
        ...lstmLayer,
        kernelRegularizer: { l1: 0.1, l2: 0.2 },
        recurrentRegularizer: { orthogonal: { factor: 0.3 } },
        biasRegularizer: { l2: 0.1 },
        activityRegularizer: { l2: 0.1 },
      },
    ],
    weights: lstmWeights(FEATURES),
  },
  gru: { layers: [gruLayer], weights: gruWeights },
  "gru, reset before": {
    layers: [{ ...gruLayer, resetAfter: false }],
    weights: [...gruWeights.slice(0, 2), [3 * UNITS]],
  },
  "gru without bias": { layers: [{ ...gruLayer, useBias: false }], weights: gruWeights.slice(0, 2) },
  "gru with a mask, backwards": {
    layers: [{ ...gruLayer, goBackwards: true }],
    weights: gruWeights,
    options: { mask: scattered, initialStates: [states(1)] },
  },
  "gru with dropout": {
    layers: [gruLayer],
    weights: gruWeights,
    options: {
      dropout: [[{ input: keep([BATCH, FEATURES], 3, 7), recurrent: keep([BATCH, UNITS], 3, 17) }]],
    },
  },
  simpleRNN: {
    layers: [rnnLayer],
    weights: [[FEATURES, UNITS], [UNITS, UNITS], [UNITS]],
    options: { mask: scattered },
  },
  layerNormalization: { layers: [{ kind: "layerNormalization" }], weights: [[FEATURES], [FEATURES]] },
  timeDistributed: {
    layers: [{ kind: "timeDistributed", layer: { kind: "dense", units: 2 } }],
    weights: [[FEATURES, 2], [2]],
  },
  masking: { layers: [{ kind: "masking", maskValue: 0.5 }, lstmLayer], weights: lstmWeights(FEATURES) },
  "flatten, repeatVector, dropout and activation": {
    layers: [
      { kind: "flatten" },
      { kind: "repeatVector", n: 2 },
      { kind: "dropout", rate: 0.5 },
      { kind: "activation", activation: "gelu" },
    ],
    weights: [],
    options: { dropout: [null, null, [{ input: keep([BATCH, 2, STEPS * FEATURES], 1, 3) }]] },
  },
  "a deep stack": {
    layers: [lstmLayer, gruLayer, { kind: "lstm", units: UNITS }, { kind: "dense", units: 1 }],
    weights: [
      ...lstmWeights(FEATURES),
      [UNITS, 6],
      [UNITS, 6],
      [2, 6],
      ...lstmWeights(UNITS),
      [UNITS, 1],
      [1],
    ],
  },
};
for (const mergeMode of ["concat", "sum", "mul", "ave"] as const) {
  cases[`bidirectional, ${mergeMode}`] = {
    layers: [{ kind: "bidirectional", layer: lstmLayer, mergeMode }],
    weights: [...lstmWeights(FEATURES), ...lstmWeights(FEATURES)],
    options: { mask: scattered, initialStates: [states(4)] },
  };
}

describe("the gradient of every layer agrees with central differences", () => {
  for (const [
    name,
    { layers, weights: shapes, options = {}, input = [BATCH, STEPS, FEATURES] },
  ] of Object.entries(cases)) {
    it(name, () => {
      const x = numbers(input, 1);
      const weights = shapes.map((shape, i) => numbers(shape, 10 + i));
      const output = oracleModel(layers, weights).run(x, options).outputs[0]!;
      const y = numbers(output.shape, 5);
      const run = (at: Variable, parameters: Variable[]) =>
        oracleModel(layers, parameters).lossAndGradients(at, y, { loss: "meanSquaredError", ...options });
      const got = run(x, weights);
      const expectedInput = centralDifferences(
        (data) => run(new Variable(x.shape, data), weights).loss,
        x.data.slice(),
      );
      assertAgreement("input", got.input.data, expectedInput, DIFFERENCE_TOLERANCE);
      weights.forEach((weight, i) => {
        const expected = centralDifferences((data) => {
          return run(
            x,
            weights.map((other, j) => (i === j ? new Variable(weight.shape, data) : other)),
          ).loss;
        }, weight.data.slice());
        assertAgreement(`weight ${i}`, got.weights[i]!.data, expected, DIFFERENCE_TOLERANCE);
      });
    });
  }
  it("embedding: a row's gradient is the sum over its uses, an unused row's is 0", () => {
    const ids = { shape: [1, 3], data: [2, 0, 2] };
    const table = numbers([4, 2], 1);
    const { weights } = oracleModel([{ kind: "embedding" }], [table]).lossAndGradients(
      ids,
      { shape: [1, 3, 2], data: [0, 0, 0, 0, 0, 0] },
      { loss: "mse" },
    );
    const uses = [1, 0, 2, 0];
    assertAgreement(
      "table",
      weights[0]!.data,
      table.data.map((v, i) => (uses[Math.floor(i / 2)]! * 2 * v) / 6),
      { relative: 1e-14 },
    );
  });
});
