import { expect, test } from "vitest";
import { ConfigError, DataError, ShapeError } from "../../../../src/errors.js";
import {
  driftForecast,
  naiveForecast,
  seasonalNaiveForecast,
} from "../../../../src/series/baselines/naive.js";
import { tensor } from "../../../../src/tensor.js";

test("naive repeats the last value", () => {
  expect(naiveForecast([1, null, 5])).toEqual([5]);
  expect(naiveForecast(tensor([1, 5]), { horizon: 3 })).toEqual([5, 5, 5]);
});

test("seasonal naive repeats the last season, beyond one season too", () => {
  expect(seasonalNaiveForecast([9, 1, 2, 3], { season: 3, horizon: 5 })).toEqual([1, 2, 3, 1, 2]);
  expect(seasonalNaiveForecast([1, 2], { season: 2 })).toEqual([1]);
});

test("drift draws the line from the first to the last value on", () => {
  expect(driftForecast([1, 7, 5], { horizon: 2 })).toEqual([7, 9]);
});

test("a forecast from a gap, from too little or from several columns is refused", () => {
  expect(() => naiveForecast([1, null])).toThrow(/x\[1\] is a gap/);
  expect(() => seasonalNaiveForecast([1, null, 3], { season: 2 })).toThrow(DataError);
  expect(() => seasonalNaiveForecast([1], { season: 2 })).toThrow(DataError);
  expect(() => driftForecast([1])).toThrow(DataError);
  expect(() => driftForecast([null, 2])).toThrow(/x\[0\] is a gap/);
  expect(() => naiveForecast([[1, 2]])).toThrow(ShapeError);
  expect(() => naiveForecast([1], { horizon: 0 })).toThrow(ConfigError);
  expect(() => seasonalNaiveForecast([1, 2], {} as never)).toThrow(/`season`/);
});

test.each([
  ["naive", () => naiveForecast([1, 2], { horizon: 100_001 })],
  ["seasonal naive", () => seasonalNaiveForecast([1, 2], { season: 2, horizon: 3e9 })],
  ["drift", () => driftForecast([1, 2], { horizon: 1e8 })],
])("%s looks at most 100,000 steps ahead", (_, forecast) => {
  expect(forecast).toThrow(/`horizon` is .*100,?000/);
  expect(naiveForecast([1, 2], { horizon: 100_000 })).toHaveLength(100_000);
});
