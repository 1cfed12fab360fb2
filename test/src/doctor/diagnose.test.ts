import { describe, expect, it } from "vitest";
import { sineMix } from "../../../bench/faults/series.js";
import { diagnose } from "../../../src/doctor/diagnose.js";
import { ConfigError, StateError } from "../../../src/errors.js";
import { dense } from "../../../src/layers/dense.js";
import { lstm } from "../../../src/layers/recurrent/lstm.js";
import { type Sequential, sequential } from "../../../src/model/sequential.js";
import { adam } from "../../../src/optimizers/adam.js";
import { slidingWindows } from "../../../src/series/windows/sliding-windows.js";

const sine = sineMix(300, 5);
const { x, y } = slidingWindows(sine, { window: 12 });

function compiled(rate = 0.01, units = 8): Sequential {
  const model = sequential([lstm({ units, inputShape: [12, 1] }), dense({ units: 1 })], { seed: 3 });
  model.compile({ optimizer: adam({ learningRate: rate }), loss: "mse" });
  return model;
}

const bits = (model: Sequential) => ({
  weights: model.getWeights().map(({ data }) => Array.from(data)),
  slots: model.optimizer.readSlots(),
  batches: model.optimizer.batches,
});

describe("diagnose()", () => {
  it("leaves weights, moments and counts as they are, to the bit, healthy or sick", async () => {
    for (const rate of [0.01, 3]) {
      const model = compiled(rate);
      const history = await model.fit(x, y, { epochs: 4 });
      const before = bits(model);
      await diagnose(model, { x, y, history });
      expect(bits(model)).toEqual(before);
      // And training goes on as if nothing had been asked.
      const other = compiled(rate);
      await other.fit(x, y, { epochs: 4 });
      await model.fit(x, y, { epochs: 1 });
      await other.fit(x, y, { epochs: 1 });
      expect(bits(model)).toEqual(bits(other));
    }
  });

  it("leaves the states of stateful layers as they are", async () => {
    const layer = lstm({ units: 4, stateful: true, batchSize: 8, inputShape: [12, 1] });
    const model = sequential([layer, dense({ units: 1 })], { seed: 1 });
    model.compile({ optimizer: "adam", loss: "mse" });
    const part = {
      x: { shape: [8, 12, 1], data: x.data.subarray(0, 96) as Float32Array },
      y: { shape: [8, 1], data: y.data.subarray(0, 8) as Float32Array },
    };
    await model.predict(part.x, { batchSize: 8 });
    const before = await layer.getStates();
    const rows = Math.floor(x.shape[0]! / 8) * 8;
    await diagnose(model, {
      x: { shape: [rows, 12, 1], data: x.data.subarray(0, rows * 12) as Float32Array },
      y: { shape: [rows, 1], data: y.data.subarray(0, rows) as Float32Array },
    });
    expect(await layer.getStates()).toEqual(before);
  });

  it("works on a model that has not seen its input's shape", async () => {
    const model = sequential([lstm({ units: 6 }), dense({ units: 1 })], { seed: 2 });
    model.compile({ optimizer: adam({ learningRate: 0.01 }), loss: "mse" });
    expect(await diagnose(model, { x, y })).toEqual([]);
  });

  it("names two causes at once, the worse first", async () => {
    const model = sequential(
      [lstm({ units: 8, dropout: 0.9, inputShape: [12, 2] }), dense({ units: 1, activation: "sigmoid" })],
      { seed: 3 },
    );
    model.compile({ optimizer: adam({ learningRate: 0.01 }), loss: "mse" });
    const wide = {
      shape: [x.shape[0]!, 12, 2],
      data: Float32Array.from({ length: 2 * x.data.length }, (_, i) =>
        i % 2 === 0 ? x.data[i / 2]! : 900 + (i % 7),
      ),
    };
    const codes = (await diagnose(model, { x: wide, y })).map(({ code }) => code);
    expect(codes).toEqual(["unscaled_inputs", "output_activation_range", "dropout_too_high"]);
  });

  it("says at which layer, gate, step and sample a value stopped being a number", async () => {
    const model = compiled();
    const weights = model.getWeights();
    // Column 17 of the kernel [1, 32] belongs to unit 1 of the third gate, the cell's candidate.
    (weights[0]!.data as Float32Array)[17] = Number.NaN;
    model.setWeights(weights, { allowNonFinite: true });
    const found = await diagnose(model, { x, y });
    expect(found.find(({ code }) => code === "nan_in_loss")?.evidence).toMatchObject({
      layer: "lstm",
      gate: "cell",
      unit: 1,
      timeStep: 0,
      sample: 0,
      weight: "lstm/kernel",
    });
  });

  it("tells shuffled stateful training at once where fit's options are given", async () => {
    const rows = 8 * Math.floor(x.shape[0]! / 8);
    const part = {
      x: { shape: [rows, 12, 1], data: x.data.subarray(0, rows * 12) as Float32Array },
      y: { shape: [rows, 1], data: y.data.subarray(0, rows) as Float32Array },
    };
    const model = sequential(
      [lstm({ units: 4, stateful: true, batchSize: 8, inputShape: [12, 1] }), dense({ units: 1 })],
      { seed: 1 },
    );
    model.compile({ optimizer: "adam", loss: "mse" });
    expect((await diagnose(model, { ...part, fit: { shuffle: true } })).map(({ code }) => code)).toContain(
      "stateful_with_shuffle",
    );
  });

  it("gives the engine's own refusal as a diagnosis", async () => {
    const found = await diagnose(compiled(), { x, y: Array.from(y.data, (value) => [value, value]) });
    expect(found[0]).toMatchObject({ code: "label_shape_mismatch", severity: "error" });
  });

  it("asks for a compiled model, for data, and for options it knows", async () => {
    const bare = sequential([lstm({ units: 4, inputShape: [12, 1] }), dense({ units: 1 })]);
    await expect(diagnose(bare, { x, y })).rejects.toThrow(StateError);
    await expect(diagnose(compiled(), { x } as never)).rejects.toThrow(ConfigError);
    await expect(diagnose(compiled(), { x, y, historie: 1 } as never)).rejects.toThrow(/history/);
  });
});
