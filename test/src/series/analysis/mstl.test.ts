import { describe, expect, it } from "vitest";
import { decomposeSeasons } from "../../../../src/series/analysis/mstl.js";

// Against statsmodels: stl.test.ts, which has the golden file.
describe("decomposeSeasons", () => {
  it("keeps a daily and a weekly pattern apart", () => {
    const wave = (t: number, period: number): number => Math.sin((2 * Math.PI * t) / period);
    const y = Float64Array.from({ length: 6 * 70 }, (_, t) => 5 * wave(t, 10) + 3 * wave(t, 70));
    const { seasonal } = decomposeSeasons(y, [10, 70], [11, 15]);
    const middle = Array.from({ length: 140 }, (_, i) => i + 140);
    for (const t of middle) {
      expect(seasonal[0]![t]!).toBeCloseTo(5 * wave(t, 10), 0);
      expect(seasonal[1]![t]!).toBeCloseTo(3 * wave(t, 70), 0);
    }
  });
});
