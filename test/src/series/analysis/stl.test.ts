import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { ConfigError, DataError } from "../../../../src/errors.js";
import { mstl } from "../../../../src/series/analysis/mstl.js";
import { stl } from "../../../../src/series/analysis/stl.js";
import { expectClose } from "../golden.js";
import { goldenSeries } from "../smoothing-golden.js";

interface Golden {
  two: number[];
  stl: {
    series: string;
    period: number;
    seasonal: number;
    robust: boolean;
    trend: number[];
    season: number[];
    remainder: number[];
  }[];
  mstl: {
    series: string;
    periods: number[];
    windows: number[] | null;
    trend: number[];
    seasonal: number[][];
    remainder: number[];
  }[];
}

/** Written by test/golden/decomposition.py with statsmodels, every seventh value. */
const golden = JSON.parse(
  readFileSync(new URL("../../../golden/decomposition.json", import.meta.url), "utf8"),
) as Golden;

const seriesOf = (name: string): number[] => (name === "two" ? golden.two : goldenSeries(name));
const every = (values: readonly number[]): number[] => values.filter((_, t) => t % 7 === 0);

describe("stl", () => {
  it.each(golden.stl)(
    "is statsmodels' STL: $series, period $period, window $seasonal, robust $robust",
    ({ series, period, seasonal, robust, trend, season, remainder }) => {
      const parts = stl(seriesOf(series), { period, seasonal, robust });
      expectClose(every(parts.trend), trend, 1e-9);
      expectClose(every(parts.seasonal), season, 1e-9);
      expectClose(every(parts.remainder), remainder, 1e-9);
    },
  );

  it("adds up to the series, and robust leaves an outlier to the remainder", () => {
    const x = Array.from(
      { length: 240 },
      (_, t) => t / 10 + 5 * Math.sin((2 * Math.PI * t) / 12) + (t === 100 ? 30 : 0),
    );
    const { trend, seasonal, remainder } = stl(x, { period: 12, robust: true });
    for (let t = 0; t < x.length; t++) {
      expect(trend[t]! + seasonal[t]! + remainder[t]!).toBeCloseTo(x[t]!, 10);
    }
    expect(remainder[100]!).toBeGreaterThan(25);
  });

  it("by jumps is the same to a small share of the season, straight between, and still adds up", () => {
    const whole = stl(golden.two, { period: 24 });
    const parts = stl(golden.two, { period: 24, trendJump: 5, lowPassJump: 3 });
    const reach = Math.max(...whole.seasonal) - Math.min(...whole.seasonal);
    parts.trend.forEach((value, t) => {
      expect(Math.abs(value - whole.trend[t]!)).toBeLessThan(0.02 * reach);
      expect(Math.abs(parts.seasonal[t]! - whole.seasonal[t]!)).toBeLessThan(0.02 * reach);
      expect(value + parts.seasonal[t]! + parts.remainder[t]!).toBeCloseTo(golden.two[t]!, 10);
      // Smoothed at rows 0, 5, 10, … and at the last one.
      if (t % 5 === 0 || t > 5 * Math.floor((golden.two.length - 1) / 5)) return;
      expect(parts.trend[t + 1]! - 2 * value + parts.trend[t - 1]!).toBeCloseTo(0, 8);
    });
    // Jumps longer than the series leave its two ends.
    const line = stl(golden.two, { period: 24, trendJump: 10_000, lowPassJump: 10_000 }).trend;
    expect(line[7]! - 2 * line[6]! + line[5]!).toBeCloseTo(0, 8);
  });

  it("refuses an even window, fewer than two seasons, gaps and options it does not know", () => {
    expect(() => stl(golden.two, { period: 24, seasonal: 8 })).toThrow(ConfigError);
    expect(() => stl(golden.two.slice(0, 47), { period: 24 })).toThrow(DataError);
    expect(() => stl([1, Number.NaN, 2, 3], { period: 2 })).toThrow(/gap/);
    expect(() => stl(golden.two, { period: 24, trendJump: 0 })).toThrow(/trendJump/);
    expect(() => stl(golden.two, { period: 24, lowPassJump: 1.5 })).toThrow(/lowPassJump/);
    expect(() => stl(golden.two, { period: 24, degree: 1 } as { period: number })).toThrow(/degree/);
  });
});

describe("mstl", () => {
  it.each(golden.mstl)(
    "is statsmodels' MSTL: $series, periods $periods, windows $windows",
    ({ series, periods, windows, trend, seasonal, remainder }) => {
      const parts = mstl(seriesOf(series), { periods, ...(windows === null ? {} : { windows }) });
      expectClose(every(parts.trend), trend, 1e-9);
      expectClose(every(parts.remainder), remainder, 1e-9);
      // statsmodels orders by length, mstl() as the periods were given.
      const ascending = [...periods].sort((a, b) => a - b);
      periods.forEach((period, i) => {
        expectClose(every(parts.seasonal[i]!), seasonal[ascending.indexOf(period)]!, 1e-9);
      });
    },
  );

  it("refuses a season twice, windows that are not one for each, and too short a series", () => {
    expect(() => mstl(golden.two, { periods: [24, 24] })).toThrow(ConfigError);
    expect(() => mstl(golden.two, { periods: [] })).toThrow(ConfigError);
    expect(() => mstl(golden.two, { periods: [24, 168], windows: [11] })).toThrow(ConfigError);
    expect(() => mstl(golden.two.slice(0, 300), { periods: [24, 168] })).toThrow(DataError);
  });
});
