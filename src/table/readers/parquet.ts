import type { Compressors, FileMetaData, SchemaTree } from "hyparquet";
import { DataError, GateflowError } from "../../errors.js";
import { finishTable } from "../finish-table.js";
import { type CellFormat, RawColumns } from "../raw-columns.js";
import { breathe, inSlices } from "../slices.js";
import { quote, type ReadTable, type TableOptions } from "../table.js";
import type { ByteSource } from "./byte-source.js";
import type { ReadCsvOptions } from "./csv-bytes.js";
import { checkPages } from "./parquet-pages.js";

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
  moment: (cell) => (isDate(cell) ? cell.getTime() : undefined),
  text: (cell) => {
    if (isDate(cell)) return isoTime(cell);
    return typeof cell === "string" || typeof cell === "number" || typeof cell === "bigint"
      ? String(cell)
      : "";
  },
  show: shown,
  numberHint,
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

/** More rows are not held in memory; a footer that claims them is broken. */
const MOST_ROWS = 2e8;
/** A group of rows is unpacked at once. */
const LARGEST_GROUP = 4e9;

/** @throws DataError for counts no file of this size can hold: they would be allocated before they are found false. */
function checkClaims(path: string, metadata: FileMetaData, bytes: number): void {
  const broken = (what: string): never => {
    throw new DataError(`${path}: cannot be read as Parquet: ${what}, in a file of ${bytes} bytes.`);
  };
  let rows = 0;
  for (const group of metadata.row_groups) {
    const count = Number(group.num_rows);
    rows += count;
    if (!(count >= 0) || rows > MOST_ROWS) broken(`it claims ${rows} rows`);
    for (const { meta_data: meta } of group.columns) {
      if (meta === undefined) continue;
      const packed = Number(meta.total_compressed_size);
      const whole = Number(meta.total_uncompressed_size);
      const values = Number(meta.num_values);
      if (!(packed >= 0 && packed <= bytes)) broken(`a column claims ${packed} bytes`);
      if (!(whole >= 0 && whole <= LARGEST_GROUP)) broken(`a column claims ${whole} bytes unpacked`);
      // A run of equal values takes a few bytes however long it is; a group is what bounds it.
      if (!(values >= 0 && values <= MOST_ROWS)) broken(`a column claims ${values} values`);
      if (values > Math.max(count, 1) * 1000) broken(`a column claims ${values} values in ${count} rows`);
    }
  }
}

/** All bytes: the footer that says where everything stands comes last. */
async function allBytes(source: ByteSource): Promise<ArrayBuffer> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of source.chunks) {
    chunks.push(chunk);
    length += chunk.length;
  }
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes.buffer;
}

/** Of a table this wide only what was asked for is read, and what may say when. */
const WIDE = 30;

function columnsOf(
  { header, options, dateNames, idNames }: RawColumns<unknown>,
  schema: readonly SchemaTree[],
): string[] {
  const asked = options.columns;
  if (asked === undefined || header.length <= WIDE) return [...header];
  const dates = new Set(schema.filter(holdsDates).map(({ element }) => element.name));
  return header.filter(
    (name, i) =>
      i === 0 ||
      asked.includes(name) ||
      dates.has(name) ||
      idNames.includes(name) ||
      dateNames.includes(name),
  );
}

async function readFile(
  source: ByteSource,
  options: ReadCsvOptions,
  compressors: Compressors,
): Promise<ReadTable> {
  const { path } = source;
  const { parquetMetadataAsync, parquetReadObjects, parquetSchema } = await import("hyparquet");
  const file = await allBytes(source);
  const metadata = await parquetMetadataAsync(file);
  checkClaims(path, metadata, file.byteLength);
  for (const { columns: chunks } of metadata.row_groups)
    for (const { meta_data: meta } of chunks) if (meta !== undefined) checkPages(file, meta);
  const schema = parquetSchema(metadata).children;
  const date = options.date ?? onlyDate(schema, options);
  const raw = new RawColumns<unknown>(
    path,
    { ...options, ...(date === undefined ? {} : { date }) },
    CELLS,
    undefined,
  );
  for (const { element } of schema) raw.declare(element.name);
  raw.checkColumns();
  const columns = columnsOf(raw, schema);
  let row = 0;
  for (const group of metadata.row_groups) {
    const rowEnd = row + Number(group.num_rows);
    for (let rowStart = row; rowStart < rowEnd; rowStart = row) {
      // hyparquet decodes a part of a group without letting anyone else run.
      const end = Math.min(rowEnd, rowStart + ROWS_AT_ONCE);
      const read = { file, metadata, columns, compressors, rowStart, rowEnd: end };
      const objects = await parquetReadObjects(read);
      if (objects.length !== end - rowStart)
        throw new DataError(
          `${path}: cannot be read as Parquet: rows ${rowStart + 1} to ${end} are not all there.`,
        );
      for (const cells of objects) {
        row++;
        raw.add(
          raw.header.map((name): unknown => cells[name]),
          row,
        );
      }
      await breathe();
      options.signal?.throwIfAborted();
    }
  }
  return inSlices(finishTable(raw, { notes: source.isPacked ? ["unpacked (gzip)"] : [] }), options.signal);
}

/** A million rows are one group in many files. */
const ROWS_AT_ONCE = 1_000_000;

/**
 * Reads numbers from a Parquet file, one row group after the other.
 *
 * null and NaN are gaps. Integers of 64 bits are taken where float64 holds them exactly. Dates are DATE, TIMESTAMP
 * (UTC, to the millisecond), texts as in `readCsv`, or numbers; without `date`, the only column of a date type is it.
 *
 * @param compressors what the host can unpack beside Snappy, which hyparquet brings.
 * @throws DataError, one line naming file, row (from 1), column and value, for what is not so.
 */
export async function readParquet(
  source: ByteSource,
  options: ReadCsvOptions,
  compressors: Compressors,
): Promise<ReadTable> {
  const { path } = source;
  try {
    return await readFile(source, options, compressors);
  } catch (cause) {
    if (cause instanceof GateflowError || !(cause instanceof Error) || cause.name === "AbortError")
      throw cause;
    const said = cause.message.replaceAll(/\s+/g, " ").replace(/\.$/, "");
    // hyparquet takes a file as it is: what is missing in a damaged one, it stumbles over.
    const isStumble = cause instanceof TypeError || cause instanceof RangeError;
    const message = isStumble ? `it is damaged, or no Parquet file (${said})` : said;
    const hint = message.includes("compression") ? " Write it with Snappy or gzip." : "";
    throw new DataError(`${path}: cannot be read as Parquet: ${message}.${hint}`, { cause });
  }
}
