import { expect, test } from "vitest";
import { leastSquares } from "../../../src/numerics/least-squares.js";
import { expectClose } from "../series/golden.js";

const columns = [
  [1, 1, 1, 1, 1, 1],
  [0, 1, 2, 3, 4, 5],
  [4, -1, 0, 2, 7, 1],
].map((column) => Float64Array.from(column));
const y = Float64Array.from([1, 3, 2, 5, 9, 4]);

test("coefficients solve the normal equations", () => {
  const fit = leastSquares(columns, y);
  const beta = fit.coefficients();
  const residuals = y.map(
    (value, t) => value - columns.reduce((sum, column, k) => sum + column[t]! * beta[k]!, 0),
  );
  // Residuals are orthogonal to every column, up to rounding of sums of about ten.
  for (const column of columns) {
    expect(Math.abs(column.reduce((sum, value, t) => sum + value * residuals[t]!, 0))).toBeLessThan(1e-13);
  }
  expectClose([fit.residualSum(3)], [residuals.reduce((sum, r) => sum + r * r, 0)], 1e-13);
});

test("the first columns of a fit are a fit of the first columns", () => {
  const whole = leastSquares(columns, y);
  const part = leastSquares(columns.slice(0, 2), y);
  expectClose(whole.coefficients(2), part.coefficients(), 1e-14);
  expectClose([whole.residualSum(2), whole.lastT(2)], [part.residualSum(2), part.lastT(2)], 1e-14);
});

test("the slope's t statistic is the textbook's", () => {
  const fit = leastSquares(columns.slice(0, 2), y);
  const [, slope] = fit.coefficients() as [number, number];
  // Σ (t - 2.5)² over 0 … 5 is 17.5.
  const standardError = Math.sqrt(fit.residualSum(2) / 4 / 17.5);
  expectClose([fit.lastT(2)], [slope / standardError], 1e-13);
});

test("the rank stops at the first column that follows from those before it", () => {
  const sum = columns[0]!.map((value, t) => value + 3 * columns[1]![t]!);
  expect(leastSquares([columns[0]!, columns[1]!, sum, columns[2]!], y).rank).toBe(2);
  expect(leastSquares(columns, y).rank).toBe(3);
});
