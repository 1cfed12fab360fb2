import { expect, test } from "vitest";
import { ConfigError, DataError } from "../../../../src/errors.js";
import { oneHot } from "../../../../src/series/prepare/one-hot.js";

test("each category has a column, sorted", () => {
  expect(oneHot(["wet", "dry", "wet"])).toEqual({
    categories: ["dry", "wet"],
    rows: [
      [0, 1],
      [1, 0],
      [0, 1],
    ],
  });
  expect(oneHot([10, 9]).categories).toEqual([9, 10]);
});

test("given categories keep their columns, met or not", () => {
  expect(oneHot(["b"], { categories: ["c", "b", "a"] }).rows).toEqual([[0, 1, 0]]);
});

test("what is none of the categories, no value, or named twice is refused", () => {
  expect(() => oneHot(["d"], { categories: ["a"] })).toThrow(/values\[0\] is "d"/);
  expect(() => oneHot([Number.NaN])).toThrow(DataError);
  expect(() => oneHot([null] as unknown as string[])).toThrow(DataError);
  expect(() => oneHot([])).toThrow(DataError);
  expect(() => oneHot(["a"], { categories: ["a", "a"] })).toThrow(ConfigError);
});
