import { describe, expect, it } from "vitest";
import { dense, isRecurrentFlow, lstm, sequential, type Tensor, trace } from "../../../src/index.js";
import type { OracleLayerSpec } from "../../oracle/layers/apply.js";
import { oracleModel } from "../../oracle/model.js";
import { bitsOf, errorOf, expectNear, modelOf, values } from "../model/support.js";

/** The layer's input and the gradient at its output are float32's; the rest is float64. */
const RELATIVE = 1e-5;
const ABSOLUTE = 1e-8;

const variants: [string, OracleLayerSpec][] = [
  ["lstm", { kind: "lstm", units: 5 }],
  ["gru", { kind: "gru", units: 5 }],
  ["gru, reset before", { kind: "gru", units: 5, resetAfter: false }],
  ["simpleRNN", { kind: "simpleRNN", units: 5 }],
  ["lstm without bias", { kind: "lstm", units: 5, useBias: false }],
  ["lstm backwards", { kind: "lstm", units: 5, goBackwards: true }],
  ["gru backwards without bias", { kind: "gru", units: 5, goBackwards: true, useBias: false }],
  ["simpleRNN with relu", { kind: "simpleRNN", units: 5, activation: "relu" }],
  ["lstm with peepholes", { kind: "lstm", units: 5, peepholes: true }],
  ["lstm with a projection", { kind: "lstm", units: 5, projection: 3 }],
  ["lstm with both", { kind: "lstm", units: 6, peepholes: true, projection: 2 }],
  [
    "lstm with both, gelu and hardSigmoid, backwards, without bias",
    {
      kind: "lstm",
      units: 5,
      peepholes: true,
      projection: 5,
      activation: "gelu",
      recurrentActivation: "hardSigmoid",
      goBackwards: true,
      useBias: false,
    },
  ],
  ...(
    [
      "linear",
      "hardSigmoid",
      "relu",
      "leakyRelu",
      "elu",
      "selu",
      "gelu",
      "softplus",
      "softsign",
      "silu",
    ] as const
  ).map((activation): [string, OracleLayerSpec] => [
    `lstm with ${activation}`,
    { kind: "lstm", units: 4, activation, recurrentActivation: activation },
  ]),
];

describe("trace", () => {
  const x = values([1, 7, 3], 1);
  const y = values([1, 7, 2], 2);

  it.each(variants)("of a %s has every array of float64's flow", (_, spec) => {
    const layers = [
      { kind: "dense", units: 2, inputShape: [7, 3] },
      { ...spec, returnSequences: true },
      { kind: "dense", units: 2 },
    ] as OracleLayerSpec[];
    const model = modelOf(layers);
    model.setWeights(model.getWeights().map(({ shape }, i) => values(shape, 50 + i, 0.7)));
    const twin = oracleModel(layers, model.getWeights()).lossAndGradients(x, y, { loss: "mse" }).flow[0]!;
    const got = trace(model, x, { y });
    const units = (spec as { units: number }).units;
    const width = (spec as { projection?: number }).projection ?? units;
    expect([got.timesteps, got.units, got.hiddenUnits, got.features]).toEqual([7, units, width, 2]);
    expect(got.hidden.length).toBe(7 * width);
    const rows = (pick: (step: (typeof twin.steps)[number]) => Float64Array): number[] =>
      twin.steps.flatMap((step) => [...pick(step)]);
    expectNear(
      "dh",
      got.hiddenGradient,
      rows((s) => s.hiddenGradient),
      RELATIVE,
      ABSOLUTE,
    );
    expectNear(
      "dc",
      got.cellGradient,
      rows((s) => s.cellGradient),
      RELATIVE,
      ABSOLUTE,
    );
    expectNear(
      "dx",
      got.inputGradient,
      rows((s) => s.inputGradient),
      RELATIVE,
      ABSOLUTE,
    );
    for (const [name, gate] of Object.entries(got.gates)) {
      expectNear(
        name,
        gate.gradient,
        rows((s) => s.gates[name]!.preActivationGradient),
        RELATIVE,
        ABSOLUTE,
      );
      expectNear(
        name,
        gate.activation,
        rows((s) => s.gates[name]!.activation),
        RELATIVE,
        ABSOLUTE,
      );
    }
    model.dispose();
  });

  it("its norms are those of gradientFlow, truncated too", async () => {
    const model = sequential([lstm({ units: 6, inputShape: [9, 2] }), dense({ units: 1 })], { seed: 4 });
    model.compile({ loss: "mse", truncate: 4 });
    const sequence = values([1, 9, 2], 3);
    const label = values([1, 1], 4);
    const flow = (await model.gradientFlow(sequence, label)).layers.filter(isRecurrentFlow)[0]!;
    const got = trace(model, sequence, { y: label });
    for (let t = 0; t < 9; t++) {
      const norm = Math.hypot(...got.hiddenGradient.subarray(6 * t, 6 * t + 6));
      expectNear(`step ${t}`, [flow.hiddenGradient[t]!], [norm], RELATIVE);
    }
    expect([...got.jacobian!.frobenius.subarray(0, 8)]).toEqual(new Array(8).fill(0));
    model.dispose();
  });

  it("the Jacobian of a linear recurrence is a power of R", () => {
    const model = modelOf([{ kind: "simpleRNN", units: 2, activation: "linear", inputShape: [6, 1] }]);
    // R with singular values 2 and 0.5, diagonal, so that powers are exact.
    const [kernel, , bias] = model.getWeights();
    model.setWeights([kernel!, { shape: [2, 2], data: Float32Array.from([2, 0, 0, 0.5]) }, bias!]);
    const { jacobian } = trace(model, values([6, 1], 1));
    for (let t = 0; t < 6; t++) {
      const k = 5 - t;
      expect(jacobian!.spectral[t]).toBeCloseTo(2 ** k, 10);
      expect(jacobian!.frobenius[t]).toBeCloseTo(Math.hypot(2 ** k, 0.5 ** k), 10);
    }
    model.dispose();
  });

  it("the Jacobian is what differences of the last hidden state say", () => {
    const spec: OracleLayerSpec[] = [{ kind: "lstm", units: 3, inputShape: [1, 2] }];
    const model = modelOf(spec);
    model.setWeights(model.getWeights().map(({ shape }, i) => values(shape, 20 + i, 0.8)));
    // One step from a given state: ∂h_1/∂h_0 is one step of the Jacobian; here through the oracle's initial states.
    const weights = model.getWeights();
    const twin = oracleModel(spec, weights);
    const two = values([1, 2, 2], 5);
    const first = twin.run({ shape: [1, 1, 2], data: two.data.subarray(0, 2) } as Tensor).states[0]!;
    const second = { shape: [1, 1, 2], data: two.data.subarray(2, 4) } as Tensor;
    const h = 1e-5;
    const columns = [0, 1, 2].map((j) => {
      const at = (sign: number): Float64Array => {
        const hidden = Float64Array.from(first[0]!.data);
        hidden[j]! += sign * h;
        return twin.run(second, { initialStates: [[{ shape: [1, 3], data: hidden }, first[1]!]] }).outputs[0]!
          .data as Float64Array;
      };
      const [up, down] = [at(1), at(-1)];
      return up.map((value, i) => (value - down[i]!) / (2 * h));
    });
    const expected = Math.hypot(...columns.flatMap((column) => [...column]));
    const long = modelOf([{ kind: "lstm", units: 3, inputShape: [2, 2] }]);
    long.setWeights(weights);
    expect(trace(long, two).jacobian!.frobenius[0]).toBeCloseTo(expected, 8);
    model.dispose();
    long.dispose();
  });

  it("of one unit is that unit's column, and without a label differentiates its last value", () => {
    const model = sequential([lstm({ units: 6, inputShape: [5, 2] }), dense({ units: 1 })], { seed: 4 });
    const x5 = values([5, 2], 3);
    const whole = trace(model, x5, { jacobian: false });
    const one = trace(model, x5, { unit: 2 });
    expect(whole.loss).toBe("last hidden state");
    expect(whole.jacobian).toBeNull();
    expect([...one.cell]).toEqual([0, 1, 2, 3, 4].map((t) => whole.cell[6 * t + 2]));
    expect([...one.hiddenGradient.subarray(4)]).toEqual([1]);
    expect([...whole.hiddenGradient.subarray(24)]).toEqual([1, 1, 1, 1, 1, 1]);
    model.dispose();
  });

  it("passes masked steps by, and begins in a stateful layer's state", async () => {
    const layers: OracleLayerSpec[] = [
      { kind: "masking", inputShape: [5, 2], batchSize: 1 },
      { kind: "lstm", units: 4, stateful: true },
      { kind: "dense", units: 1 },
    ];
    const model = modelOf(layers);
    const sequence = values([1, 5, 2], 3);
    sequence.data.fill(0, 4, 6);
    const before = bitsOf(model.getWeights());
    await model.predict(values([1, 5, 2], 9));
    const label = values([1, 1], 4);
    const flow = (await model.gradientFlow(sequence, label)).layers.filter(isRecurrentFlow)[0]!;
    const got = trace(model, sequence, { y: label });
    for (let t = 0; t < 5; t++) {
      for (const [norms, own] of [
        [flow.hiddenGradient, got.hiddenGradient],
        [flow.cellGradient, got.cellGradient],
      ] as const) {
        expectNear(`step ${t}`, [norms[t]!], [Math.hypot(...own.subarray(4 * t, 4 * t + 4))], RELATIVE);
      }
    }
    expect(got.jacobian!.frobenius[2]).toBe(got.jacobian!.frobenius[1]);
    expect(bitsOf(model.getWeights())).toEqual(before);
    model.dispose();
  });

  it("follows a direction of a bidirectional layer by its name, and says which layers there are", async () => {
    const model = modelOf([
      { kind: "bidirectional", inputShape: [5, 2], layer: { kind: "gru", units: 3 } } as OracleLayerSpec,
      { kind: "dense", units: 1 },
    ]);
    const message = (await errorOf(() => trace(model, values([5, 2], 3), { layer: "lstm" }))).message;
    const name = /backward_gru\S*?(?=[,.]|$)/.exec(message)![0];
    const found = trace(model, values([5, 2], 3), { layer: `bidirectional/${name}` });
    // The backward direction reads the last step first.
    expect([...found.input.subarray(0, 2)]).toEqual([...values([5, 2], 3).data.subarray(8, 10)]);
    expect((await errorOf(() => trace(model, values([2, 5, 2], 3)))).message).toContain("one sequence");
    expect((await errorOf(() => trace(model, values([5, 2], 3), { unit: 3 }))).message).toContain("unit");
    model.dispose();
  });
});
