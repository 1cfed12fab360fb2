import { describe, expect, it } from "vitest";
import { ConfigError, DataError, FormatError } from "../../../../src/errors.js";
import { leastSquares } from "../../../../src/numerics/least-squares.js";
import { seasonalLags } from "../../../../src/series/baselines/ridge-autoregression.js";
import {
  autoregression,
  autoregressionFromJSON,
} from "../../../../src/series/baselines/seasonal-autoregression.js";
import { example, expectClose } from "../golden.js";

const sunspots = example("sunspots_yearly.csv", "value");
const wave = Array.from(
  { length: 400 },
  (_, t) => 50 + 10 * Math.sin((2 * Math.PI * t) / 24) + ((t * 31) % 7),
);

describe("seasonalLags", () => {
  it("are those of the record on M4 hourly for a day and a week of hours", () => {
    expect(seasonalLags([24, 168])).toEqual([
      1, 2, 3, 23, 24, 25, 47, 48, 49, 72, 96, 120, 144, 167, 168, 169, 192,
    ]);
  });

  it("of one season are it and its double with neighbours; a long one is not filled with multiples of a short one", () => {
    expect(seasonalLags([12])).toEqual([1, 2, 3, 11, 12, 13, 23, 24, 25]);
    expect(seasonalLags([7, 365]).length).toBeLessThan(25);
  });
});

describe("autoregression", () => {
  it("without a ridge is ordinary least squares on its lags", () => {
    const fit = autoregression(sunspots, { lags: [1, 2, 9], log: false, ridge: 0 });
    const at = (lag: number): Float64Array =>
      Float64Array.from(sunspots.slice(9 - lag, sunspots.length - lag));
    const ones = new Float64Array(sunspots.length - 9).fill(1);
    const plain = leastSquares([ones, at(1), at(2), at(9)], at(0)).coefficients();
    expectClose(fit.coefficients, plain.slice(1), 1e-9);
    const last = (lag: number): number => sunspots.at(-lag)!;
    expect(fit.forecast(1)[0]!).toBeCloseTo(
      plain[0]! + plain[1]! * last(1) + plain[2]! * last(2) + plain[3]! * last(9),
      8,
    );
  });

  it("the ridge draws coefficients towards zero by hand: one lag, values about their mean", () => {
    // Centred values -2, -1, 0, 1, 2 …: the regression of x[t] on x[t-1] with penalty on the slope.
    const x = [1, 4, 2, 5, 3, 6, 4, 7, 5, 8, 6, 9, 7, 10, 8, 11, 9, 12];
    const mean = x.reduce((a, b) => a + b, 0) / x.length;
    const c = x.map((value) => value - mean);
    const [now, before] = [c.slice(1), c.slice(0, -1)];
    const sum = (values: number[]): number => values.reduce((a, b) => a + b, 0);
    const xx = sum(before.map((value) => value * value));
    const xy = sum(before.map((value, i) => value * now[i]!));
    const [sx, sy, n] = [sum(before), sum(now), now.length];
    const slope = (xy - (sx * sy) / n) / (xx * 1.5 - (sx * sx) / n);
    expect(autoregression(x, { lags: [1], log: false, ridge: 0.5 }).coefficients[0]!).toBeCloseTo(slope, 10);
  });

  it("goes on with seasons, in logarithms where all is positive", () => {
    const fit = autoregression(wave, { seasons: 24 });
    expect(fit.log).toBe(true);
    const path = fit.forecast(48);
    const errors = path.map((value, h) => value - (53 + 10 * Math.sin((2 * Math.PI * (400 + h)) / 24)));
    expect(Math.max(...errors.map(Math.abs))).toBeLessThan(5);
    expect(autoregression(wave.map((value) => value - 50)).log).toBe(false);
  });

  it("of differences goes on from the last season", () => {
    const rising = Array.from({ length: 96 }, (_, t) => 100 + t + [0, 9, 4, -3][t % 4]!);
    const path = autoregression(rising, { seasons: 4, difference: 4, log: false }).forecast(8);
    path.forEach((value, h) => {
      expect(Math.abs(value - (100 + 96 + h + [0, 9, 4, -3][h % 4]!))).toBeLessThan(3);
    });
  });

  it("keeps an unstable recursion within a range of what it saw", () => {
    const growing = Array.from({ length: 40 }, (_, t) => 1.2 ** t);
    const path = autoregression(growing, { lags: [1], log: false, ridge: 0 }).forecast(100);
    expect(path.every((value) => value <= 2 * 1.2 ** 39)).toBe(true);
  });

  it("forecasts the same after its JSON", () => {
    const fit = autoregression(wave, { seasons: [12, 24], difference: 24 });
    const again = autoregressionFromJSON(JSON.parse(JSON.stringify(fit)));
    expect(again.forecast(30)).toEqual(fit.forecast(30));
    expect(() => autoregressionFromJSON({} as never)).toThrow(FormatError);
  });

  it("refuses what it cannot do", () => {
    expect(() => autoregression([1, 2, 3], { lags: [4] })).toThrow(DataError);
    expect(() => autoregression([1, -2, 3, 4, 2, 3, 4, 1, 2, 3], { log: true, lags: [1] })).toThrow(
      /above 0/,
    );
    expect(() => autoregression(wave, { lags: [0] })).toThrow(ConfigError);
    expect(() => autoregression(wave, { order: 2 } as object)).toThrow(/order/);
    expect(() => autoregression(new Array(50).fill(3), { lags: [1, 2], ridge: 0 })).toThrow(/regular/);
  });
});
