import { describe, expect, it } from "vitest";
import { sineMix } from "../../../bench/faults/series.js";
import { repair } from "../../../src/doctor/repair.js";
import { ConfigError, DataError, StateError } from "../../../src/errors.js";
import { prepareSeries } from "../../../src/recipe/prepare.js";
import { applyFix, optimizerOf, type Recipe } from "../../../src/recipe/recipe.js";
import { standardScaler } from "../../../src/series/prepare/standard-scaler.js";

const TIMEOUT = 60_000;
const healthy: Recipe = {
  series: { scale: "standard" },
  window: 16,
  layers: [
    { kind: "lstm", units: 12 },
    { kind: "dense", units: 1 },
  ],
  compile: { optimizer: { name: "adam", learningRate: 0.01 }, loss: "mse" },
  fit: { epochs: 15 },
};
const series = sineMix(360, 2);

describe("repair()", () => {
  it(
    "cures two faults at once, to the healthy twin's error, and tells what it did",
    async () => {
      const sick: Recipe = {
        ...healthy,
        series: {},
        layers: [healthy.layers[0]!, { kind: "dense", units: 1, activation: "sigmoid" }],
      };
      const raw = series.map((value) => 900 + 200 * value);
      const { before: twin } = await repair(healthy, { series: raw, budget: 1, withControl: false });
      const result = await repair(sick, { series: raw, budget: 8, seed: 0 });
      expect(result.applied.map(({ code }) => code)).toEqual(
        expect.arrayContaining(["unscaled_target", "output_activation_range"]),
      );
      expect(result.after).toBeLessThan(1.1 * twin);
      expect(result.before).toBeGreaterThan(3 * twin);
      expect(result.after).toBeLessThan(result.control);
      expect(result.trainings).toBeLessThanOrEqual(8);
    },
    TIMEOUT,
  );

  it(
    "is the same again for the same seed, and leaves the recipe given as it is",
    async () => {
      const sick = applyFix(healthy, { compile: { optimizer: { learningRate: 2 } } });
      const copy = structuredClone(sick);
      const first = await repair(sick, { series, budget: 3, seed: 4 });
      expect(await repair(sick, { series, budget: 3, seed: 4 })).toEqual(first);
      expect(sick).toEqual(copy);
    },
    TIMEOUT,
  );

  it(
    "never looks at the test part",
    async () => {
      const other = series.map((value, t) => (t < 288 ? value : 1e6));
      const options = { budget: 2, testFraction: 0.2, withControl: false };
      expect(await repair(healthy, { series: other, ...options })).toEqual(
        await repair(healthy, { series, ...options }),
      );
    },
    TIMEOUT,
  );

  it(
    "keeps the remedy of a scaler that has seen the future, though the honest error is larger",
    async () => {
      const trending = series.map((value, t) => value + 0.01 * t);
      const seen = Array.from(standardScaler().fitTransform(trending));
      const { before, after, applied } = await repair(
        { ...healthy, series: {}, layers: [{ kind: "lstm", units: 8 }, healthy.layers[1]!] },
        { series: seen, budget: 2, testFraction: 0, withControl: false },
      );
      expect(applied.map(({ code }) => code)).toEqual(["data_leakage_scaler"]);
      expect(after).toBeGreaterThan(before);
    },
    TIMEOUT,
  );

  it(
    "takes a model that is refused to one that trains",
    async () => {
      const gaps = series.map((value, t) => (t % 30 === 4 ? null : value));
      const { before, after, applied } = await repair(healthy, {
        series: gaps,
        budget: 3,
        withControl: false,
      });
      expect(before).toBe(Number.POSITIVE_INFINITY);
      expect(applied[0]!.code).toBe("missing_values");
      expect(after).toBeLessThan(0.4);
    },
    TIMEOUT,
  );

  it(
    "works on examples, and reports each training",
    async () => {
      const x = series.slice(0, 340).map((_, i) => series.slice(i, i + 16).map((value) => [800 * value]));
      const seen: string[] = [];
      const { applied, after, before } = await repair(
        { ...healthy, series: {} },
        {
          data: { x, y: series.slice(16, 356) },
          budget: 3,
          withControl: false,
          onProgress: ({ tried }) => seen.push(tried),
        },
      );
      expect(applied[0]!.code).toBe("unscaled_inputs");
      expect(after).toBeLessThan(before);
      expect(seen.slice(0, 2)).toEqual(["as it is", "unscaled_inputs"]);
    },
    TIMEOUT,
  );

  it(
    "asks callbacks in every training, tells what was changed, and stops on its signal",
    async () => {
      const sick = applyFix(healthy, { compile: { optimizer: { learningRate: 2 } } });
      let trainings = 0;
      const changes: unknown[] = [];
      const result = await repair(sick, {
        series,
        budget: 2,
        callbacks: [{ onTrainBegin: () => void trainings++ }],
        onProgress: ({ change }) => changes.push(change),
      });
      expect([trainings, changes.length]).toEqual([2 * result.trainings, 2 * result.trainings]);
      expect(changes.slice(0, 2)).toEqual([undefined, result.applied[0]!.fix]);
      expect(changes[2]).toHaveProperty("compile.optimizer.learningRate");

      const stop = new AbortController();
      const told: string[] = [];
      const stopped = repair(sick, {
        series,
        signal: stop.signal,
        callbacks: [{ onEpochEnd: () => stop.abort() }],
        onProgress: ({ tried }) => told.push(tried),
      });
      await expect(stopped).rejects.toThrow(StateError);
      expect(told).toEqual([]);
    },
    TIMEOUT,
  );

  it("refuses recipes and options it cannot use", async () => {
    await expect(repair({ ...healthy, layers: [] }, { series })).rejects.toThrow(ConfigError);
    await expect(repair(healthy, {})).rejects.toThrow(ConfigError);
    await expect(repair(healthy, { series: [1, 2, 3] })).rejects.toThrow(DataError);
    await expect(repair(healthy, { series, budgett: 3 } as never)).rejects.toThrow(/budget/);
  });

  const sick = (changes: object): Recipe => ({ ...healthy, ...changes }) as Recipe;
  it.each<[string, Recipe, RegExp]>([
    [
      "a layer's option",
      sick({ layers: [{ kind: "lstm", unts: 3 }] }),
      /unknown option `unts`\. Did you mean `units`\?/,
    ],
    ["a step", sick({ series: { scal: "standard" } }), /recipe, series: unknown option `scal`.*`scale`/],
    ["a scale", sick({ series: { scale: "foo" } }), /`scale` is "foo"\. Allowed: standard/],
    ["an option of fit", sick({ fit: { epoch: 3 } }), /recipe, fit: unknown option `epoch`.*`epochs`/],
    [
      "an option of compile",
      sick({ compile: { loss: "mse", optimiser: "adam" } }),
      /`optimiser`.*`optimizer`/,
    ],
    ["an optimizer that is none", sick({ compile: { loss: "mse", optimizer: null } }), /`optimizer` is null/],
    ["a loss that is no name", sick({ compile: { loss: 5 } }), /`loss` is 5, expected a name/],
    ["class weights", sick({ fit: { classWeight: { 0: "x" } } }), /classWeight: `0` is "x"/],
    ["a layer that is none", sick({ layers: [null] }), /layers\[0\] has no kind/],
    [
      "a wrapped layer without config",
      sick({ layers: [{ kind: "bidirectional", layer: { kind: "lstm", units: 3 } }] }),
      /layers\[0\]\.layer is .*expected \{ "kind": "lstm", "config"/,
    ],
    [
      "a recipe that is a list",
      [] as unknown as Recipe,
      /recipe: expected an object of options, got an array/,
    ],
  ])("refuses %s before any training, naming the field", async (_, recipe, expected) => {
    const refusal = await repair(recipe, { series, budget: 1 }).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(ConfigError);
    expect((refusal as Error).message).toMatch(expected);
    expect((refusal as Error).message).toMatch(/^repair\(\): recipe/);
  });

  it("refuses a series and examples together, and half of the examples", async () => {
    const data = { x: [[[1]]], y: [[1]] };
    await expect(repair(healthy, { series, data })).rejects.toThrow(/`series` and `data` are both given/);
    await expect(repair(healthy, { data: { x: data.x } as never })).rejects.toThrow(/`data\.y` is missing/);
  });

  it("says of a recipe that cannot be trained even at the end why", async () => {
    const options = { budget: 1, withControl: false };
    const { after, refused } = await repair(healthy, { ...options, series: series.slice(0, 25) });
    expect(after).toBe(Infinity);
    expect(refused).toBe(
      "No window fits: a window of 16 and the next value need 17 values, the training part has 16. Set recipe.window to less, or bring a longer series.",
    );
    const gaps = series.map((value, t) => (t % 9 === 0 ? null : value));
    expect((await repair(healthy, { ...options, series: gaps })).refused).toMatch(/NaN.*interpolate/);
    const wild = sick({ compile: { loss: "mse", optimizer: { name: "sgd", learningRate: 1e30 } } });
    expect((await repair(wild, { ...options, series })).refused).toMatch(/not finite.*learningRate/);
    expect((await repair(sick({ fit: { epochs: 1 } }), { ...options, series })).refused).toBeNull();
  });
});

describe("a recipe", () => {
  it("is patched, not changed; null takes an option away", () => {
    const sick: Recipe = { ...healthy, compile: { ...healthy.compile, truncate: 4 } };
    const patched = applyFix(sick, {
      compile: { truncate: null, optimizer: { globalClipnorm: 1 } },
      layers: [
        { kind: "recurrent", set: { units: 24 } },
        { kind: "last", set: { activation: "linear" } },
      ],
    });
    expect(patched.compile.truncate).toBeUndefined();
    expect(optimizerOf(patched)).toEqual({ name: "adam", config: { learningRate: 0.01, globalClipnorm: 1 } });
    expect(patched.layers).toEqual([
      { kind: "lstm", units: 24 },
      { kind: "dense", units: 1, activation: "linear" },
    ]);
    expect(sick.compile.truncate).toBe(4);
  });

  it("brings predictions back exactly: perfect ones are the series itself, through log, difference and scale", () => {
    const values = Float64Array.from(series, (value, t) => Math.exp(0.01 * t + 0.1 * value));
    for (const steps of [
      {},
      { log: true },
      { difference: 1 },
      { scale: "robust" as const },
      { log: true, difference: 1, scale: "standard" as const },
    ]) {
      const { validation } = prepareSeries({ ...healthy, series: steps, horizon: 3 }, values, 280);
      const restored = validation.restore(validation.y.data);
      // y is float32: its rounding, times the three steps that differences add up.
      for (const [i, value] of restored.entries())
        expect(Math.abs(value / validation.actual[i]! - 1)).toBeLessThan(2e-6);
    }
  });
});
