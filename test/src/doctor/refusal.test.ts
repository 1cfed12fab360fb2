import { describe, expect, it } from "vitest";
import { refusalOf } from "../../../src/doctor/refusal.js";
import { diagnosesOf } from "../../../src/doctor/repair.js";
import { DataError } from "../../../src/errors.js";
import { prepareSeries } from "../../../src/recipe/prepare.js";
import type { Recipe } from "../../../src/recipe/recipe.js";
import { runRecipe } from "../../../src/recipe/train-recipe.js";
import { drawPicture } from "../../../src/viz/picture.js";

const rising = Float64Array.from({ length: 200 }, (_, t) => 0.05 * t + Math.sin(t / 3));
const recipe = (layers: Recipe["layers"]): Recipe => ({
  series: { scale: "standard" },
  window: 12,
  layers,
  compile: { optimizer: "adam", loss: "mse" },
  fit: { epochs: 1 },
});

async function found(layers: Recipe["layers"]) {
  const own = recipe(layers);
  return diagnosesOf(await runRecipe(own, prepareSeries(own, rising, 160), 1));
}

describe("what is refused", () => {
  it("names layers, shapes and steps of a stack without returnSequences, before what else the data show", async () => {
    const [worst, ...others] = await found([
      { kind: "lstm", units: 4 },
      { kind: "lstm", units: 4 },
      { kind: "dense", units: 1 },
    ]);
    expect(worst).toMatchObject({
      code: "stacked_lstm_needs_return_sequences",
      title: "`lstm_1` needs a sequence, and `lstm` hands on its last output only",
      evidence: { received: "[4]", expected: "[timesteps, features]" },
      remedy: "Give `lstm` the option returnSequences: true.",
      fix: { layers: [] },
    });
    expect(drawPicture(worst!.picture!)).toContain("`lstm` hands on");
    // A trend can be taken away by a machine as well; it does not hide the stack.
    expect(others.map(({ code }) => code)).toContain("non_stationary_target");
  });

  it("names both shapes of labels that do not fit", async () => {
    const [worst] = await found([
      { kind: "lstm", units: 4 },
      { kind: "dense", units: 3 },
    ]);
    expect(worst).toMatchObject({
      code: "label_shape_mismatch",
      title: "labels have the shape [40, 1], but the model predicts [?, 3]: expected [40, 3]",
      evidence: { received: "[40, 1]", expected: "[N, 3]" },
      remedy:
        "Give labels of the shape [N, 3], or have the last layer predict as many numbers as there are labels: units: 1.",
    });
  });

  it("is told as it is where nobody knows more", () => {
    expect(refusalOf(new DataError("fit(): something. Do this."))).toEqual({
      code: "refused",
      severity: "error",
      cost: "Nothing but the edit: nothing could be trained before it.",
      expect: "The first update runs.",
      title: "something",
      evidence: {},
      why: "The engine refuses it before the first update.",
      remedy: "something. Do this.",
    });
  });
});
