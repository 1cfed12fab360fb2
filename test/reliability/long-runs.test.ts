import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { beforeAll, describe, expect, it } from "vitest";
import { forgottenModels, manyPredictions } from "../../bench/reliability/leaks.js";
import { changedForecasters, storedForecasters } from "../../bench/reliability/stored-values.js";
import { threadedSteps } from "../../bench/reliability/threaded-steps.js";
import { loadForecaster } from "../../src/index.js";

const SEED = 20261128;

describe("steps on more threads than there are processors", () => {
  it("change no bit, with pauses and stops", async () => {
    const { steps, threads, changed } = await threadedSteps(120, SEED);
    expect(changed).toEqual([]);
    expect(steps).toBeGreaterThanOrEqual(120);
    expect(threads).toBeGreaterThan(1);
  });
});

describe("a saved forecaster", () => {
  it("with any value changed is refused or forecasts, at once", async () => {
    for (const { bytes } of await storedForecasters()) loadForecaster(bytes).dispose();
    const { files, refused, faults } = await changedForecasters(37);
    expect(faults).toEqual([]);
    expect(files).toBeGreaterThan(100);
    expect(refused).toBeGreaterThan(files / 2);
  });
});

describe("memory", () => {
  beforeAll(() => {
    setFlagsFromString("--expose-gc");
    (globalThis as { gc?: () => void }).gc = runInNewContext("gc") as () => void;
  });

  it("does not rise with models that are forgotten, nor with predictions", async () => {
    const models = await forgottenModels(600, 12);
    // One that stayed would be a page of WebAssembly, 64 KiB, at the least.
    expect(models.slope).toBeLessThan(6_000);
    const predictions = await manyPredictions(6_000, 12);
    expect(predictions.slope).toBeLessThan(200);
  });
});
