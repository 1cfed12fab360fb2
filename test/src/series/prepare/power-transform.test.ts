import { describe, expect, test } from "vitest";
import { DataError } from "../../../../src/errors.js";
import { powerTransform } from "../../../../src/series/prepare/power-transform.js";
import { scalerFromJSON } from "../../../../src/series/prepare/scaler-from-json.js";
import { expectClose, golden, series } from "../golden.js";

const withLambda = (method: string, lambda: number) =>
  scalerFromJSON({
    kind: "powerTransform",
    options: { method, standardize: false },
    columns: [{ lambda, mean: 0, scale: 1 }],
  });

describe("powerTransform agrees with scikit-learn", () => {
  for (const [method, name, lambda, transformed] of golden.power.likelihood) {
    test(`${method} of ${name}: lambda and the transform`, () => {
      const scaler = powerTransform({ method }).fit(series(name));
      // Both find the flat top of a likelihood by Brent's method, which places it to about the root of epsilon.
      expectClose([scaler.toJSON().columns[0]!.lambda!], [lambda], 1e-6);
      expectClose(scaler.transform(series(name).slice(0, 12)), transformed, 1e-6);
    });
  }
  for (const [method, lambda, x, y] of golden.power.fixed) {
    test(`${method} with lambda ${lambda}, and back`, () => {
      const scaler = withLambda(method, lambda);
      // Relative to each value, small ones too; scipy's power loses what expm1 keeps, 1e-16 of 1 for x near 0.
      expectClose(scaler.transform(x), y, 1e-12, 1e-3);
      // Far out on a bounded branch many values share one image's digits: 300^-0.7 leaves 2e-2 of them.
      expectClose(scaler.inverseTransform(y), x, 1e-11);
    });
  }
});

test("the lambda found is more likely than its neighbours", () => {
  const x = series("unemp");
  const likelihood = (lambda: number): number => {
    const y = withLambda("box-cox", lambda).transform(x);
    const mean = y.reduce((a, b) => a + b, 0) / y.length;
    const variance = y.reduce((sum, value) => sum + (value - mean) ** 2, 0) / y.length;
    return (
      (lambda - 1) * x.reduce((sum, value) => sum + Math.log(value), 0) - (y.length / 2) * Math.log(variance)
    );
  };
  const lambda = powerTransform({ method: "box-cox" }).fit(x).toJSON().columns[0]!.lambda!;
  expect(likelihood(lambda)).toBeGreaterThan(likelihood(lambda + 1e-3));
  expect(likelihood(lambda)).toBeGreaterThan(likelihood(lambda - 1e-3));
});

test("yeo-johnson and mean 0, standard deviation 1 are the defaults", () => {
  const y = powerTransform().fitTransform(series("infl"));
  const mean = y.reduce((a, b) => a + b, 0) / y.length;
  expectClose([mean, Math.sqrt(y.reduce((sum, value) => sum + value ** 2, 0) / y.length)], [0, 1], 1e-12);
});

test("Box-Cox names values that are not above zero, and the way out", () => {
  expect(() => powerTransform({ method: "box-cox" }).fit([1, 0, 2])).toThrow(/is 0.*yeo-johnson/);
  const fitted = powerTransform({ method: "box-cox" }).fit([1, 2, 4]);
  expect(() => fitted.transform([-1])).toThrow(DataError);
});

test("a forecast that no value maps to is an error, not NaN", () => {
  // With lambda 0.5 the image of Box-Cox ends at -2.
  expect(() => withLambda("box-cox", 0.5).inverseTransform([-2.5])).toThrow(/no finite image/);
});

test("values of which only two differ stay invertible, though their likelihood has no maximum", () => {
  const x = [17, 16, 16];
  const scaler = powerTransform().fit(x);
  // Six of sixteen digits may be spent, and one more for the few values.
  expectClose(scaler.inverseTransform(scaler.transform(x)), x, 1e-9);
});
