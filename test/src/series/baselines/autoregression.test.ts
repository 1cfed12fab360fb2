import { describe, expect, it } from "vitest";
import { createRandom } from "../../../../src/random.js";
import {
  autoregressivePath,
  bestAutoregression,
  reach,
} from "../../../../src/series/baselines/autoregression.js";
import { expectClose } from "../golden.js";

/** y[t] = 2 + 1.2 y[t-1] - 0.5 y[t-2] + noise */
function secondOrder(n: number): Float64Array {
  const random = createRandom(3);
  const y = new Float64Array(n).fill(6);
  for (let t = 2; t < n; t++) y[t] = 2 + 1.2 * y[t - 1]! - 0.5 * y[t - 2]! + random.normal();
  return y;
}

describe("bestAutoregression", () => {
  it("finds the order and the coefficients of a second-order process", () => {
    const model = bestAutoregression(secondOrder(4000), null);
    expect([model.difference, model.trend, model.harmonics]).toEqual([0, false, 0]);
    expect(model.lags.length).toBeGreaterThanOrEqual(2);
    // Standard error √((1 - 0.25) / 4000) = 0.014; further lags, if AICc took some, are noise of that size.
    expect(model.lags[0]).toBeCloseTo(1.2, 1);
    expect(model.lags[1]).toBeCloseTo(-0.5, 1);
  });

  it("a random walk is worth its differences or one lag of one", () => {
    const random = createRandom(5);
    const y = new Float64Array(500);
    for (let t = 1; t < 500; t++) y[t] = y[t - 1]! + random.normal();
    const model = bestAutoregression(y, null);
    const [next] = autoregressivePath(model, y, 500, 500, 1);
    expect(Math.abs(next! - y[499]!)).toBeLessThan(0.5);
  });

  it("a calendar with a period that is no whole number is followed for years", () => {
    const y = Float64Array.from({ length: 600 }, (_, t) => 10 + 3 * Math.sin((2 * Math.PI * t) / 52.18));
    const model = bestAutoregression(y, { season: 52, period: 52.18 });
    const path = autoregressivePath(model, y, 600, 600, 104);
    expectClose(
      path,
      Array.from(path, (_, h) => 10 + 3 * Math.sin((2 * Math.PI * (600 + h)) / 52.18)),
      1e-6,
    );
  });

  it("the path feeds its own forecasts in, and reads no further back than it says", () => {
    const model = {
      difference: 1,
      period: 1,
      harmonics: 0,
      trend: false,
      deterministic: [0.5],
      lags: [0.5],
      aicc: 0,
    };
    expect(reach(model)).toBe(2);
    const path = autoregressivePath(model, Float64Array.of(Number.NaN, 1, 3), 3, 3, 3);
    // Differences 2 -> 0.5 + 1 = 1.5 -> 1.25 -> 1.125
    expect(Array.from(path)).toEqual([4.5, 5.75, 6.875]);
  });
});
