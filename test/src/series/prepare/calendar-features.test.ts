import { expect, test } from "vitest";
import { ConfigError, DataError } from "../../../../src/errors.js";
import { calendarFeatures } from "../../../../src/series/prepare/calendar-features.js";
import { expectClose } from "../golden.js";

test("fields read the calendar in UTC, weeks from Monday", () => {
  const { names, rows } = calendarFeatures(["2024-12-31T23:30", "2025-01-06"], {
    fields: ["hour", "dayOfWeek", "dayOfMonth", "dayOfYear", "month", "quarter", "year"],
    cyclic: false,
  });
  expect(names).toEqual(["hour", "dayOfWeek", "dayOfMonth", "dayOfYear", "month", "quarter", "year"]);
  expect(rows).toEqual([
    [23, 1, 31, 366, 12, 4, 2024],
    [0, 0, 6, 6, 1, 1, 2025],
  ]);
});

test("on the circle, December is as near to January as January to February", () => {
  const { names, rows } = calendarFeatures(["2024-12-01", "2025-01-01", "2025-02-01"], { fields: ["month"] });
  expect(names).toEqual(["month_sin", "month_cos"]);
  const distance = (a: number, b: number): number =>
    Math.hypot(rows[a]![0]! - rows[b]![0]!, rows[a]![1]! - rows[b]![1]!);
  expectClose([distance(0, 1)], [distance(1, 2)], 1e-15);
  for (const [s, c] of rows) expectClose([s! ** 2 + c! ** 2], [1], 1e-15);
});

test("the year stays a number", () => {
  expect(calendarFeatures([Date.UTC(2024, 5)], { fields: ["year"] })).toEqual({
    names: ["year"],
    rows: [[2024]],
  });
});

test("Dates, milliseconds and text agree", () => {
  const time = Date.UTC(2024, 6, 17, 13);
  const [a, b, c] = calendarFeatures([new Date(time), time, "2024-07-17T13:00"], {
    fields: ["dayOfYear", "hour"],
  }).rows;
  expect(b).toEqual(a);
  expect(c).toEqual(a);
});

test("what is no date, and unknown fields, are refused", () => {
  expect(() => calendarFeatures(["soon"])).toThrow(DataError);
  expect(() => calendarFeatures([new Date("soon")])).toThrow(DataError);
  expect(() => calendarFeatures([0], { fields: ["week" as "month"] })).toThrow(ConfigError);
  expect(() => calendarFeatures([0], { fields: [] })).toThrow(ConfigError);
});
