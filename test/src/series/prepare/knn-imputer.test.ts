import { describe, expect, test } from "vitest";
import { ConfigError, DataError, FormatError, ShapeError, StateError } from "../../../../src/errors.js";
import { knnImpute } from "../../../../src/series/prepare/knn-impute.js";
import { knnImputer } from "../../../../src/series/prepare/knn-imputer.js";
import { scalerFromJSON } from "../../../../src/series/prepare/scaler-from-json.js";
import { golden } from "../golden.js";

// The example of scikit-learn's documentation, and what it prints there.
const rows = [
  [1, 2, null],
  [3, 4, 3],
  [null, 6, 5],
  [8, 8, 7],
];

describe("knnImputer", () => {
  test("fills the rows it was fitted on as knnImpute does", () => {
    expect(knnImputer({ k: 2 }).fitTransform(rows)).toEqual([
      [1, 2, 4],
      [3, 4, 3],
      [5.5, 6, 5],
      [8, 8, 7],
    ]);
    for (const [matrix, k, weights] of golden.knnImpute)
      expect(knnImputer({ k, weights }).fitTransform(matrix)).toEqual(knnImpute(matrix, { k, weights }));
  });

  test("fills other rows from the fitted ones alone", () => {
    const imputer = knnImputer({ k: 1 }).fit([
      [1, 2],
      [5, 6],
    ]);
    expect(
      imputer.transform([
        [null, 2.1],
        [99, 2.1],
        [null, 5],
      ]),
    ).toEqual([
      [1, 2.1],
      [99, 2.1],
      [5, 5],
    ]);
    // At distances 1 and 3 of the only column shared, scaled up alike: (1 / 1 + 5 / 3) / (1 / 1 + 1 / 3) = 2.
    const weighed = knnImputer({ k: 2, weights: "distance" }).fit([
      [1, 2],
      [5, 6],
    ]);
    expect(weighed.transform([[null, 3]])[0]![0]).toBeCloseTo(2, 12);
  });

  test("a row with nothing to compare takes the fitted means", () => {
    expect(
      knnImputer()
        .fit([
          [1, 2],
          [5, 6],
        ])
        .transform([[null, null]]),
    ).toEqual([[3, 4]]);
    expect(knnImputer().fit([2, 4]).transform([Number.NaN, 7])).toEqual([3, 7]);
  });

  test("comes back from JSON, gaps and all; values go back unchanged", () => {
    const imputer = knnImputer({ k: 3, weights: "distance" }).fit(rows);
    const again = scalerFromJSON(JSON.parse(JSON.stringify(imputer)));
    expect(again.toJSON()).toEqual(imputer.toJSON());
    expect(again.transform(rows)).toEqual(imputer.transform(rows));
    expect(imputer.inverseTransform([[1, 2, 3]])).toEqual([[1, 2, 3]]);
    expect(imputer.inverseTransform([1, 2], { column: 2 })).toEqual([1, 2]);
    const json = imputer.toJSON();
    expect(() => scalerFromJSON({ ...json, rows: undefined })).toThrow(FormatError);
  });

  test("refuses what it cannot use", () => {
    expect(() => knnImputer({ k: 0 })).toThrow(ConfigError);
    expect(() => knnImputer({ neighbours: 2 } as never)).toThrow(/neighbours/);
    expect(() => knnImputer().transform([1])).toThrow(StateError);
    expect(() => knnImputer().toJSON()).toThrow(StateError);
    expect(() => knnImputer().fit([null, null])).toThrow(/the series has no value/);
    expect(() => knnImputer().fit([[1, null]])).toThrow(DataError);
    expect(() =>
      knnImputer()
        .fit(rows)
        .transform([[1, 2]]),
    ).toThrow(ShapeError);
    expect(() => knnImputer().fit(rows).inverseTransform([1], { column: 3 })).toThrow(/column/);
  });
});
