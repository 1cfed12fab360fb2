import { expect, test } from "vitest";
import { normalCdf, Z_95 } from "../../../src/numerics/normal.js";
import { golden } from "../series/golden.js";

test("normalCdf agrees with scipy to 1e-13 relative, far tails included", () => {
  for (const [z, p] of golden.normalCdf) {
    // At -30 the exponent is -450: one ulp of it is 5e-14 of the result.
    expect(Math.abs(normalCdf(z) / p - 1), `z = ${z}`).toBeLessThan(1e-13);
  }
});

test("the 97.5 % quantile is where the distribution reaches 0.975", () => {
  expect(Math.abs(normalCdf(Z_95) - 0.975)).toBeLessThan(1e-16 * 4);
});
