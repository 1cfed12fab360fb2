import { describe, expect, it } from "vitest";
import { DataError } from "../../../../src/errors.js";
import { fitTheta, thetaForecast } from "../../../../src/series/baselines/theta.js";
import { expectClose } from "../golden.js";
import { goldenSeries, smoothingGolden } from "../smoothing-golden.js";

describe("thetaForecast", () => {
  it.each(smoothingGolden.theta)(
    "is statsmodels': $series, season $season",
    ({ series, season, alpha, forecast }) => {
      const y = goldenSeries(series);
      // Two searches for one alpha, each stopping where the sum of squares is flat to its tolerance; where the best is 1,
      // statsmodels stays a hair below it.
      expect(fitTheta("test", Float64Array.from(y), season === null ? [] : [season]).alpha).toBeCloseTo(
        alpha,
        3,
      );
      expectClose(thetaForecast(y, { horizon: 12, season }), forecast, 1e-3);
    },
  );

  it("a straight line rises at half its slope", () => {
    const y = Array.from({ length: 20 }, (_, t) => 3 + 2 * t);
    const path = thetaForecast(y, { horizon: 3 });
    expect(path[1]! - path[0]!).toBeCloseTo(1, 9);
  });

  it("refuses less than two seasons and gaps", () => {
    expect(() => thetaForecast([1, 2, 3, 4, 5, 6, 7], { season: 4 })).toThrow(/expected at least 8/);
    expect(() => thetaForecast([1, 2, Number.NaN, 4])).toThrow(DataError);
  });
});

it("several seasons are taken out one after the other, as by hand", () => {
  const y = Array.from(
    { length: 96 },
    (_, t) => (100 + t) * [1.2, 0.8, 1, 1][t % 4]! * (t % 12 < 6 ? 1.1 : 0.9),
  );
  const path = thetaForecast(y, { season: [12, 4], horizon: 12 });
  path.forEach((value, h) => {
    const t = 96 + h;
    // The line's half slope lags behind; the seasons do not.
    const season = [1.2, 0.8, 1, 1][t % 4]! * (t % 12 < 6 ? 1.1 : 0.9);
    expect(Math.abs(value / season - (100 + t))).toBeLessThan(8);
  });
});
