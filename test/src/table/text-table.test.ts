import { describe, expect, it, test } from "vitest";
import { DataError } from "../../../src/errors.js";
import { RecordSplitter, type TextRecord } from "../../../src/table/records.js";
import { readTextTable, type TextTableOptions } from "../../../src/table/text-table.js";

const read = (text: string, options?: TextTableOptions) => readTextTable("t.csv", text, options);
const column = (text: string, name: string, options?: TextTableOptions): number[] =>
  Array.from(read(text, { columns: [name], ...options }).columns[name]!);
const days = (n: number): string[] =>
  Array.from({ length: n }, (_, i) => `2024-01-${String(i + 1).padStart(2, "0")}`);
const utc = (text: string): number => Date.parse(`${text}T00:00:00Z`);

describe("how a text is written is told from it", () => {
  it("the line Excel writes for itself", () => {
    const table = read("sep=;\nDatum;Wert\n2024-01-01;1,5\n2024-01-02;2\n");
    expect(Array.from(table.columns.Wert!)).toEqual([1.5, 2]);
    expect(table.notes.join()).toContain('"sep=;"');
  });
  it("lines above and below the table, comments and units", () => {
    const text = `Title\n\ndate,v,w\n,[MW],[MW]\n${days(4)
      .map((day, i) => `${day},${i},1\n`)
      .join("")}\nSource: somebody,,\n`;
    expect(column(text, "v")).toEqual([0, 1, 2, 3]);
    expect(read(text).notes.join("; ")).toMatch(
      /2 lines above .*units, left out.*below the table left out, from line 10/,
    );
    expect(column(`# made by hand\n# twice\ndate v\n2024-01-01 1\n2024-01-02 2\n`, "v")).toEqual([1, 2]);
    expect(column("#date,v\n2024-01-01,1\n2024-01-02,2\n", "v")).toEqual([1, 2]);
  });
  it("no names: columns are counted, and numbers of columns are names", () => {
    expect(Object.keys(read("2024-01-01,5\n2024-01-02,6\n").columns)).toEqual(["column_2"]);
    expect(column("0,1\n0.5,2\n0.25,3\n", "1")).toEqual([2, 3]);
    expect(column("1,2\n3,4\n", "column_1", { header: false })).toEqual([1, 3]);
  });
  it("lines that end in CR alone, and a delimiter at the end of every row", () => {
    expect(column("a,b\r1,2\r3,4\r", "b")).toEqual([2, 4]);
    expect(column("a;b\n1;2;\n3;4;\n", "b")).toEqual([2, 4]);
  });
});

describe("numbers are read as the column writes them", () => {
  test.each<[string, readonly string[], number[]]>([
    ["decimal commas", ["1,5", "2,25", "3"], [1.5, 2.25, 3]],
    ["decimal commas and points between thousands", ["1.234,5", "12.000,25", "7"], [1234.5, 12_000.25, 7]],
    ["commas between thousands", ["1,234.5", "1,000,000", "7.25"], [1234.5, 1e6, 7.25]],
    ["blanks and apostrophes", ["1 234,5", "2\u00a0000", "3"], [1234.5, 2000, 3]],
    ["apostrophes", ["1'234.5", "2'000", "3"], [1234.5, 2000, 3]],
    ["signs of money, per cent and brackets", ["$1,234.00", "($5.50)", "$7"], [1234, -5.5, 7]],
    ["decimals of three digits alone", ["1.242", "0.987", "1.250"], [1.242, 0.987, 1.25]],
  ])("%s", (_, cells, expected) => {
    expect(column(`k;v\n${cells.map((cell) => `a;${cell}\n`).join("")}`, "v")).toEqual(expected);
  });
  it("1.242 beside 987 is warned of, and either reading can be said", () => {
    const text = `k;v\n${["1.242", "1.237", "987", "1.003"].map((cell) => `a;${cell}\n`).join("")}`;
    const table = read(text, { columns: ["v"] });
    expect(Array.from(table.columns.v!)).toEqual([1242, 1237, 987, 1003]);
    expect(table.notes.join()).toMatch(
      /"1\.242" beside "987": the points are taken as thousands.*--decimal \./,
    );
    expect(column(text, "v", { decimal: "." })).toEqual([1.242, 1.237, 987, 1.003]);
  });
  it("gaps are what tools write for them, and what is said", () => {
    const table = read("k,v\na,1\nb,?\nc,-\nd,n/a\ne,-999\n", { columns: ["v"], missing: "-999" });
    expect(Array.from(table.columns.v!)).toEqual([1, Number.NaN, Number.NaN, Number.NaN, Number.NaN]);
    expect(table.notes.join()).toContain('"?" taken as missing in 1 cell');
    expect(read("k,v\na,1\nb,2\nc,-999\nd,-999\n", { columns: ["v"] }).notes.join()).toContain(
      "--missing=-999",
    );
  });
  it("a number of any length costs no more than it is long", () => {
    const long = `${"1".repeat(200_000)}x`;
    expect(() => column(`k,v\na,${long}\n`, "v")).toThrow(/is not a number/);
  });
});

describe("an error names the line its cell stands in", () => {
  it("in a record of several lines, whichever line that is", () => {
    // The cell stands in the record's third line, after a text of two.
    const text = 'a,b,c\n1,"x\ny",1\n2,"p\nq\nr",oops\n';
    expect(() => read(text, { columns: ["c"] })).toThrow('t.csv, line 6, column "c": "oops" is not a number');
    expect(() => read('a,b,c\n1,"x\ny",1\n2\n3,p,3\n', { columns: ["c"] })).toThrow("t.csv, line 4: too few");
    expect(() => read('a,b,c\n1,2,3\noops,"x\ny",3\n', { columns: ["a"] })).toThrow("t.csv, line 3, column");
  });
  it("a quote that is opened and never closed, where it is opened", () => {
    expect(() => read('a,b\n1,2\n3,"4\n5,6\n')).toThrow("t.csv, line 3: a quote");
  });
});

describe("several series under each other are refused", () => {
  const long = ["A", "B"].flatMap((id) => days(6).map((day, i) => `${id},${day},${i}\n`)).join("");
  it("by a date that comes twice, naming the column that tells them apart", () => {
    expect(() => read(`unique_id,ds,y\n${long}`, { columns: ["y"] })).toThrow(
      /several series.*--id unique_id/,
    );
    expect(read(`unique_id,ds,y\n${long}`, { columns: ["y"], id: "unique_id" }).rows).toBe(12);
  });
  it("by time that starts anew with each, and by blocks without dates", () => {
    const anew = `k,d,y\n${["2024-02-01", "2024-02-02", "2024-02-03"].map((d) => `A,${d},1\n`).join("")}${days(
      3,
    )
      .map((d) => `B,${d},2\n`)
      .join("")}`;
    expect(() => read(anew, { columns: ["y"] })).toThrow(/time starts anew.*--id k/);
    expect(() => read(`id,y\n${"A,1\n".repeat(4)}${"B,2\n".repeat(4)}`, { columns: ["y"] })).toThrow(
      /--id id/,
    );
  });
});

describe("rows come in the order of their dates", () => {
  it("newest first and out of order are sorted, and said", () => {
    const falling = read("d,v\n2024-01-03,3\n2024-01-02,2\n2024-01-01,1\n");
    expect([Array.from(falling.columns.v!), falling.notes]).toEqual([
      [1, 2, 3],
      [expect.stringContaining("newest first")],
    ]);
    const mixed = read("d,v\n2024-01-03,3\n2024-01-01,1\n2024-01-02,2\n2024-01-04,4\n");
    expect([Array.from(mixed.columns.v!), mixed.notes]).toEqual([
      [1, 2, 3, 4],
      [expect.stringContaining("sorted")],
    ]);
  });
  it("a row that comes twice is kept once and counted; two values of one date are refused", () => {
    const table = read("d,v\n2024-01-01,1\n2024-01-02,2\n2024-01-02,2\n2024-01-03,3\n");
    expect([table.rows, table.duplicates]).toEqual([3, 1]);
    expect(() => read("d,v\n2024-01-01,1\n2024-01-02,2\n2024-01-02,3\n")).toThrow(
      /line 4.*is a duplicate: line 3 and line 4/,
    );
  });
});

describe("dates are found", () => {
  it("in a later column, in two, and in several", () => {
    expect(read("v,Time\n1,2001-06-11 11:00\n2,2001-06-11 11:10\n", { columns: ["v"] }).dates![0]).toBe(
      "2001-06-11 11:00",
    );
    const two = read("Date,Time,v\n31/01/2024,23:30,1\n31/01/2024,24:00,2\n", { columns: ["v"] });
    expect(Array.from(two.times!)).toEqual([utc("2024-01-31") + 23.5 * 3.6e6, utc("2024-02-01")]);
    const four = read("YEAR,MO,DY,HR,v\n2024,2,29,0,1\n2024,2,29,1,2\n", { columns: ["v"] });
    expect(Array.from(four.times!)).toEqual([utc("2024-02-29"), utc("2024-02-29") + 3.6e6]);
    expect(read("year,month,v\n2024,January,1\n2024,February,2\n", { columns: ["v"] }).dates).toEqual([
      "2024-01",
      "2024-02",
    ]);
  });
  it("day or month first from the whole column, and asked for where both fit", () => {
    expect(Array.from(read("d,v\n01/02/2024,1\n02/02/2024,2\n13/02/2024,3\n").times!)[0]).toBe(
      utc("2024-02-01"),
    );
    expect(Array.from(read("d,v\n02/12/2024,1\n02/13/2024,2\n").times!)[0]).toBe(utc("2024-02-12"));
    const both = "d,v\n03/04/2024,1\n04/04/2024,2\n05/04/2024,3\n06/04/2024,4\n";
    expect(() => read(both)).toThrow(DataError);
    expect(() => read(both)).toThrow(/day first or month first.*--date-format/);
    expect(read(both, { dateFormat: "day first" }).times![0]).toBe(utc("2024-04-03"));
    expect(read(both, { dateFormat: "%m/%d/%Y" }).times![0]).toBe(utc("2024-03-04"));
    expect(read(both, { dateFormat: "DD/MM/YYYY" }).times![0]).toBe(utc("2024-04-03"));
    // The first of every month, which month first would make twelve days in January.
    const months = Array.from(
      { length: 24 },
      (_, i) => `01/${String((i % 12) + 1).padStart(2, "0")}/${2020 + Math.floor(i / 12)},${i}\n`,
    );
    expect(read(`d,v\n${months.join("")}`).times![1]).toBe(utc("2020-02-01"));
  });
  it("and what looks like a date is never passed over", () => {
    expect(() => read("d,v\n2024-01-30,1\n2024-02-30,2\n")).toThrow(
      'line 3, column "d": "2024-02-30" is not a date',
    );
    expect(read("d,v\n2024-01-30,1\n2024-02-30,2\n", { columns: ["v"], date: false }).dates).toBeUndefined();
  });
});

describe("wide tables are one long one", () => {
  it("a row a year and a column a month", () => {
    const months = "Jan,Feb,Mar,Apr,May,Jun,Jul,Aug,Sep,Oct,Nov,Dec";
    const table = read(`Year,${months}\n2023,1,2,3,4,5,6,7,8,9,10,11,12\n2024,13,14,,,,,,,,,,\n`, {
      wide: true,
    });
    expect(Array.from(table.columns.value!)).toEqual(Array.from({ length: 14 }, (_, i) => i + 1));
    expect(table.dates!.at(-1)).toBe("2024-02");
  });
  it("a column a series, and a row a series", () => {
    const columns = read(
      `date,A,B\n${days(3)
        .map((day, i) => `${day},${i},${10 * i}\n`)
        .join("")}`,
      { wide: true },
    );
    expect([columns.id, columns.ids, Array.from(columns.columns.value!)]).toEqual([
      "series",
      ["A", "A", "A", "B", "B", "B"],
      [0, 1, 2, 0, 10, 20],
    ]);
    const rows = read("Country,2020-01-01,2020-01-02,2020-01-03\nOslo,1,2,3\nBergen,4,5,6\n", { wide: true });
    expect([rows.ids![3], Array.from(rows.columns.value!)]).toEqual(["Bergen", [1, 2, 3, 4, 5, 6]]);
  });
});

test("pieces of any size give the same records", () => {
  const text = 'a,"b\r\nc",d\r\n1,"2 ""x""",3\r4,5,6\n\n7,8,9';
  const cut = (size: number): unknown[] => {
    const records: TextRecord[] = [];
    const splitter = new RecordSplitter({ path: "t.csv", delimiter: "," }, (record) => records.push(record));
    for (let at = 0; at < text.length; at += size) splitter.push(text.slice(at, at + size));
    splitter.end();
    return records.map(({ cells, line, isBlank }) => [cells, line, isBlank]);
  };
  expect(cut(1000)).toEqual([
    [["a", "b\nc", "d"], 1, false],
    [["1", '2 "x"', "3"], 3, false],
    [["4", "5", "6"], 4, false],
    [[""], 5, true],
    [["7", "8", "9"], 6, false],
  ]);
  for (const size of [1, 2, 3, 7]) expect(cut(size)).toEqual(cut(1000));
});
