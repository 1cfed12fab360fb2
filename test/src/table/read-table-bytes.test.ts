import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { parquetWriteFile } from "hyparquet-writer";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readTable } from "../../../src/node/read-table.js";
import { readTableBytes } from "../../../src/table/index.js";

const csv = "day,sold,price\n2024-01-01,3,1.5\n2024-01-02,4,\n2024-01-03,6,2.5\n";
const lines = '{"day":"2024-01-01","sold":3}\n{"day":"2024-01-02","sold":null}\n';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "gateflow-bytes-"));
});
afterAll(() => rm(folder, { recursive: true }));

const files: readonly (readonly [string, () => Promise<Uint8Array>])[] = [
  ["table.csv", async () => Buffer.from(csv)],
  ["table.csv.gz", async () => gzipSync(csv)],
  ["table.tsv", async () => Buffer.from(csv.replaceAll(",", "\t"))],
  ["table.jsonl", async () => Buffer.from(lines)],
  ["latin.csv", async () => Buffer.from("day;verkäufe\n01.02.2024;1,5\n02.02.2024;2,5\n", "latin1")],
  [
    "table.parquet",
    async () => {
      const filename = join(folder, "made.parquet");
      parquetWriteFile({
        filename,
        columnData: [
          { name: "sold", data: [3, 4, 6], type: "DOUBLE" },
          { name: "price", data: [1.5, null, 2.5], type: "DOUBLE" },
        ],
      });
      return readFile(filename);
    },
  ],
];

describe("readTableBytes", () => {
  it.each(files)("%s gives what readTable gives for the same file", async (name, make) => {
    const bytes = await make();
    const path = join(folder, name);
    await writeFile(path, bytes);
    const { path: _, ...fromFile } = await readTable(path);
    const { path: given, ...fromBytes } = await readTableBytes(name, bytes);
    expect(given).toBe(name);
    expect(fromBytes).toEqual(fromFile);
    expect(fromBytes.rows).toBeGreaterThan(1);
  });

  it("names the file, the line and the column of what is no number", async () => {
    const bytes = new TextEncoder().encode("a,b\n1,2\n3,4\n5,6\n7,often\n9,1\n");
    await expect(readTableBytes("sales.csv", bytes, { columns: ["b"] })).rejects.toThrow(
      /^sales\.csv, line 5, column "b"/,
    );
  });

  it("refuses what gzip did not pack whole, an unknown option, and a Parquet that is none", async () => {
    const cut = gzipSync(csv).subarray(0, 30);
    await expect(readTableBytes("t.csv.gz", cut)).rejects.toThrow(/^t\.csv\.gz: cannot be unpacked/);
    await expect(readTableBytes("t.csv", Buffer.from(csv), { delimiter: ";" } as object)).rejects.toThrow(
      /delimiter/,
    );
    await expect(readTableBytes("t.parquet", Buffer.from("PAR1 nothing"))).rejects.toThrow(
      /^t\.parquet: cannot be read as Parquet/,
    );
  });

  it("stops with the signal's reason", async () => {
    const reason = new Error("enough");
    await expect(
      readTableBytes("t.csv", Buffer.from(csv), { signal: AbortSignal.abort(reason) }),
    ).rejects.toThrow(reason);
  });
});

describe("text before Unicode", () => {
  // 年月,数 … 2020年1月,5 in Shift JIS; Дата;Цена in Windows-1251: written out, since a host may not encode them.
  const shiftJis = [0x94, 0x4e, 0x8c, 0x8e, 0x2c, 0x90, 0x94, 0x0a];
  const month = (m: number): number[] => [
    ...Buffer.from("2020"),
    0x94,
    0x4e,
    ...Buffer.from(String(m)),
    0x8c,
    0x8e,
    ...Buffer.from(`,${m}\n`),
  ];
  const cyrillic = [0xc4, 0xe0, 0xf2, 0xe0, 0x3b, 0xd6, 0xe5, 0xed, 0xe0, 0x0a];
  const day = (d: number): number[] => [...Buffer.from(`0${d}.02.2020;${d},5\n`)];

  it("is told from its bytes: Japanese, Russian, and French that is neither", async () => {
    const japanese = Uint8Array.from([...shiftJis, ...[1, 2, 3].flatMap(month)]);
    const table = await readTableBytes("a.csv", japanese);
    expect([Object.keys(table.columns), table.dates![2]]).toEqual([["数"], "2020年3月"]);
    expect(table.notes.join()).toContain("text is read as Shift JIS: it is not UTF-8");
    const russian = await readTableBytes("b.csv", Uint8Array.from([...cyrillic, ...[1, 2, 3].flatMap(day)]));
    expect(Array.from(russian.columns.Цена!)).toEqual([1.5, 2.5, 3.5]);
    const french = Buffer.from(
      "Période;Température;Qualité\n2020-01;5,5;élevée\n2020-02;6,5;très élevée\n",
      "latin1",
    );
    const western = await readTableBytes("c.csv", french, { columns: ["Température"] });
    expect(western.notes.join()).toContain("Latin-1");
    expect(Array.from(western.columns.Température!)).toEqual([5.5, 6.5]);
  });
});
