import { describe, expect, test } from "vitest";
import { ShapeError } from "../../../../src/errors.js";
import { createRandom } from "../../../../src/random.js";
import { seasonality } from "../../../../src/series/analysis/seasonality.js";
import { series } from "../golden.js";

const generate = (n: number, value: (t: number) => number): number[] =>
  Array.from({ length: n }, (_, t) => value(t));
const sine = (t: number, period: number): number => Math.sin((2 * Math.PI * t) / period);

describe("seasonality finds", () => {
  test("52 weeks in the CO2 of Mauna Loa, gaps and trend included", () => {
    const { season, strength, seasons } = seasonality(series("co2"));
    expect(season).toBe(52);
    expect(strength).toBeGreaterThan(0.9);
    // A year has 365.25 / 7 = 52.18 weeks; 43 years tell periods apart by 52² / 2284 = 1.2.
    expect(Math.abs(seasons[0]!.period - 52.18)).toBeLessThan(0.1);
  });
  test("about 11 years in the sunspots", () => {
    expect(seasonality(series("sunspots")).season).toBe(11);
  });
  test("12 in six years of months that swing like lung disease, 4 in quarters that grow", () => {
    const random = createRandom(7);
    const months = generate(
      72,
      (t) => 2000 + 700 * sine(t + 2, 12) + 200 * sine(t, 6) + 150 * random.normal(),
    );
    expect(seasonality(months).season).toBe(12);
    const quarters = generate(
      84,
      (t) => Math.exp(0.04 * t) * ([1.1, 1, 1.2, 0.7][t % 4]! + 0.04 * random.normal()),
    );
    expect(seasonality(quarters).season).toBe(4);
  });
  test("a spike every 12 steps, whose overtones are as strong as itself", () => {
    const { season, seasons } = seasonality(generate(500, (t) => (t % 12 === 0 ? 1 : 0)));
    expect([season, seasons.length]).toEqual([12, 1]);
  });
  test("a jagged pattern of 101 steps, which has 50 overtones", () => {
    const random = createRandom(13);
    const pattern = generate(101, () => random.normal());
    expect(seasonality(generate(5000, (t) => pattern[t % 101]! + random.normal())).season).toBe(101);
  });
  test("a season of which only overtones show", () => {
    const random = createRandom(8);
    expect(seasonality(generate(240, (t) => sine(t, 6) + sine(t, 4) + 0.3 * random.normal())).season).toBe(
      12,
    );
  });
  test("a day and a week in hours", () => {
    const random = createRandom(9);
    const hours = generate(2000, (t) => sine(t, 24) + 0.5 * sine(t, 168) + 0.3 * random.normal());
    expect(seasonality(hours).seasons.map(({ season }) => season)).toEqual([24, 168]);
  });
  test("a season on top of a random walk", () => {
    const random = createRandom(10);
    let walk = 0;
    const x = generate(240, (t) => {
      walk += random.normal();
      return walk + 2 * sine(t, 12);
    });
    expect(seasonality(x).season).toBe(12);
  });
  test("four noisy repetitions", () => {
    const random = createRandom(11);
    expect(seasonality(generate(24, (t) => sine(t, 6) + 0.2 * random.normal())).season).toBe(6);
  });
});

describe("seasonality says none", () => {
  const random = createRandom(12);
  const autoregression =
    (phi: number) =>
    (n: number): number[] => {
      let value = 0;
      return generate(n, () => {
        value = phi * value + random.normal();
        return value;
      });
    };
  test("for about 99 in a hundred of 1600 noises, random walks, autoregressions, trends and moving averages", () => {
    const kinds = [
      autoregression(0),
      autoregression(1),
      autoregression(0.6),
      autoregression(0.95),
      autoregression(-0.7),
      (n: number) => generate(n, (t) => 0.05 * t + random.normal()),
      (n: number) => autoregression(0)(n).map((value, t, x) => value - 0.8 * (x[t - 1] ?? 0)),
    ];
    let alarms = 0;
    for (let i = 0; i < 1600; i++) {
      const x = kinds[i % kinds.length]!([40, 60, 120, 300][i % 4]!);
      if (seasonality(x).season !== null) alarms++;
    }
    // This seed gives 16; if the autocorrelation had no say, 27. A last bit elsewhere may tip one or two.
    expect(alarms).toBeLessThanOrEqual(18);
  });
  test("for gross product and unemployment, which are seasonally adjusted", () => {
    expect(seasonality(series("realgdp")).season).toBeNull();
    expect(seasonality(series("unemp")).season).toBeNull();
  });
  test("for a constant, a straight line, and next to nothing", () => {
    expect(seasonality(new Array<number>(50).fill(3))).toEqual({ season: null, strength: 0, seasons: [] });
    expect(seasonality(generate(100, (t) => 0.1 * t)).season).toBeNull();
    expect(seasonality([1, 2, 1, 2]).season).toBeNull();
  });
  test("for two cycles, which are no evidence", () => {
    expect(seasonality(generate(48, (t) => sine(t, 24))).season).toBeNull();
  });
});

test("several columns are refused", () => {
  expect(() => seasonality([[1, 2]])).toThrow(ShapeError);
});
