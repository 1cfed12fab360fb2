import { describe, expect, it } from "vitest";
import { nelderMead } from "../../../src/numerics/nelder-mead.js";

describe("nelderMead", () => {
  it("finds the bottom of Rosenbrock's valley", () => {
    const valley = ([x, y]: readonly number[]): number => 100 * (y! - x! * x!) ** 2 + (1 - x!) ** 2;
    const { x, value } = nelderMead(
      valley,
      [-1.2, 1],
      [
        [-2, 2],
        [-2, 2],
      ],
      { evaluations: 1000 },
    );
    expect(x[0]).toBeCloseTo(1, 4);
    expect(x[1]).toBeCloseTo(1, 4);
    expect(value).toBeLessThan(1e-9);
  });

  it("stops at the wall when the minimum lies beyond it", () => {
    const { x } = nelderMead(
      ([a, b]) => (a! - 3) ** 2 + (b! - 0.5) ** 2,
      [0.2, 0.2],
      [
        [0, 1],
        [0, 1],
      ],
    );
    expect(x[0]).toBeCloseTo(1, 5);
    expect(x[1]).toBeCloseTo(0.5, 4);
  });

  it("NaN is the worst value there is", () => {
    const { x } = nelderMead(([a]) => (a! < 0.5 ? Number.NaN : a!), [0.9], [[0, 1]]);
    expect(x[0]).toBeCloseTo(0.5, 4);
  });
});
