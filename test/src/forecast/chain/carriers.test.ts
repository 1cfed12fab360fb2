import { describe, expect, it } from "vitest";
import {
  bothCarriers,
  type Carrier,
  carrierFromJSON,
  differenceCarrier,
  smoothingCarrier,
} from "../../../../src/forecast/chain/carriers.js";
import {
  driftForecast,
  naiveForecast,
  seasonalNaiveForecast,
} from "../../../../src/series/baselines/naive.js";
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

  it("the mean of two is their mean, and needs what the needier one needs", () => {
    const both = bothCarriers(smoothing, drift);
    expect(both.memory).toBe(1);
    const [a, b] = [pathOf(smoothing, 6), pathOf(drift, 6)];
    expect(Array.from(pathOf(both, 6))).toEqual(Array.from(a, (value, h) => (value + b[h]!) / 2));
    expect(both.path(both.start(), series, 0, 0, 1)).toBeNull();
  });

  it("come back from JSON the same to the bit", () => {
    const both = bothCarriers(smoothing, drift);
    const again = carrierFromJSON(JSON.parse(JSON.stringify(both)));
    expect(Array.from(pathOf(again, 20))).toEqual(Array.from(pathOf(both, 20)));
  });
});
