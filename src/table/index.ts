/** What is public of this room without files: tables from bytes, in any host. */
import type { TableBytesOptions } from "./readers/read-table-bytes.js";
import type { Table } from "./table.js";

export type { Table, TableBytesOptions };

/**
 * Reads numbers from a table's bytes, such as a file that was dropped on a page: CSV and its kin, JSON lines, Parquet
 * (Snappy or gzip), told by the name and, where it says nothing, by the first bytes; gzip is unpacked. What comes out is
 * what `readTable` of `gateflow/node` gives for the same file. The readers are fetched when it is first called.
 *
 * @param name of the file, which errors begin with.
 * @throws DataError, one line naming file, line or row, column and cell; ConfigError for an unknown option; the signal's
 *   reason once it is aborted.
 *
 * @example
 * const { columns } = await readTableBytes("sales.csv", new TextEncoder().encode("day,revenue\n2024-01-01,5\n2024-01-02,7\n"));
 * console.log(columns.revenue); // Float64Array [5, 7]
 */
export async function readTableBytes(
  name: string,
  bytes: Uint8Array,
  options: TableBytesOptions = {},
): Promise<Table> {
  return (await import("./readers/read-table-bytes.js")).readTableBytes(name, bytes, options);
}
