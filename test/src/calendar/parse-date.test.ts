import { expect, test } from "vitest";
import { parseDate } from "../../../src/calendar/read-dates.js";

test("dates written year first are read in UTC", () => {
  const day = Date.UTC(2024, 0, 31);
  for (const text of ["2024-01-31", "2024/1/31", "2024.01.31", " 2024-01-31 ", "2024-01-31T00:00:00Z"]) {
    expect(parseDate(text), text).toBe(day);
  }
  expect(parseDate("2024-02")).toBe(Date.UTC(2024, 1));
  expect(parseDate("2024Q3")).toBe(Date.UTC(2024, 6));
  expect(parseDate("2024-q1")).toBe(Date.UTC(2024, 0));
  expect(parseDate("0099-12-31")).toBe(Date.parse("0099-12-31"));
});

test("a time of day may have seconds, a fraction and a zone", () => {
  const text = [
    "2024-01-31T08:30",
    "2024-01-31 08:30:15.25",
    "2024-01-31T08:30:00+02:00",
    "2024-01-31 08:30-0530",
  ];
  const expected = ["08:30:00Z", "08:30:15.25Z", "06:30:00Z", "14:00:00Z"].map((time) =>
    Date.parse(`2024-01-31T${time}`),
  );
  expect(text.map(parseDate)).toEqual(expected);
});

test.each<[string, string]>([
  ["31.12.2024", "2024-12-31"],
  ["12/31/2024", "2024-12-31"],
  ["31/12/2024 24:00", "2025-01-01"],
  ["1991 Jul", "1991-07-01"],
  ["Jul-91", "1991-07-01"],
  ["1. März 2024", "2024-03-01"],
  ["5 de mayo de 2020", "2020-05-05"],
  ["5 января 2020", "2020-01-05"],
  ["Mon, 06 Jan 2020 00:00:00 GMT", "2020-01-06"],
  ["January 5, 2020", "2020-01-05"],
  ["Jan 5th, 2020", "2020-01-05"],
  ["01JAN2020", "2020-01-01"],
  ["202312", "2023-12-01"],
  ["20231231", "2023-12-31"],
  ["2023-W05", "2023-01-30"],
  ["2020-W53-7", "2021-01-03"],
  ["W05 2023", "2023-01-30"],
  ["2023Q4", "2023-10-01"],
  ["Q4 2023", "2023-10-01"],
  ["2023:4", "2023-10-01"],
  ["2023H2", "2023-07-01"],
  ["2023M07", "2023-07-01"],
  ["2024-060", "2024-02-29"],
  ["2024", "2024-01-01"],
  ["2019/20", "2019-01-01"],
  ["1704067200", "2024-01-01"],
  ["1704067200000", "2024-01-01"],
  ["2024年1月31日", "2024-01-31"],
  ["20240131T000000Z", "2024-01-31"],
  ["01/31/24 12:00 AM", "2024-01-31"],
  ["2024-01-31 01:00 CET", "2024-01-31"],
])("%s is %s", (text, day) => {
  expect(new Date(parseDate(text) ?? Number.NaN).toISOString()).toBe(`${day}T00:00:00.000Z`);
});

test("what is no date, does not exist, or could be two dates, is none", () => {
  for (const text of ["", "soon", "2024-13-01", "2024-02-30", "2023-02-29", "03/04/2024", "31/31/2024"]) {
    expect(parseDate(text), text).toBeUndefined();
  }
  for (const text of ["2024-01-31T25:00", "2024-01-31T12:60", "2024-01-31 noon", "2024Q5"]) {
    expect(parseDate(text), text).toBeUndefined();
  }
});
