import { expect, test } from "vitest";
import { ConfigError } from "../../../../src/errors.js";
import { lagFeatures } from "../../../../src/series/prepare/lag-features.js";
import { tensor } from "../../../../src/tensor.js";
import { fc } from "../../../support/property.js";

const NONE = Number.NaN;

test("row t holds the values of earlier steps", () => {
  expect(lagFeatures([1, 2, 3], 2)).toEqual([
    [NONE, NONE],
    [1, NONE],
    [2, 1],
  ]);
  expect(lagFeatures([1, 2, 3], [0, 2])).toEqual([
    [1, NONE],
    [2, NONE],
    [3, 1],
  ]);
});

test("several columns come lag by lag, and a tensor gives a tensor", () => {
  const rows = [
    [1, 10],
    [2, 20],
    [3, 30],
  ];
  expect(lagFeatures(rows, [1, 2])[2]).toEqual([2, 20, 1, 10]);
  expect(lagFeatures(tensor([1, 2, 3]), [0, 1]).shape).toEqual([3, 2]);
});

test("a change at or after t changes nothing before, and lags above zero not even at t", () => {
  const x = fc.array(fc.integer(), { minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(x, fc.nat(), fc.integer({ min: 1, max: 5 }), (values, at, lags) => {
      const t = at % values.length;
      const changed = values.map((value, i) => (i >= t ? value + 1 : value));
      expect(lagFeatures(changed, lags).slice(0, t + 1)).toEqual(lagFeatures(values, lags).slice(0, t + 1));
    }),
  );
});

test("a negative lag, which would be the future, is refused", () => {
  expect(() => lagFeatures([1, 2], [1, -1])).toThrow(/lags\[1\].*-1/);
  expect(() => lagFeatures([1, 2], 0)).toThrow(ConfigError);
  expect(() => lagFeatures([1, 2], [])).toThrow(ConfigError);
});
