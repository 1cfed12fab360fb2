import { describe, expect, test } from "vitest";
import { robustScaler } from "../../../../src/series/prepare/robust-scaler.js";
import { expectClose, golden } from "../golden.js";

describe("robustScaler agrees with scikit-learn, fitted on 45 rows and applied to others, gaps and a constant included", () => {
  const { table, cases } = golden.scalers;
  for (const [name, options, expected] of cases) {
    if (name !== "robustScaler") continue;
    test(JSON.stringify(options), () => {
      const scaled = robustScaler(options).fit(table.slice(0, 45)).transform(table.slice(40));
      expectClose(scaled.flat(), expected.flat(), 1e-12);
    });
  }
});

test("a quantileRange that is not two ascending percentiles is refused", () => {
  for (const quantileRange of [[75, 25], [-1, 50], [50, 101], 25]) {
    expect(() => robustScaler({ quantileRange: quantileRange as [number, number] })).toThrow(/quantileRange/);
  }
});

test("withCentering: false keeps the level, withScaling: false the unit", () => {
  const values = [1, 2, 3, 4, 5];
  expect(robustScaler({ withCentering: false }).fitTransform(values)).toEqual([0.5, 1, 1.5, 2, 2.5]);
  expect(robustScaler({ withScaling: false }).fitTransform(values)).toEqual([-2, -1, 0, 1, 2]);
  expect(() => robustScaler({ withScaling: 0 as never })).toThrow(/withScaling/);
});
