import { describe, expect, it } from "vitest";
import { mulberry32, normalOf } from "../../../../bench/faults/series.js";
import { diagnose } from "../../../../src/doctor/diagnose.js";
import { examine } from "../../../../src/doctor/examine.js";
import { dense } from "../../../../src/layers/dense.js";
import { embedding } from "../../../../src/layers/embedding.js";
import { lstm } from "../../../../src/layers/recurrent/lstm.js";
import { type Sequential, sequential } from "../../../../src/model/sequential.js";
import { adam } from "../../../../src/optimizers/adam.js";
import "../../../../src/names.js";

const STEPS = 10;

/** Class 1 is what lies above a bound on the sum of the last steps, or, `apart`, what was moved far away. */
function draw(n: number, seed: number, share: number, apart = false): { x: number[][][]; y: number[] } {
  const uniform = mulberry32(seed);
  const normal = normalOf(uniform);
  const x = Array.from({ length: n }, () => Array.from({ length: STEPS }, () => [normal()]));
  if (apart) {
    const y = x.map(() => (uniform() < share ? 1 : 0));
    for (const [n, label] of y.entries()) if (label === 1) for (const step of x[n]!.slice(-4)) step[0]! += 3;
    return { x, y };
  }
  const sums = x.map((row) => row.slice(-5).reduce((sum, [value]) => sum + value!, 0) + normal());
  const bound = [...sums].sort((a, b) => b - a)[Math.floor(n * share)]!;
  return { x, y: sums.map((sum) => (sum > bound ? 1 : 0)) };
}

function classifier(): Sequential {
  const model = sequential(
    [lstm({ units: 8, inputShape: [STEPS, 1] }), dense({ units: 1, activation: "sigmoid" })],
    { seed: 2 },
  );
  model.compile({ optimizer: adam({ learningRate: 0.01 }), loss: "binaryCrossentropy" });
  return model;
}

describe("class_imbalance", () => {
  it("is said before training where the rare class lies among the other, and not where it lies apart", () => {
    expect(examine(draw(800, 1, 0.03)).map(({ code }) => code)).toEqual(["class_imbalance"]);
    expect(examine(draw(800, 1, 0.06)).map(({ code }) => code)).toEqual(["class_imbalance"]);
    expect(examine(draw(800, 1, 0.2))).toEqual([]);
    expect(examine(draw(800, 1, 0.03, true))).toEqual([]);
  });

  it("is told by recall after training", async () => {
    for (const [apart, hasFault] of [
      [false, true],
      [true, false],
    ] as const) {
      const { x, y } = draw(700, 4, 0.04, apart);
      const held = draw(400, 5, 0.04, apart);
      const model = classifier();
      const history = await model.fit(x, y, { epochs: hasFault ? 6 : 25 });
      const found = await diagnose(model, { x, y, history, validationData: [held.x, held.y] });
      const own = found.find(({ code }) => code === "class_imbalance");
      expect(own !== undefined).toBe(hasFault);
      if (hasFault) expect(own!.evidence.recallOfTheClass).toBeLessThan(0.7);
    }
  });

  it("is not said of rare words", async () => {
    const uniform = mulberry32(7);
    // Word k comes k times as seldom as the commonest.
    const word = (): number => Math.min(15, Math.floor(1 / (uniform() + 1 / 16)));
    const text = Array.from({ length: 500 }, word);
    const x = Array.from({ length: 480 }, (_, n) => text.slice(n, n + 8));
    const y = Array.from({ length: 480 }, (_, n) => text[n + 8]!);
    const model = sequential(
      [
        embedding({ inputDim: 16, outputDim: 4, inputShape: [8] }),
        lstm({ units: 8 }),
        dense({ units: 16, activation: "softmax" }),
      ],
      { seed: 1 },
    );
    model.compile({ optimizer: adam({ learningRate: 0.01 }), loss: "sparseCategoricalCrossentropy" });
    const found = await diagnose(model, { x, y });
    expect(found.map(({ code }) => code)).not.toContain("class_imbalance");
  });
});
