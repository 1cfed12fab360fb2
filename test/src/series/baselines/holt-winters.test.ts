import { describe, expect, it } from "vitest";
import { ConfigError, DataError } from "../../../../src/errors.js";
import {
  bestHoltWinters,
  holtWinters,
  holtWintersForecast,
} from "../../../../src/series/baselines/holt-winters.js";
import { smooth, smoothedPath } from "../../../../src/series/baselines/smoothing-state.js";
import { expectClose } from "../golden.js";
import { goldenSeries, smoothingGolden } from "../smoothing-golden.js";

describe("the recursion", () => {
  it.each(smoothingGolden.smoothing)(
    "gives statsmodels' fitted values and forecasts from statsmodels' parameters: $series, season $season, damped $damped",
    ({ series, parameters, start, fitted, forecast }) => {
      const y = goldenSeries(series);
      const state = Float64Array.from(start);
      const own = y.map((value, t) => value - smooth(state, parameters, t, value));
      // statsmodels' weights recur in another order of operations: rounding over 400 steps.
      expectClose(own.slice(0, 60), fitted, 1e-9);
      expectClose(smoothedPath(state, parameters, y.length, 60), forecast, 1e-9);
    },
  );

  it("goes on as if it had seen its own forecasts", () => {
    const parameters = { alpha: 0.4, beta: 0.1, gamma: 0.2, phi: 0.9 };
    const state = Float64Array.of(10, 1, 2, -1, -1);
    const path = smoothedPath(state, parameters, 7, 8);
    const fed = state.slice();
    for (let h = 0; h < 4; h++) smooth(fed, parameters, 7 + h, path[h]!);
    expectClose(smoothedPath(fed, parameters, 11, 4), path.subarray(4), 1e-14);
  });
});

describe("holtWinters", () => {
  it.each(smoothingGolden.smoothing)(
    "errs no more than statsmodels' optimum: $series, season $season, damped $damped",
    ({ series, trend, damped, season, sse }) => {
      const fit = holtWinters(goldenSeries(series), { trend, damped, season });
      // Both searches end where their tolerance says; a thousandth is far below what a forecast would notice.
      expect(fit.sse).toBeLessThan(sse * 1.001);
      const { alpha, beta, gamma, phi } = fit.parameters;
      expect([
        alpha > 0 && alpha <= 1,
        beta >= 0 && beta <= alpha,
        gamma >= 0 && gamma <= 1 - alpha + 1e-12,
        phi <= 1,
      ]).toEqual([true, true, true, true]);
    },
  );

  it("draws a straight line on, and a season", () => {
    const pattern = [3, -1, -2];
    const y = Array.from({ length: 30 }, (_, t) => 5 + 2 * t + pattern[t % 3]!);
    const next = Array.from({ length: 7 }, (_, h) => 5 + 2 * (30 + h) + pattern[h % 3]!);
    // The series obeys the model exactly, so only rounding is left.
    expectClose(holtWinters(y, { season: 3 }).forecast(7), next, 1e-6);
    expectClose(holtWintersForecast(y, { season: 3, horizon: 7 }), next, 1e-6);
  });

  it("a damped trend flattens out", () => {
    const y = Array.from({ length: 60 }, (_, t) => 100 * (1 - 0.9 ** t));
    const path = holtWinters(y, { damped: true }).forecast(50);
    expect(path[49]! - path[48]!).toBeLessThan(0.2 * (path[1]! - path[0]!));
    expect(path[49]!).toBeLessThan(102);
  });

  it("AICc leaves out the season that is not there and keeps the one that is", () => {
    const noise = Array.from({ length: 80 }, (_, t) => ((t * 7919) % 101) / 101);
    expect(bestHoltWinters(noise, 4).season).toBeNull();
    expect(
      bestHoltWinters(
        noise.map((value, t) => value + 5 * (t % 4)),
        4,
      ).season,
    ).toBe(4);
  });

  it("a constant series is forecast as that constant", () => {
    expectClose(holtWintersForecast(new Array<number>(12).fill(7), { horizon: 3 }), [7, 7, 7], 1e-9);
  });

  it("refuses gaps, too few values and seasons that are none", () => {
    expect(() => holtWinters([1, Number.NaN, 3, 4, 5, 6])).toThrow(DataError);
    expect(() => holtWinters([1, 2, 3, 4], { season: 4 })).toThrow(
      /4 values are too few, expected at least 10/,
    );
    expect(() => holtWinters([1, 2, 3, 4, 5], { season: 1 })).toThrow(ConfigError);
    expect(() => holtWinters([1, 2, 3], { seasons: 4 } as object)).toThrow(/Did you mean `season`/);
  });
});

describe("several seasons", () => {
  const two = Array.from(
    { length: 7 * 6 * 8 },
    (_, t) =>
      200 +
      20 * Math.sin((2 * Math.PI * t) / 6) +
      12 * Math.cos((2 * Math.PI * t) / 42) +
      ((t * 7919) % 13) / 6,
  );
  const actual = (t: number): number =>
    201 + 20 * Math.sin((2 * Math.PI * t) / 6) + 12 * Math.cos((2 * Math.PI * t) / 42);

  it("are followed together, which neither can do alone", () => {
    const error = (season: number | number[]): number => {
      const path = holtWinters(two, { season, trend: false }).forecast(42);
      return Math.sqrt(path.reduce((sum, value, h) => sum + (value - actual(two.length + h)) ** 2, 0) / 42);
    };
    expect(error([6, 42])).toBeLessThan(2);
    expect(error([6, 42])).toBeLessThan(0.5 * error(6));
  });

  it("go on as if their own forecasts had come, every season in its phase", () => {
    const { parameters, initial, seasons } = holtWinters(two, { season: [42, 6] });
    expect(seasons).toEqual([6, 42]);
    expect(parameters.further).toHaveLength(1);
    const state = Float64Array.of(initial.level, initial.trend, ...initial.season);
    two.forEach((value, t) => {
      smooth(state, parameters, t, value);
    });
    const path = smoothedPath(state, parameters, two.length, 60);
    for (let h = 0; h < 30; h++) smooth(state, parameters, two.length + h, path[h]!);
    expectClose(smoothedPath(state, parameters, two.length + 30, 30), path.subarray(30), 1e-9);
  });
});

it("AICc counts weights, initial states (seasons less one) and the variance", () => {
  const y = Array.from({ length: 40 }, (_, t) => 10 + t + [3, -1, -4, 2][t % 4]! + ((t * 7919) % 11) / 5);
  const { aicc, sse } = holtWinters(y, { season: 4, damped: true });
  // Alpha, beta, gamma, phi; level, trend, three free seasons; the variance.
  const [n, count] = [40, 10];
  expect(aicc).toBeCloseTo(
    n * Math.log(sse / n) + 2 * count + (2 * count * (count + 1)) / (n - count - 1),
    8,
  );
  const plain = holtWinters(y, { trend: false });
  expect(plain.aicc).toBeCloseTo(n * Math.log(plain.sse / n) + 6 + 24 / (n - 4), 8);
});
