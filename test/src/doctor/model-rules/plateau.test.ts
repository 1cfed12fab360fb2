import { describe, expect, it } from "vitest";
import { type Plan, protocol } from "../../../../bench/faults/patient.js";
import { ask } from "../../../../bench/faults/run-case.js";
import { sineMix } from "../../../../bench/faults/series.js";
import { applyFix, dense, fixAsCode, lstm, type Recipe } from "../../../../src/index.js";

const shape = { window: 20, units: 20, learningRate: 0.01, epochs: 20, seed: 1, isTrained: true };
const series = protocol(sineMix(480, 2), shape);
const deep = (optimizer: Plan["optimizer"]): Plan => ({
  ...series,
  optimizer,
  layers: () => [
    lstm({ units: 8, returnSequences: true, inputShape: [20, 1] }),
    lstm({ units: 8, returnSequences: true }),
    lstm({ units: 8 }),
    dense({ units: 8, activation: "sigmoid" }),
    dense({ units: 1 }),
  ],
});

describe("steps as small as the gradient", () => {
  it.each(["sgd", "adadelta"])(
    "of %s that never leave the plateau are named, and adam with them",
    async (name) => {
      const { diagnoses } = await ask(deep({ name, config: { learningRate: 0.01 } }));
      expect(diagnoses[0]?.code).toBe("learning_rate_too_low");
      expect(diagnoses[0]?.evidence.lossOverConstantWithAdam).toBeLessThan(0.7);
      expect(diagnoses[0]?.fix).toEqual({ compile: { optimizer: { name: "adam", learningRate: 0.01 } } });
    },
  );

  it("are nothing to speak of where they lead down", async () => {
    const { codes } = await ask({ ...series, optimizer: { name: "sgd", config: { learningRate: 0.3 } } });
    expect(codes).not.toContain("learning_rate_too_low");
  });

  it("give way to another optimizer with its own options when the fix is applied", () => {
    const recipe: Recipe = {
      window: 20,
      layers: [
        { kind: "lstm", units: 8 },
        { kind: "dense", units: 1 },
      ],
      compile: { optimizer: { name: "sgd", learningRate: 0.01, momentum: 0.9 }, loss: "mse" },
    };
    const { compile } = applyFix(recipe, { compile: { optimizer: { name: "adam", learningRate: 0.01 } } });
    expect(compile.optimizer).toEqual({ name: "adam", learningRate: 0.01 });
    const same = applyFix(recipe, { compile: { optimizer: { learningRate: 0.1 } } }).compile.optimizer;
    expect(same).toEqual({ name: "sgd", learningRate: 0.1, momentum: 0.9 });
    const code = fixAsCode({ compile: { optimizer: { name: "adam", learningRate: 0.01 } } });
    expect(code).toMatch(/optimizer: adam\(\{ learningRate: 0\.01 \}\)/);
  });
});
