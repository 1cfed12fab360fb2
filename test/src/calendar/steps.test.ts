import { describe, expect, it, test } from "vitest";
import { readDates } from "../../../src/calendar/read-dates.js";
import { timeAxis } from "../../../src/calendar/time-axis.js";

function axisOf(dates: readonly string[]) {
  const read = readDates(dates);
  if ("kind" in read) throw new Error(JSON.stringify(read));
  return timeAxis(dates.length, dates, read.times, { read });
}
const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i);
const iso = (time: number): string => new Date(time).toISOString().slice(0, 10);
const minute = (time: number): string => new Date(time).toISOString().slice(0, 16).replace("T", " ");
const daysIn = (year: number, month: number): number => new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
const on = (day: number) => range(64).map((i) => iso(Date.UTC(2018, i, Math.min(day, daysIn(2018, i)))));
const weekdays = (from: number, n: number, keep: (day: number) => boolean): string[] =>
  range(2 * n)
    .map((i) => from + i * 86_400_000)
    .filter((time) => keep(new Date(time).getUTCDay()))
    .slice(0, n)
    .map(iso);

describe("the dates that come next follow the step as a person knows it", () => {
  test.each<[string, readonly string[], string, readonly string[]]>([
    [
      "the 28th",
      range(60).map((i) => iso(Date.UTC(2018, 2 + i, 28))),
      "1 month",
      ["2023-03-28", "2023-04-28"],
    ],
    ["the 30th, or the end of February", on(30), "1 month", ["2023-05-30", "2023-06-30"]],
    [
      "month ends",
      range(71).map((i) => iso(Date.UTC(2018, i + 1, 0))),
      "1 month",
      ["2023-12-31", "2024-01-31", "2024-02-29"],
    ],
    [
      "quarters from March",
      range(64).map((i) => iso(Date.UTC(2005, 2 + 3 * i, 1))),
      "3 months",
      ["2021-03-01", "2021-06-01"],
    ],
    [
      "Saturdays",
      range(30).map((i) => iso(Date.UTC(2024, 0, 6 + 7 * i))),
      "7 days",
      ["2024-08-03", "2024-08-10"],
    ],
    [
      "business days",
      weekdays(Date.UTC(2024, 0, 1), 40, (d) => d > 0 && d < 6),
      "1 business day",
      ["2024-02-26", "2024-02-27"],
    ],
    [
      "Monday to Saturday",
      weekdays(Date.UTC(2024, 0, 1), 48, (d) => d > 0),
      "1 day",
      ["2024-02-26", "2024-02-27"],
    ],
    [
      "the last business day of the month",
      range(24).map((i) => {
        let time = Date.UTC(2022, i + 1, 0);
        while ([0, 6].includes(new Date(time).getUTCDay())) time -= 86_400_000;
        return iso(time);
      }),
      "1 month",
      ["2024-01-31", "2024-02-29", "2024-03-29"],
    ],
    [
      "202312",
      range(24).map((i) => `${2022 + Math.floor(i / 12)}${String((i % 12) + 1).padStart(2, "0")}`),
      "1 month",
      ["202401", "202402"],
    ],
    ["1991 Jul", ["1991 Oct", "1991 Nov", "1991 Dec"], "1 month", ["1992 Jan", "1992 Feb"]],
    [
      "names of months in German",
      ["Okt 1991", "Nov 1991", "Dez 1991"],
      "1 month",
      ["Jan 1992", "Feb 1992", "Mär 1992"],
    ],
    ["ISO weeks over a year of 53", ["2020-W51", "2020-W52", "2020-W53"], "7 days", ["2021-W01", "2021-W02"]],
    ["quarters first", ["Q2 2023", "Q3 2023", "Q4 2023"], "3 months", ["Q1 2024", "Q2 2024"]],
    ["years", ["1961", "1962", "1963"], "1 year", ["1964", "1965"]],
    [
      "days without noughts, month first",
      ["12/30/2020", "12/31/2020", "1/1/2021"],
      "1 day",
      ["1/2/2021", "1/3/2021"],
    ],
    ["24:00", ["31.12.2023 22:00", "31.12.2023 23:00", "31.12.2023 24:00"], "1 hour", ["01.01.2024 01:00"]],
    [
      "AM and PM",
      ["1/1/2024 9:00 AM", "1/1/2024 10:00 AM", "1/1/2024 11:00 AM", "1/1/2024 12:00 PM"],
      "1 hour",
      ["1/1/2024 1:00 PM"],
    ],
    ["Unix seconds", ["1704067200", "1704070800", "1704074400"], "1 hour", ["1704078000"]],
    [
      "the same hours of trading",
      range(6)
        .flatMap((d) => range(7).map((h) => minute(Date.UTC(2024, 0, [1, 2, 3, 4, 5, 8][d]!, 9 + h))))
        .concat(
          range(14).flatMap((d) =>
            range(7).map((h) =>
              minute(Date.UTC(2024, 0, [9, 10, 11, 12, 15, 16, 17, 18, 19, 22, 23, 24, 25, 26][d]!, 9 + h)),
            ),
          ),
        ),
      "1 hour",
      ["2024-01-29 09:00", "2024-01-29 10:00"],
    ],
  ])("%s", (_, dates, step, expected) => {
    const axis = axisOf(dates);
    expect([axis.step, axis.irregular]).toEqual([step, []]);
    expect(expected.map((_, i) => axis.label(dates.length + i))).toEqual(expected);
  });
});

describe("a change of summer time", () => {
  /** Clock times of Berlin, a step of `minutes` apart, from 22:00 UTC on. */
  const berlin = (from: number, n: number, minutes: number): string[] =>
    range(n).map((i) => {
      const time = from + i * minutes * 60_000;
      const isSummer = time >= Date.UTC(2021, 2, 28, 1) && time < Date.UTC(2021, 9, 31, 1);
      return minute(time + (isSummer ? 7.2e6 : 3.6e6));
    });
  it.each([15, 30, 60])("in autumn has an hour twice, every %i minutes, and no disorder", (minutes) => {
    const dates = berlin(Date.UTC(2021, 9, 29, 22), 4 * 24 * (60 / minutes), minutes);
    const axis = axisOf(dates);
    expect([axis.irregular.length, axis.clockChanges]).toEqual([0, [{ at: "2021-10-31 02:00", hours: -1 }]]);
    expect(axis.label(dates.length)).toBe("2021-11-02 23:00");
  });
  it("in spring leaves an hour out, and no hole", () => {
    const dates = berlin(Date.UTC(2021, 2, 26, 23), 96, 60);
    const axis = axisOf(dates);
    expect([axis.irregular.length, axis.clockChanges[0]?.hours]).toEqual([0, 1]);
    expect(axis.label(96)).toBe("2021-03-31 01:00");
  });
  it("is no matter where cells say their zone, nor at midnights of a place", () => {
    const hours = [
      "2021-10-31T01:00:00+02:00",
      "2021-10-31T02:00:00+02:00",
      "2021-10-31T02:00:00+01:00",
      "2021-10-31T03:00:00+01:00",
    ];
    expect(axisOf(hours)).toMatchObject({ step: "1 hour", irregular: [] });
    const days = [
      "2021-03-26T00:00+01:00",
      "2021-03-27T00:00+01:00",
      "2021-03-28T00:00+01:00",
      "2021-03-29T00:00+02:00",
      "2021-03-30T00:00+02:00",
    ];
    const axis = axisOf(days);
    expect([axis.step, axis.irregular.length, axis.label(5)]).toEqual(["1 day", 0, "2021-03-31T00:00+02:00"]);
  });
});

it("rows that are left out have places on the grid", () => {
  const axis = axisOf(["2024-01", "2024-02", "2024-05", "2024-06", "2024-07"]);
  expect(Array.from(axis.places!)).toEqual([0, 1, 4, 5, 6]);
  expect(axis.at(2).label).toBe("2024-03");
  expect(
    axisOf(["2024-01-01", "2024-01-02", "2024-01-03", "2024-01-04 07:31", "2024-01-05"]).places,
  ).toBeUndefined();
});
