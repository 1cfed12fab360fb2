import { describe, expect, it } from "vitest";
import { DataError } from "../../../src/errors.js";
import { forecaster } from "../../../src/forecast/forecaster.js";
import type { ForecasterOptions } from "../../../src/forecast/types.js";
import { createRandom } from "../../../src/random.js";
import { inProcess } from "../../../src/search/runners/in-process.js";
import { rmse } from "../../../src/series/baselines/forecast-metrics.js";
import { driftForecast, naiveForecast, seasonalNaiveForecast } from "../../../src/series/baselines/naive.js";
import { bytesOf, monthly, quick } from "./support.js";

const gappy = (values: readonly number[]): number[] =>
  values.map((value, t) => (t % 11 === 3 || t % 29 === 0 ? Number.NaN : value));

describe("nothing is seen before its time", () => {
  const options: [string, ForecasterOptions][] = [
    ["a network alone", { model: "lstm" }],
    ["a hybrid", { model: "hybrid", carrier: "both" }],
    ["forward filling, recursive", { model: "lstm", impute: "forwardFill", strategy: "recursive" }],
  ];
  it.each(options)(
    "%s: values from an origin on do not change what was forecast up to there, to the bit",
    async (_, own) => {
      const series = gappy(monthly(130));
      const model = await forecaster({ ...quick, ...own }).fit(series.slice(0, 100));
      const { origins, predictions } = await model.backtest(series, { start: 100, horizon: 2 });
      const random = createRandom(4);
      for (const cut of [100, 107, 113, 124]) {
        const changed = series.map((value, t) =>
          t < cut ? value : random.uniform() < 0.2 ? Number.NaN : 1000 * random.normal(),
        );
        // A value to compare with must be there.
        changed[127] = 5;
        const after = await model.backtest(changed, { start: 100, horizon: 2 });
        origins.forEach((origin, i) => {
          if (origin <= cut)
            expect(bytesOf(after.predictions[i]!), `origin ${origin}, cut ${cut}`).toBe(
              bytesOf(predictions[i]!),
            );
        });
      }
      model.dispose();
    },
  );

  it("with gaps filled by neighbours too, and other columns", async () => {
    const [x, y] = [
      gappy(monthly(110, 3)),
      gappy(monthly(110)).map((value, t) => (t % 7 === 5 ? Number.NaN : value)),
    ];
    const model = await forecaster({ ...quick, impute: "knn" }).fit({
      columns: { x: x.slice(0, 90), y: y.slice(0, 90) },
      target: "y",
    });
    const { origins, predictions } = await model.backtest({ columns: { x, y }, target: "y" }, { start: 90 });
    const cut = 97;
    const spoilt = (values: number[]): number[] => values.map((value, t) => (t < cut ? value : 1e4 + t));
    const after = await model.backtest(
      { columns: { x: spoilt(x), y: spoilt(y) }, target: "y" },
      { start: 90 },
    );
    origins.forEach((origin, i) => {
      if (origin <= cut) expect(bytesOf(after.predictions[i]!)).toBe(bytesOf(predictions[i]!));
    });
    expect(bytesOf(after.predictions.at(-1)!)).not.toBe(bytesOf(predictions.at(-1)!));
    model.dispose();
  });

  it("a forecaster that was fitted on more than `start` rows, or on another series, steps back for a copy", async () => {
    const series = monthly(100);
    const honest = await forecaster(quick).backtest(series, { start: 80 });
    for (const trained of [series, monthly(90, 9)]) {
      const model = await forecaster(quick).fit(trained);
      const { predictions } = await model.backtest(series, { start: 80 });
      expect(predictions).toEqual(honest.predictions);
      expect(model.rows).toBe(trained.length);
      model.dispose();
    }
  });

  it("the baselines see no more than the model", async () => {
    const series = gappy(monthly(120));
    const model = await forecaster(quick).fit(series.slice(0, 100));
    const whole = await model.backtest(series, { start: 100 });
    const changed = series.map((value, t) => (t < 110 ? value : value * 3));
    const short = await model.backtest(changed.slice(0, 110), { start: 100 });
    const { rmseByStep } = await model.backtest(series.slice(0, 110), { start: 100 });
    expect(short.rmseByStep).toEqual(rmseByStep);
    expect(whole.origins.length).toBe(20);
    model.dispose();
  });
});

describe("a backtest", () => {
  it("fits on the rows before `start` when nothing was fitted, and keeps that fit", async () => {
    const series = monthly(90);
    const model = forecaster(quick);
    const { origins, predictions, actuals } = await model.backtest(series, {
      start: 70,
      horizon: 3,
      step: 4,
    });
    expect(model.rows).toBe(70);
    expect(origins).toEqual([70, 74, 78, 82, 86]);
    expect(actuals[1]).toEqual(series.slice(74, 77));
    expect(predictions.map((row) => row.length)).toEqual([3, 3, 3, 3, 3]);
    model.dispose();
  });

  it("measures over all that came, leaving gaps out", async () => {
    const series = gappy(monthly(110));
    const { predictions, actuals, metrics, baselines, rmseByStep } = await forecaster(quick).backtest(
      series,
      { start: 90, horizon: 2 },
    );
    const pairs = actuals
      .flatMap((row, i) => row.map((value, h) => [value, predictions[i]![h]!] as const))
      .filter(([value]) => !Number.isNaN(value));
    expect(metrics.rmse).toBeCloseTo(
      rmse(
        pairs.map(([a]) => a),
        pairs.map(([, p]) => p),
      ),
      12,
    );
    expect(Object.keys(baselines)).toEqual(["naive", "seasonal naive", "drift", "holtWinters", "theta"]);
    for (const row of [metrics, ...Object.values(baselines)])
      expect(Object.keys(row)).toEqual(["rmse", "mae", "mase", "smape"]);
    expect(Object.keys(rmseByStep)).toEqual(["model", ...Object.keys(baselines)]);
    expect(rmseByStep.naive).toHaveLength(2);
  });

  it("its naive baselines are the library's", async () => {
    const series = monthly(100);
    const { origins, actuals, baselines } = await forecaster(quick).backtest(series, {
      start: 85,
      horizon: 4,
    });
    const errorOf = (forecast: (past: number[]) => number[]): number =>
      rmse(
        actuals,
        origins.map((origin) => forecast(series.slice(0, origin))),
      );
    expect(baselines.naive!.rmse).toBeCloseTo(
      errorOf((past) => naiveForecast(past, { horizon: 4 })),
      12,
    );
    expect(baselines.drift!.rmse).toBeCloseTo(
      errorOf((past) => driftForecast(past, { horizon: 4 })),
      12,
    );
    expect(baselines["seasonal naive"]!.rmse).toBeCloseTo(
      errorOf((past) => seasonalNaiveForecast(past, { season: 12, horizon: 4 })),
      12,
    );
  });

  it("beyond the trained horizon goes on from its own forecasts, the same from one origin as from many", async () => {
    const series = monthly(110);
    const model = await forecaster({ ...quick, horizon: 2, model: "lstm" }).fit(series.slice(0, 90));
    const { predictions } = await model.backtest(series, { start: 90, horizon: 7 });
    const { mean } = await model.forecast({ horizon: 7 });
    expect(bytesOf(predictions[0]!)).toBe(bytesOf(mean));
    model.dispose();
  });

  it("refits at every origin when asked to", async () => {
    const series = monthly(84);
    const { origins, predictions } = await forecaster(quick).backtest(series, {
      start: 80,
      refit: true,
      step: 2,
    });
    expect(origins).toEqual([80, 82]);
    const model = await forecaster(quick).fit(series.slice(0, 82));
    expect((await model.forecast()).mean).toEqual(predictions[1]);
    model.dispose();
  });

  it("refits on a runner with the same forecasts to the bit, in the origins' order", async () => {
    const series = monthly(84);
    const named = { columns: { other: series.map((value) => -value), own: series }, target: "own" };
    const test = { start: 76, horizon: 2, step: 2, refit: true };
    for (const data of [series, named]) {
      const here = await forecaster(quick).backtest(data, test);
      expect(here.origins).toHaveLength(4);
      expect(await forecaster(quick).backtest(data, { ...test, runner: inProcess({ workers: 2 }) })).toEqual(
        here,
      );
    }
  });

  it("ends with a runner's first error, and refuses one without use", async () => {
    const series = monthly(84);
    const begun: number[] = [];
    const broken = {
      workers: 1,
      run: ({ job }: { job: { rows: number } }) => {
        begun.push(job.rows);
        return Promise.reject(new Error("no such machine"));
      },
    };
    const test = { start: 76, step: 2, refit: true };
    await expect(forecaster(quick).backtest(series, { ...test, runner: broken })).rejects.toThrow(
      "no such machine",
    );
    expect(begun).toEqual([78]);
    const refused = (options: object, what: RegExp) =>
      expect(forecaster(quick).backtest(series, { ...test, ...options } as never)).rejects.toThrow(what);
    await refused({ runner: inProcess(), refit: false }, /refit: true/);
    await refused({ runner: {} }, /inProcess\(\)/);
    await refused({ runner: inProcess(), callbacks: [] }, /callbacks/);
  });

  it("with nothing to compare with says how many rows can be known", async () => {
    await expect(forecaster(quick).backtest(monthly(60), { start: 58, horizon: 3 })).rejects.toThrow(
      /at most 57 rows/,
    );
    await expect(forecaster(quick).backtest(monthly(60), { start: 60 })).rejects.toThrow(DataError);
  });
});
