import { describe, expect, it } from "vitest";
import { DataError } from "../../../../src/errors.js";
import { msis, naive2Forecast, owa } from "../../../../src/series/baselines/competition-measures.js";

describe("msis", () => {
  it("is the width and the misses over the seasonal naive error, by hand", () => {
    // Unit: (1 + 2 + 1 + 2 + 1) / 5 = 1.4. Widths 4, 4, 2; one value 1 below and one 2 above, each times 2 / 0.05.
    const train = [8, 9, 11, 10, 12, 11];
    expect(msis([8, 12, 15], [9, 9, 11], [13, 13, 13], { train })).toBeCloseTo(
      (4 + 4 + 2 + 40 * (1 + 2)) / 3 / 1.4,
      12,
    );
    expect(msis([8], [9], [13], { train, level: 0.8 })).toBeCloseTo((4 + 10) / 1.4, 12);
    // Over two steps the changes are 3, 1, 1, 1.
    expect(msis([10], [9], [13], { train, season: 2 })).toBeCloseTo(4 / 1.5, 12);
  });

  it("refuses crossed bounds, other lengths and a train without changes", () => {
    expect(() => msis([1], [3], [2], { train: [1, 2] })).toThrow(/above the upper/);
    expect(() => msis([1, 2], [1], [2], { train: [1, 2] })).toThrow(DataError);
    expect(() => msis([1], [1], [2], { train: [2, 2, 2] })).toThrow(/never wrong/);
  });
});

describe("naive2Forecast", () => {
  const flat = Array.from({ length: 40 }, (_, t) => [80, 100, 140, 80][t % 4]!);

  it("puts the season on the last value where the autocorrelation shows one, by hand", () => {
    // The moving average is 100 everywhere, so the factors are the values over 100; the last value is 80 / 0.8.
    const forecast = naive2Forecast(flat, { season: 4, horizon: 5 });
    [80, 100, 140, 80, 80].forEach((value, h) => {
      expect(forecast[h]!).toBeCloseTo(value, 10);
    });
  });

  it("is the naive forecast without a season, under three seasons and where values are not positive", () => {
    expect(naive2Forecast([3, 5, 4], { horizon: 2 })).toEqual([4, 4]);
    expect(naive2Forecast(flat.slice(0, 11), { season: 4, horizon: 2 })).toEqual([140, 140]);
    expect(
      naive2Forecast(
        flat.map((value) => value - 80),
        { season: 4 },
      ),
    ).toEqual([0]);
    // Rises by one, again and again: no season of 3 stands out.
    const noise = Array.from({ length: 40 }, (_, t) => 50 + ((t * t * 7919) % 17));
    expect(naive2Forecast(noise, { season: 3 })).toEqual([noise[39]]);
  });
});

describe("owa", () => {
  it("is the mean of both measures over those of Naive2, by hand", () => {
    const train = [3, 5, 4];
    // Naive2 says 4, 4 of 5, 6: errors 1, 2; sMAPE 200 (1/9 + 2/10) / 2. The forecast 5, 5: errors 0, 1; 200 (1/11) / 2.
    const share = 1 / 11 / (1 / 9 + 2 / 10);
    expect(owa([5, 6], [5, 5], { train })).toBeCloseTo((share + 1 / 3) / 2, 12);
    expect(owa([5, 6], [4, 4], { train })).toBeCloseTo(1, 12);
  });

  it("refuses to divide by a Naive2 without errors", () => {
    expect(() => owa([4, 4], [4, 5], { train: [3, 5, 4] })).toThrow(/nothing to divide by/);
  });
});
