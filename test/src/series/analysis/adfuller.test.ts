import { describe, expect, test } from "vitest";
import { ConfigError, DataError, ShapeError } from "../../../../src/errors.js";
import { adfuller } from "../../../../src/series/analysis/adfuller.js";
import { interpolate } from "../../../../src/series/prepare/gaps.js";
import { expectClose, golden, series } from "../golden.js";

describe("adfuller agrees with statsmodels", () => {
  for (const [
    name,
    regression,
    autolag,
    maxLag,
    statistic,
    pValue,
    usedLag,
    nObs,
    critical,
  ] of golden.adfuller) {
    test(`${name}, regression ${regression}, autolag ${autolag}, maxLag ${maxLag}`, () => {
      const result = adfuller(interpolate(series(name)), {
        regression,
        autolag,
        ...(maxLag === null ? {} : { maxLag }),
      });
      expect(result.usedLag).toBe(usedLag);
      expect(result.nObs).toBe(nObs);
      // statsmodels solves by pseudo-inverse, here by QR; with cubes of time as regressors both keep about 9 digits.
      expectClose([result.statistic, result.pValue], [statistic, pValue], 1e-8, 1e-12);
      if (critical !== null) {
        const { "1%": one, "5%": five, "10%": ten } = result.criticalValues;
        // The same polynomial in another order of operations.
        expectClose([one, five, ten], critical, 1e-14);
      }
    });
  }
});

describe("adfuller tells what it cannot test", () => {
  const walk = series("realgdp");

  test("a gap is named", () => {
    expect(() => adfuller([1, 2, null, 4, 2, 5, 3, 6, 1])).toThrow(/x\[2\] is a gap/);
  });
  test("a constant series", () => {
    expect(() => adfuller(new Array(50).fill(3))).toThrow(DataError);
  });
  test("a season that repeats to the digit", () => {
    const regular = Array.from({ length: 120 }, (_, t) => 10 + 3 * Math.sin((2 * Math.PI * t) / 12));
    expect(() => adfuller(regular)).toThrow(/too regular to test/);
    expect(() => adfuller(Array.from({ length: 80 }, (_, t) => [1, 4, 2, 8][t % 4]!))).toThrow(/too regular/);
    // A millionth of noise is enough to be tested.
    const noisy = regular.map((value, t) => value + 1e-6 * ((t * t * 7919) % 101));
    expect(adfuller(noisy).pValue).toBeGreaterThanOrEqual(0);
  });

  test("a straight line with a trend term", () => {
    const line = Array.from({ length: 60 }, (_, t) => 3 + 2 * t);
    expect(() => adfuller(line, { regression: "ct" })).toThrow(/too regular/);
  });
  test("too few values", () => {
    expect(() => adfuller([1, 2, 4], { regression: "ctt" })).toThrow(DataError);
  });
  test("several columns", () => {
    expect(() => adfuller([[1, 2]])).toThrow(ShapeError);
  });
  test("a maxLag beyond half the length", () => {
    expect(() => adfuller(walk, { maxLag: 101 })).toThrow(ConfigError);
    expect(adfuller(walk, { maxLag: 5, autolag: null }).usedLag).toBe(5);
  });
  test("an unknown option is refused with the nearest known one", () => {
    expect(() => adfuller(walk, { maxlag: 3 } as object)).toThrow(/maxLag/);
    expect(() => adfuller(walk, { autolag: "aic" as "AIC" })).toThrow(/AIC/);
  });
});
