import { describe, expect, test } from "vitest";
import { DataError } from "../../../../src/errors.js";
import { spacing } from "../../../../src/series/prepare/spacing.js";
import { fc } from "../../../support/property.js";

const DAY = 86_400_000;
const dates = (...texts: string[]): number[] => texts.map((text) => Date.parse(`${text}T00:00Z`));
const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

describe("spacing finds regular", () => {
  test("equal steps", () => {
    expect(spacing([0, DAY, 2 * DAY])).toEqual({
      median: DAY,
      step: "1 day",
      regular: true,
      irregular: [],
      missing: 0,
    });
  });
  test.each([
    ["months", range(30).map((i) => Date.UTC(2023, i, 1))],
    ["mid-months at noon", range(30).map((i) => Date.UTC(2023, i, 15, 12))],
    ["month ends", range(30).map((i) => Date.UTC(2023, i + 1, 0))],
    ["the 30th, and the end of February", dates("2023-01-30", "2023-02-28", "2023-03-30", "2023-04-30")],
    ["quarters", range(12).map((i) => Date.UTC(2023, 3 * i, 1))],
    ["quarter ends before 1970", range(12).map((i) => Date.UTC(1960, 3 * i + 3, 0))],
    ["years with leap days between", range(9).map((i) => Date.UTC(2019 + i, 1, 28))],
    ["every four weeks", range(14).map((i) => i * 28 * DAY)],
    ["a sixtieth of a second in whole milliseconds", range(20).map((i) => Math.round((i * 1000) / 60))],
  ])("%s", (_, times) => {
    expect(spacing(times)).toMatchObject({ regular: true, irregular: [], missing: 0 });
  });
});

describe("spacing finds", () => {
  test("dates left out, by the index of the one after the hole", () => {
    expect(spacing([0, 1, 2, 5, 6].map((day) => day * DAY))).toEqual({
      median: DAY,
      step: "1 day",
      regular: false,
      irregular: [3],
      missing: 2,
    });
  });
  test("months left out", () => {
    const times = dates("2023-01-01", "2023-02-01", "2023-03-01", "2023-06-01", "2023-07-01");
    expect(spacing(times)).toMatchObject({ regular: false, irregular: [3], missing: 2 });
  });
  test("one late date among months, and not the one after it", () => {
    const times = dates("2023-01-01", "2023-02-01", "2023-03-15", "2023-04-01", "2023-05-01");
    expect(spacing(times)).toMatchObject({ irregular: [2], missing: 0 });
  });
  test("repeated dates and dates out of order", () => {
    expect(spacing([0, 10, 20, 20, 30, 25, 35])).toEqual({
      median: 10,
      step: "10 milliseconds",
      regular: false,
      irregular: [3, 5],
      missing: 0,
    });
  });
  test("no weekend missing between trading days, and a holiday", () => {
    const weekdays = range(28)
      .map((i) => Date.UTC(2024, 0, 1 + i))
      .filter((time) => ![0, 6].includes(new Date(time).getUTCDay()));
    expect(spacing(weekdays)).toEqual({
      median: DAY,
      step: "1 business day, Monday to Friday",
      regular: true,
      irregular: [],
      missing: 0,
    });
    const holiday = weekdays.filter((_, i) => i !== 7);
    expect(spacing(holiday)).toMatchObject({ irregular: [7], missing: 1 });
  });
  test("a step of 1 ms left out in spite of the slack for rounding", () => {
    expect(spacing([0, 1, 2, 4, 5])).toMatchObject({ irregular: [3], missing: 1 });
  });
  test("exactly what was taken out of a regular series", () => {
    const inner = fc.uniqueArray(fc.integer({ min: 1, max: 38 }), { maxLength: 8 });
    fc.assert(
      fc.property(inner, fc.integer({ min: 1, max: 1e6 }), (gone, step) => {
        const found = spacing(
          range(40)
            .filter((i) => !gone.includes(i))
            .map((i) => i * step),
        );
        expect(found.missing).toBe(gone.length);
        expect(found.regular).toBe(gone.length === 0);
      }),
    );
  });
});

test("what has no step is refused", () => {
  expect(() => spacing([1])).toThrow(DataError);
  expect(() => spacing([2, 2, 1])).toThrow(/no date is later/);
  expect(() => spacing([0, Number.NaN])).toThrow(/times\[1\] is NaN/);
});
