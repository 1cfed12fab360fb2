import { describe, expect, it } from "vitest";
import { createEngine } from "../../../src/engine/engine.js";
import type { DataError } from "../../../src/errors.js";
import { runRecipe } from "../../../src/recipe/train-recipe.js";
import { crossValidate } from "../../../src/search/cross-validate.js";
import { decodeData, encodeData, hashOf, openData } from "../../../src/search/data.js";
import { ensemble } from "../../../src/search/ensemble.js";
import { fitMany } from "../../../src/search/fit-many.js";
import { inProcess } from "../../../src/search/runners/in-process.js";
import { kFold, timeSeriesSplit } from "../../../src/series/windows/folds.js";
import { builtGateflow, builtNode } from "../../support/built.js";

const runner = inProcess();
const series = Array.from({ length: 140 }, (_, t) => 10 + Math.sin(t / 4) + 0.2 * Math.cos(t));
const recipe = {
  series: { scale: "standard" as const },
  window: 6,
  layers: [
    { kind: "lstm", units: 4 },
    { kind: "dense", units: 1 },
  ],
  compile: { optimizer: { name: "adam", learningRate: 0.02 }, loss: "mse" },
  fit: { epochs: 3 },
};

describe("crossValidate", () => {
  it("gives each fold's losses, as a training by hand has them", async () => {
    // Ready-made examples without scaling: the fold's examples are the rows themselves.
    const x = Array.from({ length: 40 }, (_, n) => Array.from({ length: 5 }, (_, t) => [Math.sin(n + t)]));
    const y = x.map((steps) => [steps[4]![0]! * 0.5]);
    const plain = { ...recipe, series: {}, window: undefined as never };
    const { window: _, ...bare } = plain;
    const splitter = kFold({ nSplits: 4, shuffle: true, seed: 3 });
    const { folds, mean, std } = await crossValidate(bare, { x, y }, { splitter, seed: 7, runner });
    expect(folds).toHaveLength(4);
    const { train, test } = [...splitter.split(40)][2]!;
    const rows = (of: readonly number[]) => ({
      x: { shape: [of.length, 5, 1], data: Float32Array.from(of.flatMap((n) => x[n]!.flat())) },
      y: { shape: [of.length, 1], data: Float32Array.from(of.flatMap((n) => y[n]!)) },
      actual: new Float64Array(of.length),
      restore: (values: ArrayLike<number>) => Float64Array.from(values),
    });
    const engine = await createEngine({ threads: 1, reproducible: true });
    const attempt = await runRecipe(bare, { train: rows(train), validation: rows(test) }, 7, { engine });
    const losses = await attempt.model!.evaluate(rows(test).x, rows(test).y);
    expect(folds[2]!.test).toBe(losses.loss);
    attempt.model!.dispose();
    engine.dispose();
    const tests = folds.map((fold) => fold.test);
    expect(mean).toBeCloseTo(tests.reduce((a, b) => a + b) / 4, 12);
    expect(std).toBeCloseTo(Math.sqrt(tests.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 3), 12);
  });

  it("scales by the fold's own training part: what comes later changes nothing", async () => {
    const splitter = timeSeriesSplit({ nSplits: 3, testSize: 20 });
    const first = (changed: number) =>
      crossValidate(
        recipe,
        series.map((value, t) => (t > 100 ? value * changed : value)),
        { splitter, runner },
      );
    const [one, two] = [await first(1), await first(50)];
    expect(two.folds[0]).toEqual(one.folds[0]);
    expect(two.folds[1]!.train).toBe(one.folds[1]!.train);
    expect(two.folds[1]!.test).toBeGreaterThan(100 * one.folds[1]!.test);
  });

  it("never stops early on the test part", async () => {
    const stopping = { ...recipe, fit: { epochs: 8, earlyStopping: { patience: 1 } } };
    const splitter = {
      split: () => [{ train: Array.from({ length: 60 }, (_, i) => i), test: [100, 101, 102] }],
    };
    const other = { split: () => [{ train: Array.from({ length: 60 }, (_, i) => i), test: [70, 71] }] };
    const [a, b] = [
      await crossValidate(stopping, series, { splitter, runner }),
      await crossValidate(stopping, series, { splitter: other, runner }),
    ];
    expect(b.folds[0]!.train).toBe(a.folds[0]!.train);
    expect(a.std).toBeNaN();
  });

  it("names the fold that was refused, and refuses what is no splitter", async () => {
    const splitter = { split: () => [{ train: [], test: [1] }] };
    await expect(crossValidate(recipe, series, { splitter, runner })).rejects.toThrow(
      /crossValidate\(\): fold 0/,
    );
    await expect(crossValidate(recipe, series, { splitter: 5 as never })).rejects.toThrow(
      /`splitter` is none/,
    );
  });
});

describe("ensemble", () => {
  it("trains members from seeds of their own and predicts their mean", async () => {
    const three = await ensemble(recipe, series, { members: 3, seed: 4, runner });
    expect(three.members.map(({ seed }) => seed)).toEqual([4, 5, 6]);
    expect(new Set(three.members.map(({ value }) => value)).size).toBe(3);
    const x = [[[0], [0.5], [1], [0.5], [0], [-0.5]]];
    const own = await Promise.all(three.members.map(async ({ model }) => (await model.predict(x)).data[0]!));
    const { shape, data } = await three.predict(x);
    expect(shape).toEqual([1, 1]);
    expect(data[0]).toBeCloseTo(own.reduce((a, b) => a + b) / 3, 6);
    const one = await ensemble(recipe, series, { members: 1, seed: 5, runner });
    expect(one.members[0]!.value).toBe(three.members[1]!.value);
    three.dispose();
    one.dispose();
  });
});

describe("fitMany", () => {
  it("fits a forecaster for each series, and an error where none can be", async () => {
    const fitted = await fitMany(
      { epochs: 2, units: 4 },
      { wave: series, short: [1, 2], text: "no" as never },
      { runner },
    );
    expect(Object.keys(fitted)).toEqual(["wave", "short", "text"]);
    const { wave, short, text } = fitted;
    if ("error" in wave!) throw wave.error;
    expect((await wave!.forecast({ horizon: 3 })).mean).toHaveLength(3);
    wave!.dispose();
    expect((short as { error: Error }).error.message).toMatch(/values|rows/);
    expect((text as { error: Error }).error.message).toMatch(/fitMany\(\): text/);
  });

  it("takes rows, a tensor and columns by name, here and in threads, as the forecaster itself does", async () => {
    const beside = series.map((value, t) => value * 2 + (t % 3));
    const rows = series.map((value, t) => [beside[t]!, value]);
    const flat = { shape: [series.length, 2], data: Float32Array.from(rows.flat()) };
    const named = { columns: { sales: series, price: beside }, target: "sales" };
    const options = { epochs: 1, units: 3, target: 1 };
    const { fitMany: built, forecaster } = await builtGateflow();
    const { threads } = await builtNode();
    const elsewhere = threads({ workers: 2 });
    for (const [run, runner] of [
      [fitMany, inProcess()],
      [built as unknown as typeof fitMany, elsewhere],
    ] as const) {
      const fitted = await run(options, { rows, flat, named, tiny: [1, 1] }, { runner });
      for (const [name, data] of Object.entries({ rows, flat, named })) {
        const one = fitted[name]!;
        if ("error" in one) throw one.error;
        const own = await forecaster(options).fit(data);
        expect((await one.forecast({ history: data })).mean, name).toEqual(
          (await own.forecast({ history: data })).mean,
        );
        expect(one.target).toBe(own.target);
      }
      // An error is of its own class and keeps its code, wherever it arose.
      const { error } = fitted.tiny as { error: Error };
      expect([error.name, (error as DataError).code]).toEqual(["DataError", undefined]);
    }
    await elsewhere.close();
  });

  it("refuses of a recipe what a forecaster cannot be told, by its place", async () => {
    const refused = async (changed: object, what: RegExp): Promise<void> =>
      expect(fitMany({ ...recipe, ...changed } as never, { wave: series }, { runner })).rejects.toThrow(what);
    await refused({ compile: { optimizer: "sgd", loss: "mse" } }, /compile\.optimizer.*"sgd"/);
    await refused({ compile: { optimizer: "adam", loss: "mae" } }, /compile\.loss.*"mae"/);
    await refused({ compile: { optimizer: "adam", loss: "mse", truncate: 5 } }, /compile\.truncate.*5/);
    await refused(
      { compile: { optimizer: { name: "adam", clipnorm: 1 }, loss: "mse" } },
      /optimizer\.clipnorm/,
    );
    await refused({ fit: { epochs: 1, shuffle: false } }, /fit\.shuffle/);
    await refused({ series: { clip: 3 } }, /series\.clip/);
    await refused(
      { layers: [{ kind: "lstm", units: 3, dropout: 0.2 }, recipe.layers[1]!] },
      /layers\.0\.dropout/,
    );
    const forward = { ...recipe, series: { impute: "forward" as const } };
    const { wave } = await fitMany(forward, { wave: series }, { runner });
    if ("error" in wave!) throw wave.error;
    expect(wave!.options.impute).toBe("forwardFill");
  });

  it("follows a recipe, and refuses one that no forecaster can", async () => {
    const fitted = await fitMany(recipe, { wave: series }, { runner });
    const wave = fitted.wave!;
    if ("error" in wave) throw wave.error;
    expect(wave.options).toMatchObject({ window: 6, epochs: 3, learningRate: 0.02, scale: "standard" });
    wave.dispose();
    const gru = { ...recipe, layers: [{ kind: "gru", units: 3 }, recipe.layers[1]!] };
    await expect(fitMany(gru, { wave: series }, { runner })).rejects.toThrow(/`gru`/);
  });
});

describe("threads", () => {
  it("give the same bits as this process, however many there are", async () => {
    const { tune, choice, int, logUniform, inProcess: here } = await builtGateflow();
    const { threads } = await builtNode();
    const space = {
      ...recipe,
      window: choice([4, 6]),
      layers: [{ kind: "lstm", units: int(2, 6) }, recipe.layers[1]!],
      compile: { optimizer: { name: "adam", learningRate: logUniform(1e-3, 0.1) }, loss: "mse" },
    };
    const bits = async (other: ReturnType<typeof here>) => {
      const study = await tune(space, { data: series, trials: 6, sampler: "random", runner: other });
      await other.close();
      return study.trials.map(({ seconds: _, ...rest }) => rest);
    };
    const expected = await bits(here());
    expect(expected.every(({ state }) => state === "complete")).toBe(true);
    expect(await bits(threads({ workers: 2 }))).toEqual(expected);
    expect(await bits(threads({ workers: 1 }))).toEqual(expected);
  });
});

describe("data as bytes", () => {
  it("comes back as it was, and has one hash", async () => {
    const plain = openData("test", { x: [[[1], [2]]], y: [[3]] });
    expect(decodeData(encodeData(plain))).toEqual(plain);
    expect(await hashOf(plain)).toBe(await hashOf(decodeData(encodeData(plain))));
    const values = openData("test", [1, null, 3]);
    expect(decodeData(encodeData(values))).toEqual(values);
    expect(await hashOf(values)).not.toBe(await hashOf(openData("test", [1, null, 4])));
    // In the middle of a larger buffer, as a client of a database hands it on.
    const inside = Buffer.concat([Buffer.alloc(3), encodeData(plain)]).subarray(3);
    expect(decodeData(inside)).toEqual(plain);
    expect(() => decodeData(encodeData(values).subarray(0, 50))).toThrow(/cannot be read/);
  });
});
