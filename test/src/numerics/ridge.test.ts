import { expect, it } from "vitest";
import { solveRidge } from "../../../src/numerics/ridge.js";

it("solves a system by hand, penalty on the diagonal", () => {
  // (4 + 1) x + 2 y = 9 and 2 x + (3 + 0) y = 8: x = 1, y = 2.
  const b = Float64Array.of(9, 8);
  expect(solveRidge(Float64Array.of(4, 0, 2, 3), b, Float64Array.of(1, 0))).toBe(true);
  expect(b[0]!).toBeCloseTo(1, 12);
  expect(b[1]!).toBeCloseTo(2, 12);
});

it("says where the matrix is not positive definite", () => {
  expect(solveRidge(Float64Array.of(1, 0, 1, 1), Float64Array.of(1, 1), new Float64Array(2))).toBe(false);
});
