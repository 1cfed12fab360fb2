import zlib from "node:zlib";
import type { Compressors, SchemaTree } from "hyparquet";
import { DataError, GateflowError } from "../errors.js";
import { parseTimestamp } from "../series/timestamps.js";
import { openFile } from "./open-file.js";
import { type CellFormat, quote, type Table, TableBuilder, type TableOptions } from "./table.js";

/** A number, unless a 64-bit integer is one that float64 would round. */
function plainNumber(cell: unknown): number | undefined {
  const value = Number(cell);
  if (typeof cell === "bigint") return BigInt(value) === cell ? value : undefined;
  return typeof cell === "number" && Number.isFinite(value) ? value : undefined;
}

const isoTime = (date: Date): string => date.toISOString().replace(/\.000Z$/, "Z");
const isDate = (cell: unknown): cell is Date => cell instanceof Date && !Number.isNaN(cell.getTime());

function shown(cell: unknown): string {
  if (cell === undefined || cell === null) return "null";
  if (typeof cell === "string") return quote(cell);
  if (isDate(cell)) return isoTime(cell);
  return typeof cell === "object" ? "a nested value" : String(cell);
}

function numberHint(cell: unknown): string {
  if (isDate(cell)) return "Choose it as the date column, or choose other columns.";
  if (typeof cell === "bigint") return "It is beyond 2^53 and would be rounded; store the column as doubles.";
  return "Store the column as numbers, with null for a gap, or choose other columns.";
}

/** Cells are what hyparquet decodes: numbers, bigints, texts, dates, null. */
const CELLS: CellFormat<unknown> = {
  counts: "row",
  header: "",
  number: (cell) =>
    cell === undefined || cell === null || Number.isNaN(cell) ? Number.NaN : plainNumber(cell),
  time: (cell, numeric) => {
    if (numeric) return plainNumber(cell);
    if (isDate(cell)) return cell.getTime();
    return typeof cell === "string" ? parseTimestamp(cell) : undefined;
  },
  isNumeric: (cell) => typeof cell === "number" || typeof cell === "bigint",
  text: (cell) => {
    if (isDate(cell)) return isoTime(cell);
    return typeof cell === "string" || typeof cell === "number" || typeof cell === "bigint"
      ? String(cell)
      : "";
  },
  show: shown,
  numberHint,
  dateHint: "Store dates as DATE, as TIMESTAMP, or as texts with the year first.",
};

function holdsDates({ element: { type, converted_type, logical_type } }: SchemaTree): boolean {
  return (
    type === "INT96" ||
    logical_type?.type === "TIMESTAMP" ||
    logical_type?.type === "DATE" ||
    /^(?:DATE|TIMESTAMP_M)/.test(converted_type ?? "")
  );
}

/** pandas writes its index last: the only column of a date type is the date column, wherever it stands. */
function onlyDate(columns: readonly SchemaTree[], { columns: asked, id }: TableOptions): string | undefined {
  const dates = columns.filter(holdsDates).map(({ element }) => element.name);
  const name = dates.length === 1 ? dates[0]! : undefined;
  return name === undefined || name === id || asked?.includes(name) === true ? undefined : name;
}

/** What Node can unpack beside Snappy, which hyparquet brings. Zstandard came with Node 22.15. */
function compressors(): Compressors {
  const { zstdDecompressSync: zstd } = zlib as { zstdDecompressSync?: (bytes: Uint8Array) => Uint8Array };
  return {
    GZIP: (bytes) => zlib.gunzipSync(bytes),
    BROTLI: (bytes) => zlib.brotliDecompressSync(bytes),
    ...(zstd === undefined ? {} : { ZSTD: (bytes: Uint8Array) => zstd(bytes) }),
  };
}

const MIDNIGHT = "T00:00:00Z";

/** Days are written as days where every row is one, as `readCsv` would find them. */
function withDays(table: Table): Table {
  const { dates } = table;
  if (dates?.every((date) => date.endsWith(MIDNIGHT)) !== true) return table;
  return { ...table, dates: dates.map((date) => date.slice(0, -MIDNIGHT.length)) };
}

async function readFile(path: string, options: TableOptions): Promise<Table> {
  const { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects, parquetSchema } = await import(
    "hyparquet"
  );
  const file = await asyncBufferFromFile(path);
  const metadata = await parquetMetadataAsync(file);
  const schema = parquetSchema(metadata).children;
  const date = options.date ?? onlyDate(schema, options);
  const builder = new TableBuilder(path, { ...options, ...(date === undefined ? {} : { date }) }, CELLS);
  for (const { element } of schema) builder.declare(element.name);
  builder.checkColumns();

  const { header } = builder;
  // Where no date is known, the first column is looked at as well.
  const first = date ?? header.find((name) => name !== options.id);
  const columns = header.filter(
    (name) => options.columns?.includes(name) !== false || name === first || name === options.id,
  );
  let row = 0;
  for (const group of metadata.row_groups) {
    const rowEnd = row + Number(group.num_rows);
    const read = { file, metadata, columns, compressors: compressors(), rowStart: row, rowEnd };
    for (const cells of await parquetReadObjects(read)) {
      row++;
      builder.add(
        header.map((name): unknown => cells[name]),
        row,
      );
    }
  }
  return withDays(builder.finish());
}

/**
 * Reads numbers from a Parquet file, one row group after the other, and of the columns only those that are asked for.
 *
 * null and NaN are gaps. Integers of 64 bits are taken where float64 holds them exactly. Dates are DATE, TIMESTAMP
 * (UTC, to the millisecond), texts as in `readCsv`, or numbers; without `date`, the only column of a date type is it.
 * Compressed by Snappy, gzip, Brotli or, from Node 22.15 on, Zstandard.
 *
 * @throws DataError, one line naming file, row (from 1), column and value, for what is not so.
 */
export async function readParquet(path: string, options: TableOptions): Promise<Table> {
  await (await openFile(path, "a Parquet file")).close();
  try {
    return await readFile(path, options);
  } catch (cause) {
    if (cause instanceof GateflowError || !(cause instanceof Error)) throw cause;
    const message = cause.message.replaceAll(/\s+/g, " ");
    const hint = message.includes("compression") ? " Write it with Snappy or gzip." : "";
    throw new DataError(`${path}: cannot be read as Parquet: ${message}.${hint}`, { cause });
  }
}
