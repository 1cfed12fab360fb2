import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { ConfigError, DataError } from "../../../src/errors.js";
import { type ReadCsvOptions, readCsv } from "../../../src/node/csv.js";

const folder = mkdtempSync(join(tmpdir(), "gateflow-csv-"));
afterAll(() => rmSync(folder, { recursive: true }));

let files = 0;
function file(text: string | Buffer): string {
  const path = join(folder, `table-${files++}.csv`);
  writeFileSync(path, text);
  return path;
}
const read = (text: string | Buffer, options?: ReadCsvOptions) => readCsv(file(text), options);
const numbers = (column: Float64Array | undefined): number[] => Array.from(column ?? []);

/** The message of the DataError, without the folder. */
async function complaint(text: string | Buffer, options?: ReadCsvOptions): Promise<string> {
  const path = file(text);
  const error: unknown = await readCsv(path, options).then(
    () => expect.fail("expected an error"),
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(DataError);
  const { message } = error as DataError;
  expect(message).not.toContain("\n");
  expect(message.startsWith(path)).toBe(true);
  return message.slice(path.length);
}

describe("readCsv reads", () => {
  test("named columns of numbers, in float64", async () => {
    const table = await read("a,b\n1,0.1\n-2.5e3,.5\n");
    expect(numbers(table.columns.a)).toEqual([1, -2500]);
    expect(numbers(table.columns.b)).toEqual([0.1, 0.5]);
    expect(table.rows).toBe(2);
    expect(table.dates).toBeUndefined();
  });

  test("empty fields, NA, NaN and null as gaps, and counts them", async () => {
    const table = await read("a,b\n1,\nNA,2\nnan,3\nNULL,4\n");
    expect(numbers(table.columns.a)).toEqual([1, Number.NaN, Number.NaN, Number.NaN]);
    expect(table.gaps).toEqual({ a: 3, b: 1 });
  });

  test("a byte order mark, CRLF, no newline at the end, blank lines at the end", async () => {
    for (const text of [
      '\uFEFF"a",b\r\n1,2\r\n3,4',
      "a,b\r\n1,2\n3,4\r\n",
      "a,b\n1,2\n3,4\n\n\n",
      "a,b\n1,2\r\n3,4\n  \n",
    ]) {
      const table = await read(text);
      expect(Object.keys(table.columns)).toEqual(["a", "b"]);
      expect(numbers(table.columns.b)).toEqual([2, 4]);
    }
  });

  test("quoted names and fields", async () => {
    const table = await read('"a ""x"", y",b\n"1","2"\n');
    expect(numbers(table.columns['a "x", y'])).toEqual([1]);
  });

  test("whichever delimiter the first line has most of", async () => {
    expect(numbers((await read("a;b\n1;2\n")).columns.b)).toEqual([2]);
    expect(numbers((await read("a\tb\n1\t2\n")).columns.b)).toEqual([2]);
    expect(numbers((await read('"a,b,c";d\n1;2\n')).columns.d)).toEqual([2]);
    expect(numbers((await read("a:b\n1:2\n", { delimiter: ":" })).columns.b)).toEqual([2]);
  });

  test("a blank line within a file of one column as a gap", async () => {
    expect(numbers((await read("a\n1\n\n3\n\n")).columns.a)).toEqual([1, Number.NaN, 3]);
  });

  test("only the columns asked for, whatever the others hold", async () => {
    const table = await read("name,a,b\nx,1,y\nz,2,w\n", { columns: ["a"] });
    expect(Object.keys(table.columns)).toEqual(["a"]);
  });

  test("a column without a name under its number", async () => {
    expect(Object.keys((await read(",a\n0,1\n1,2\n")).columns)).toEqual(["column_1", "a"]);
  });

  test("a date column by name, as written and as milliseconds", async () => {
    const table = await read("v,when\n1,2024-01-31\n2,2024-02-01T12:00\n", { date: "when" });
    expect(table.dates).toEqual(["2024-01-31", "2024-02-01T12:00"]);
    expect(numbers(table.times)).toEqual([Date.UTC(2024, 0, 31), Date.UTC(2024, 1, 1, 12)]);
    expect(Object.keys(table.columns)).toEqual(["v"]);
  });

  test("a first column of dates as the date column without being told", async () => {
    const table = await read("time,v\n2024-01-31,1\n2024-02-07,2\n");
    expect(table.dates).toHaveLength(2);
    expect(Object.keys(table.columns)).toEqual(["v"]);
  });

  test("a first column of years as dates, and numbers as times when it is named the date", async () => {
    const years = await read("time,v\n1700,5\n1701,11\n");
    expect(years.dates).toEqual(["1700", "1701"]);
    expect(numbers(years.times)).toEqual([Date.UTC(1700, 0), Date.UTC(1701, 0)]);
    const table = await read("time,v\n60.25,5\n60.5,11\n", { date: "time" });
    expect(numbers(table.times)).toEqual([60.25, 60.5]);
    expect(Object.keys(table.columns)).toEqual(["v"]);
  });

  test("a file larger than one chunk of the stream", async () => {
    const rows = Array.from({ length: 20_000 }, (_, t) => `${t},${t * 2}`);
    const table = await read(`a,b\n${rows.join("\n")}\n`);
    expect(table.rows).toBe(20_000);
    expect(table.columns.b![19_999]).toBe(39_998);
  });

  test("the weekly CO2 of Mauna Loa with its 59 missing weeks", async () => {
    const path = new URL("../../../examples/data/co2_weekly.csv", import.meta.url).pathname;
    const table = await readCsv(path, { date: "time" });
    expect(table.rows).toBe(2284);
    expect(table.gaps).toEqual({ value: 59 });
    expect(table.dates![0]).toBe("1958-03-29");
  });
});

describe("readCsv names file, line, column and cell of", () => {
  test("text where a number should be", async () => {
    expect(await complaint("a,b\n1,2\n3,oops\n")).toBe(
      ', line 3, column "b": "oops" is not a number. Leave the cell empty for a gap, or choose other columns; if it means a gap, say --missing "oops" (option `missing`).',
    );
  });
  test("numbers that only JavaScript would take", async () => {
    for (const cell of ["0x10", "Infinity", "1e999", "1_000", "12abc"]) {
      expect(await complaint(`a,b\n1,${cell}\n`)).toContain(`"${cell}" is not a number`);
    }
  });
  test("a decimal comma beside a decimal point", async () => {
    expect(await complaint("a;b\n1;2.5\n1;3,14\n1;2.25\n")).toContain(
      'line 3, column "b": "3,14" is not a number. Other cells of the column have a decimal point',
    );
  });
  test("a row with too few or too many fields", async () => {
    expect(await complaint("a,b\n1,2\n3\n")).toContain(", line 3: too few fields, 1 instead of 2");
    expect(await complaint("a,b\n1,2,3\n")).toContain(", line 2: too many fields, 3 instead of 2");
  });
  test("a blank line between rows of several columns", async () => {
    expect(await complaint("a,b\n1,2\n\n3,4\n")).toContain(", line 3: too few fields");
  });
  test("the line as an editor counts, after a field of several lines and after CRLF", async () => {
    expect(await complaint('name,b\n"x\ny",2\nz,oops\n', { columns: ["b"] })).toContain(", line 4, column");
    expect(await complaint("a,b\r\n1,2\r\n3,oops\r\n")).toContain(", line 3, column");
  });
  test("an unknown column, with the nearest name", async () => {
    expect(await complaint("time,value\n1,2\n", { columns: ["vlaue"] })).toContain(
      'there is no column "vlaue". Did you mean "value"? Columns: time, value.',
    );
    expect(await complaint("time,value\n1,2\n", { date: "tme" })).toContain('Did you mean "time"?');
  });
  test("a date that does not exist or is written day first", async () => {
    expect(await complaint("d,v\n2024-01-30,1\n2024-02-30,2\n")).toContain(
      ', line 3, column "d": "2024-02-30" is not a date',
    );
    expect(await complaint("d,v\n31/31/2024,1\n", { date: "d" })).toContain("--date-format");
    expect(await complaint("d,v\n2024-01-30,1\n,2\n")).toContain(', line 3, column "d": "" is not a date');
  });
  test("two values of one date, as duplicates, with both lines", async () => {
    expect(await complaint("d,v\n2024-01-02,1\n2024-01-01,2\n2024-01-02,3\n")).toMatch(
      /, line 4, column "d": "2024-01-02" is a duplicate: line 2 and line 4 .* 1 and 3\)/,
    );
  });
  test("a file without rows, without anything, without names, with a name twice", async () => {
    expect(await complaint("a,b\n\n")).toContain("no data rows");
    expect(await complaint("")).toContain("is empty");
    expect(await complaint("1,2\n3,4\n", { columns: ["a"] })).toContain("Columns: column_1, column_2.");
    expect(await complaint("a,a\n3,4\n")).toContain('two columns are called "a"');
    expect(numbers((await read("\na,b\n3,4\n")).columns.b)).toEqual([4]);
  });
  test("a quote that is never closed", async () => {
    expect(await complaint('a,b\n1,2\n3,"4\n')).toMatch(/, line \d+: .*quot/i);
  });
  test("a file that is no text", async () => {
    expect(await complaint(Buffer.from([0x50, 0x4b, 0, 0, 1]))).toContain("is not UTF-8 text");
  });
  test("a path that does not exist or is a folder", async () => {
    await expect(readCsv(join(folder, "nowhere.csv"))).rejects.toThrow(/nowhere\.csv: there is no such file/);
    await expect(readCsv(folder)).rejects.toThrow(/is a directory/);
    await expect(readCsv(join(folder, "nowhere.csv"))).rejects.toBeInstanceOf(DataError);
  });
});

test("readCsv refuses unknown options and an impossible delimiter", async () => {
  const path = file("a\n1\n");
  await expect(readCsv(path, { colums: [] } as object)).rejects.toThrow(/columns/);
  await expect(readCsv(path, { delimiter: "::" })).rejects.toBeInstanceOf(ConfigError);
  await expect(readCsv(path, { columns: [] })).rejects.toBeInstanceOf(ConfigError);
});
