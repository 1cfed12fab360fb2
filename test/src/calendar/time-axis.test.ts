import { describe, expect, it } from "vitest";
import { parseDate } from "../../../src/calendar/read-dates.js";
import { timeAxis } from "../../../src/calendar/time-axis.js";

const axisOf = (...dates: string[]) =>
  timeAxis(
    dates.length,
    dates,
    Float64Array.from(dates, (date) => parseDate(date)!),
  );
const next = (axis: ReturnType<typeof timeAxis>, rows: number, count = 2): string[] =>
  Array.from({ length: count }, (_, i) => axis.label(rows + i));

describe("dates after the end go on at the series' own step, in the file's own writing", () => {
  it.each<[string, string[], string, string[]]>([
    ["weeks", ["2001-12-15", "2001-12-22", "2001-12-29"], "7 days", ["2002-01-05", "2002-01-12"]],
    [
      "days across a leap day",
      ["2024-02-26", "2024-02-27", "2024-02-28"],
      "1 day",
      ["2024-02-29", "2024-03-01"],
    ],
    ["months", ["2023-10-15", "2023-11-15", "2023-12-15"], "1 month", ["2024-01-15", "2024-02-15"]],
    ["ends of months", ["2023-10-31", "2023-11-30", "2023-12-31"], "1 month", ["2024-01-31", "2024-02-29"]],
    ["months without a day", ["2023-11", "2023-12"], "1 month", ["2024-01", "2024-02"]],
    ["quarters", ["2023Q2", "2023Q3", "2023Q4"], "3 months", ["2024Q1", "2024Q2"]],
    ["quarters with a dash", ["2023-Q3", "2023-Q4"], "3 months", ["2024-Q1", "2024-Q2"]],
    ["years", ["2019-01-01", "2020-01-01", "2021-01-01"], "1 year", ["2022-01-01", "2023-01-01"]],
    ["other separators", ["2024/01/30", "2024/01/31"], "1 day", ["2024/02/01", "2024/02/02"]],
    ["hours", ["2024-01-31T22:00", "2024-01-31T23:00"], "1 hour", ["2024-02-01T00:00", "2024-02-01T01:00"]],
    [
      "half hours with seconds and a zone",
      ["2024-01-31 23:00:00+02:00", "2024-01-31 23:30:00+02:00"],
      "30 minutes",
      ["2024-02-01 00:00:00+02:00", "2024-02-01 00:30:00+02:00"],
    ],
  ])("%s", (_, dates, step, expected) => {
    const axis = axisOf(...dates);
    expect(axis.kind).toBe("date");
    expect(axis.step).toBe(step);
    expect(axis.irregular).toEqual([]);
    expect(next(axis, dates.length)).toEqual(expected);
  });

  it("numbers, without the noise of binary fractions", () => {
    const axis = timeAxis(3, ["0.1", "0.2", "0.3"], Float64Array.of(0.1, 0.2, 0.3));
    expect([axis.kind, axis.step, axis.irregular.length]).toEqual(["number", "0.1", 0]);
    expect(next(axis, 3)).toEqual(["0.4", "0.5"]);
  });

  it("rows where there is no date column", () => {
    const axis = timeAxis(3);
    expect([axis.kind, axis.label(1), axis.label(5), axis.position(5)]).toEqual(["index", "1", "5", 5]);
  });

  it("a chart's position of a later row is its date", () => {
    expect(axisOf("2024-01-01", "2024-01-02").position(3)).toBe(Date.UTC(2024, 0, 4));
  });
});

describe("irregular steps are told", () => {
  it("with the row and both dates", () => {
    const axis = axisOf("2024-01-01", "2024-01-02", "2024-01-05", "2024-01-06", "2024-01-07");
    expect(axis.step).toBe("1 day");
    expect(axis.irregular).toEqual([{ row: 2, from: "2024-01-02", to: "2024-01-05" }]);
  });

  it("a missing month among months", () => {
    const axis = axisOf("2024-01-01", "2024-02-01", "2024-03-01", "2024-05-01", "2024-06-01");
    expect(axis.irregular.map(({ row }) => row)).toEqual([3]);
  });

  it("a date that comes twice", () => {
    expect(axisOf("2024-01-01", "2024-01-02", "2024-01-02", "2024-01-03").irregular).toHaveLength(1);
  });
});
