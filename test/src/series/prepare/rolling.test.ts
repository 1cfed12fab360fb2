import { describe, expect, test } from "vitest";
import { ConfigError } from "../../../../src/errors.js";
import { rolling } from "../../../../src/series/prepare/rolling.js";
import { fc } from "../../../support/property.js";
import { expectClose, golden } from "../golden.js";

const STATISTICS = ["mean", "std", "min", "max"] as const;

describe("rolling agrees with pandas", () => {
  const { values, rolling: expected } = golden.features;
  for (const statistic of STATISTICS) {
    for (const [n, result] of expected[statistic]) {
      test(`${statistic} over ${n}`, () => {
        // pandas keeps running sums, which drift by a few ulps of the sums of squares.
        expectClose(rolling(values, n)[statistic](), result, 1e-10);
      });
    }
  }
});

test("columns roll on their own", () => {
  expect(
    rolling(
      [
        [1, 5],
        [3, 4],
      ],
      2,
    ).min(),
  ).toEqual([
    [Number.NaN, Number.NaN],
    [1, 4],
  ]);
});

test("a window longer than the series has no value at all", () => {
  expect(rolling([1, 2], 3).mean()).toEqual([Number.NaN, Number.NaN]);
});

test("a change after t changes no statistic at or before t", () => {
  const x = fc.array(fc.double({ min: -1e3, max: 1e3, noNaN: true }), { minLength: 1, maxLength: 30 });
  fc.assert(
    fc.property(x, fc.integer({ min: 1, max: 6 }), fc.nat(), (values, n, at) => {
      const t = at % values.length;
      const changed = values.map((value, i) => (i > t ? value * 2 + 1 : value));
      for (const statistic of STATISTICS) {
        expect(
          rolling(changed, n)
            [statistic]()
            .slice(0, t + 1),
        ).toEqual(
          rolling(values, n)
            [statistic]()
            .slice(0, t + 1),
        );
      }
    }),
  );
});

test("a length that is no whole number is refused", () => {
  expect(() => rolling([1], 0)).toThrow(ConfigError);
  expect(() => rolling([1], 1.5)).toThrow(ConfigError);
});
