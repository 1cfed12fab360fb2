import { describe, expect, test } from "vitest";
import { ConfigError, DataError } from "../../../../src/errors.js";
import { pacf } from "../../../../src/series/analysis/pacf.js";
import { expectClose, golden, series } from "../golden.js";

describe("pacf and its intervals agree with statsmodels", () => {
  for (const [name, method, nLags, values, confidence] of golden.pacf) {
    test(`${name}, ${method}, nLags ${nLags}`, () => {
      const result = pacf(series(name), { method, ...(nLags === null ? {} : { nLags }) });
      // Recursion here, a linear system for each order there.
      expectClose(result.values, values, 1e-9);
      expectClose(result.confidence.flat(), confidence.flat(), 1e-9);
    });
  }
});

test("ywm is the default", () => {
  expect(pacf(series("infl"))).toEqual(pacf(series("infl"), { method: "ywm" }));
});

test("pacf refuses gaps, constants, half the length or more lags, and a singular regression", () => {
  expect(() => pacf([1, null, 2, 4, 3])).toThrow(DataError);
  expect(() => pacf([2, 2, 2, 2, 2])).toThrow(/constant/);
  expect(() => pacf([1, 2, 4, 3, 1, 2, 5, 1], { nLags: 4 })).toThrow(ConfigError);
  const alternating = Array.from({ length: 40 }, (_, t) => t % 2);
  expect(() => pacf(alternating, { method: "ols" })).toThrow(/Use "ywm"/);
});
