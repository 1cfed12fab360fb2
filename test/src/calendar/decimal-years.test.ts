import { describe, expect, it } from "vitest";
import { decimalYears } from "../../../src/calendar/decimal-years.js";
import { excelDate, excelDays } from "../../../src/calendar/excel-days.js";
import { readDates } from "../../../src/calendar/read-dates.js";

const iso = (times: ArrayLike<number> | undefined): string[] =>
  Array.from(times ?? [], (time) => new Date(time).toISOString().slice(0, 10));

describe("years with a fraction", () => {
  it("months from their beginning, as R writes them, and on", () => {
    const read = decimalYears(["1949", "1949.08333333333", "1949.16666666667", "1949.91666666667", "1950"])!;
    expect(iso(read.times)).toEqual(["1949-01-01", "1949-02-01", "1949-03-01", "1949-12-01", "1950-01-01"]);
    expect(read.resolution).toBe("month");
    expect([1, 2].map((month) => read.write(Date.UTC(1950, month)))).toEqual([
      "1950.08333333333",
      "1950.16666666667",
    ]);
  });
  it("months from their middle, as tables of the climate write them", () => {
    const read = decimalYears(["1958.208", "1958.292", "1958.375"])!;
    expect(iso(read.times)).toEqual(["1958-03-01", "1958-04-01", "1958-05-01"]);
    expect(read.write(Date.UTC(1958, 5))).toBe("1958.458");
    // By the days of the year, whose months are of several lengths.
    expect(iso(decimalYears(["1958.2027", "1958.2877", "1958.3699", "1958.4548"])?.times)).toEqual([
      "1958-03-01",
      "1958-04-01",
      "1958-05-01",
      "1958-06-01",
    ]);
  });
  it("quarters, and years at their middle", () => {
    expect(iso(decimalYears(["1960.25", "1960.5", "1960.75", "1961"])?.times)).toEqual([
      "1960-04-01",
      "1960-07-01",
      "1960-10-01",
      "1961-01-01",
    ]);
    expect(iso(decimalYears(["1700.5", "1701.5"])?.times)).toEqual(["1700-07-01", "1701-07-01"]);
  });
  it("weeks of 365.25 days in 52.18, and days", () => {
    const weeks = Array.from({ length: 300 }, (_, i) => String(1991.1 + i / 52.1785714));
    const times = decimalYears(weeks)!.times;
    expect(iso(times.subarray(0, 2))).toEqual(["1991-02-06", "1991-02-13"]);
    expect(new Set(times.subarray(1).map((time, i) => time - times[i]!))).toEqual(new Set([7 * 86_400_000]));
    const days = Array.from({ length: 800 }, (_, i) => String(2000 + i / 365.25));
    expect(iso(decimalYears(days)!.times).slice(0, 3)).toEqual(["2000-01-01", "2000-01-02", "2000-01-03"]);
  });
  it("no other numbers", () => {
    for (const cells of [
      ["1949", "1950"],
      ["12.5", "13.5"],
      ["1851.2026", "1851.6324", "1851.9792"],
      ["1949.1", "x"],
    ])
      expect(decimalYears(cells)).toBeUndefined();
    // A month after a point is a month: 1871.1 is none of these where 1871.02 stands.
    const dotted = readDates(["1871.01", "1871.02", "1871.12"]);
    expect("kind" in dotted ? dotted : dotted.format).toBe("YYYY.MM");
  });
});

describe("days of a spreadsheet", () => {
  it("36526 is the first of 2000, with a fraction the time of day", () => {
    expect(excelDate("36526")).toBe("2000-01-01");
    const read = excelDays(["43831", "43832"])!;
    expect([iso(read.times), read.resolution, read.write(Date.UTC(2020, 0, 3))]).toEqual([
      ["2020-01-01", "2020-01-02"],
      "day",
      "43833",
    ]);
    expect(excelDays(["43831.25", "43831.5"])!.times[0]).toBe(Date.UTC(2020, 0, 1, 6));
    expect(excelDays(["19999", "20001"])).toBeUndefined();
  });
});

describe("years of a Japanese emperor", () => {
  it("by letter, over the change of eras, and back", () => {
    const dates = readDates(["S63.12.31", "S64.1.7", "H1.1.8", "R4.5.31"]);
    if ("kind" in dates) throw new Error(JSON.stringify(dates));
    expect(iso(dates.times)).toEqual(["1988-12-31", "1989-01-07", "1989-01-08", "2022-05-31"]);
    expect(dates.write(Date.UTC(2022, 5, 1))).toBe("R4.6.1");
    expect(dates.write(Date.UTC(1975, 0, 2))).toBe("S50.1.2");
  });
  it("by name", () => {
    const dates = readDates(["平成30年12月", "平成31年1月", "令和2年1月"]);
    expect("kind" in dates ? dates : iso(dates.times)).toEqual(["2018-12-01", "2019-01-01", "2020-01-01"]);
  });
});
