import { describe, expect, test } from "vitest";
import { ConfigError, DataError } from "../../../../src/errors.js";
import { knnImpute } from "../../../../src/series/prepare/knn-impute.js";
import { expectClose, golden } from "../golden.js";

describe("knnImpute agrees with scikit-learn's KNNImputer", () => {
  golden.knnImpute.forEach(([matrix, k, weights, expected]) => {
    test(`${matrix.length} rows, k ${k}, ${weights}`, () => {
      const filled = knnImpute(matrix, { k, weights });
      expectClose(filled.flat(), expected.flat(), 1e-13);
    });
  });
});

test("five neighbours, equally heavy, are the default", () => {
  const matrix = golden.knnImpute[0]![0];
  expect(knnImpute(matrix)).toEqual(knnImpute(matrix, { k: 5, weights: "uniform" }));
});

test("donors at no measurable distance make up the number, in the order of their rows", () => {
  const rows = [
    [null, 1],
    [2, null],
    [4, null],
    [5, 3],
  ];
  expect(knnImpute(rows, { k: 2 })[0]).toEqual([3.5, 1]);
  expect(knnImpute(rows, { k: 2, weights: "distance" })[0]).toEqual([5, 1]);
});

test("a single series is filled with its mean, for there is nothing to compare rows by", () => {
  expect(knnImpute([1, null, 3, 8])).toEqual([1, 4, 3, 8]);
});

test("knnImpute refuses a column without values and options out of range", () => {
  expect(() =>
    knnImpute([
      [1, null],
      [2, null],
    ]),
  ).toThrow(/column 1 has no value/);
  expect(() => knnImpute([null])).toThrow(DataError);
  expect(() => knnImpute([1], { k: 0 })).toThrow(ConfigError);
  expect(() => knnImpute([1], { weights: "gaussian" as "uniform" })).toThrow(ConfigError);
});
