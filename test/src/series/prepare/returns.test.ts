import { describe, expect, test } from "vitest";
import { DataError } from "../../../../src/errors.js";
import { returns } from "../../../../src/series/prepare/returns.js";
import { expectClose, golden } from "../golden.js";

describe("returns agree with pandas' pct_change", () => {
  for (const [lag, expected] of golden.features.pctChange) {
    test(`lag ${lag}`, () => expectClose(returns(golden.features.values, { lag }), expected, 1e-14));
  }
});

test("log returns add up over time", () => {
  const x = [100, 110, 99, 150];
  const sum = returns(x, { method: "log" })
    .slice(1)
    .reduce((a, b) => a + b, 0);
  expectClose([sum], [Math.log(1.5)], 1e-15);
});

test("a return from zero, or a log return across zero, is refused", () => {
  expect(() => returns([0, 1])).toThrow(DataError);
  expect(() => returns([-1, 1], { method: "log" })).toThrow(/\(row 0\).*row 1/);
  expect(returns([-1, -2])).toEqual([Number.NaN, 1]);
});
