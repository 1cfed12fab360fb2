import { expect, test } from "vitest";
import { minimize } from "../../../src/numerics/minimize.js";

test("minima inside and far outside the starting points are found", () => {
  for (const at of [0, 0.3, -1.99, 7, -250]) {
    const found = minimize((x) => (x - at) ** 2 + 1, [-2, 2]);
    // The square of 1e-8 is what float64 can still tell from 1.
    expect(Math.abs(found - at)).toBeLessThan(1e-7 * Math.max(1, Math.abs(at)));
  }
});

test("a function that is no parabola, and one that is infinite on one side", () => {
  expect(Math.abs(minimize((x) => Math.exp(x) - 3 * x, [-2, 2]) - Math.log(3))).toBeLessThan(1e-7);
  const walled = minimize((x) => (x <= 0 ? Number.POSITIVE_INFINITY : x - Math.log(x)), [-2, 2]);
  expect(Math.abs(walled - 1)).toBeLessThan(1e-7);
});
