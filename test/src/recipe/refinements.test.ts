import { describe, expect, it } from "vitest";
import { sineMix } from "../../../bench/faults/series.js";
import { type RepairProgress, repair } from "../../../src/doctor/repair.js";
import { applyFix, optimizerOf, type Recipe } from "../../../src/recipe/recipe.js";
import { refinements } from "../../../src/recipe/refinements.js";

const recipe: Recipe = {
  series: { scale: "standard" },
  window: 12,
  layers: [
    { kind: "lstm", units: 8 },
    { kind: "dense", units: 1 },
  ],
  compile: { optimizer: { name: "adam", learningRate: 0.006 }, loss: "mse" },
  fit: { epochs: 6, batchSize: 32 },
};
const changedBy = (tried: string, from: Recipe): (Recipe | null)[] =>
  refinements()
    .filter((polish) => polish.tried === tried)
    .map((polish) => polish.change(from))
    .map((patch) => (patch === null ? null : applyFix(from, patch)));

describe("polishing", () => {
  it("goes one step in one option: twice the epochs, a third and three times the rate", () => {
    expect(changedBy("epochs", recipe).map((made) => made?.fit)).toEqual([{ epochs: 12, batchSize: 32 }]);
    expect(changedBy("rate", recipe).map((made) => optimizerOf(made!).config.learningRate)).toEqual([
      0.002, 0.018,
    ]);
    expect(changedBy("units", recipe)[0]?.layers).toEqual([{ kind: "lstm", units: 16 }, recipe.layers[1]]);
    expect(changedBy("batchSize", recipe)[0]?.fit?.batchSize).toBe(16);
  });

  it("stops at 64 units, at batches of 8, and leaves the batches of stateful layers", () => {
    const large = { ...recipe, layers: [{ kind: "lstm", units: 64 }], fit: { batchSize: 8 } };
    expect(changedBy("units", large)).toEqual([null]);
    expect(changedBy("batchSize", large)).toEqual([null]);
    const stateful = { ...recipe, layers: [{ kind: "lstm", units: 8, stateful: true }] };
    expect(changedBy("batchSize", stateful)).toEqual([null]);
  });

  it("spends what a cure leaves of the budget, and keeps only what helps", async () => {
    const told: RepairProgress[] = [];
    const { after, trainings } = await repair(
      applyFix(recipe, { compile: { optimizer: { learningRate: 2 } } }),
      {
        series: sineMix(260, 4),
        budget: 6,
        withControl: false,
        onProgress: (progress) => told.push(progress),
      },
    );
    expect(trainings).toBe(6);
    expect(told.map(({ tried }) => tried)).toEqual(
      expect.arrayContaining(["learning_rate_too_high", "epochs"]),
    );
    expect(after).toBe(Math.min(...told.map(({ error }) => error)));
  }, 60_000);
});
