import { describe, expect, it } from "vitest";
import { noiseOf, wave } from "../../../../bench/faults/questions/question.js";
import {
  adam,
  type Diagnosis,
  dense,
  diagnose,
  lstm,
  type Sequential,
  sequential,
} from "../../../../src/index.js";

const codes = (found: readonly Diagnosis[]): string[] => found.map(({ code }) => code);

function cut(values: readonly number[], window: number): { x: number[][][]; y: number[] } {
  const starts = Array.from({ length: values.length - window }, (_, n) => n);
  return {
    x: starts.map((n) => values.slice(n, n + window).map((value) => [value])),
    y: starts.map((n) => values[n + window]!),
  };
}

async function trained(
  model: Sequential,
  x: number[][][],
  y: number[] | number[][],
  epochs: number,
  more = {},
) {
  const history = await model.fit(x, y, { epochs, batchSize: 16, ...more });
  const found = await diagnose(model, { x, y, history, fit: { batchSize: 16, ...more } });
  model.dispose();
  return found;
}

describe("few examples", () => {
  const model = () => {
    const own = sequential([lstm({ units: 16, inputShape: [8, 1] }), dense({ units: 1 })], { seed: 1 });
    own.compile({ optimizer: adam({ learningRate: 0.01 }), loss: "mse" });
    return own;
  };

  it("of noise are too few: copies do worse on those left out than one answer for all, without a validation part", async () => {
    const normal = noiseOf(3);
    const { x, y } = cut(
      Array.from({ length: 46 }, () => normal()),
      8,
    );
    const found = await trained(model(), x, y, 40);
    const few = found.find(({ code }) => code === "insufficient_data");
    expect(few?.severity).toBe("warning");
    expect(few!.evidence.leftOutLossOverConstant).toBeGreaterThan(1.1);
  });

  it("of a rhythm are enough: what is left out is answered well", async () => {
    const { x, y } = cut(wave(70, 4, 0.02), 8);
    expect(codes(await trained(model(), x, y, 60))).not.toContain("insufficient_data");
  });
});

describe("classes", () => {
  const normal = noiseOf(5);
  const x = Array.from({ length: 400 }, () => Array.from({ length: 8 }, () => [normal()]));
  const y = x.map((row) => (row.reduce((sum, [value]) => sum + value!, 0) > 4.5 ? 1 : 0));
  const rare = y.filter((label) => label === 1).length;
  const classWeight = { 0: y.length / (2 * (y.length - rare)), 1: y.length / (2 * rare) };
  const model = (learningRate: number) => {
    const own = sequential(
      [lstm({ units: 12, inputShape: [8, 1] }), dense({ units: 1, activation: "sigmoid" })],
      { seed: 2 },
    );
    own.compile({ optimizer: adam({ learningRate }), loss: "binaryCrossentropy" });
    return own;
  };

  it("with weights are measured with them: a good training is healthy, a rate too high is found", async () => {
    expect(rare / y.length).toBeLessThan(0.12);
    expect(codes(await trained(model(0.02), x, y, 40, { classWeight }))).toEqual([]);
    const fast = model(3);
    expect(codes(await diagnose(fast, { x, y, fit: { classWeight } }))).toContain("learning_rate_too_high");
    fast.dispose();
  });

  it("of which one is right are no job for binaryCrossentropy behind a softmax; a layer of one unit hands on too little", async () => {
    const labels = x.map((_, n) => n % 5);
    const shown = labels.map((label) =>
      Array.from({ length: 8 }, (_, t) => [Math.sin((label + 1) * 0.5 * t)]),
    );
    const oneHot = labels.map((label) => Array.from({ length: 5 }, (_, k) => (k === label ? 1 : 0)));
    const made = (loss: "binaryCrossentropy" | "categoricalCrossentropy", hidden: number) => {
      const own = sequential(
        [
          lstm({ units: 16, inputShape: [8, 1] }),
          dense({ units: hidden, activation: "sigmoid" }),
          dense({ units: 5, activation: "softmax" }),
        ],
        { seed: 3 },
      );
      own.compile({ optimizer: adam({ learningRate: 0.01 }), loss });
      return own;
    };
    const own = made("binaryCrossentropy", 16);
    const [worst] = await diagnose(own, { x: shown, y: oneHot });
    expect(worst).toMatchObject({
      code: "loss_activation_mismatch",
      severity: "warning",
      fix: { compile: { loss: "categoricalCrossentropy" } },
    });
    own.dispose();
    const narrow = await trained(made("categoricalCrossentropy", 1), shown, oneHot, 12);
    const capacity = narrow.find(({ code }) => code === "insufficient_capacity");
    expect(capacity?.evidence).toMatchObject({ layer: "dense", units: 1 });
    expect(codes(await trained(made("categoricalCrossentropy", 16), shown, oneHot, 12))).toEqual([]);
  });
});
