import { describe, expect, it } from "vitest";
import { readTextTable, type TextTableOptions } from "../../../src/table/text-table.js";

const read = (text: string, options?: TextTableOptions) => readTextTable("t.csv", text, options);
const lines = (...rows: readonly string[]): string => `${rows.join("\n")}\n`;
const numbers = (values: ArrayLike<number> | undefined): number[] => Array.from(values ?? []);
const months = (from: number, to: number, row: (year: number, month: number) => string): string[] =>
  Array.from({ length: (to - from) * 12 }, (_, i) => row(from + Math.floor(i / 12), (i % 12) + 1));
const two = (n: number): string => String(n).padStart(2, "0");

describe("when rows are", () => {
  it("years with a fraction under a name, or in a first column without one", () => {
    const rows = months(1949, 1951, (year, month) => `${year + (month - 1) / 12},${month}`);
    const named = read(lines("rownames,time,value", ...rows.map((row, i) => `${i + 1},${row}`)), {
      columns: ["value"],
    });
    expect([named.times![1], named.dateFormat]).toEqual([Date.UTC(1949, 1), "decimal years"]);
    expect(named.notes.join()).toContain('dates are read from column "time" as decimal years');
    const bare = read(lines("# CO2 of the air", ...rows.map((row) => row.replace(",", " "))), {
      columns: ["column_2"],
    });
    expect(bare.times![13]).toBe(Date.UTC(1950, 1));
    // A column that goes on past what is looked at first.
    const long = months(1900, 1930, (year, month) => `${year + (month - 1) / 12},${month}`);
    expect(read(lines("time,value", ...long), { columns: ["value"] }).times!.at(-1)).toBe(Date.UTC(1929, 11));
  });
  it("year and month in the first columns of a table without names", () => {
    const rows = months(1749, 1751, (year, month) => `${year};${two(month)};${year}.5;${month}.5`);
    const table = read(lines(...rows), { columns: ["column_4"] });
    expect(table.dates!.slice(11, 13)).toEqual(["1749-12", "1750-01"]);
    const daily = Array.from(
      { length: 40 },
      (_, i) => `2020 ${i < 31 ? 1 : 2} ${i < 31 ? i + 1 : i - 30} ${i}`,
    );
    expect(read(lines(...daily), { columns: ["column_4"] }).dates![31]).toBe("2020-02-01");
    // Numbers that only begin like years and months are none.
    const none = read(lines("1900 3 5 1", "1900 1 4 2", "1900 2 7 3", "1901 2 7 3", "1901 1 1 1"));
    expect(none.dates).toBeUndefined();
  });
  it("Unix times in a first column without a name", () => {
    const rows = Array.from({ length: 9 }, (_, i) => `${1_609_459_200_000 + i * 3_600_000},${i}.5`);
    expect(read(lines(...rows), { columns: ["column_2"] }).times![1]).toBe(Date.UTC(2021, 0, 1, 1));
  });
  it("a clock with points, beside a date", () => {
    const rows = Array.from(
      { length: 300 },
      (_, i) => `${two(10 + Math.floor(i / 24))}/03/2004;${two(i % 24)}.00.00;${i}`,
    );
    const table = read(lines("Date;Time;CO(GT)", ...rows), { columns: ["CO(GT)"] });
    expect(table.times![25]).toBe(Date.UTC(2004, 2, 11, 1));
  });
  it("half hours counted from midnight, beside a date or a spreadsheet's day", () => {
    const rows = (day: (d: number) => string): string[] =>
      Array.from({ length: 96 }, (_, i) => `${day(Math.floor(i / 48))},${(i % 48) + 1},${i}`);
    const dated = read(lines("SETTLEMENT_DATE,SETTLEMENT_PERIOD,ND", ...rows((d) => `0${d + 1}-JAN-2019`)), {
      columns: ["ND"],
    });
    expect(dated.times![49]).toBe(Date.UTC(2019, 0, 2, 0, 30));
    const counted = read(lines("Date,Period,Temp", ...rows((d) => String(36_526 + d))), {
      columns: ["Temp"],
    });
    expect(counted.times![95]).toBe(Date.UTC(2000, 0, 2, 23, 30));
  });
  it("a day of the year under the name of a day", () => {
    const rows = Array.from({ length: 40 }, (_, i) => `1979 ${i + 1} ${i}.5`);
    expect(read(lines("Year #day Vol", ...rows), { columns: ["Vol"] }).dates![39]).toBe("1979-040");
  });
  it("a spreadsheet's days, under the name of a date alone", () => {
    const rows = Array.from({ length: 9 }, (_, i) => `${43_831 + i},${i}`);
    expect(read(lines("Date,Sales", ...rows)).times![1]).toBe(Date.UTC(2020, 0, 2));
    expect(read(lines("t,Sales", ...rows)).dateFormat).toBeUndefined();
  });
});

describe("rows that are none", () => {
  it("whole years among the months of the labour statistics", () => {
    const rows = [2010, 2011].flatMap((year) =>
      Array.from({ length: 13 }, (_, i) => `LNS14,${year},M${two(i + 1)},${i}`),
    );
    const table = read(lines("Series ID,Year,Period,Value", ...rows), { columns: ["Value"] });
    expect([table.rows, table.dates![12]]).toEqual([24, "2011-01"]);
    expect(table.notes.join()).toContain("2 rows of whole years (M13, Q05) left out, the first in line 14");
  });
  it("years, quarters and months below each other, under lines that describe them", () => {
    const names = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
    const text = lines(
      '"Title","CPIH"',
      '"CDID","L522"',
      '"Unit","Index"',
      '"1988","50"',
      '"1989","51"',
      ...[1, 2, 3, 4].map((q) => `"1988 Q${q}","5${q}"`),
      ...months(1988, 1990, (year, month) => `"${year} ${names[month - 1]}","${month}"`),
    );
    const table = read(text, { columns: ["CPIH"] });
    expect([table.rows, table.dates![0], table.columns.CPIH![23]]).toEqual([24, "1988 JAN", 12]);
    const notes = table.notes.join("; ");
    expect(notes).toContain("lines 2 to 3, which have neither dates nor numbers, left out");
    expect(notes).toContain("rows of months are read; 4 of quarters and 2 of years stand in the same column");
    // Of several series, one may be yearly: nothing is left out for all.
    const several = lines("c,TIME,v", "A,1979,1", "A,1980,2", "B,1978-Q2,3", "B,1978-Q3,4");
    expect(() => read(several, { columns: ["v"], id: "c" })).toThrow(/line 4.*"1978-Q2" is not a date/);
    expect(read(several, { columns: ["v"], id: "c", series: "B" }).dates).toEqual(["1978-Q2", "1978-Q3"]);
  });
  it("a first row with numbers is named, and how to leave it out", () => {
    const text = lines(
      "sasdate,RPI",
      "Transform:,5",
      "1/1/2000,7",
      "2/1/2000,8",
      "3/1/2000,9",
      "4/1/2000,9",
      "5/13/2000,9",
    );
    expect(() => read(text)).toThrow(/"Transform:" is not a date.*--comment "Transform:"/);
    expect(read(text, { comment: "Transform:" }).rows).toBe(5);
  });
  it("a title as wide as the table, and names over several columns", () => {
    const rows = Array.from({ length: 9 }, (_, i) => `${1880 + i},${i}`);
    const titled = read(lines("Anomalies, January-December", "Units: Degrees", "Year,Value", ...rows));
    expect(Object.keys(titled.columns)).toEqual(["Value"]);
    const spanned = read(
      lines("saved 2024", "", ",Tokyo,Tokyo", "time,temp,rain", ...rows.map((row) => `${row},1`)),
    );
    expect(Object.keys(spanned.columns)).toEqual(["temp", "rain"]);
  });
  it("what stands for a gap alone, above the notes below", () => {
    const rows = months(1950, 1953, (year, month) => `${year} ${month} 26.5`);
    const table = read(lines(...rows, "-99.99", "NINA34", "5N-5S 170W-120W"), { columns: ["column_3"] });
    expect(table.rows).toBe(36);
    expect(table.notes.join()).toContain('3 lines below the table left out, from line 37 on ("-99.99")');
  });
});

describe("rows of another width", () => {
  it("end before columns no row fills", () => {
    const text = lines("d;a;b", "2020-01-01;1;", "2020-01-02;2;", "2020-01-03;3", "2020-01-04;4");
    const table = read(text, { columns: ["a"] });
    expect(numbers(table.columns.a)).toEqual([1, 2, 3, 4]);
    expect(table.notes.join()).toContain('2 rows end before "b", the first in line 4');
    // Where a row fills them, a cell was lost.
    const lost = lines("d;a;b", "2020-01-01;1;", "2020-01-02;2", "2020-01-03;3;9");
    expect(() => read(lost, { columns: ["a"] })).toThrow(/line 3: too few fields/);
    expect(() => read(lines("d;a;b", "2020-01-01;1;5", "2020-01-02;2"))).toThrow(/line 3: too few fields/);
  });
  it("names that do not fit are named, with the way around them", () => {
    expect(() => read(lines("Date,a,b", "1958-03,1,2,3", "1958-04,1,2,3"))).toThrow(
      /line 2: too many fields, 4 instead of 3.*--skip 1 --no-header/,
    );
  });
  it("values that go on from line to line are one series, where that is asked", () => {
    const even = read(lines("M1, U.S.", "1 2 3 4", "5 6 7 8", "9 10 11 12", "13 14"), { wide: true });
    expect(numbers(even.columns.value)).toEqual(Array.from({ length: 14 }, (_, i) => i + 1));
    expect(even.notes.join()).toContain("read as one series, line by line: 1, 2, 3 …");
    const uneven = read(lines("Fires", "1 2 3", "4 5 6 7 8", "", "9"), {
      wide: true,
      skip: 1,
      header: false,
    });
    expect(numbers(uneven.columns.value)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
    const year = Array.from(
      { length: 3 },
      (_, y) => `${1990 + y} ${Array.from({ length: 12 }, (__, m) => m).join(" ")}`,
    );
    expect(read(lines(...year), { wide: true, header: false }).dates![12]).toBe("1991-01");
  });
});

describe("several series that several columns tell apart", () => {
  const text = lines(
    "week,port,class,people",
    ...[1, 2].flatMap((w) =>
      ["ADL", "SYD"].flatMap((port) => ["F", "E"].map((c) => `1989 W2${w},${port},${c},${w}${port.length}`)),
    ),
  );
  it("are refused with all of them named, and read by all of them", () => {
    expect(() => read(text, { columns: ["people"] })).toThrow(
      /columns "port,class" tell them apart.*--id port,class/,
    );
    const one = read(text, { columns: ["people"], id: "port,class", series: "SYD,E" });
    expect([one.rows, one.id, one.ids![0]]).toEqual([2, "port,class", "SYD,E"]);
    expect(new Set(read(text, { columns: ["people"], id: "port,class" }).ids).size).toBe(4);
  });
});

describe("marks behind numbers", () => {
  it("flags of statistical offices, and thousands and millions as letters", () => {
    const flags = read(lines("y,v", "2000,100.3 p", "2001,101 ", "2002,:", "2003,7*"), { columns: ["v"] });
    expect(numbers(flags.columns.v)).toEqual([100.3, 101, Number.NaN, 7]);
    expect(flags.notes.join()).toContain('marks behind numbers left out, as in "100.3 p"');
    const volumes = read(lines("y,v", "2000,1.5K", "2001,2M", "2002,300"), { columns: ["v"] });
    expect(numbers(volumes.columns.v)).toEqual([1500, 2_000_000, 300]);
    expect(() => read(lines("y,v", "2000,5 m", "2001,6"), { columns: ["v"] })).toThrow(
      /"5 m" is not a number/,
    );
  });
  it("less than one is told how to be called a gap", () => {
    expect(() => read(lines("w,v", "2019-01-06,<1", "2019-01-13,5"), { columns: ["v"] })).toThrow(
      /--missing "<1"/,
    );
  });
  it("-99.99 far from all others is pointed at, and a first row may begin with gaps", () => {
    const rows = [1, 2, 3, 4, 5].map((i) => `2000-0${i},${i % 3 === 2 ? "-99.99" : `3${i}.5`}`);
    expect(read(lines("d,v", ...rows)).notes.join()).toContain("--missing=-99.99");
    expect(read(lines("1750 1 0.391 NaN", "1750 2 0.178 NaN", "1750 3 0.06 1", "1750 4 0.1 1")).rows).toBe(4);
  });
});

describe("tables that lie on their side", () => {
  const years = Array.from({ length: 30 }, (_, i) => 1880 + i);
  const row = (name: string, code: string, from: number): string =>
    `"${name}","${code}",${years.map((_, i) => from + i).join(",")}`;
  const bank = lines(`"Name","Code",${years.join(",")}`, row("Chad", "TCD", 0), row("Mali", "MLI", 100));

  it("are refused where nothing else says when, with the way to read them", () => {
    expect(() => read(bank, { columns: ["1890"] })).toThrow(/1880, 1881, 1882 … 1909.*--wide.*--date none/);
    expect(numbers(read(bank, { columns: ["1890"], date: false }).columns["1890"])).toEqual([10, 110]);
  });
  it("years before 1900 are years, and any column may name the series, or several together", () => {
    const named = read(bank, { wide: true });
    expect([named.ids![0], named.dates![0], named.rows]).toEqual(["Chad", "1880", 60]);
    expect(read(bank, { wide: true, id: "Code" }).ids!.at(-1)).toBe("MLI");
    const both = read(bank, { wide: true, id: "Name,Code", series: "Mali,MLI", columns: ["value"] });
    expect(numbers(both.columns.value).slice(0, 2)).toEqual([100, 101]);
    expect(() => read(bank, { wide: true, id: "Country" })).toThrow(/no column "Country"/);
  });
  it("as many columns name the series as it takes to tell them apart", () => {
    const head = `Sex,What,Unit,${years.join(",")}`;
    const rows = ["men,work", "men,none", "women,work", "women,none"].map(
      (name, i) => `${name},x 1000,${years.map((year) => year + i).join(",")}`,
    );
    const table = read(lines(head, ...rows, ""), { wide: true, columns: ["value"] });
    expect([...new Set(table.ids)]).toEqual(["men,work", "men,none", "women,work", "women,none"]);
  });
  it("columns of numbers that name no date are said to be left out", () => {
    const revised = lines(`Name,${years.join(",")},2001 before,2001 after`, `Chad,${years.join(",")},7,8`);
    expect(read(revised, { wide: true, columns: ["value"] }).notes.join()).toContain(
      'columns "2001 before", "2001 after" name no date and are left out',
    );
  });
});

describe("lines above and first rows", () => {
  const at = (i: number): string => `${two(Math.floor(i / 4))}:${two(15 * (i % 4))}`;
  it("commas above a table of decimal commas part nothing", () => {
    const rows = Array.from({ length: 96 }, (_, i) => `01.02.2025;${at(i)};0,${300 + i}`);
    const table = read(
      lines(
        "Kunde: Muster, Hans",
        "Anschrift: Hauptstr. 1, 10115 Ort",
        "Datum;Uhrzeit;Verbrauch (kWh)",
        ...rows,
      ),
      { columns: ["Verbrauch (kWh)"] },
    );
    expect([table.rows, table.columns["Verbrauch (kWh)"]![95]]).toEqual([96, 0.395]);
    expect(table.times![95]).toBe(Date.UTC(2025, 1, 1, 23, 45));
    expect(table.notes.join("; ")).toContain("2 lines above the table left out");
  });
  it("a date, a clock and numbers are a row, no names", () => {
    const rows = Array.from({ length: 96 }, (_, i) => `20240601,${at(i)},${i},-1.000`);
    const table = read(lines(...rows), { columns: ["column_3"] });
    expect([table.rows, table.times![1]]).toEqual([96, Date.UTC(2024, 5, 1, 0, 15)]);
    // Times of day above the values of a day are names.
    const spread = read(lines("day,00:00,12:00", "2024-06-01,1,2", "2024-06-02,3,4"), { columns: ["12:00"] });
    expect(numbers(spread.columns["12:00"])).toEqual([2, 4]);
  });
});

describe("tables parted by blanks", () => {
  const station = months(1948, 1955, (year, month) => `   ${year}  ${two(month)}  ${month}.5   ${month}.1#`);
  it("a word behind the last value is no column, marks behind values are none of them", () => {
    const text = lines(
      "Somewhere (Airport)",
      "Location 1000E 2000N, 25m amsl",
      "   yyyy  mm   tmax     sun",
      "              degC   hours",
      ...station.slice(0, 80),
      ...station.slice(80).map((line) => `${line}  Provisional`),
    );
    const table = read(text, { columns: ["sun"] });
    expect([table.rows, table.columns.sun![83]]).toEqual([84, 12.1]);
    expect(table.notes.join("; ")).toContain(
      'words behind the last column left out in 4 rows, the first in line 85 ("Provisional")',
    );
    // A number more than there are columns is still a mistake.
    expect(() => read(text.replace("Provisional", "99.9"), { columns: ["sun"] })).toThrow(/too many fields/);
  });
  it("asterisks alone are a gap, as many as a number would have digits", () => {
    const rows = years20().map((year, i) => `${year} ${i === 19 ? "****" : i}  ${i === 19 ? "***" : i}`);
    const table = read(lines("Year   Jan  Feb", ...rows), { columns: ["Feb"] });
    expect(table.columns.Feb![19]).toBeNaN();
  });
  it("years one after the other in a first column without a name say when, other numbers do not", () => {
    const table = read(lines(...years20().map((year, i) => `${year}   -0.${373 + i}   -0.425`)));
    expect([table.dates?.[0], table.dates?.at(-1)]).toEqual(["1850", "1869"]);
    const falling = read(
      lines(
        ...years20()
          .map((year, i) => `${year}   0.${373 + i}`)
          .reverse(),
      ),
    );
    expect(falling.columns.column_2![0]).toBe(0.373);
    const mixed = years20().map((year, i) => `${i % 2 === 0 ? year : 1900 - i}   0.${373 + i}`);
    expect(read(lines(...mixed)).dates).toBeUndefined();
    const ids = years20().map((year, i) => `${year - 650}   0.${373 + i}`);
    expect(read(lines(...ids)).dates).toBeUndefined();
  });
});

function years20(): number[] {
  return Array.from({ length: 20 }, (_, i) => 1850 + i);
}
