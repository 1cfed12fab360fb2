import { describe, expect, test } from "vitest";
import { minMaxScaler } from "../../../../src/series/prepare/min-max-scaler.js";
import { expectClose, golden } from "../golden.js";

describe("minMaxScaler agrees with scikit-learn, fitted on 45 rows and applied to others, gaps and a constant included", () => {
  const { table, cases } = golden.scalers;
  for (const [name, options, expected] of cases) {
    if (name !== "minMaxScaler") continue;
    test(JSON.stringify(options), () => {
      const scaled = minMaxScaler(options).fit(table.slice(0, 45)).transform(table.slice(40));
      expectClose(scaled.flat(), expected.flat(), 1e-12);
    });
  }
});

test("a featureRange that is not two ascending numbers is refused", () => {
  for (const featureRange of [[1, 0], [1, 1], [0], [0, Number.NaN], "01"]) {
    expect(() => minMaxScaler({ featureRange: featureRange as [number, number] })).toThrow(/featureRange/);
  }
});

test("clip holds later values at the ends of the range; without it they leave it", () => {
  const later = [-5, 5, 20];
  expect(minMaxScaler().fit([0, 10]).transform(later)).toEqual([-0.5, 0.5, 2]);
  expect(minMaxScaler({ clip: true }).fit([0, 10]).transform(later)).toEqual([0, 0.5, 1]);
  expect(
    minMaxScaler({ clip: true, featureRange: [-1, 1] })
      .fit([0, 10])
      .transform(later),
  ).toEqual([-1, 0, 1]);
  expect(() => minMaxScaler({ clip: "yes" as never })).toThrow(/clip/);
});
