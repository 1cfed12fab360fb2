import { describe, expect, it } from "vitest";
import { studentQuantile } from "../../../src/numerics/student.js";

describe("Student's quantiles", () => {
  it("agree with the tables", () => {
    // Probability, degrees of freedom, value: Abramowitz & Stegun, table 26.10.
    for (const [p, n, t] of [
      [0.9, 5, 1.476],
      [0.975, 10, 2.228],
      [0.95, 4, 2.132],
      [0.99, 20, 2.528],
    ] as const) {
      expect(Math.abs(studentQuantile(p, n) / t - 1)).toBeLessThan(0.01);
      expect(studentQuantile(1 - p, n)).toBeCloseTo(-studentQuantile(p, n), 12);
    }
    expect(Math.abs(studentQuantile(0.9, 1) / 3.078 - 1)).toBeLessThan(0.045);
    expect(studentQuantile(0.9, 1e6)).toBeCloseTo(1.281552, 5);
  });
});
