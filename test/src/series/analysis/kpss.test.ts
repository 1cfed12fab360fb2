import { describe, expect, test } from "vitest";
import { ConfigError, DataError } from "../../../../src/errors.js";
import { kpss } from "../../../../src/series/analysis/kpss.js";
import { interpolate } from "../../../../src/series/prepare/gaps.js";
import { expectClose, golden, series } from "../golden.js";

describe("kpss agrees with statsmodels", () => {
  for (const [name, regression, nLags, statistic, pValue, usedLag] of golden.kpss) {
    test(`${name}, regression ${regression}, nLags ${nLags}`, () => {
      const result = kpss(interpolate(series(name)), { regression, nLags });
      expect(result.usedLag).toBe(usedLag);
      expectClose([result.statistic, result.pValue], [statistic, pValue], 1e-9, 1e-12);
    });
  }
});

test("kpss gives the table's critical values", () => {
  expect(kpss(series("infl")).criticalValues).toEqual({
    "10%": 0.347,
    "5%": 0.463,
    "2.5%": 0.574,
    "1%": 0.739,
  });
});

test("kpss refuses what it cannot test", () => {
  expect(() => kpss([1, null, 2, 3, 1])).toThrow(/x\[1\] is a gap/);
  expect(() => kpss(new Array(30).fill(2))).toThrow(/constant/);
  expect(() =>
    kpss(
      Array.from({ length: 30 }, (_, t) => 0.1 * t),
      { regression: "ct" },
    ),
  ).toThrow(/straight line/);
  expect(() => kpss([1, 2])).toThrow(DataError);
  expect(() => kpss(series("infl"), { nLags: "automatic" as "auto" })).toThrow(ConfigError);
  expect(() => kpss(series("infl"), { nLags: 203 })).toThrow(ConfigError);
});
