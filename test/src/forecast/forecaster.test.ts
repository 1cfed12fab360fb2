import { describe, expect, it } from "vitest";
import { ConfigError, DataError, FormatError, ShapeError, StateError } from "../../../src/errors.js";
import { forecaster, loadForecaster } from "../../../src/forecast/forecaster.js";
import type { ForecasterOptions } from "../../../src/forecast/types.js";
import { toSafetensors } from "../../../src/formats/safetensors.js";
import { dense } from "../../../src/layers/dense.js";
import { sequential } from "../../../src/model/sequential.js";
import { coverage } from "../../../src/series/baselines/forecast-metrics.js";
import { tensor } from "../../../src/tensor.js";
import { autoregressive, bytesOf, monthly, quick } from "./support.js";

describe("a forecaster with no options", () => {
  it("beats the naive forecasts on a season with a trend, years ahead", async () => {
    const series = monthly(240);
    const model = await forecaster({ seed: 1 }).fit(series.slice(0, 180));
    const { metrics, baselines } = await model.backtest(series, { start: 180, horizon: 24 });
    expect(metrics.rmse).toBeLessThan(baselines.naive!.rmse!);
    expect(metrics.rmse).toBeLessThan(baselines["seasonal naive"]!.rmse!);
    // The noise's standard deviation is 1, and no forecast can err less.
    expect(metrics.rmse).toBeLessThan(1.5);
    model.dispose();
  });

  it("says what it chose and why, as data and as text", async () => {
    const model = await forecaster(quick).fit(monthly(120));
    const choices = model.explain();
    expect(choices.find(({ option }) => option === "season")).toMatchObject({ value: 12 });
    for (const { option, reason } of choices) expect(`${option}: ${reason}`).toMatch(/: ./);
    expect(choices.map(({ option }) => option)).toEqual(
      expect.arrayContaining([
        "horizon",
        "impute",
        "log",
        "difference",
        "scale",
        "window",
        "units",
        "epochs",
        "model",
        "carrier",
      ]),
    );
    expect(String(choices)).toContain("season: 12");
    expect(JSON.parse(JSON.stringify(choices))).toHaveLength(choices.length);
    expect(choices.summary).toMatch(/RMSE .* validation tail/);
    model.dispose();
  });

  it("says plainly that a baseline is better when one is", async () => {
    // A random walk, and a network that is made to learn its noise by heart.
    const walk: number[] = [0];
    for (const step of autoregressive(200, 0, 5)) walk.push(walk.at(-1)! + step);
    const eager = { epochs: 40, patience: 40, units: 16, learningRate: 0.05, seed: 7 };
    const model = await forecaster({ ...eager, season: null, model: "lstm" }).fit(walk);
    expect(model.explain().summary).toMatch(/naive forecast is better: use it/);
    model.dispose();
  });
});

describe("every kind of series", () => {
  const y = monthly(90);
  const x = monthly(90, 2);

  it("a list, a typed array and a tensor of the same numbers give the same forecast", async () => {
    const single = Array.from(Float32Array.from(y));
    const means = [];
    for (const series of [single, Float64Array.from(single), tensor(single)]) {
      const model = await forecaster(quick).fit(series);
      means.push((await model.forecast({ horizon: 3 })).mean);
      model.dispose();
    }
    expect(means[1]).toEqual(means[0]);
    expect(means[2]).toEqual(means[0]);
  });

  it("columns by name and the same table forecast the column that is asked for", async () => {
    const named = await forecaster(quick).fit({ columns: { x, y }, target: "y" });
    const table = await forecaster({ ...quick, target: 1 }).fit(y.map((value, t) => [x[t]!, value]));
    expect([named.target, named.columns]).toEqual(["y", ["x", "y"]]);
    expect((await named.forecast({ horizon: 14 })).mean).toEqual(
      (await table.forecast({ horizon: 14 })).mean,
    );
    expect(named.model!.inputShape![1]).toBeGreaterThan(2);
    named.dispose();
    table.dispose();
  });

  it("a series whose carriers look back so far that no window is left is forecast by them alone", async () => {
    const months = Array.from(
      { length: 40 },
      (_, t) => 1500 + 400 * Math.cos((2 * Math.PI * t) / 12) + 30 * Math.sin(t * t),
    );
    const model = await forecaster({ horizon: 12, season: 12, seed: 1 }).fit(months);
    const { mean, quantiles } = await model.forecast({ quantiles: [0.1, 0.9] });
    mean.forEach((value, h) => {
      const truth = 1500 + 400 * Math.cos((2 * Math.PI * (40 + h)) / 12);
      expect(Math.abs(value - truth)).toBeLessThan(100);
      expect(quantiles!["0.1"]![h]).toBeLessThanOrEqual(value);
    });
    const again = loadForecaster(await model.save());
    expect((await again.forecast()).mean).toEqual(mean);
    model.dispose();
    again.dispose();
  });
  it("of few seasons has the one its step makes likely", async () => {
    const months = Array.from(
      { length: 54 },
      (_, t) => 1500 + 400 * Math.cos((2 * Math.PI * t) / 12.6) + 90 * Math.sin(t * t),
    );
    const model = await forecaster({ horizon: 6, seasonCandidates: [12], seed: 1, epochs: 1 }).fit(months);
    expect(model.explain().find(({ option }) => option === "season")?.value).toBe(12);
    model.dispose();
  });
  it("gaps are filled, at both ends too, and the forecast is finite", async () => {
    const gappy: (number | null)[] = y.map((value, t) => (t % 17 === 0 || t > 87 ? null : value));
    for (const impute of ["linear", "forwardFill", "knn"] as const) {
      const model = await forecaster({ ...quick, impute }).fit({ columns: { x, gappy }, target: "gappy" });
      const { mean } = await model.forecast({ horizon: 20 });
      expect(mean.every(Number.isFinite)).toBe(true);
      model.dispose();
    }
  });
});

describe("the same seed", () => {
  it("gives the same forecast to the bit, another seed another network", async () => {
    const series = autoregressive(150, 0.7);
    const run = async (seed: number): Promise<string> => {
      const model = await forecaster({ ...quick, seed, model: "lstm" }).fit(series);
      const { mean } = await model.forecast({ horizon: 4 });
      model.dispose();
      return bytesOf(mean);
    };
    const first = await run(3);
    expect(await run(3)).toBe(first);
    expect(await run(4)).not.toBe(first);
  });
});

const kinds: [string, ForecasterOptions][] = [
  ["a network alone", { model: "lstm" }],
  ["a hybrid on smoothing", { model: "hybrid", carrier: "smoothing" }],
  ["a hybrid on an autoregression", { model: "hybrid", carrier: "autoregression" }],
  ["a blend", { model: "blend", carrier: "both", epochs: 12 }],
  ["recursive steps", { model: "lstm", strategy: "recursive", horizon: 5 }],
  ["an encoder and a decoder", { model: "lstm", strategy: "seq2seq", horizon: 5 }],
  [
    "two layers, robust scale, logarithms, seasonal differences",
    {
      model: "lstm",
      layers: 2,
      scale: "robust",
      log: true,
      difference: { order: 1, lag: 12 },
    },
  ],
  ["trained quantiles", { model: "lstm", intervals: "quantile", quantiles: [0.1, 0.9], horizon: 3 }],
  ["a normal distribution", { model: "hybrid", intervals: "gaussian", quantiles: [0.1, 0.9] }],
];

describe("saved and loaded", () => {
  const series: (number | null)[] = monthly(110).map((value, t) =>
    t % 23 === 4 || t === 109 ? null : value,
  );
  const newer: (number | null)[] = [null, 160, 158, null, 161];

  it.each(kinds)(
    "%s: forecasts the same to the bit, from the training series and from newer values",
    async (_, options) => {
      const model = await forecaster({ ...quick, ...options }).fit(series);
      const again = loadForecaster(await model.save());
      const levels = [0.1, 0.9];
      for (const history of [undefined, newer]) {
        const ask = { horizon: 9, quantiles: levels, ...(history === undefined ? {} : { history }) };
        const [a, b] = [await model.forecast(ask), await again.forecast(ask)];
        expect(bytesOf(b.mean)).toBe(bytesOf(a.mean));
        expect(b.quantiles).toEqual(a.quantiles);
        a.mean.forEach((_mean, h) => {
          expect(a.quantiles!["0.1"]![h]!).toBeLessThanOrEqual(a.quantiles!["0.9"]![h]!);
        });
      }
      expect(again.explain()).toEqual(model.explain());
      expect(String(again.explain())).toBe(String(model.explain()));
      expect([again.rows, again.target]).toEqual([110, "value"]);
      model.dispose();
      again.dispose();
    },
  );

  it("other bytes, a model without a chain and a damaged chain are told apart from a forecaster", async () => {
    expect(() => loadForecaster(new TextEncoder().encode("not a model at all"))).toThrow(FormatError);
    const plain = sequential([dense({ units: 1, inputShape: [2] })]);
    expect(() => loadForecaster(toSafetensors(plain))).toThrow(/holds no forecaster/);
    const broken = toSafetensors(plain, { metadata: { forecaster: '{"version":1}' } });
    expect(() => loadForecaster(broken)).toThrow(FormatError);
    const newest = toSafetensors(plain, { metadata: { forecaster: '{"version":99}' } });
    expect(() => loadForecaster(newest)).toThrow(/version 99/);
    plain.dispose();
  });
});

describe("newer values", () => {
  it("follow the training series; the series grown says the same", async () => {
    const series = monthly(130);
    const model = await forecaster(quick).fit(series.slice(0, 120));
    const appended = await model.forecast({ horizon: 4, history: series.slice(120) });
    expect((await model.forecast({ horizon: 4, history: series })).mean).toEqual(appended.mean);
    expect(appended.mean).not.toEqual((await model.forecast({ horizon: 4 })).mean);
    expect((await model.forecast({ history: series.slice(0, 120) })).mean).toEqual(
      (await model.forecast()).mean,
    );
    model.dispose();
  });

  it("give what a backtest gives from the same rows, to the bit, gaps at the cut included", async () => {
    const series: (number | null)[] = monthly(130).map((value, t) => (t >= 118 && t < 121 ? null : value));
    const model = await forecaster({ ...quick, model: "hybrid" }).fit(series.slice(0, 120));
    const { origins, predictions } = await model.backtest(series, { start: 120, horizon: 3 });
    for (const [i, origin] of origins.entries()) {
      const { mean } = await model.forecast({ horizon: 3, history: series.slice(120, origin) });
      expect(bytesOf(mean)).toBe(bytesOf(predictions[i]!));
    }
    model.dispose();
  });

  it("of other columns are refused", async () => {
    const model = await forecaster(quick).fit(monthly(60));
    await expect(
      model.forecast({
        history: [
          [1, 2],
          [3, 4],
        ],
      }),
    ).rejects.toThrow(ShapeError);
    await expect(
      model.forecast({ history: { columns: { sales: [1, 2] }, target: "sales" } }),
    ).rejects.toThrow(DataError);
    model.dispose();
  });
});

describe("intervals", () => {
  it("cover new values of a stationary series as often as they say", async () => {
    const series = autoregressive(1400, 0.6, 21);
    const model = await forecaster({ ...quick, season: null, log: false, quantiles: [0.1, 0.9] }).fit(
      series.slice(0, 1000),
    );
    const [actual, low, high]: number[][] = [[], [], []];
    for (let t = 1000; t < 1400; t += 4) {
      const { quantiles } = await model.forecast({ horizon: 1, history: series.slice(1000, t) });
      actual!.push(series[t]!);
      low!.push(quantiles!["0.1"]![0]!);
      high!.push(quantiles!["0.9"]![0]!);
    }
    // A hundred new values and two hundred to calibrate: standard errors 0.04 and 0.03; three of their sum's.
    expect(Math.abs(coverage(actual!, low!, high!) - 0.8)).toBeLessThan(0.15);
    model.dispose();
  });

  it("do not cross, widen with the distance, and stay positive under logarithms", async () => {
    const series = monthly(120).map((value) => value ** 2);
    const model = await forecaster({ ...quick, log: true }).fit(series);
    const { mean, quantiles } = await model.forecast({ horizon: 24, quantiles: [0.9, 0.05, 0.5] });
    expect(Object.keys(quantiles!)).toEqual(["0.05", "0.5", "0.9"]);
    mean.forEach((_, h) => {
      expect(quantiles!["0.05"]![h]!).toBeGreaterThan(0);
      expect(quantiles!["0.05"]![h]!).toBeLessThan(quantiles!["0.9"]![h]!);
    });
    const width = (h: number): number => quantiles!["0.9"]![h]! / quantiles!["0.05"]![h]!;
    expect(width(23)).toBeGreaterThan(width(0));
    model.dispose();
  });

  it("of trained quantiles know only their levels", async () => {
    const model = await forecaster({ ...quick, intervals: "quantile", quantiles: [0.2, 0.8] }).fit(
      monthly(80),
    );
    await expect(model.forecast({ quantiles: [0.3] })).rejects.toThrow(/0.3 was not trained.*0.2, 0.5, 0.8/);
    model.dispose();
  });
});

describe("what cannot be", () => {
  it("is refused with what would do", async () => {
    const few = monthly(14);
    const error = await forecaster({ horizon: 5 })
      .fit(few)
      .catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(DataError);
    const needed = Number(/at least (\d+)/.exec((error as Error).message)![1]);
    expect(needed).toBeGreaterThan(14);
    const enough = await forecaster({ ...quick, horizon: 5, season: null }).fit(autoregressive(needed, 0));
    expect((await enough.forecast()).mean).toHaveLength(5);
    enough.dispose();
  });

  it("a constant, nothing but gaps, an unknown column", async () => {
    await expect(forecaster().fit(new Array<number>(60).fill(3))).rejects.toThrow(/constant \(3\)/);
    await expect(forecaster().fit(new Array<null>(60).fill(null))).rejects.toThrow(/nothing but gaps/);
    const columns = { sales: monthly(60) };
    await expect(forecaster().fit({ columns, target: "slaes" })).rejects.toThrow(/Did you mean `sales`/);
    await expect(
      forecaster({ target: 2 }).fit([
        [1, 2],
        [3, 4],
      ]),
    ).rejects.toThrow(/column 2, but there are 2/);
    await expect(forecaster({ log: true }).fit(autoregressive(80, 0.5))).rejects.toThrow(DataError);
  });

  it("options that are unknown, out of range or in conflict", () => {
    expect(() => forecaster({ horizont: 3 } as object)).toThrow(/Did you mean `horizon`/);
    expect(() => forecaster({ horizon: 0 })).toThrow(ConfigError);
    expect(() => forecaster({ season: 1 })).toThrow(ConfigError);
    expect(() => forecaster({ quantiles: [0.5, 1] })).toThrow(ConfigError);
    expect(() => forecaster({ strategy: "directly" as "direct" })).toThrow(/Did you mean `direct`/);
    expect(() => forecaster({ layers: 2, units: [8] })).toThrow(/Leave one of them out/);
    expect(() => forecaster({ layers: [{ units: 8 }], units: 4 })).toThrow(ConfigError);
  });

  it("forecasts, explanations and bytes before fit", async () => {
    await expect(forecaster().forecast()).rejects.toThrow(StateError);
    await expect(forecaster().save()).rejects.toThrow(StateError);
    expect(() => forecaster().explain()).toThrow(/Call fit/);
  });

  it("an aborted fit leaves the forecaster as it was", async () => {
    const model = await forecaster(quick).fit(monthly(60));
    const before = (await model.forecast()).mean;
    await expect(model.fit(monthly(80, 5), { signal: AbortSignal.abort() })).rejects.toThrow(StateError);
    expect((await model.forecast()).mean).toEqual(before);
    model.dispose();
  });
});

describe("series without any noise", () => {
  it.each([
    ["a straight line", Array.from({ length: 80 }, (_, t) => 3 + 2 * t), 1e-6],
    ["four numbers over and over", Array.from({ length: 80 }, (_, t) => [5, 1, 7, 3][t % 4]!), 1e-6],
    ["growth by a tenth", Array.from({ length: 80 }, (_, t) => 10 * 1.1 ** t), 0.02],
    ["a step", Array.from({ length: 80 }, (_, t) => (t < 30 ? 1 : 2)), 0.05],
  ])("%s goes on", async (_, series, tolerance) => {
    const model = await forecaster({ ...quick, log: series[79]! > 1000 ? true : "auto" }).fit(
      series.slice(0, 64),
    );
    const { metrics } = await model.backtest(series, { start: 64, horizon: 4 });
    // The unit is the last value: rounding where the carrier has the law exactly, a little more where it is estimated.
    expect(metrics.rmse! / Math.abs(series[79]!)).toBeLessThan(tolerance);
    expect(Number.isFinite(metrics.mase)).toBe(true);
    expect(model.explain().summary).not.toMatch(/NaN|Infinity/);
    model.dispose();
  });
});
