import { describe, expect, test } from "vitest";
import { ConfigError, DataError } from "../../../../src/errors.js";
import { acf } from "../../../../src/series/analysis/acf.js";
import { expectClose, golden, series } from "../golden.js";

describe("acf and Bartlett's intervals agree with statsmodels", () => {
  for (const [name, adjusted, nLags, values, confidence] of golden.acf) {
    test(`${name}, adjusted ${adjusted}, nLags ${nLags}`, () => {
      const result = acf(series(name), { adjusted, ...(nLags === null ? {} : { nLags }) });
      expectClose(result.values, values, 1e-12);
      expectClose(result.confidence.flat(), confidence.flat(), 1e-12);
    });
  }
});

test("the default number of lags of a thousand values is 30, where log10 rounds down", () => {
  const x = Array.from({ length: 1000 }, (_, t) => (t * 7919) % 101);
  expect(acf(x).values).toHaveLength(31);
});

test("acf refuses gaps, constants, and more lags than there are", () => {
  expect(() => acf([1, Number.NaN, 2])).toThrow(DataError);
  expect(() => acf([2, 2, 2])).toThrow(/constant/);
  expect(() => acf([1, 2, 4], { nLags: 3 })).toThrow(ConfigError);
  expect(() => acf([1, 2, 4], { nlags: 1 } as object)).toThrow(/nLags/);
});
