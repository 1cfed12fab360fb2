import { extname } from "node:path";
import zlib from "node:zlib";
import type { Compressors } from "hyparquet";
import { ConfigError, DataError, told } from "../errors.js";
import { pathIn } from "../options.js";
import { readCsvBytes } from "../table/readers/csv-bytes.js";
import { readJsonLines } from "../table/readers/json-lines.js";
import { readParquet } from "../table/readers/parquet.js";
import { formatOf } from "../table/readers/table-format.js";
import type { ReadTable, Table } from "../table/table.js";
import { openBytes } from "./byte-source.js";
import { checkTableOptions, publicTable, type ReadCsvOptions, TEXT_OPTIONS } from "./csv.js";

/** Options that only texts with delimiters have are refused for other formats. */
export type ReadTableOptions = ReadCsvOptions;

/** What Node can unpack beside Snappy. Zstandard came with Node 22.15. */
function compressors(): Compressors {
  const { zstdDecompressSync: zstd } = zlib as { zstdDecompressSync?: (bytes: Uint8Array) => Uint8Array };
  return {
    GZIP: (bytes) => zlib.gunzipSync(bytes),
    BROTLI: (bytes) => zlib.brotliDecompressSync(bytes),
    ...(zstd === undefined ? {} : { ZSTD: (bytes: Uint8Array) => zstd(bytes) }),
  };
}

/** `readTable` with what only this program's own rooms need. */
export async function readTableWhole(path: string, options: ReadTableOptions = {}): Promise<ReadTable> {
  checkTableOptions("readTable()", options);
  pathIn("readTable()", path);
  const { columns, date, id } = options;
  const dates = date === undefined || date === false ? [] : typeof date === "string" ? [date] : date;
  if (id !== undefined && (dates.includes(id) || columns?.includes(id) === true)) {
    throw new ConfigError(
      `readTable(): \`id\` is ${told(id)}, which is also ${dates.includes(id) ? "the date" : "among the columns"}. Choose another.`,
      { received: id },
    );
  }
  if (extname(path).toLowerCase() === ".json")
    throw new DataError(`${path}: JSON is read line by line. Write one object per line and name it .jsonl.`);
  const source = await openBytes(path, "a table");
  const format = formatOf(source);
  if (format === "csv") {
    const isTabs = /\.tsv(?:\.gz)?$/i.test(path);
    return readCsvBytes(source, isTabs ? { delimiter: "\t", ...options } : options);
  }
  const useless = [...TEXT_OPTIONS, "decimal" as const, "thousands" as const, "wide" as const].find(
    (option) => options[option] !== undefined && options[option] !== false,
  );
  if (useless !== undefined) {
    await source.chunks[Symbol.asyncIterator]().return?.();
    throw new ConfigError(
      `readTable(): \`${useless}\` does not apply to ${format === "parquet" ? ".parquet" : ".jsonl"} files. Leave it out.`,
      { received: options[useless] },
    );
  }
  return format === "parquet" ? readParquet(source, options, compressors()) : readJsonLines(source, options);
}

/**
 * Reads numbers from a table, in the format its name ends in: `.jsonl` and `.ndjson` are JSON lines, `.parquet` is
 * Parquet, and everything else (`.csv`, `.tsv`, `.txt`) is read by `readCsv`; a pipe, or `-` for standard input, by what it
 * begins with. gzip is unpacked. Whatever the format, the same table comes out: float64 columns with NaN for gaps, and
 * rows in the order of their dates, which are found wherever they stand.
 *
 * @param options.id the column that says which series a row belongs to; see `splitById`.
 * @throws DataError, one line naming file, line or row, column and cell, for what cannot be read as numbers and dates.
 *   ConfigError for an unknown option, or a `delimiter` where there is none.
 *
 * @example
 * const { columns, dates } = await readTable("sales.parquet", { columns: ["revenue"], date: "day" });
 */
export async function readTable(path: string, options: ReadTableOptions = {}): Promise<Table> {
  return publicTable(await readTableWhole(path, options));
}
