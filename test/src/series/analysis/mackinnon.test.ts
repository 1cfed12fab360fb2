import { expect, test } from "vitest";
import {
  mackinnonCriticalValues,
  mackinnonPValue,
  type Trend,
} from "../../../../src/series/analysis/mackinnon.js";

const TRENDS: Trend[] = ["n", "c", "ct", "ctt"];

test("the p-value at the asymptotic critical value is the level itself, to the surfaces' accuracy", () => {
  for (const trend of TRENDS) {
    const critical = mackinnonCriticalValues(trend, 1e9);
    // The 1994 and the 2010 surfaces are two fits; they agree to about a fiftieth of the level.
    for (const [level, value] of [
      [0.01, critical["1%"]],
      [0.05, critical["5%"]],
      [0.1, critical["10%"]],
    ] as const) {
      expect(Math.abs(mackinnonPValue(value, trend) / level - 1), `${trend} ${level}`).toBeLessThan(0.04);
    }
  }
});

test("p-values grow with the statistic and end at 0 and 1", () => {
  for (const trend of TRENDS) {
    let last = 0;
    for (let statistic = -15; statistic <= 0.5; statistic += 0.05) {
      const p = mackinnonPValue(statistic, trend);
      // Where one polynomial takes over from the other they meet to three digits only.
      expect(p).toBeGreaterThan(last - 1e-3);
      last = p;
    }
    expect(mackinnonPValue(-25, trend)).toBe(0);
    if (trend !== "n") expect(mackinnonPValue(3, trend)).toBe(1);
  }
});
