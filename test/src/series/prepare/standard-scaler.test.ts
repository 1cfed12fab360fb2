import { describe, expect, test } from "vitest";
import { standardScaler } from "../../../../src/series/prepare/standard-scaler.js";
import { expectClose, golden } from "../golden.js";

describe("standardScaler agrees with scikit-learn, fitted on 45 rows and applied to others, gaps and a constant included", () => {
  const { table, cases } = golden.scalers;
  for (const [name, options, expected] of cases) {
    if (name !== "standardScaler") continue;
    test(JSON.stringify(options), () => {
      const scaled = standardScaler().fit(table.slice(0, 45)).transform(table.slice(40));
      expectClose(scaled.flat(), expected.flat(), 1e-12);
    });
  }
});

test("the standard deviation is divided by n", () => {
  expect(standardScaler().fit([1, 3]).toJSON().columns).toEqual([{ mean: 2, scale: 1 }]);
});

test("a constant whose mean is rounded is constant: 0.1 ten times is 0, not 1 deviation from its mean", () => {
  const constant = new Array<number>(10).fill(0.1);
  for (const scaled of standardScaler().fitTransform(constant)) expect(Math.abs(scaled)).toBeLessThan(1e-12);
});

test("a column that differs in its last bit alone is constant: 0.3 beside 0.1 + 0.2", () => {
  for (const scaled of standardScaler().fitTransform([0.3, 0.1 + 0.2, 0.3, 0.1 + 0.2])) {
    expect(Math.abs(scaled)).toBeLessThan(1e-12);
  }
});

test("withMean: false keeps the level, withStd: false the unit, both nothing but the values", () => {
  const deviation = Math.sqrt(2 / 3);
  const values = [1, 2, 3];
  expectClose(
    standardScaler({ withMean: false }).fitTransform(values),
    [1, 2, 3].map((v) => v / deviation),
    1e-15,
  );
  expect(standardScaler({ withStd: false }).fitTransform(values)).toEqual([-1, 0, 1]);
  const neither = standardScaler({ withMean: false, withStd: false }).fit(values);
  expect(neither.transform(values)).toEqual(values);
  expect(neither.toJSON().options).toEqual({ withMean: false, withStd: false });
  expect(() => standardScaler({ withMean: 1 as never })).toThrow(/withMean/);
  expect(() => standardScaler({ mean: true } as never)).toThrow(/unknown option `mean`/);
});
