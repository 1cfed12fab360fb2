import { describe, expect, it } from "vitest";
import {
  autoregressionCarrier,
  type Carrier,
  carrierFromJSON,
  differenceCarrier,
  inOtherUnits,
  meanCarrier,
  ridgeCarrier,
  smoothingCarrier,
  thetaCarrier,
} from "../../../../src/forecast/chain/carriers.js";
import { bestAutoregression } from "../../../../src/series/baselines/autoregression.js";
import {
  driftForecast,
  naiveForecast,
  seasonalNaiveForecast,
} from "../../../../src/series/baselines/naive.js";
import { fitRidgeAutoregression } from "../../../../src/series/baselines/ridge-autoregression.js";
import { autoregression } from "../../../../src/series/baselines/seasonal-autoregression.js";
import { fitTheta, thetaForecast } from "../../../../src/series/baselines/theta.js";
import { difference } from "../../../../src/series/prepare/difference.js";
import { expectClose } from "../../series/golden.js";
import { monthly } from "../support.js";

const series = Float64Array.from(monthly(60));
const pathOf = (carrier: Carrier, horizon: number): Float64Array => {
  const state = carrier.start();
  series.forEach((value, t) => {
    carrier.advance(state, t, value);
  });
  return carrier.path(state, series, series.length, series.length, horizon)!;
};

describe("what differences of nothing imply", () => {
  it("first differences of 0: the last value, to the bit", () => {
    expect(Array.from(pathOf(differenceCarrier({ order: 1, lag: 1 }, 0), 30))).toEqual(
      naiveForecast(series, { horizon: 30 }),
    );
  });

  it("first differences of their mean: the drift", () => {
    const changes = difference(series);
    const mean = changes.reduce((a, b) => a + b, 0) / changes.length;
    // The mean is a sum of 59 rounded terms, added up to 30 times.
    expectClose(
      pathOf(differenceCarrier({ order: 1, lag: 1 }, mean), 30),
      driftForecast(series, { horizon: 30 }),
      1e-13,
    );
  });

  it("seasonal differences of 0: the last season, to the bit, for seasons on end", () => {
    expect(Array.from(pathOf(differenceCarrier({ order: 1, lag: 12 }, 0), 40))).toEqual(
      seasonalNaiveForecast(series, { season: 12, horizon: 40 }),
    );
  });

  it("second differences of 0: the last slope drawn on", () => {
    const [a, b] = Array.from(series.slice(-2)) as [number, number];
    expectClose(
      pathOf(differenceCarrier({ order: 2, lag: 1 }, 0), 5),
      [1, 2, 3, 4, 5].map((h) => b + h * (b - a)),
      1e-12,
    );
  });

  it("no differences: the level", () => {
    expect(Array.from(pathOf(differenceCarrier({ order: 0, lag: 1 }, 3.5), 4))).toEqual([3.5, 3.5, 3.5, 3.5]);
  });
});

describe("carriers", () => {
  const smoothing = smoothingCarrier({ alpha: 0.3, beta: 0.1, gamma: 0, phi: 1 }, [100, 0.5]);
  const drift = differenceCarrier({ order: 1, lag: 1 }, 0.5);

  it("a mean is that of its paths by their weights, and needs what the needier one needs", () => {
    const mean = meanCarrier([smoothing, drift], [0.25, 0.75]);
    expect(mean.memory).toBe(1);
    const [a, b] = [pathOf(smoothing, 6), pathOf(drift, 6)];
    expectClose(
      pathOf(mean, 6),
      a.map((value, h) => 0.25 * value + 0.75 * b[h]!),
      1e-15,
    );
    expect(mean.path(mean.start(), series, 0, 0, 1)).toBeNull();
  });

  const ridge = ridgeCarrier(
    fitRidgeAutoregression(series, { lags: [1, 12], difference: 0, ridge: 1e-3, shrinkConstant: 0 })!,
  );
  const theta = thetaCarrier(fitTheta("test", series, [12]));
  const regression = autoregressionCarrier(bestAutoregression(series, { season: 12, period: 12 }));

  it("theta and the ridge say what the public functions say", () => {
    expectClose(pathOf(theta, 9), thetaForecast(series, { season: 12, horizon: 9 }), 1e-13);
    expectClose(pathOf(ridge, 9), autoregression(series, { lags: [1, 12], log: false }).forecast(9), 1e-13);
  });

  it("in logarithms a carrier says what it says of the logarithms, and the other way round", () => {
    const logs = series.map(Math.log);
    const alone = smoothingCarrier({ alpha: 0.3, beta: 0, gamma: 0, phi: 1 }, [Math.log(100), 0]);
    const state = alone.start();
    logs.forEach((value, t) => {
      alone.advance(state, t, value);
    });
    const path = alone.path(state, logs, 60, 60, 4)!;
    expectClose(pathOf(inOtherUnits(alone, "logs", 1), 4), path.map(Math.exp), 1e-12);
    const lag = differenceCarrier({ order: 1, lag: 12 }, 0);
    expectClose(pathOf(inOtherUnits(lag, "logs", 1), 14), pathOf(lag, 14), 1e-12);
    const back = inOtherUnits(lag, "levels", 1);
    expectClose(back.path(back.start(), logs, 60, 60, 5)!, logs.slice(48, 53), 1e-12);
  });

  it.each([
    ["a mean", meanCarrier([smoothing, drift], [0.5, 0.5])],
    ["a ridge", ridge],
    ["theta", theta],
    ["an autoregression", regression],
    ["logarithms", inOtherUnits(ridge, "levels", 1)],
  ])("%s comes back from JSON the same to the bit", (_, carrier) => {
    const again = carrierFromJSON(JSON.parse(JSON.stringify(carrier)));
    expect(Array.from(pathOf(again, 20))).toEqual(Array.from(pathOf(carrier, 20)));
  });
});
