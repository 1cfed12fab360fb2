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
const pause = (): undefined => undefined;
const series = (values: readonly number[]): Float64Array => Float64Array.from(values);
const walk = (n: number): Float64Array => {
  let level = 50;
  return series(autoregressive(n, 0, 6).map((step) => (level += step)));
};

describe("the season", () => {
  it("is the one the series shows, or none", async () => {
    expect((await decideSeason(series(monthly(120)), auto, choices(), pause))?.season).toBe(12);
    expect(await decideSeason(walk(150), auto, choices(), pause)).toBeNull();
    expect(
      await decideSeason(series(monthly(120)), readOptions({ season: null }), choices(), pause),
    ).toBeNull();
  });

  it("is a usual one that smoothing wants where the series is too short for a spectrum", async () => {
    const random = createRandom(9);
    const pattern = [0, 0, 8, 0];
    const short = series(Array.from({ length: 16 }, (_, t) => 20 + pattern[t % 4]! + random.normal()));
    const made = choices();
    expect((await decideSeason(short, auto, made, pause))?.season).toBe(4);
    expect(made.list[0]!.reason).toMatch(/AICc|repeats|alike/);
  });

  it("that is given keeps the finer period the spectrum knows", async () => {
    const random = createRandom(4);
    const wave = (t: number): number => 5 * Math.sin((2 * Math.PI * t) / 52.18);
    const weeks = series(Array.from({ length: 600 }, (_, t) => wave(t) + random.normal()));
    const found = await decideSeason(weeks, readOptions({ season: 52 }), choices(), pause);
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

  it("are taken where changes grow with the level and the tail agrees", async () => {
    expect(await decideLog(growing, null, auto, choices(), async (logs) => (logs ? 1 : 2))).toBe(true);
    expect(await decideLog(growing, null, auto, choices(), async (logs) => (logs ? 2 : 1))).toBe(false);
  });

  it("are not even tried where changes do not grow, or values are not positive", async () => {
    const never = async (): Promise<number> => expect.fail("the tail was asked");
    expect(await decideLog(steady, null, auto, choices(), never)).toBe(false);
    expect(
      await decideLog(
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
  it("none for a stationary series, first ones for a random walk, seasonal ones where the season changes less", async () => {
    expect(await decideDifference(series(autoregressive(300, 0.5)), null, auto, choices(), pause)).toEqual({
      order: 0,
      lag: 1,
    });
    expect(await decideDifference(walk(300), null, auto, choices(), pause)).toEqual({ order: 1, lag: 1 });
    // A year's growth of 1.2 is less than the steps of the season, some 4 a month.
    const seasonal = series(monthly(240)).map((value, t) => value - 0.4 * t);
    expect(await decideDifference(seasonal, 12, auto, choices(), pause)).toEqual({ order: 1, lag: 12 });
  });
});

describe("scale and window", () => {
  it("one value far out makes the scale robust", async () => {
    const plain = series(autoregressive(100, 0));
    expect(decideScale(plain, auto, choices())).toBe("standard");
    const spiked = plain.slice();
    spiked[50] = 60;
    expect(decideScale(spiked, auto, choices())).toBe("robust");
  });

  it("the window holds a season, or the last lag that tells something, within what the data allow", async () => {
    const changes = series(autoregressive(300, 0));
    expect(decideWindow(changes, 12, 60, auto, choices())).toBe(12);
    expect(decideWindow(changes, 52, 30, auto, choices())).toBe(30);
    const echo = changes.map((value, t) => value + (t >= 15 ? 0.8 * changes[t - 15]! : 0));
    expect(decideWindow(echo, null, 60, auto, choices())).toBeGreaterThanOrEqual(17);
    expect(decideWindow(changes, null, 60, readOptions({ window: 33 }), choices())).toBe(33);
  });
});

describe("what no line of the spectrum shows", () => {
  it("is found where changes a season apart are alike", async () => {
    // Pulses: half of the day nothing, a peak whose height differs from day to day, as the sun on a roof.
    const random = createRandom(3);
    const height = Array.from({ length: 6 }, () => 0.6 + 0.4 * random.uniform());
    const day = (t: number): number => Math.max(0, Math.sin((2 * Math.PI * ((t % 48) - 12)) / 48)) ** 2;
    const roof = series(Array.from({ length: 240 }, (_, t) => height[Math.floor(t / 48)]! * day(t)));
    expect((await decideSeason(roof, auto, choices(), pause))?.season).toBe(48);
  });

  it("is looked for at the lengths the step suggests", async () => {
    const random = createRandom(12);
    const weak = series(
      Array.from({ length: 120 }, (_, t) => 10 + (t % 5 === 0 ? 2.4 : 0) + random.normal()),
    );
    const { season } =
      (await decideSeason(weak, readOptions({ seasonCandidates: [5] }), choices(), pause)) ?? {};
    expect(season).toBe(5);
    expect(() => readOptions({ seasonCandidates: [1] })).toThrow(/seasonCandidates/);
  });
});

it("the window is the last lag that tells something and two more, eight at the least", () => {
  const echo = (lag: number): Float64Array => {
    const noise = autoregressive(400, 0, 8);
    return series(noise.map((value, t) => value + (t >= lag ? 0.9 * noise[t - lag]! : 0)));
  };
  const made = choices();
  const window = decideWindow(echo(14), null, 90, auto, made);
  const last = Number(/is (\d+)/.exec(made.list[0]!.reason)![1]);
  expect(last).toBeGreaterThanOrEqual(14);
  expect(window).toBe(last + 2);
});
