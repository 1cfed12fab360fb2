import { describe, expect, it, vi } from "vitest";
import { sineMix } from "../../../bench/faults/series.js";
import { doctor } from "../../../src/doctor/watch.js";
import { dense } from "../../../src/layers/dense.js";
import { lstm } from "../../../src/layers/recurrent/lstm.js";
import { type Sequential, sequential } from "../../../src/model/sequential.js";
import { adam } from "../../../src/optimizers/adam.js";
import { sgd } from "../../../src/optimizers/sgd.js";
import { slidingWindows } from "../../../src/series/windows/sliding-windows.js";

const { x, y } = slidingWindows(sineMix(300, 5), { window: 12 });
const plain = (): Sequential => {
  const model = sequential([lstm({ units: 8, inputShape: [12, 1] }), dense({ units: 1 })], { seed: 3 });
  model.compile({ optimizer: adam({ learningRate: 0.01 }), loss: "mse" });
  return model;
};

describe("doctor() in fit", () => {
  it("lets a healthy training run to its end, and changes no bit of it", async () => {
    const [watched, alone] = [plain(), plain()];
    const watch = doctor();
    await watched.fit(x, y, { epochs: 3, callbacks: [watch] });
    await alone.fit(x, y, { epochs: 3 });
    expect(watch.diagnoses).toEqual([]);
    expect(watch.stoppedAt).toBeUndefined();
    expect(watched.getWeights()).toEqual(alone.getWeights());
  });

  it("stops before NaN spreads, says why, and leaves weights that are numbers", async () => {
    const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
    const model = sequential(
      [lstm({ units: 8, activation: "linear", inputShape: [12, 1] }), dense({ units: 1 })],
      { seed: 3 },
    );
    model.compile({ optimizer: sgd({ learningRate: 50 }), loss: "mse" });
    const watch = doctor();
    await model.fit(x, y, { epochs: 20, callbacks: [watch] });
    expect(watch.stoppedAt).toBeLessThan(20);
    expect(["nan_in_loss", "exploding_gradients"]).toContain(watch.diagnoses[0]!.code);
    expect(model.getWeights().every(({ data }) => data.every(Number.isFinite))).toBe(true);
    expect(warn).toHaveBeenCalledOnce();
    expect(warn.mock.calls[0]![0]).toMatch(/training stopped/);
    warn.mockRestore();
  });

  it("stops where no gradient is, and with the data names the cause", async () => {
    const model = sequential(
      [lstm({ units: 8, inputShape: [12, 1] }), dense({ units: 1, activation: "softmax" })],
      { seed: 3 },
    );
    model.compile({ optimizer: adam({ learningRate: 0.01 }), loss: "mse" });
    const watch = doctor({ x, y, verbose: 0 });
    const history = await model.fit(x, y, { epochs: 20, callbacks: [watch] });
    expect(history.epoch.length).toBe(1);
    expect(watch.diagnoses[0]!.code).toBe("softmax_with_one_unit");
  });

  it("begins anew with each fit", async () => {
    const broken = sequential(
      [lstm({ units: 8, inputShape: [12, 1] }), dense({ units: 1, activation: "softmax" })],
      { seed: 3 },
    );
    broken.compile({ optimizer: "adam", loss: "mse" });
    const watch = doctor({ verbose: 0 });
    await broken.fit(x, y, { epochs: 3, callbacks: [watch] });
    expect(watch.diagnoses).toHaveLength(1);
    await plain().fit(x, y, { epochs: 1, callbacks: [watch] });
    expect(watch.diagnoses).toEqual([]);
  });
});
