import { describe, expect, it } from "vitest";
import { readTextTable, type TextTableOptions } from "../../../src/table/text-table.js";

const read = (text: string, options?: TextTableOptions) => readTextTable("t.csv", text, options);
const lines = (...rows: readonly string[]): string => `${rows.join("\n")}\n`;
const utc = (text: string): number => Date.parse(text);

describe("names of columns", () => {
  it("pandas leaves the name of its index empty and calls the other 0", () => {
    const table = read(lines(",0", "2015-07-01,11.5", "2015-07-02,12.5", "2015-07-03,13.5"), {
      columns: ["0"],
    });
    expect([Array.from(table.columns["0"]!), table.times![0]]).toEqual([
      [11.5, 12.5, 13.5],
      utc("2015-07-01"),
    ]);
  });
  it("a name short: rows are counted in a column without one, and date and time follow", () => {
    const rows = ["0,2022-07-29,03:14:50,18.1", "1,2022-07-29,03:14:51,18.2", "2,2022-07-29,03:14:52,18.4"];
    const table = read(lines(",time,temp", ...rows), { columns: ["temp"] });
    expect([table.times![1], table.columns.temp![2]]).toEqual([utc("2022-07-29T03:14:51Z"), 18.4]);
    // A thousand parted by a comma is not a row's number.
    expect(() => read(lines("date,v", "2024-01-01,1,234", "2024-01-02,2"))).toThrow(
      /line 2: too many fields/,
    );
  });
  it("a delimiter too many behind the last name", () => {
    const table = read(lines("Year,Period,Value,", "1959,Q01,5.8", "1959,Q02,5.1", "1959,Q03,5.3"), {
      columns: ["Value"],
    });
    expect(table.dates).toEqual(["1959-Q1", "1959-Q2", "1959-Q3"]);
  });
  it("a title with commas in it, above one column of numbers", () => {
    const table = read(lines("Common stock prices, U.S., annual", "5.03", "4.80", "4.57", "4.6"));
    expect(Array.from(table.columns.column_1!)).toEqual([5.03, 4.8, 4.57, 4.6]);
    expect(table.notes.join()).toContain("1 line above the table left out");
  });
});

describe("cells", () => {
  it("Excel's mark of a text stands before a gap or a number", () => {
    const table = read(lines("d,v", "2000-01,'-", "2000-02,'12.5", "2000-03,3"));
    expect(Array.from(table.columns.v!)).toEqual([Number.NaN, 12.5, 3]);
    expect(table.notes.join()).toContain('"\'-" taken as missing in 1 cell');
  });
  it("a sign nobody knows is told how to be called a gap", () => {
    expect(() => read(lines("k,v", "a,1", "b,@!#F"), { columns: ["v"] })).toThrow(/--missing "@!#F"/);
  });
});

describe("when rows are", () => {
  it("two digits of a year beside a month", () => {
    const rows = [3, 4, 5].map((month) => `${month},14,${month}`);
    expect(read(lines("Month,Year,v", ...rows), { columns: ["v"] }).dates).toEqual([
      "2014-03",
      "2014-04",
      "2014-05",
    ]);
    const old = read(lines("Month,Year,v", "12,98,1", "1,99,2"), { columns: ["v"] });
    expect(old.dates).toEqual(["1998-12", "1999-01"]);
  });
  it("a day of the month by its longer name", () => {
    const rows = [1, 2, 3].map((day) => `1994,1,${day},6,${day}`);
    const table = read(lines("year,month,date_of_month,day_of_week,births", ...rows), {
      columns: ["births"],
    });
    expect(table.dates).toEqual(["1994-01-01", "1994-01-02", "1994-01-03"]);
  });
  it("quarters under a name that may mean months, and months there", () => {
    const months = read(lines("Year,Period,v", "2009,M01,1", "2009,M02,2", "2009,M03,3"), { columns: ["v"] });
    expect(months.dates![2]).toBe("2009-03");
  });
  it("the day a row was written down is not the day it is of", () => {
    const rows = [1, 2, 3].map((month) => `2011,${month},10${month},2022-05-08T21:41:2${month}`);
    const table = read(lines("jahr,monat,v,aktualisierungsdatum", ...rows), { columns: ["v"] });
    expect(table.dates).toEqual(["2011-01", "2011-02", "2011-03"]);
    // Where nothing else says when, it is better than nothing.
    const alone = read(lines("v,updated", "1,2022-05-08", "2,2022-05-09"), { columns: ["v"] });
    expect(alone.dates).toEqual(["2022-05-08", "2022-05-09"]);
  });
  it("steps in no order, or newest first, are put in order", () => {
    expect(Array.from(read(lines("t,v", "3,30", "1,10", "2,20", "4,40")).columns.v!)).toEqual([
      10, 20, 30, 40,
    ]);
    expect(
      Array.from(read(lines("step,t,v", "9,3,30", "9,2,20", "9,1,10"), { columns: ["v"] }).columns.v!),
    ).toEqual([10, 20, 30]);
  });
  it("steps that come again with another series are refused, and read by its name", () => {
    const rows = [1, 0, 2].flatMap((t) =>
      ["a", "b"].map((s) => `${s},${t},${s}${t}`.replace(/[ab](\d)$/, "$1")),
    );
    const text = lines("subject,timepoint,v", ...rows);
    expect(() => read(text, { columns: ["v"] })).toThrow(/"0" comes more than once.*--id subject/);
    expect(Array.from(read(text, { columns: ["v"], id: "subject", series: "b" }).columns.v!)).toEqual([
      0, 1, 2,
    ]);
  });
  it("days of a month come again and are no count of steps", () => {
    const rows = [5, 6, 7, 5, 6].map((day, i) => `${i < 3 ? 1 : 2},${day},${i}`);
    expect(read(lines("Month,Day_of_month,v", ...rows), { columns: ["v"] }).dates).toBeUndefined();
  });
  it("a first row of another kind is named, with what stands below", () => {
    const text = lines("date,v", "11:34,270", "2018/10/15,259", "2018/10/12,258", "2018/10/11,257");
    expect(() => read(text)).toThrow(
      /"11:34" is not a date. The rows below are dates, such as "2018\/10\/15"/,
    );
  });
});

describe("several series", () => {
  const long = ["2007-01", "2007-02", "2007-03", "2007-04", "2007-05", "2007-06"].flatMap((month, i) => [
    `${month},Ford,${i}`,
    `${month},Opel,${10 + i}`,
    `${month},Audi,${20 + i}`,
  ]);
  it("a column that tells all but a few rows apart is named, with how many", () => {
    const twice = lines("month,make,v", ...long, "2007-06,Opel,99");
    expect(() => read(twice, { columns: ["v"] })).toThrow(/column "make" tells all but 1 of them apart/);
  });
  it("one of them is read for itself: a mistake in another does not matter", () => {
    const twice = lines("month,make,v", ...long, "2007-06,Opel,99");
    const ford = read(twice, { columns: ["v"], id: "make", series: "Ford" });
    expect([ford.rows, ford.ids![0], Array.from(ford.columns.v!)]).toEqual([6, "Ford", [0, 1, 2, 3, 4, 5]]);
    expect(() => read(twice, { columns: ["v"], id: "make", series: "Opel" })).toThrow(/is a duplicate/);
    expect(() => read(twice, { columns: ["v"], id: "make", series: "Fort" })).toThrow(
      /there is no series "Fort". Did you mean "Ford"\? Series: Ford, Opel, Audi/,
    );
  });
});

describe("a column a year", () => {
  const year = (y: number, n: number): number[] => Array.from({ length: n }, (_, i) => y + i);
  it("and a row a month, from the first month there is", () => {
    const names = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    const text = lines(
      "Month,1949,1950,1951",
      ...names.map((m, i) => `${m},${i < 2 ? "" : i},${12 + i},${i < 5 ? 24 + i : ""}`),
    );
    const table = read(text, { wide: true });
    expect(Array.from(table.columns.value!)).toEqual(year(2, 27));
    expect([table.dates![0], table.dates!.at(-1), table.id]).toEqual(["1949-03", "1951-05", undefined]);
  });
  it("and a row a day, the month named once, 29 February empty where there is none", () => {
    const text = lines("Month,Day,2019,2020", "February,27,1,4", ",28,2,5", ",29,,6", "March,1,3,7");
    const table = read(text, { wide: true });
    expect(table.dates).toEqual([
      "2019-02-27",
      "2019-02-28",
      "2019-03-01",
      "2020-02-27",
      "2020-02-28",
      "2020-02-29",
      "2020-03-01",
    ]);
    expect(Array.from(table.columns.value!)).toEqual([1, 2, 3, 4, 5, 6, 7]);
  });
  it("and a row a quarter or a week", () => {
    const quarters = read(lines("Quarter,2019,2020", "Q1,1,5", "Q2,2,6", "Q3,3,7", "Q4,4,8"), { wide: true });
    expect([Array.from(quarters.columns.value!), quarters.dates![4]]).toEqual([year(1, 8), "2020-Q1"]);
    const weeks = Array.from({ length: 53 }, (_, w) => `${w + 1},${w < 52 ? w : ""},${52 + w}`);
    const table = read(lines("week,2019,2020", ...weeks), { wide: true });
    expect([table.rows, table.dates![52], table.dates!.at(-1)]).toEqual([105, "2020-W01", "2020-W53"]);
  });
});
