import { beforeAll, describe, expect, it } from "vitest";
import { ConfigError, DataError, ShapeError, StateError } from "../../../../src/errors.js";
import { forecaster, loadForecaster } from "../../../../src/forecast/forecaster.js";
import type { Forecast, PanelForecaster } from "../../../../src/forecast/types.js";
import { createRandom } from "../../../../src/random.js";

/** Sales by month: a level, a season all share, noise; of lengths that differ. */
function shop(i: number, months = 72 + 6 * i): number[] {
  const random = createRandom(100 + i);
  const level = 50 * (i + 1);
  return Array.from({ length: months }, (_, t) => {
    const season = 1 + 0.3 * Math.sin((Math.PI * (t - months)) / 6);
    return level * season * (1 + 0.03 * random.normal());
  });
}

const names = ["a", "b", "c", "d", "e"] as const;
const panel = Object.fromEntries(names.map((name, i) => [name, shop(i)])) as Record<
  (typeof names)[number],
  number[]
>;
const quick = { horizon: 6, epochs: 2, units: 8, members: 2, seed: 3 };

const truth = (i: number, h: number): number => 50 * (i + 1) * (1 + 0.3 * Math.sin((Math.PI * h) / 6));

describe("a fitted panel", () => {
  let model: PanelForecaster<typeof panel>;
  beforeAll(async () => {
    model = await forecaster(quick).fit({ panel });
  });

  it("gives one forecast a series, by name, near what comes", async () => {
    const forecasts = await model.forecast();
    expect(Object.keys(forecasts)).toEqual([...names]);
    names.forEach((name, i) => {
      forecasts[name].mean.forEach((value, h) => {
        expect(Math.abs(value / truth(i, h) - 1)).toBeLessThan(0.12);
      });
    });
    expect(model.rows).toBe(names.reduce((sum, name) => sum + panel[name].length, 0));
  });

  it("says what was chosen and why, and which series differ", () => {
    const chosen = model.explain();
    const value = (option: string): unknown => chosen.find((choice) => choice.option === option)?.value;
    expect(value("season")).toBe(12);
    expect(value("base")).toBe("season");
    expect(value("log")).toBe(true);
    expect((value("worst") as string[]).every((name) => name in panel)).toBe(true);
    expect(String(chosen)).toMatch(/share of the networks/);
    expect(chosen.summary).toMatch(/5 series judged/);
  });

  it("goes on beyond the trained horizon, and a longer forecast begins with the shorter one", async () => {
    const short = await model.forecast();
    const long = await model.forecast({ horizon: 15 });
    expect(long.a.mean).toHaveLength(15);
    expect(long.a.mean.slice(0, 6)).toEqual(short.a.mean);
    expect(Math.abs(long.a.mean[12]! / truth(0, 12) - 1)).toBeLessThan(0.15);
  });

  it("quantiles rise with the level, and the point lies within", async () => {
    const { a } = await model.forecast({ quantiles: [0.05, 0.5, 0.95] });
    a.mean.forEach((value, h) => {
      expect(a.quantiles!["0.05"]![h]!).toBeLessThanOrEqual(value);
      expect(a.quantiles!["0.95"]![h]!).toBeGreaterThanOrEqual(value);
      expect(a.quantiles!["0.05"]![h]!).toBeLessThan(a.quantiles!["0.95"]![h]!);
    });
  });

  it("takes newer values, the series grown, series never seen, and one series alone", async () => {
    const newer = [55, 60, 63];
    const grown = await model.forecast({ history: { a: [...panel.a, ...newer] } });
    const after = await model.forecast({ history: { a: newer } });
    expect(after).toEqual(grown);
    expect(grown.a!.mean).not.toEqual((await model.forecast()).a.mean);
    const strange = shop(7, 60);
    const fresh = await model.forecast({ history: { z: strange } });
    fresh.z!.mean.forEach((value, h) => {
      expect(Math.abs(value / truth(7, h) - 1)).toBeLessThan(0.15);
    });
    const alone = (await model.forecast({ history: strange as never })) as unknown as Forecast;
    expect(alone).toEqual(fresh.z);
    const rows = (await model.forecast({ history: [strange] })) as unknown as Forecast[];
    expect(rows).toEqual([fresh.z]);
  });

  it("forecasts the same, to the bit, after save and load, and takes newer values", async () => {
    const again = loadForecaster<typeof panel>(await model.save());
    const options = { quantiles: [0.1, 0.9] };
    expect(await again.forecast(options)).toEqual(await model.forecast(options));
    const history = { b: [90, 95], z: shop(7, 60) };
    expect(await again.forecast({ history })).toEqual(await model.forecast({ history }));
    expect(String(again.explain())).toBe(String(model.explain()));
    again.dispose();
  });

  it("is the same in every run, to the bit", async () => {
    const again = await forecaster(quick).fit({ panel });
    expect(await again.forecast()).toEqual(await model.forecast());
    again.dispose();
  });
});

describe("a backtest of a panel", () => {
  it("knows nothing of what comes after an origin, and puts baselines beside", async () => {
    const model = forecaster(quick) as unknown as PanelForecaster<typeof panel>;
    const options = { start: 60, horizon: 6, step: 3 };
    const result = await model.backtest({ panel }, options);
    const { origins, predictions, baselines, metrics } = result.a;
    expect(origins).toEqual([60, 63, 66]);
    expect(predictions[0]).toHaveLength(6);
    expect(metrics.rmse!).toBeLessThan(baselines.naive!.rmse!);
    const changed = { ...panel, a: panel.a.map((value, t) => (t < 63 ? value : value * 3)) };
    const other = await model.backtest({ panel: changed }, options);
    expect(other.a.predictions.slice(0, 2)).toEqual(predictions.slice(0, 2));
    model.dispose();
  });

  it("refuses a start that some series does not reach, and takes a share of each", async () => {
    const rows = names.map((name) => panel[name]);
    const model = await forecaster(quick).fit({ panel: rows });
    await expect(model.backtest({ panel: rows }, { start: 80, horizon: 6 })).rejects.toThrow(/series `0`/);
    const result = await model.backtest({ panel: rows }, { start: 0.8, horizon: 2, step: 4 });
    expect(result.map(({ origins }) => origins[0])).toEqual(
      rows.map(({ length }) => Math.floor(0.8 * length)),
    );
    model.dispose();
  });
});

describe("a backtest of a panel with refit", () => {
  const two = { a: shop(0, 72), b: shop(1, 90) };

  it("trains anew at every origin, on what is known there of each series", async () => {
    const options = { horizon: 3, epochs: 1, units: 4, members: 1, seed: 3 };
    const test = { start: 57, horizon: 3, step: 12 };
    const { a, b } = await forecaster(options).backtest({ panel: two }, { ...test, refit: true });
    expect([a.origins, b.origins]).toEqual([
      [57, 69],
      [57, 69, 81],
    ]);
    expect([a, b].map(({ predictions }) => predictions.map(({ length }) => length))).toEqual([
      [3, 3],
      [3, 3, 3],
    ]);
    // Each round is what a forecaster that never saw more gives.
    const known = (rows: number) => ({ panel: { a: two.a.slice(0, rows), b: two.b.slice(0, rows) } });
    for (const [round, rows] of [57, 69, 81].entries()) {
      const forecasts = await (await forecaster(options).fit(known(rows))).forecast();
      expect(b.predictions[round]).toEqual(forecasts.b.mean);
      if (rows < 72) expect(a.predictions[round]).toEqual(forecasts.a.mean);
    }
  });

  it("begins at a gap as well: nothing is newer than what was learnt", async () => {
    const holed = { ...two, a: two.a.map((value, t) => (t === 59 ? null : value)) };
    const options = { horizon: 2, epochs: 1, units: 4, members: 1 };
    const { a } = await forecaster(options).backtest({ panel: holed }, { start: 60, step: 6 });
    expect(a.predictions.flat().every(Number.isFinite)).toBe(true);
  });
});

describe("panels as they come", () => {
  it("an array gives an array; gaps are filled, a series too short for the network is forecast beside it", async () => {
    const rows = [shop(0), shop(1), shop(2), [3, 4, 5, 4, 5]].map((row, i) =>
      i === 1 ? row.map((value, t) => (t % 17 === 3 ? null : value)) : row,
    );
    const model = await forecaster(quick).fit({ panel: rows });
    const forecasts = await model.forecast({ quantiles: [0.1, 0.9] });
    expect(forecasts).toHaveLength(4);
    expect(forecasts.flatMap(({ mean }) => mean).every(Number.isFinite)).toBe(true);
    model.dispose();
  });

  it("counts with zeros are modelled as they are and never forecast below zero", async () => {
    const random = createRandom(5);
    const rows = Array.from({ length: 6 }, () =>
      Array.from({ length: 84 }, (_, t) => (t % 7 < 5 ? Math.floor(4 * random.uniform()) : 0)),
    );
    const model = await forecaster({ ...quick, horizon: 7 }).fit({ panel: rows });
    expect(model.explain().find(({ option }) => option === "log")?.value).toBe(false);
    for (const { mean, quantiles } of await model.forecast({ quantiles: [0.01, 0.99] })) {
      expect(Math.min(...mean, ...quantiles!["0.01"]!)).toBeGreaterThanOrEqual(0);
    }
    model.dispose();
  });

  it("what describes a series reaches the forecast: two alike differ by their numbers alone", async () => {
    const row = shop(0);
    const kinds = Object.fromEntries(names.map((name, i) => [name, [i % 2, 1]]));
    const twice = Object.fromEntries(names.map((name, i) => [name, i < 2 ? row : shop(i)]));
    const model = await forecaster({ ...quick, model: "lstm" }).fit({ panel: twice, static: kinds });
    const { a, b } = await model.forecast();
    expect(a!.mean).not.toEqual(b!.mean);
    model.dispose();
  });

  it("other columns and times are seen, and must fit", async () => {
    const time = Object.fromEntries(
      names.map((name) => [
        name,
        panel[name].map((_, t) => new Date(Date.UTC(2010, t, 1)).toISOString().slice(0, 10)),
      ]),
    );
    const wide = Object.fromEntries(
      names.map((name) => [
        name,
        { columns: { sales: panel[name], price: panel[name].map((_, t) => (t % 5) + 1) }, target: "sales" },
      ]),
    );
    const model = await forecaster(quick).fit({ panel: wide, time });
    expect((await model.forecast()).a!.mean).toHaveLength(6);
    await expect(model.forecast({ history: { q: [1, 2, 3] } })).rejects.toThrow(/columns/);
    model.dispose();
    const late = { ...time, a: [...time.a!].reverse() };
    await expect(forecaster(quick).fit({ panel: wide, time: late })).rejects.toThrow(/do not rise/);
    await expect(forecaster(quick).fit({ panel: wide, time: { ...time, a: ["2010"] } })).rejects.toThrow(
      ShapeError,
    );
  });
});

describe("what is refused", () => {
  it("options of one series, and of panels", async () => {
    await expect(forecaster({ ...quick, window: 8 }).fit({ panel })).rejects.toThrow(ConfigError);
    await expect(forecaster({ ...quick, model: "blend" }).fit({ panel })).rejects.toThrow(ConfigError);
    await expect(forecaster({ ...quick, intervals: "gaussian" }).fit({ panel })).rejects.toThrow(ConfigError);
    await expect(forecaster({ members: 2 }).fit(shop(0))).rejects.toThrow(/panels/);
  });

  it("no series, short ones, names that are none, numbers that are missing", async () => {
    await expect(forecaster(quick).fit({ panel: {} })).rejects.toThrow(DataError);
    await expect(forecaster(quick).fit({ panel: [[1, 2, 3]] })).rejects.toThrow(/at least/);
    await expect(forecaster(quick).fit({ panel, static: { zz: [1] } as never })).rejects.toThrow(/zz/);
    await expect(forecaster(quick).fit({ panel, static: { a: [1] } })).rejects.toThrow(/series `b`/);
    await expect(forecaster(quick).fit({ panel, statics: {} } as never)).rejects.toThrow(/statics/);
  });

  it("a signal stops it, and the forecaster is as it was", async () => {
    const stop = new AbortController();
    const model = forecaster({ ...quick, epochs: 50 });
    const callbacks = [{ onTrainBatchEnd: () => stop.abort() }];
    await expect(model.fit({ panel }, { signal: stop.signal, callbacks })).rejects.toThrow(StateError);
    expect(model.fitted).toBe(false);
  });
});
