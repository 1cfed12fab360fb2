import { describe, expect, it } from "vitest";
import { Variable } from "./autodiff.js";
import { assertAgreement } from "./compare.js";
import type { OracleLayerSpec } from "./layers/apply.js";
import { oracleModel } from "./model.js";
import { numbers } from "./test-support.js";

const [BATCH, STEPS, FEATURES, UNITS] = [2, 4, 3, 2];

const lstmWeights = (inputs: number, units = UNITS): number[][] => [
  [inputs, 4 * units],
  [units, 4 * units],
  [4 * units],
];
const lstmLayer = { kind: "lstm", units: UNITS, returnSequences: true } as const;
const scattered = new Variable([BATCH, STEPS], Float64Array.of(0, 1, 0, 1, 1, 1, 1, 0));
const states = (count: number): Variable[] =>
  Array.from({ length: count }, (_, i) => numbers([BATCH, UNITS], 50 + i));

describe("Keras's conventions", () => {
  const x = numbers([BATCH, STEPS, FEATURES], 1);
  const weights = [...lstmWeights(FEATURES), ...lstmWeights(FEATURES)].map((shape, i) =>
    numbers(shape, 10 + i),
  );
  const first = weights.slice(0, 3);
  const step = (data: ArrayLike<number>, b: number, t: number, width = UNITS): number[] =>
    Array.from(data).slice((b * STEPS + t) * width, (b * STEPS + t + 1) * width);

  it("a step of LSTM by hand: gates i, f, c, o", () => {
    // Zero kernels: the gates are their biases, the same at every step.
    const bias = [0.5, -1, 2, 0.3];
    const model = oracleModel(
      [{ kind: "lstm", units: 1 }],
      [
        { shape: [1, 4], data: [0, 0, 0, 0] },
        { shape: [1, 4], data: [0, 0, 0, 0] },
        { shape: [4], data: bias },
      ],
    );
    const [i, f, o] = [0.5, -1, 0.3].map((z) => 1 / (1 + Math.exp(-z))) as [number, number, number];
    const c = f * (i * Math.tanh(2)) + i * Math.tanh(2);
    assertAgreement("h", model.predict({ shape: [1, 2, 1], data: [0, 0] }).data, [o * Math.tanh(c)], {
      relative: 1e-14,
    });
  });
  it("goBackwards returns the reversed order", () => {
    const backwards = oracleModel([{ ...lstmLayer, goBackwards: true }], first).predict(x);
    const reversed = new Variable(
      x.shape,
      Float64Array.from([0, 1].flatMap((b) => [3, 2, 1, 0].flatMap((t) => step(x.data, b, t, FEATURES)))),
    );
    expect(backwards.data).toEqual(oracleModel([lstmLayer], first).predict(reversed).data);
  });
  it("bidirectional turns the backward sequence to the input's order, and joins h_T with backward h_1 otherwise", () => {
    const layer = (returnSequences: boolean): OracleLayerSpec => ({
      kind: "bidirectional",
      layer: { kind: "lstm", units: UNITS, returnSequences },
    });
    const sequences = oracleModel([layer(true)], weights).predict(x);
    const last = oracleModel([layer(false)], weights).predict(x);
    const backward = oracleModel([{ ...lstmLayer, goBackwards: true }], weights.slice(3)).predict(x);
    for (const b of [0, 1]) {
      expect(step(sequences.data, b, 0, 4).slice(2)).toEqual(step(backward.data, b, 3));
      expect(Array.from(last.data).slice(b * 4, b * 4 + 4)).toEqual([
        ...step(sequences.data, b, 3, 4).slice(0, 2),
        ...step(sequences.data, b, 0, 4).slice(2),
      ]);
    }
  });
  it("mergeMode null gives both sequences", () => {
    const model = oracleModel([{ kind: "bidirectional", layer: lstmLayer, mergeMode: null }], weights);
    expect(model.run(x).outputs.map((output) => output.shape)).toEqual([
      [BATCH, STEPS, UNITS],
      [BATCH, STEPS, UNITS],
    ]);
    expect(() => model.predict(x)).toThrow(/two outputs/);
  });
  it("a masked step repeats the output before it, is zero before the first, and copies the states", () => {
    const initialStates = [states(2)];
    const { outputs, states: final } = oracleModel([lstmLayer], first).run(x, {
      mask: scattered,
      initialStates,
    });
    const data = outputs[0]!.data;
    expect(step(data, 0, 0)).toEqual([0, 0]);
    expect(step(data, 0, 2)).toEqual(step(data, 0, 1));
    expect(step(data, 1, 3)).toEqual(step(data, 1, 2));
    expect(Array.from(final[0]![0]!.data).slice(UNITS)).toEqual(step(data, 1, 2));
    // Skipping is the same as never having seen the masked steps.
    const seen = new Variable(
      [1, 2, FEATURES],
      Float64Array.from([...step(x.data, 0, 1, FEATURES), ...step(x.data, 0, 3, FEATURES)]),
    );
    const rowOne = initialStates[0]!.map((s) => new Variable([1, UNITS], s.data.slice(0, UNITS)));
    const alone = oracleModel([lstmLayer], first).predict(seen, { initialStates: [rowOne] });
    expect(Array.from(alone.data).slice(UNITS)).toEqual(step(data, 0, 3));
  });
  it("bidirectional sequences put out zero at masked steps", () => {
    const { outputs } = oracleModel([{ kind: "bidirectional", layer: lstmLayer }], weights).run(x, {
      mask: scattered,
    });
    for (const [b, t] of [
      [0, 0],
      [0, 2],
      [1, 3],
    ] as const)
      expect(step(outputs[0]!.data, b, t, 4)).toEqual([0, 0, 0, 0]);
    expect(step(outputs[0]!.data, 0, 3, 4).every((v) => v !== 0)).toBe(true);
  });
  it("masking masks a step only when all its features match, and hands the mask to the loss", () => {
    const input = { shape: [1, 3, 2], data: [-1, -1, -1, 5, 3, 4] };
    const model = oracleModel([{ kind: "masking", maskValue: -1 }], []);
    expect(Array.from(model.run(input).mask!.data)).toEqual([0, 1, 1]);
    const { loss } = model.lossAndGradients(
      input,
      { shape: [1, 3, 2], data: [9, 9, -1, 5, 3, 2] },
      { loss: "mse" },
    );
    // Step losses 81 (masked), 0 and 2: the mean of the two that count.
    expect(loss).toBe(1);
  });
  it("embedding with maskZero masks index 0; the mask ends where sequences end", () => {
    const ids = { shape: [1, 3], data: [0, 2, 1] };
    const table = numbers([3, FEATURES], 2);
    expect(
      Array.from(oracleModel([{ kind: "embedding", maskZero: true }], [table]).run(ids).mask!.data),
    ).toEqual([0, 1, 1]);
    expect(
      oracleModel(
        [
          { kind: "embedding", maskZero: true },
          { kind: "lstm", units: UNITS },
        ],
        [table, ...first],
      ).run(ids).mask,
    ).toBeNull();
  });
  it("layer normalization divides by √(variance + 1e-3), the variance over n", () => {
    const got = oracleModel(
      [{ kind: "layerNormalization" }],
      [
        { shape: [2], data: [2, 1] },
        { shape: [2], data: [0, 5] },
      ],
    ).predict({ shape: [1, 2], data: [1, 3] });
    const r = 1 / Math.sqrt(1.001);
    assertAgreement("normal", got.data, [-2 * r, 5 + r], { relative: 1e-15 });
  });
  it("peepholes: i and f see c before the step, o sees it after", () => {
    const zeros = (n: number): number[] => new Array<number>(n).fill(0);
    const model = oracleModel(
      [{ kind: "lstm", units: 1, peepholes: true }],
      [
        { shape: [1, 4], data: zeros(4) },
        { shape: [1, 4], data: zeros(4) },
        { shape: [4], data: [0, 0, 1, 0] },
        { shape: [3], data: [2, 3, 4] },
      ],
    );
    const sigma = (z: number): number => 1 / (1 + Math.exp(-z));
    const c = sigma(3 * 0.5) * 0.5 + sigma(2 * 0.5) * Math.tanh(1);
    const got = model.predict(
      { shape: [1, 1, 1], data: [0] },
      {
        initialStates: [
          [
            { shape: [1, 1], data: [9] },
            { shape: [1, 1], data: [0.5] },
          ],
        ],
      },
    );
    assertAgreement("h", got.data, [sigma(4 * c) * Math.tanh(c)], { relative: 1e-14 });
  });

  const fill = (shape: number[], value: number): Variable =>
    new Variable(
      shape,
      numbers(shape, 1).data.map(() => value),
    );
  it("an input mask multiplies every step's input, the same at each", () => {
    const mask = fill([BATCH, FEATURES], 2);
    const doubled = new Variable(
      x.shape,
      x.data.map((v) => 2 * v),
    );
    const got = oracleModel([lstmLayer], first).predict(x, { dropout: [[{ input: [mask] }]] });
    expect(got.data).toEqual(oracleModel([lstmLayer], first).predict(doubled).data);
  });
  it("each gate has its own mask where four are given, in the order i, f, c, o", () => {
    const masks = [1, 0, 1, 1].map((value) => fill([BATCH, FEATURES], value));
    const kernel = weights[0]!;
    const withoutForget = new Variable(
      kernel.shape,
      kernel.data.map((v, i) => (Math.floor((i % (4 * UNITS)) / UNITS) === 1 ? 0 : v)),
    );
    const got = oracleModel([lstmLayer], first).predict(x, { dropout: [[{ input: masks }]] });
    const expected = oracleModel([lstmLayer], [withoutForget, ...first.slice(1)]).predict(x);
    assertAgreement("h", got.data, expected.data, { absolute: 1e-15 });
  });
  it("each direction has its own masks", () => {
    const both: OracleLayerSpec = { kind: "bidirectional", layer: lstmLayer };
    const dropped = fill([BATCH, FEATURES], 0);
    const got = oracleModel([both], weights).predict(x, { dropout: [[{}, { input: [dropped] }]] });
    const untouched = oracleModel([both], weights).predict(x);
    expect(step(got.data, 0, 1, 4).slice(0, 2)).toEqual(step(untouched.data, 0, 1, 4).slice(0, 2));
    expect(step(got.data, 0, 1, 4).slice(2)).not.toEqual(step(untouched.data, 0, 1, 4).slice(2));
  });
  for (const [kind, gates] of [
    ["lstm", 4],
    ["gru", 3],
  ] as const) {
    it(`${kind}: a gate's recurrent mask of 0 is that gate's recurrent block put to 0`, () => {
      const [kernel, recurrent] = [
        [FEATURES, gates * UNITS],
        [UNITS, gates * UNITS],
      ].map((shape, i) => numbers(shape, 20 + i)) as [Variable, Variable];
      const layers = [{ kind, units: UNITS, useBias: false, returnSequences: true }] as const;
      for (let gate = 0; gate < gates; gate++) {
        const masks = Array.from({ length: gates }, (_, i) => fill([BATCH, UNITS], i === gate ? 0 : 1));
        const without = new Variable(
          recurrent.shape,
          recurrent.data.map((v, i) => (Math.floor((i % (gates * UNITS)) / UNITS) === gate ? 0 : v)),
        );
        const got = oracleModel(layers, [kernel, recurrent]).predict(x, {
          dropout: [[{ recurrent: masks }]],
        });
        const expected = oracleModel(layers, [kernel, without]).predict(x);
        assertAgreement(`gate ${gate}`, got.data, expected.data, { absolute: 1e-15 });
      }
    });
  }
  for (const resetAfter of [true, false]) {
    it(`gru, resetAfter ${resetAfter}: a recurrent mask of 0 leaves only z ⊙ h of the state before`, () => {
      const zero = { shape: [1, 3], data: [0, 0, 0] };
      const bias = resetAfter
        ? { shape: [2, 3], data: [0.4, 1, 0.7, 0, 0, 0] }
        : { shape: [3], data: [0.4, 1, 0.7] };
      const model = oracleModel(
        [{ kind: "gru", units: 1, resetAfter }],
        [zero, { shape: [1, 3], data: [2, 3, 5] }, bias],
      );
      const got = model.predict(
        { shape: [1, 1, 1], data: [0] },
        {
          initialStates: [[{ shape: [1, 1], data: [0.5] }]],
          dropout: [[{ recurrent: [{ shape: [1, 1], data: [0] }] }]],
        },
      );
      const z = 1 / (1 + Math.exp(-0.4));
      assertAgreement("h", got.data, [z * 0.5 + (1 - z) * Math.tanh(0.7)], { relative: 1e-15 });
    });
  }
});
