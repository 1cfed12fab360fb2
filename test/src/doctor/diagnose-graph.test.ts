import { describe, expect, it } from "vitest";
import { diagnoseGraph, isChain } from "../../../src/doctor/diagnose-graph.js";
import { dense, lstm, sequential } from "../../../src/index.js";
import { openBlock } from "../../../src/recipe/open-block.js";

const values = Array.from({ length: 80 }, (_, t) => Math.sin(t / 2));
const x = values.slice(0, 60).map((_, n) => values.slice(n, n + 8).map((value) => [value]));
const y = values.slice(8, 68);

const made = (trainable = true) => {
  const model = sequential(
    [lstm({ units: 4, trainable, inputShape: [8, 1] }), dense({ units: 1, trainable })],
    { seed: 1 },
  );
  model.compile({ optimizer: "adam", loss: "mse" });
  return model;
};

describe("a graph", () => {
  it("that is a chain of layers is known as one by its answers", async () => {
    const model = made();
    expect(await isChain(model, openBlock(x))).toBe(true);
    model.dispose();
  });

  it("is looked at input by input and output by output, and nothing is said of a healthy one", async () => {
    const model = made();
    expect(await diagnoseGraph(model, { x, y })).toEqual([]);
    const large = x.map((rows) => rows.map(([value]) => [1000 * value!]));
    const found = await diagnoseGraph(model, { x: large, y: y.map((value) => 1000 * value) });
    expect(found.map(({ code }) => code)).toEqual(["unscaled_inputs", "unscaled_target"]);
    model.dispose();
  });

  it("tells what its configuration, its history and a refusal say", async () => {
    const frozen = made(false);
    const history = { loss: [1, Number.NaN] };
    const codes = (await diagnoseGraph(frozen, { x, y, history })).map(({ code }) => code);
    expect(codes).toEqual(["frozen_weights", "nan_in_loss"]);
    const wide = y.map((value) => [value, value]);
    expect((await diagnoseGraph(frozen, { x, y: wide })).map(({ code }) => code)).toContain(
      "label_shape_mismatch",
    );
    frozen.dispose();
  });
});
