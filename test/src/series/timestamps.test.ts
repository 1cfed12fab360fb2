import { expect, test } from "vitest";
import { parseTimestamp } from "../../../src/series/timestamps.js";

test("dates written year first are read in UTC", () => {
  const day = Date.UTC(2024, 0, 31);
  for (const text of ["2024-01-31", "2024/1/31", "2024.01.31", " 2024-01-31 ", "2024-01-31T00:00:00Z"]) {
    expect(parseTimestamp(text), text).toBe(day);
  }
  expect(parseTimestamp("2024-02")).toBe(Date.UTC(2024, 1));
  expect(parseTimestamp("2024Q3")).toBe(Date.UTC(2024, 6));
  expect(parseTimestamp("2024-q1")).toBe(Date.UTC(2024, 0));
  expect(parseTimestamp("0099-12-31")).toBe(Date.parse("0099-12-31"));
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
  expect(text.map(parseTimestamp)).toEqual(expected);
});

test("what is no date, does not exist, or could be two dates, is none", () => {
  for (const text of [
    "",
    "soon",
    "2024",
    "2024-13-01",
    "2024-02-30",
    "2023-02-29",
    "03/04/2024",
    "31.12.2024",
  ]) {
    expect(parseTimestamp(text), text).toBeUndefined();
  }
  for (const text of ["2024-01-31T25:00", "2024-01-31T12:60", "2024-01-31 noon", "2024Q5"]) {
    expect(parseTimestamp(text), text).toBeUndefined();
  }
});
