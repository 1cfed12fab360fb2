import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import zlib from "node:zlib";
import { parquetWriteFile } from "hyparquet-writer";
import { afterAll, describe, expect, test } from "vitest";
import { DataError } from "../../../src/errors.js";
import { type ReadTableOptions, readTable } from "../../../src/node/read-table.js";
import { createRandom } from "../../../src/random.js";

const folder = mkdtempSync(join(tmpdir(), "gateflow-parquet-"));
afterAll(() => rmSync(folder, { recursive: true }));

type Written = Omit<Parameters<typeof parquetWriteFile>[0], "filename">;
let files = 0;
async function file(columnData: Written["columnData"], options: Partial<Written> = {}): Promise<string> {
  const filename = join(folder, `table-${files++}.parquet`);
  await parquetWriteFile({ ...options, filename, columnData });
  return filename;
}
const numbers = (column: Float64Array | undefined): number[] => Array.from(column ?? []);
const day = (date: number): Date => new Date(Date.UTC(2024, 0, date));

async function complaint(columnData: Written["columnData"], options?: ReadTableOptions): Promise<string> {
  const path = await file(columnData);
  const error: unknown = await readTable(path, options).then(
    () => expect.fail("expected an error"),
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(DataError);
  return (error as DataError).message.replace(path, "");
}

describe("Parquet files give", () => {
  test("numbers of every width, whole ones of 64 bits included, null and NaN as gaps", async () => {
    const path = await file([
      { name: "double", data: [0.1, null, Number.NaN], type: "DOUBLE" },
      { name: "float", data: [1.5, 2.5, 3.5], type: "FLOAT" },
      { name: "int", data: [1, null, -3], type: "INT32" },
      { name: "long", data: [2n ** 53n, null, -(2n ** 60n)], type: "INT64" },
    ]);
    const { columns, gaps, rows } = await readTable(path);
    expect(rows).toBe(3);
    expect(numbers(columns.double)).toEqual([0.1, Number.NaN, Number.NaN]);
    expect(numbers(columns.float)).toEqual([1.5, 2.5, 3.5]);
    expect(numbers(columns.int)).toEqual([1, Number.NaN, -3]);
    expect(numbers(columns.long)).toEqual([2 ** 53, Number.NaN, -(2 ** 60)]);
    expect(gaps).toEqual({ double: 2, float: 0, int: 1, long: 1 });
  });

  test("days as days and times of day in full, from the only column of a date type", async () => {
    const path = await file([
      { name: "v", data: [1, 2], type: "DOUBLE" },
      { name: "when", data: [day(1), day(2)], type: "TIMESTAMP" },
    ]);
    const table = await readTable(path);
    expect(table.dates).toEqual(["2024-01-01", "2024-01-02"]);
    expect(numbers(table.times)).toEqual([day(1).getTime(), day(2).getTime()]);
    expect(Object.keys(table.columns)).toEqual(["v"]);
    const hours = await file([
      { name: "when", data: [day(1), new Date(day(1).getTime() + 3_600_000)], type: "TIMESTAMP" },
      { name: "v", data: [1, 2], type: "DOUBLE" },
    ]);
    expect((await readTable(hours)).dates).toEqual(["2024-01-01T00:00:00Z", "2024-01-01T01:00:00Z"]);
  });

  test("days stored as DATE, and microseconds as TIMESTAMP", async () => {
    // 19 723 days after 1970 is 2024-01-01.
    const stored = {
      DATE: { type: "INT32", data: [19_723, 19_724] },
      TIMESTAMP_MICROS: { type: "INT64", data: [1_704_067_200_000_000n, 1_704_153_600_000_000n] },
    } as const;
    for (const converted_type of ["DATE", "TIMESTAMP_MICROS"] as const) {
      const { type, data } = stored[converted_type];
      const schema: NonNullable<Written["schema"]> = [
        { name: "root", num_children: 2 },
        { name: "v", type: "DOUBLE", repetition_type: "REQUIRED" },
        { name: "d", type, converted_type, repetition_type: "REQUIRED" },
      ];
      const columns = [
        { name: "v", data: [1, 2] },
        { name: "d", data: [...data] },
      ];
      const table = await readTable(await file(columns, { schema }));
      expect(table.dates).toEqual(["2024-01-01", "2024-01-02"]);
      expect(numbers(table.times)).toEqual([day(1).getTime(), day(2).getTime()]);
    }
  });

  test("texts as dates and ids, and of other texts none that was not asked for", async () => {
    const path = await file([
      { name: "store", data: ["a", "a", "b"], type: "STRING" },
      { name: "day", data: ["2024-01-01", "2024-01-02", "2024-01-01"], type: "STRING" },
      { name: "note", data: ["x", "y", "z"], type: "STRING" },
      { name: "v", data: [1, 2, 3], type: "DOUBLE" },
    ]);
    const table = await readTable(path, { id: "store", columns: ["v"] });
    expect(table.ids).toEqual(["a", "a", "b"]);
    expect(table.dates).toEqual(["2024-01-01", "2024-01-02", "2024-01-01"]);
    expect(Object.keys(table.columns)).toEqual(["v"]);
  });

  test("every row of several row groups, in order", async () => {
    const data = Array.from({ length: 2500 }, (_, i) => i);
    const path = await file([{ name: "v", data, type: "INT32" }], { rowGroupSize: 1000 });
    expect(numbers((await readTable(path)).columns.v)).toEqual(data);
  });

  test("the same rows whatever packs them", async () => {
    const data = Array.from({ length: 500 }, (_, i) => Math.floor(i / 50));
    const packers: Record<string, (bytes: Uint8Array) => Uint8Array> = {
      GZIP: (bytes) => zlib.gzipSync(bytes),
      BROTLI: (bytes) => zlib.brotliCompressSync(bytes),
    };
    const { zstdCompressSync: zstd } = zlib as { zstdCompressSync?: (bytes: Uint8Array) => Uint8Array };
    if (zstd !== undefined) packers.ZSTD = (bytes) => zstd(bytes);
    for (const [codec, pack] of Object.entries(packers)) {
      const path = await file([{ name: "v", data, type: "INT32" }], {
        codec: codec as NonNullable<Written["codec"]>,
        compressors: { [codec]: pack },
      });
      expect(numbers((await readTable(path)).columns.v)).toEqual(data);
    }
  });
});

describe("Parquet files are refused, with row and column, for", () => {
  test("a text where a number should be", async () => {
    expect(await complaint([{ name: "v", data: ["1", "x"], type: "STRING" }])).toMatch(
      /^, row 1, column "v": "1" is not a number\. Store/,
    );
  });
  test("truth values, Infinity and whole numbers that float64 would round", async () => {
    expect(await complaint([{ name: "v", data: [true], type: "BOOLEAN" }])).toContain("true is not a number");
    expect(await complaint([{ name: "v", data: [1, Infinity], type: "DOUBLE" }])).toMatch(
      /^, row 2, column "v": Infinity is not a number/,
    );
    expect(await complaint([{ name: "v", data: [1n, 2n ** 53n + 1n], type: "INT64" }])).toMatch(
      /^, row 2, column "v": 9007199254740993 is not a number\. It is beyond 2\^53/,
    );
  });
  test("two values of one date, and dates that are missing", async () => {
    const v: Written["columnData"][number] = { name: "v", data: [1, 2], type: "DOUBLE" };
    expect(await complaint([{ name: "d", data: [day(2), day(2)], type: "TIMESTAMP" }, v])).toContain(
      ', row 2, column "d": "2024-01-02" is a duplicate: row 1 and row 2 are of the same moment',
    );
    expect(await complaint([{ name: "d", data: [day(2), null], type: "TIMESTAMP" }, v])).toContain(
      ', row 2, column "d": null is not a date',
    );
  });
  test("an unknown column, with the nearest name", async () => {
    expect(await complaint([{ name: "value", data: [1], type: "DOUBLE" }], { columns: ["vlaue"] })).toBe(
      ': there is no column "vlaue". Did you mean "value"? Columns: value.',
    );
  });
  test("a compression that is not known, with those that are", async () => {
    const path = await file([{ name: "v", data: [1, 1, 1], type: "INT32" }], {
      codec: "LZO",
      compressors: { LZO: (bytes) => bytes },
    });
    await expect(readTable(path)).rejects.toThrow(
      /cannot be read as Parquet: .*LZO\. Write it with Snappy or gzip\./,
    );
  });
  test("no rows, no file, and a file that is none", async () => {
    expect(await complaint([{ name: "v", data: [], type: "DOUBLE" }])).toContain("no data rows");
    await expect(readTable(join(folder, "no.parquet"))).rejects.toThrow(/no\.parquet: there is no such file/);
    const path = join(folder, "csv.parquet");
    writeFileSync(path, "a,b\n1,2\n3,4\n");
    await expect(readTable(path)).rejects.toThrow(/csv\.parquet: cannot be read as Parquet: /);
    await expect(readTable(path)).rejects.toBeInstanceOf(DataError);
  });
});

describe("a small Parquet file with five bytes changed", () => {
  test("is read or refused, and never read for ever", async () => {
    const path = await file([
      { name: "name", data: Array.from({ length: 60 }, (_, i) => `n${i % 28}`), type: "STRING" },
      { name: "v", data: Array.from({ length: 60 }, (_, i) => i / 3), type: "DOUBLE" },
      { name: "w", data: Array.from({ length: 60 }, (_, i) => i % 4), type: "INT32" },
    ]);
    const whole = readFileSync(path);
    expect(numbers((await readTable(path, { columns: ["v"] })).columns.v)).toHaveLength(60);
    const random = createRandom(7);
    let read = 0;
    for (let n = 0; n < 300; n++) {
      const bytes = Uint8Array.from(whole);
      for (let k = 0; k < 5; k++) bytes[random.integer(bytes.length)] = random.integer(256);
      writeFileSync(path, bytes);
      await readTable(path, { columns: ["v"] }).then(
        () => read++,
        (error: unknown) => expect(error).toBeInstanceOf(DataError),
      );
    }
    expect(read).toBeGreaterThan(0);
  });
});
