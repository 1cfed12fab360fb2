import { describe, expect, test } from "vitest";
import { ConfigError, DataError, ShapeError } from "../../../../src/errors.js";
import { resample } from "../../../../src/series/prepare/resample.js";
import { fc } from "../../../support/property.js";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const NONE = Number.NaN;
const at = (text: string): number => Date.parse(`${text}${text.includes("T") ? "" : "T00:00"}Z`);
const days = (times: readonly number[]): string[] =>
  times.map((time) => new Date(time).toISOString().slice(0, 10));

describe("resample puts a value into the period it falls in", () => {
  const times = [at("2023-12-31T23:59"), at("2024-01-01"), at("2024-01-31T23:59"), at("2024-03-01")];
  const values = [1, 2, 5, 7];

  test("months begin at their first moment, and an empty one is NaN for every method", () => {
    const mean = resample(times, values, { every: "month" });
    expect(days(mean.times)).toEqual(["2023-12-01", "2024-01-01", "2024-02-01", "2024-03-01"]);
    expect(mean.values).toEqual([1, 3.5, NONE, 7]);
    expect(resample(times, values, { every: "month", method: "sum" }).values).toEqual([1, 7, NONE, 7]);
    expect(resample(times, values, { every: "month", method: "last" }).values).toEqual([1, 5, NONE, 7]);
  });

  test("weeks begin on Monday", () => {
    const weekly = resample([at("2024-01-07T23:00"), at("2024-01-08")], [1, 2], { every: "week" });
    expect(days(weekly.times)).toEqual(["2024-01-01", "2024-01-08"]);
    expect(weekly.values).toEqual([1, 2]);
  });

  test.each([
    ["hour", "2024-05-15T13:45", "2024-05-15T13:00"],
    ["day", "2024-05-15T13:45", "2024-05-15"],
    ["quarter", "2024-05-15T13:45", "2024-04-01"],
    ["year", "2024-05-15T13:45", "2024-01-01"],
    ["year", "1969-12-31T23:59", "1969-01-01"],
    ["week", "1970-01-01", "1969-12-29"],
  ] as const)("the %s around %s begins at %s", (every, time, start) => {
    expect(resample([at(time)], [1], { every })).toEqual({ times: [at(start)], values: [1] });
  });

  test("a fraction of a millisecond before 1970 lies in December 1969", () => {
    expect(days(resample([-0.5], [1], { every: "month" }).times)).toEqual(["1969-12-01"]);
  });

  test("the years 0 to 99 are not 1900 to 1999", () => {
    const time = new Date(0).setUTCFullYear(33, 6, 1);
    expect(days(resample([time], [1], { every: "year" }).times)).toEqual(["0033-01-01"]);
  });

  test("milliseconds count from 1970", () => {
    expect(resample([250, 1999, 2000], [1, 3, 9], { every: 1000 })).toEqual({
      times: [0, 1000, 2000],
      values: [1, 3, 9],
    });
  });

  test("gaps are passed over; a period of gaps only is one itself", () => {
    const given = [null, 4, NONE, 2];
    expect(resample([0, 1, 1000, 2000], given, { every: 1000 }).values).toEqual([4, NONE, 2]);
    expect(resample([0, 1], [3, null], { every: 1000, method: "last" }).values).toEqual([3]);
  });

  test("no value is lost or counted twice, and the grid is regular", () => {
    const steps = fc.array(fc.tuple(fc.integer({ min: 0, max: 500 }), fc.integer({ min: -99, max: 99 })), {
      minLength: 1,
      maxLength: 40,
    });
    fc.assert(
      fc.property(steps, fc.integer({ min: 1, max: 300 }), (given, every) => {
        let clock = -700;
        const when = given.map(([step]) => {
          clock += step;
          return clock;
        });
        const what = given.map(([, value]) => value);
        const result = resample(when, what, { every, method: "sum" });
        const total = result.values.reduce((sum, value) => sum + (Number.isNaN(value) ? 0 : value), 0);
        expect(total).toBe(what.reduce((sum, value) => sum + value, 0));
        result.times.forEach((time, i) => {
          expect(time).toBe(result.times[0]! + i * every);
          const inside = what.filter((_, k) => when[k]! >= time && when[k]! < time + every);
          expect(Number.isNaN(result.values[i]!)).toBe(inside.length === 0);
        });
      }),
    );
  });
});

describe("interpolate", () => {
  test("is linear in time, not in steps", () => {
    const { values } = resample([0, DAY, 4 * DAY], [0, 3, 9], { every: "day", method: "interpolate" });
    expect(values).toEqual([0, 3, 5, 7, 9]);
  });

  test("knows nothing before the first value or after the last", () => {
    const given = [1, 3, null];
    expect(
      resample([12 * HOUR, 36 * HOUR, 60 * HOUR], given, { every: "day", method: "interpolate" }).values,
    ).toEqual([NONE, 2, NONE]);
  });
});

describe("resample refuses", () => {
  test("times out of order, and for lines also a moment twice", () => {
    expect(() => resample([2, 1], [1, 2], { every: 1 })).toThrow(/times\[1\] \(1\)/);
    expect(() => resample([1, 1], [1, 2], { every: 1, method: "interpolate" })).toThrow(DataError);
    expect(resample([1, 1], [1, 2], { every: 1 }).values).toEqual([1.5]);
  });
  test("times that are none, and unequal lengths", () => {
    expect(() => resample([NONE], [1], { every: "day" })).toThrow(/times\[0\] is NaN/);
    expect(() => resample([8.7e15], [1], { every: "day" })).toThrow(DataError);
    expect(() => resample([0], [1, 2], { every: "day" })).toThrow(ShapeError);
    expect(() => resample([], [], { every: "day" })).toThrow(DataError);
  });
  test("a period unknown, and a grid that is a slip of the unit", () => {
    expect(() => resample([0], [1], { every: "months" as never })).toThrow(/Did you mean `month`/);
    expect(() => resample([0], [1], { every: 0 })).toThrow(ConfigError);
    expect(() => resample([0], [1], {} as never)).toThrow(/milliseconds or a calendar unit/);
    expect(() => resample([0, 2e8], [1, 2], { every: 1 })).toThrow(/200000001 periods/);
  });
});
