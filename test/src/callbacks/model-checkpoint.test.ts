import { describe, expect, test } from "vitest";
import { type ModelCheckpointOptions, modelCheckpoint } from "../../../src/callbacks/model-checkpoint.js";
import { pathTemplate } from "../../../src/callbacks/path-template.js";
import { ConfigError } from "../../../src/errors.js";
import { FakeModel, losses } from "./fake-model.js";

/** Paths saved, with the model's weight at that time. */
function recorder(options: Partial<ModelCheckpointOptions> = {}) {
  const saved: [string, number][] = [];
  const callback = modelCheckpoint({
    ...options,
    save: async (model, path) => {
      await Promise.resolve();
      saved.push([path, model.getWeights()[0]!.data[0]!]);
    },
  });
  return { saved, callback };
}

describe("modelCheckpoint", () => {
  test("saves after every epoch, with epoch numbers from 1 and values in the path", async () => {
    const { saved, callback } = recorder({ filepath: "m-{epoch:02d}-{val_loss:.4f}.safetensors" });
    await new FakeModel().fit(callback, losses(0.5, 0.25));
    expect(saved).toEqual([
      ["m-01-0.5000.safetensors", 1],
      ["m-02-0.2500.safetensors", 2],
    ]);
    expect(callback.lastPath).toBe("m-02-0.2500.safetensors");
  });

  test("saveBestOnly saves strict improvements only, and keeps its best from fit to fit", async () => {
    const { saved, callback } = recorder({ saveBestOnly: true, filepath: "{epoch}" });
    const model = new FakeModel();
    await model.fit(callback, losses(NaN, 0.5, 0.5, NaN, 0.49999));
    // A NaN is never worth saving, not even as the first.
    expect(saved.map(([path]) => path)).toEqual(["2", "5"]);
    await model.fit(callback, losses(0.6, 0.4));
    expect(saved.map(([path]) => path)).toEqual(["2", "5", "2"]);
    expect(callback.best).toBe(0.4);
  });

  test("initialValueThreshold must be beaten first", async () => {
    const { saved, callback } = recorder({
      saveBestOnly: true,
      initialValueThreshold: 0.5,
      filepath: "{epoch}",
    });
    await new FakeModel().fit(callback, losses(1, 0.5, 0.4));
    expect(saved).toEqual([["3", 3]]);
  });

  test("saveFreq counts batches across epochs", async () => {
    const { saved, callback } = recorder({ saveFreq: 4, filepath: "{epoch}-{batch}" });
    await new FakeModel().fit(callback, losses(1, 1, 1), 3);
    expect(saved.map(([path]) => path)).toEqual(["2-1", "3-2"]);
  });

  test("larger is better for accuracy", async () => {
    const { saved, callback } = recorder({ saveBestOnly: true, monitor: "accuracy", filepath: "{epoch}" });
    await new FakeModel().fit(callback, [{ accuracy: 0.5 }, { accuracy: 0.4 }, { accuracy: 0.6 }]);
    expect(saved.map(([path]) => path)).toEqual(["1", "3"]);
  });

  test("a failing save ends training with its own error", async () => {
    const callback = modelCheckpoint({ save: () => Promise.reject(new Error("disk full")) });
    await expect(new FakeModel().fit(callback, losses(1))).rejects.toThrow("disk full");
  });

  test("unknown names and options are refused", async () => {
    await expect(
      new FakeModel().fit(recorder({ filepath: "{val_los}" }).callback, losses(1)),
    ).rejects.toThrow(/Did you mean `val_loss`/);
    await expect(
      new FakeModel().fit(recorder({ saveBestOnly: true }).callback, [{ loss: 1 }]),
    ).rejects.toThrow(/They hold: loss/);
    expect(() => modelCheckpoint({} as ModelCheckpointOptions)).toThrow(/`save` is missing/);
    expect(() => recorder({ filepath: "{epoch:x}" })).toThrow(ConfigError);
    expect(() => recorder({ saveFreq: 0 })).toThrow(ConfigError);
    expect(() => recorder({ saveBestOnly: true, monitor: "my_score" })).toThrow(/mode/);
    expect(() => recorder({ monitor: "my_score" })).not.toThrow();
  });
});

describe("pathTemplate", () => {
  test.each([
    ["{a}", 1.5, "1.5"],
    ["{a:d}", 7, "7"],
    ["{a:03d}", -7, "-07"],
    ["{a:4d}", 7, "   7"],
    ["{a:.2f}", 1.005, "1.00"],
    ["{a:08.3f}", -5.4321, "-005.432"],
    ["{a:.2e}", 0.00012345, "1.23e-04"],
    ["{a:f}", 0.5, "0.500000"],
    ["x{a:.1f}y{a:.0f}", 2.3, "x2.3y2"],
    ["no field", 1, "no field"],
  ])("%s with %d is %s", (template, a, expected) => {
    expect(pathTemplate("t", template)({ a })).toBe(expected);
  });

  test("takes numbers only: a text of a log could lead to another folder", () => {
    const fill = pathTemplate("t", "out/{run}.safetensors");
    expect(() => fill({ run: "../../x" as never })).toThrow(ConfigError);
    expect(() => pathTemplate("t", "{constructor}")({})).toThrow(ConfigError);
    expect(() => pathTemplate("t", "{a:.200f}")).toThrow(ConfigError);
    expect(() => pathTemplate("t", "{a:999999999d}")).toThrow(ConfigError);
  });
});
