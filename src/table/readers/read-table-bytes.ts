import type { Compressors } from "hyparquet";
import { DataError } from "../../errors.js";
import { bytesIn, pathIn, refuseUnknown } from "../../options.js";
import type { ReadTable, Table, TableOptions } from "../table.js";
import type { ByteSource } from "./byte-source.js";
import { readCsvBytes } from "./csv-bytes.js";
import { readJsonLines } from "./json-lines.js";
import { readParquet } from "./parquet.js";
import { formatOf } from "./table-format.js";

/** Options of reading a table from bytes. */
export interface TableBytesOptions extends Pick<TableOptions, "columns" | "date" | "id"> {
  /** Stops the reading, with its reason. Default: nothing stops it. */
  readonly signal?: AbortSignal;
}

const HEAD = 4096;
/** Text goes to the reader in pieces of so many bytes. */
const PIECE = 65_536;

async function* piecesOf(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += PIECE) yield bytes.subarray(at, at + PIECE);
}

/** Bytes as a source, unpacked where gzip packed them. @throws DataError for what gzip did not pack whole. */
async function sourceOf(name: string, bytes: Uint8Array): Promise<ByteSource> {
  const isPacked = bytes[0] === 0x1f && bytes[1] === 0x8b;
  let all = bytes;
  if (isPacked) {
    const { gunzipSync } = await import("fflate");
    try {
      all = gunzipSync(bytes);
    } catch (cause) {
      throw new DataError(`${name}: cannot be unpacked: ${(cause as Error).message}.`, { cause });
    }
  }
  return { path: name, head: all.subarray(0, HEAD), chunks: piecesOf(all), isPacked };
}

/** See `readTableBytes`. */
export async function readTableBytes(
  name: string,
  bytes: Uint8Array,
  options: TableBytesOptions = {},
): Promise<Table> {
  refuseUnknown("readTableBytes()", options, ["columns", "date", "id", "signal"]);
  pathIn("readTableBytes()", name);
  bytesIn("readTableBytes()", bytes);
  const source = await sourceOf(name, bytes);
  const format = formatOf(source);
  const { read: _, ...table }: ReadTable =
    format === "csv"
      ? await readCsvBytes(source, /\.tsv(?:\.gz)?$/i.test(name) ? { delimiter: "\t", ...options } : options)
      : format === "json lines"
        ? await readJsonLines(source, options)
        : await readParquet(source, options, await compressors());
  return table;
}

/** What can be unpacked without a host's help, beside Snappy. */
async function compressors(): Promise<Compressors> {
  const { gunzipSync } = await import("fflate");
  return { GZIP: (bytes) => gunzipSync(bytes) };
}
