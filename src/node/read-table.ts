import { extname } from "node:path";
import { ConfigError, DataError } from "../errors.js";
import { refuseUnknown } from "../options.js";
import { type ReadCsvOptions, readCsv } from "./csv.js";
import { readJsonLines } from "./json-lines.js";
import { readParquet } from "./parquet.js";
import type { Table, TableOptions } from "./table.js";

/** `delimiter` is for texts with delimiters only. */
export type ReadTableOptions = ReadCsvOptions;

const READERS: Readonly<Record<string, (path: string, options: TableOptions) => Promise<Table>>> = {
  ".jsonl": readJsonLines,
  ".ndjson": readJsonLines,
  ".parquet": readParquet,
};

/**
 * Reads numbers from a table, in the format its name ends in: `.jsonl` and `.ndjson` are JSON lines, `.parquet` is
 * Parquet, and everything else (`.csv`, `.tsv`, `.txt`) is read by `readCsv`. Whatever the format, the same table comes
 * out: float64 columns with NaN for gaps, and dates that do not go back within an id.
 *
 * @param options.id the column that says which series a row belongs to; see `splitById`.
 * @throws DataError, one line naming file, line or row, column and cell, for what cannot be read as numbers and dates.
 *   ConfigError for an unknown option, or a `delimiter` where there is none.
 *
 * @example
 * const { columns, dates } = await readTable("sales.parquet", { columns: ["revenue"], date: "day" });
 */
export async function readTable(path: string, options: ReadTableOptions = {}): Promise<Table> {
  refuseUnknown("readTable()", options, ["columns", "date", "delimiter", "id"]);
  const { columns, date, delimiter, id } = options;
  if (columns?.length === 0)
    throw new ConfigError("readTable(): `columns` is empty. Leave it out to read all columns.");
  const clash = id !== undefined && (id === date || columns?.includes(id) === true);
  if (clash) {
    throw new ConfigError(
      `readTable(): \`id\` is ${JSON.stringify(id)}, which is also ${id === date ? "the date" : "among the columns"}. Choose another.`,
      { received: id },
    );
  }
  const extension = extname(path).toLowerCase();
  if (extension === ".json") {
    throw new DataError(`${path}: JSON is read line by line. Write one object per line and name it .jsonl.`);
  }
  const read = READERS[extension];
  if (read === undefined)
    return readCsv(path, extension === ".tsv" ? { delimiter: "\t", ...options } : options);
  if (delimiter !== undefined) {
    throw new ConfigError(`readTable(): \`delimiter\` does not apply to ${extension} files. Leave it out.`, {
      received: delimiter,
    });
  }
  return read(path, options);
}
