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
