import { describe, expect, it } from "vitest";
import { Variable } from "./autodiff.js";
import { assertAgreement } from "./compare.js";
import { oracleModel } from "./model.js";
import { norm } from "./tensor64.js";
import { numbers } from "./test-support.js";

const [BATCH, STEPS, FEATURES, UNITS] = [2, 5, 3, 2];
const weights = [[FEATURES, 4 * UNITS], [UNITS, 4 * UNITS], [4 * UNITS]].map((shape, i) =>
  numbers(shape, 10 + i),
);
const layer = { kind: "lstm", units: UNITS, returnSequences: true } as const;
const x = numbers([BATCH, STEPS, FEATURES], 1);
const y = numbers([BATCH, STEPS, UNITS], 2);
const model = oracleModel([layer], weights);

/** Columns `[B, T, n]` at steps from..<to. */
const cut = (v: Variable, from: number, to: number): Variable => {
  const n = v.extent(-1);
  const rows = [0, 1].flatMap((b) => Array.from(v.data.slice((b * STEPS + from) * n, (b * STEPS + to) * n)));
  return new Variable([BATCH, to - from, n], Float64Array.from(rows));
};

/** Sums of products in another order. */
const ROUNDING = { relative: 1e-12, absolute: 1e-15 } as const;

describe("truncated backpropagation through time", () => {
  it("changes no forward value", () => {
    expect(model.predict(x, { truncate: 2 }).data).toEqual(model.predict(x).data);
  });
  it("gives the sum of the gradients of pieces that start from the states before them", () => {
    const whole = model.lossAndGradients(x, y, { loss: "mse", truncate: 2 });
    const total = weights.map((w) => new Float64Array(w.data.length));
    let initialStates: (readonly { shape: readonly number[]; data: Float64Array }[])[] = [];
    for (const [from, to] of [
      [0, 2],
      [2, 4],
      [4, 5],
    ] as const) {
      const piece = model.lossAndGradients(cut(x, from, to), cut(y, from, to), {
        loss: "mse",
        initialStates,
      });
      // The mean of a piece counts its own elements only.
      const share = (to - from) / STEPS;
      piece.weights.forEach((w, i) => {
        for (let j = 0; j < w.data.length; j++) total[i]![j]! += share * w.data[j]!;
      });
      initialStates = [piece.states[0]!];
    }
    whole.weights.forEach((w, i) => {
      assertAgreement(`weight ${i}`, w.data, total[i]!, ROUNDING);
    });
  });
  it("differs from the full gradient, and does not when k reaches the end", () => {
    const full = model.lossAndGradients(x, y, { loss: "mse" });
    const gradient = (truncate: number): Float64Array =>
      model.lossAndGradients(x, y, { loss: "mse", truncate }).weights[1]!.data;
    expect(norm(gradient(1).map((g, i) => g - full.weights[1]!.data[i]!))).toBeGreaterThan(1e-3);
    expect(gradient(STEPS)).toEqual(full.weights[1]!.data);
  });
});

describe("gradient flow", () => {
  const last = oracleModel([{ kind: "lstm", units: UNITS }], weights);
  const target = numbers([BATCH, UNITS], 3);
  const { flow, outputs } = last.lossAndGradients(x, target, { loss: "mse" });
  const trace = flow[0]!;

  it("begins at the loss: dL/dh_T = 2 (h - y) / n", () => {
    const expected = outputs[0]!.data.map((h, i) => (2 * (h - target.data[i]!)) / target.data.length);
    assertAgreement("dh_T", trace.steps[STEPS - 1]!.hiddenGradient, expected, ROUNDING);
    assertAgreement("norm", [trace.hiddenGradient[STEPS - 1]!], [norm(expected)], ROUNDING);
  });
  it("obeys equations (6) to (12) of MATH.md between steps", () => {
    const [kernel, recurrent] = weights as [Variable, Variable];
    for (let t = STEPS - 1; t >= 0; t--) {
      const { gates, hiddenGradient, cellGradient, inputGradient } = trace.steps[t]!;
      const next = trace.steps[t + 1];
      const fused = (step: typeof next, b: number): number[] =>
        ["input", "forget", "cell", "output"].flatMap((gate) =>
          Array.from(step!.gates[gate]!.preActivationGradient.slice(b * UNITS, (b + 1) * UNITS)),
        );
      for (let b = 0; b < BATCH; b++) {
        const through = (w: Variable, row: number, dz: number[]): number =>
          dz.reduce((sum, g, j) => sum + g * w.data[row * 4 * UNITS + j]!, 0);
        for (let f = 0; f < FEATURES; f++) {
          assertAgreement(
            "(12)",
            [inputGradient[b * FEATURES + f]!],
            [through(kernel, f, fused(trace.steps[t], b))],
            ROUNDING,
          );
        }
        for (let j = 0; j < UNITS; j++) {
          const at = b * UNITS + j;
          if (next !== undefined)
            assertAgreement("(6)", [hiddenGradient[at]!], [through(recurrent, j, fused(next, b))], ROUNDING);
          const i = gates.input!.activation[at]!;
          const g = gates.cell!.activation[at]!;
          assertAgreement(
            "(9)",
            [gates.input!.preActivationGradient[at]!],
            [cellGradient[at]! * g * i * (1 - i)],
            ROUNDING,
          );
          assertAgreement(
            "(10)",
            [gates.cell!.preActivationGradient[at]!],
            [cellGradient[at]! * i * (1 - g * g)],
            ROUNDING,
          );
        }
      }
    }
  });
  it("knows a forward and a backward direction, each in the order it processes", () => {
    const both = oracleModel([{ kind: "bidirectional", layer }], [...weights, ...weights]);
    const result = both.lossAndGradients(x, numbers([BATCH, STEPS, 2 * UNITS], 4), { loss: "mse" });
    expect(result.flow.map(({ direction, layer: index }) => [direction, index])).toEqual([
      ["forward", 0],
      ["backward", 0],
    ]);
    // The layer's input receives the sum of both directions.
    const sum = result.flow[0]!.steps[0]!.inputGradient.map(
      (g, i) => g + result.flow[1]!.steps[STEPS - 1]!.inputGradient[i]!,
    );
    assertAgreement(
      "dx_1",
      [0, 1].flatMap((b) =>
        Array.from(result.input.data.slice(b * STEPS * FEATURES, b * STEPS * FEATURES + FEATURES)),
      ),
      sum,
      ROUNDING,
    );
  });
  it("counts activations within .05 of a bound as saturated", () => {
    const zeros = { shape: [1, 8], data: new Array<number>(8).fill(0) };
    const bias = { shape: [8], data: [3, 0, -3, 2.9, 1.9, -1.9, 0, 0] };
    const model = oracleModel(
      [{ kind: "lstm", units: 2 }],
      [zeros, { shape: [2, 8], data: new Array<number>(16).fill(0) }, bias],
    );
    const { gates } = model.lossAndGradients(
      { shape: [1, 1, 1], data: [1] },
      { shape: [1, 2], data: [0, 0] },
      { loss: "mse" },
    ).flow[0]!;
    // σ(3) = .953, σ(2.9) = .948, tanh(1.9) = .956.
    expect(["input", "forget", "cell", "output"].map((gate) => gates[gate]!.saturated[0])).toEqual([
      0.5, 0.5, 1, 0,
    ]);
    expect(gates.output!.mean[0]).toBe(0.5);
  });
});

describe("oracleModel", () => {
  it("refuses too few and too many weights, and states that do not fit", () => {
    expect(() => oracleModel([layer], weights.slice(1)).predict(x)).toThrow(RangeError);
    expect(() => oracleModel([layer], [...weights, weights[0]!]).predict(x)).toThrow(/1 weights too many/);
    expect(() => model.predict(x, { initialStates: [[y]] })).toThrow(/1 initial states, expected 2/);
  });
  it("adds regularizers to the loss and tells the loss without them", () => {
    const plain = oracleModel(
      [{ kind: "dense", units: 1 }],
      [
        { shape: [2, 1], data: [3, -1] },
        { shape: [1], data: [2] },
      ],
    );
    const penalized = oracleModel(
      [
        {
          kind: "dense",
          units: 1,
          kernelRegularizer: { l1: 0.5, l2: 0.25 },
          biasRegularizer: { l2: 1 },
          activityRegularizer: { l1: 1 },
        },
      ],
      [
        { shape: [2, 1], data: [3, -1] },
        { shape: [1], data: [2] },
      ],
    );
    const [at, label] = [
      { shape: [2, 2], data: [1, 1, 0, 1] },
      { shape: [2, 1], data: [0, 0] },
    ];
    const bare = plain.lossAndGradients(at, label, { loss: "mse" });
    const got = penalized.lossAndGradients(at, label, { loss: "mse" });
    expect(got.dataLoss).toBe(bare.loss);
    // l1: .5 · 4; l2: .25 · 10; bias: 4; activities 4 and 1 over a batch of 2: 2.5.
    expect(got.loss - got.dataLoss).toBeCloseTo(2 + 2.5 + 4 + 2.5, 12);
  });
});
