import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { ConfigError } from "../../../src/errors.js";
import { readTable } from "../../../src/node/read-table.js";
import { splitById } from "../../../src/node/split-by-id.js";

const folder = mkdtempSync(join(tmpdir(), "gateflow-ids-"));
afterAll(() => rmSync(folder, { recursive: true }));

function file(text: string, name = "stores.csv"): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}
const STORES = "store,day,v\n007,2024-01-01,1\n3,2024-01-01,10\n007,2024-01-02,\n3,2024-01-03,30\n";

test("splitById gives a table for each id, in order of first appearance, ids as written", async () => {
  const table = await readTable(file(STORES), { id: "store" });
  const series = splitById(table, "store");
  expect([...series.keys()]).toEqual(["007", "3"]);
  expect(series.get("007")).toEqual({
    path: table.path,
    columns: { v: Float64Array.of(1, Number.NaN) },
    dates: ["2024-01-01", "2024-01-02"],
    times: Float64Array.of(Date.UTC(2024, 0, 1), Date.UTC(2024, 0, 2)),
    dateFormat: "YYYY-MM-DD",
    id: "store",
    ids: ["007", "007"],
    rows: 2,
    gaps: { v: 1 },
    notes: [],
    duplicates: 0,
  });
  expect(series.get("3")!.dates).toEqual(["2024-01-01", "2024-01-03"]);
  expect(series.get("3")!.gaps).toEqual({ v: 0 });
});

test("numbers and texts of JSON lines are ids, and files without dates split as well", async () => {
  const path = file('{"s":1,"v":5}\n{"s":"one","v":6}\n{"s":1,"v":7}\n', "s.jsonl");
  const series = splitById(await readTable(path, { id: "s" }), "s");
  expect([...series].map(([id, { columns }]) => [id, ...columns.v!])).toEqual([
    ["1", 5, 7],
    ["one", 6],
  ]);
  expect(series.get("1")!.dates).toBeUndefined();
});

test("rows are put in order within an id, and between ids stay as they are", async () => {
  const table = await readTable(file(STORES.replace("007,2024-01-02", "007,2023-12-31")), { id: "store" });
  expect(table.dates).toEqual(["2023-12-31", "2024-01-01", "2024-01-01", "2024-01-03"]);
  expect(table.ids).toEqual(["007", "3", "007", "3"]);
  expect([...table.columns.v!]).toEqual([Number.NaN, 10, 1, 30]);
  expect(table.notes.join()).toContain('rows of "007" stand newest first');
  const blocks = await readTable(file("s,d,v\na,2024-01-09,1\nb,2024-01-01,2\n"), { id: "s" });
  expect(blocks.rows).toBe(2);
});

test("a row without an id is refused", async () => {
  await expect(readTable(file(`${STORES},2024-01-04,2\n`), { id: "store" })).rejects.toThrow(
    /line 6, column "store": "" is no id/,
  );
  await expect(readTable(file('{"s":"a","v":5}\n{"v":6}\n', "t.jsonl"), { id: "s" })).rejects.toThrow(
    /line 2, column "s": a missing key is no id/,
  );
});

test("a table that was read without the id column is refused", async () => {
  const path = file("a,b,v\n1,2,3\n");
  expect(() => splitById({ path, columns: {}, rows: 0, gaps: {}, notes: [], duplicates: 0 }, "a")).toThrow(
    /without an id column/,
  );
  const table = await readTable(path, { id: "a" });
  expect(() => splitById(table, "b")).toThrow(ConfigError);
  expect(() => splitById(table, "b")).toThrow(/with `id: "a"`\. Read it with `id: "b"`/);
});
