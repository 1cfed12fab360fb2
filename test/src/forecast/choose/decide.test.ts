import { describe, expect, it } from "vitest";
import {
  decideDifference,
  decideLog,
  decideScale,
  decideSeason,
  decideWindow,
} from "../../../../src/forecast/choose/decide.js";
import { Choices } from "../../../../src/forecast/choose/explanation.js";
import { readOptions } from "../../../../src/forecast/options.js";
import { createRandom } from "../../../../src/random.js";
import { autoregressive, monthly } from "../support.js";

const auto = readOptions({});
const choices = (): Choices => new Choices();
const series = (values: readonly number[]): Float64Array => Float64Array.from(values);
const walk = (n: number): Float64Array => {
  let level = 50;
  return series(autoregressive(n, 0, 6).map((step) => (level += step)));
};

describe("the season", () => {
  it("is the one the series shows, or none", () => {
    expect(decideSeason(series(monthly(120)), auto, choices())?.season).toBe(12);
    expect(decideSeason(walk(150), auto, choices())).toBeNull();
    expect(decideSeason(series(monthly(120)), readOptions({ season: null }), choices())).toBeNull();
  });

  it("is a usual one that smoothing wants where the series is too short for a spectrum", () => {
    const random = createRandom(9);
    const pattern = [0, 0, 8, 0];
    const short = series(Array.from({ length: 16 }, (_, t) => 20 + pattern[t % 4]! + random.normal()));
    const made = choices();
    expect(decideSeason(short, auto, made)?.season).toBe(4);
    expect(made.list[0]!.reason).toMatch(/AICc|repeats/);
  });

  it("that is given keeps the finer period the spectrum knows", () => {
    const random = createRandom(4);
    const wave = (t: number): number => 5 * Math.sin((2 * Math.PI * t) / 52.18);
    const weeks = series(Array.from({ length: 600 }, (_, t) => wave(t) + random.normal()));
    const found = decideSeason(weeks, readOptions({ season: 52 }), choices());
    expect(found!.season).toBe(52);
    // Twelve noisy cycles place the line to about a tenth of a week.
    expect(found!.period).not.toBe(52);
    expect(Math.abs(found!.period - 52.18)).toBeLessThan(0.12);
  });
});

describe("logarithms", () => {
  const random = createRandom(1);
  const growing = series(
    Array.from({ length: 120 }, (_, t) => 10 * 1.03 ** t * (1 + 0.05 * random.normal())),
  );
  const steady = series(Array.from({ length: 120 }, (_, t) => 100 + t + 3 * random.normal()));

  it("are taken where changes grow with the level and the tail agrees", () => {
    expect(decideLog(growing, null, auto, choices(), (logs) => (logs ? 1 : 2))).toBe(true);
    expect(decideLog(growing, null, auto, choices(), (logs) => (logs ? 2 : 1))).toBe(false);
  });

  it("are not even tried where changes do not grow, or values are not positive", () => {
    const never = (): number => expect.fail("the tail was asked");
    expect(decideLog(steady, null, auto, choices(), never)).toBe(false);
    expect(
      decideLog(
        growing.map((value) => value - 100),
        null,
        auto,
        choices(),
        never,
      ),
    ).toBe(false);
  });
});

describe("differences", () => {
  it("none for a stationary series, first ones for a random walk, seasonal ones where the season changes less", () => {
    expect(decideDifference(series(autoregressive(300, 0.5)), null, auto, choices())).toEqual({
      order: 0,
      lag: 1,
    });
    expect(decideDifference(walk(300), null, auto, choices())).toEqual({ order: 1, lag: 1 });
    // A year's growth of 1.2 is less than the steps of the season, some 4 a month.
    const seasonal = series(monthly(240)).map((value, t) => value - 0.4 * t);
    expect(decideDifference(seasonal, 12, auto, choices())).toEqual({ order: 1, lag: 12 });
  });
});

describe("scale and window", () => {
  it("one value far out makes the scale robust", () => {
    const plain = series(autoregressive(100, 0));
    expect(decideScale(plain, auto, choices())).toBe("standard");
    const spiked = plain.slice();
    spiked[50] = 60;
    expect(decideScale(spiked, auto, choices())).toBe("robust");
  });

  it("the window holds a season, or the last lag that tells something, within what the data allow", () => {
    const changes = series(autoregressive(300, 0));
    expect(decideWindow(changes, 12, 60, auto, choices())).toBe(12);
    expect(decideWindow(changes, 52, 30, auto, choices())).toBe(30);
    const echo = changes.map((value, t) => value + (t >= 15 ? 0.8 * changes[t - 15]! : 0));
    expect(decideWindow(echo, null, 60, auto, choices())).toBeGreaterThanOrEqual(17);
    expect(decideWindow(changes, null, 60, readOptions({ window: 33 }), choices())).toBe(33);
  });
});
