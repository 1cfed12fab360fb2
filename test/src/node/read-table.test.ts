import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { ConfigError, DataError } from "../../../src/errors.js";
import { type ReadTableOptions, readTable } from "../../../src/node/read-table.js";

const folder = mkdtempSync(join(tmpdir(), "gateflow-table-"));
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}
const numbers = (column: Float64Array | undefined): number[] => Array.from(column ?? []);

/** The message of the DataError for JSON lines, without the path. */
async function complaint(text: string, options?: ReadTableOptions): Promise<string> {
  const path = file("wrong.jsonl", text);
  const error: unknown = await readTable(path, options).then(
    () => expect.fail("expected an error"),
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(DataError);
  const { message } = error as DataError;
  expect(message).not.toContain("\n");
  expect(message.startsWith(path)).toBe(true);
  return message.slice(path.length);
}

describe("readTable", () => {
  test("gives the same table for CSV, tabs and JSON lines", async () => {
    const paths = [
      file("a.csv", "day,v,w\n2024-01-01,1.5,\n2024-01-02,,3\n"),
      file("a.tsv", "day\tv\tw\n2024-01-01\t1.5\t\n2024-01-02\t\t3\n"),
      file("a.txt", "day;v;w\n2024-01-01;1.5;\n2024-01-02;NA;3\n"),
      file("a.NDJSON", '{"day":"2024-01-01","v":1.5,"w":null}\r\n{"w":3,"day":"2024-01-02"}\r\n\r\n'),
    ];
    for (const path of paths) {
      expect(await readTable(path)).toEqual({
        path,
        columns: { v: Float64Array.of(1.5, Number.NaN), w: Float64Array.of(Number.NaN, 3) },
        dates: ["2024-01-01", "2024-01-02"],
        times: Float64Array.of(Date.UTC(2024, 0, 1), Date.UTC(2024, 0, 2)),
        dateFormat: "YYYY-MM-DD",
        rows: 2,
        gaps: { v: 1, w: 1 },
        notes: path.endsWith(".txt") ? ['cells are parted by ";"'] : [],
        duplicates: 0,
      });
    }
  });

  test("splits a .tsv at tabs even where its names hold more commas", async () => {
    const { columns } = await readTable(file("b.tsv", "a,b,c\td\n1\t2\n"));
    expect(Object.keys(columns)).toEqual(["a,b,c", "d"]);
  });

  test("refuses unknown options, a delimiter where there is none, an id that is read as something else", async () => {
    const path = file("c.jsonl", '{"v":1}\n');
    await expect(readTable(path, { colums: [] } as object)).rejects.toThrow(/columns/);
    await expect(readTable(path, { delimiter: ";" })).rejects.toThrow(
      /`delimiter` does not apply to \.jsonl/,
    );
    await expect(readTable(path, { columns: [] })).rejects.toBeInstanceOf(ConfigError);
    await expect(readTable(path, { id: "v", columns: ["v"] })).rejects.toThrow(/also among the columns/);
    await expect(readTable(path, { id: "v", date: "v" })).rejects.toThrow(/also the date/);
  });

  test("says what to do with a .json file", async () => {
    await expect(readTable(file("d.json", "[]"))).rejects.toThrow(/d\.json: .*one object per line.*\.jsonl/);
  });
});

describe("JSON lines", () => {
  test("may bring a key late, and its rows so far are gaps", async () => {
    const { columns, gaps } = await readTable(file("late.jsonl", '{"a":1}\n{"a":2}\n{"b":5,"a":3}'));
    expect(numbers(columns.a)).toEqual([1, 2, 3]);
    expect(numbers(columns.b)).toEqual([Number.NaN, Number.NaN, 5]);
    expect(gaps).toEqual({ a: 0, b: 2 });
  });

  test("are read for the columns asked for, whatever the others hold and whether the first row has them", async () => {
    const path = file("some.jsonl", '{"name":"x","deep":{"a":[1]}}\n{"name":"y","v":2,"late":"text"}\n');
    const { columns } = await readTable(path, { columns: ["v"] });
    expect(columns).toEqual({ v: Float64Array.of(Number.NaN, 2) });
  });

  test("may be longer than a chunk of the stream, begin with a byte order mark and hold any text", async () => {
    const rows = Array.from({ length: 20_000 }, (_, t) => `{"t":${t},"é\u2028":${t * 2}}\n`);
    const table = await readTable(file("long.jsonl", `\uFEFF${rows.join("")}`));
    expect(table.rows).toBe(20_000);
    expect(table.columns["é\u2028"]![19_999]).toBe(39_998);
  });

  test("may count time in numbers, when they are named the date", async () => {
    const table = await readTable(file("years.jsonl", '{"y":60.25,"v":5}\n{"y":60.5,"v":11}\n'), {
      date: "y",
    });
    expect(numbers(table.times)).toEqual([60.25, 60.5]);
    expect(table.dates).toEqual(["60.25", "60.5"]);
  });

  test.each<[string, string, RegExp]>([
    [
      "a text where a number should be",
      '{"v":1}\n{"v":"2"}\n',
      /^, line 2, column "v": "2" is not a number\. .*quotes/,
    ],
    ["a truth value", '{"v":true}\n', /^, line 1, column "v": true is not a number/],
    ["a number beyond float64", '{"v":1e999}\n', /^, line 1, column "v": .* is not a number/],
    ["a line that is cut", '{"v":1}\n{"v":\n', /^, line 2: "\{\\"v\\":" is not a JSON object\. Write one/],
    ["an array", "[1,2]\n", /^, line 1: "\[1,2\]" is not a JSON object/],
    ["null", '{"v":1}\nnull\n', /^, line 2: "null" is not a JSON object/],
    ["NaN, which JSON has not", '{"v":NaN}\n', /^, line 1: .* is not a JSON object/],
    ["a blank line between others", '{"v":1}\n\n\n{"v":2}\n', /^, line 2: "" is not a JSON object/],
    ["no line at all", "\n", /^: is empty/],
    ["objects without keys", "{}\n{}\n", /without any key/],
    [
      "two values of one date",
      '{"d":"2024-01-02","v":1}\n{"d":"2024-01-02","v":2}\n',
      /^, line 2, column "d": "2024-01-02" is a duplicate: .*--id/,
    ],
    [
      "a date that is missing",
      '{"d":"2024-01-02","v":1}\n{"v":1}\n',
      /^, line 2, column "d": a missing key is not a date/,
    ],
  ])("are refused with the line for %s", async (_, text, expected) => {
    expect(await complaint(text)).toMatch(expected);
  });

  test("without a column that is asked for say which there are", async () => {
    const text = '{"day":"2024-01-01","value":1}\n{"day":"2024-01-02","other":2}\n';
    expect(await complaint(text, { columns: ["vlaue"] })).toBe(
      ': there is no column "vlaue". Did you mean "value"? Columns: day, value, other.',
    );
    expect(await complaint(text, { date: "dya" })).toContain('Did you mean "day"?');
    expect(await complaint(text, { id: "store" })).toContain('no column "store"');
  });

  test("at a path that does not exist or is a folder", async () => {
    await expect(readTable(join(folder, "no.jsonl"))).rejects.toThrow(/no\.jsonl: there is no such file/);
    mkdirSync(join(folder, "folder.jsonl"));
    await expect(readTable(join(folder, "folder.jsonl"))).rejects.toThrow(/is a directory/);
  });
});
