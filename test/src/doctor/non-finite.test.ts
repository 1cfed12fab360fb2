import { describe, expect, it } from "vitest";
import { sineMix } from "../../../bench/faults/series.js";
import {
  adam,
  bidirectional,
  dense,
  diagnose,
  doctor,
  gru,
  lstm,
  type Sequential,
  sequential,
  sgd,
  slidingWindows,
} from "../../../src/index.js";

const { x, y } = slidingWindows(sineMix(300, 5), { window: 12 });
const samples = x.shape[0]!;

function compiled(model: Sequential): Sequential {
  model.compile({ optimizer: adam({ learningRate: 0.01 }), loss: "mse" });
  return model;
}

function plain(activation: "tanh" | "linear" = "tanh"): Sequential {
  return compiled(
    sequential([lstm({ units: 6, activation, inputShape: [12, 1] }), dense({ units: 1 })], { seed: 3 }),
  );
}

/** Sets one weight, by the end of its name. */
function poison(model: Sequential, name: string, at: number, value = Number.NaN): void {
  const weights = model.getWeights();
  weights.find((weight) => weight.name.endsWith(name))!.data[at] = value;
  model.setWeights(weights, { allowNonFinite: true });
}

const nanIn = async (model: Sequential, inputs = x) => {
  const found = await diagnose(model, { x: inputs, y });
  const diagnosis = found.find(({ code }) => code === "nan_in_loss")!;
  expect(diagnosis, JSON.stringify(found.map(({ code }) => code))).toBeDefined();
  return diagnosis;
};

describe("where a loss that is no number begins", () => {
  it("is found in the one sample of all that breaks, at its step", async () => {
    const [sample, step] = [samples - 19, 7];
    const model = plain("linear");
    const inputs = { ...x, data: x.data.slice() };
    inputs.data[sample * 12 + step] = 3e38;
    // Column 12: the candidate of unit 0, whose activation has no bound.
    poison(model, "lstm/kernel", 12, 10);
    const { evidence } = await nanIn(model, inputs);
    expect(evidence).toMatchObject({ layer: "lstm", gate: "cell", unit: 0, timeStep: step, sample });
    model.dispose();
  });

  it("is the gate and the unit whose weight is lost", async () => {
    const model = plain();
    // Row 2 of [6, 24]: gates i, f, c, o of six units each.
    poison(model, "recurrent_kernel", 2 * 24 + 6 + 4);
    const { evidence, title } = await nanIn(model);
    expect(evidence).toMatchObject({
      layer: "lstm",
      gate: "forget",
      unit: 4,
      weight: "lstm/recurrent_kernel",
    });
    expect(title).toContain("lstm");
    model.dispose();
  });

  it("is the direction and the gate in a bidirectional layer", async () => {
    const model = compiled(
      sequential([bidirectional({ layer: gru({ units: 4 }), inputShape: [12, 1] }), dense({ units: 1 })], {
        seed: 3,
      }),
    );
    const backward = model.getWeights().filter(({ name }) => name.includes("backward"));
    expect(backward.length).toBeGreaterThan(0);
    poison(model, "backward_gru/kernel", 4 + 1);
    const { evidence } = await nanIn(model);
    expect(evidence.layer).toBe("bidirectional/backward_gru");
    expect(evidence).toMatchObject({ gate: "reset", unit: 1, timeStep: 11 });
    model.dispose();
  });

  it("is followed in a training of a copy where an update has made every weight NaN", async () => {
    const model = sequential(
      [lstm({ units: 6, activation: "linear", inputShape: [12, 1] }), dense({ units: 1 })],
      { seed: 3 },
    );
    model.compile({ optimizer: sgd({ learningRate: 50 }), loss: "mse" });
    const history = await model.fit(x, y, { epochs: 2 });
    expect(history.history.loss!.every(Number.isFinite)).toBe(false);
    const found = await diagnose(model, { x, y, history });
    const { evidence } = found.find(({ code }) => code === "nan_in_loss")!;
    expect(evidence.foundIn).toBe("a new training of a copy");
    expect(["lstm", "dense"]).toContain(evidence.layer);
    // Numbers that are none would become null in JSON.
    for (const value of found.flatMap((diagnosis) => Object.values(diagnosis.evidence)))
      expect(typeof value === "string" || Number.isFinite(value)).toBe(true);
    model.dispose();
  });
});

describe("doctor() where training is untrainableCodes", () => {
  it("names the rate and the place, worst first, and nothing of the result that is not there", async () => {
    const model = sequential([lstm({ units: 8, inputShape: [12, 1] }), dense({ units: 1 })], { seed: 3 });
    model.compile({ optimizer: sgd({ learningRate: 1e20 }), loss: "mse" });
    const watch = doctor({ x, y, verbose: 0 });
    await model.fit(x, y, { epochs: 3, callbacks: [watch] });
    const codes = watch.diagnoses.map(({ code }) => code);
    expect(codes[0]).toBe("learning_rate_too_high");
    expect(codes).toContain("nan_in_loss");
    expect(codes).not.toContain("beaten_by_baseline");
    const { evidence } = watch.diagnoses.find(({ code }) => code === "nan_in_loss")!;
    expect(evidence.batch).toBe(watch.stoppedAt! + 1);
    model.dispose();
  });

  it.each([
    [
      "weights that are all zero",
      "symmetric_or_zero_initialisation",
      () =>
        sequential(
          [
            lstm({
              units: 6,
              kernelInitializer: "zeros",
              recurrentInitializer: "zeros",
              unitForgetBias: false,
              inputShape: [12, 1],
            }),
            dense({ units: 1, kernelInitializer: "zeros" }),
          ],
          { seed: 3 },
        ),
    ],
    [
      "rectified units that are all off",
      "dying_relu",
      () => {
        const model = sequential(
          [
            lstm({ units: 6, inputShape: [12, 1] }),
            dense({ units: 8, activation: "relu" }),
            dense({ units: 1 }),
          ],
          { seed: 3 },
        );
        const weights = model.getWeights();
        weights.find(({ name, shape }) => name.includes("dense") && shape[0] === 8)!.data.fill(-10);
        model.setWeights(weights, { allowNonFinite: true });
        return model;
      },
    ],
  ] as const)("stops where only the output's bias still moves: %s", async (_, code, build) => {
    const model = compiled(build());
    const watch = doctor({ verbose: 0 });
    await model.fit(x, y, { epochs: 10, callbacks: [watch] });
    expect(watch.stoppedAt).toBeLessThan(40);
    expect(watch.diagnoses.map((diagnosis) => diagnosis.code)).toEqual([code]);
    model.dispose();
  });
});

describe("what diagnose() is given", () => {
  it("is refused where a history holds no lists of numbers", async () => {
    const model = plain();
    await expect(diagnose(model, { x, y, history: { loss: "x" } as never })).rejects.toThrow(/history\.loss/);
    model.dispose();
  });

  it("is named as it was given, not as it was tried", async () => {
    const model = compiled(
      sequential([lstm({ units: 4, inputShape: [12, 1] }), dense({ units: 3 })], { seed: 1 }),
    );
    const [worst] = await diagnose(model, { x, y });
    expect(worst!.code).toBe("label_shape_mismatch");
    expect(worst!.title).toContain(`[${samples}`);
    expect(worst!.title).not.toMatch(/\(\)/);
    model.dispose();
  });
});
