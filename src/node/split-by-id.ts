import { ConfigError, told } from "../errors.js";
import type { Table } from "../table/table.js";

/**
 * The series of a file that holds several, each a table of its own, in order of first appearance.
 *
 * @param table read with `readTable(path, { id: idColumn })`.
 * @throws ConfigError when the table was read without that id column.
 *
 * @example
 * const table = await readTable("stores.csv", { id: "store" });
 * for (const [store, { columns }] of splitById(table, "store")) console.log(store, columns.sales);
 */
export function splitById(table: Table, idColumn: string): Map<string, Table> {
  if (typeof table?.columns !== "object") {
    throw new ConfigError(`splitById(): got ${told(table)}, expected what readTable() returns.`, {
      received: table,
    });
  }
  const { ids } = table;
  if (ids === undefined || table.id !== idColumn) {
    const had = table.id === undefined ? "without an id column" : `with \`id: ${JSON.stringify(table.id)}\``;
    throw new ConfigError(
      `splitById(): ${table.path} was read ${had}. Read it with \`id: ${JSON.stringify(idColumn)}\`.`,
      { received: table.id, expected: idColumn },
    );
  }
  const rowsOf = new Map<string, number[]>();
  for (const [row, id] of ids.entries()) {
    const rows = rowsOf.get(id);
    if (rows === undefined) rowsOf.set(id, [row]);
    else rows.push(row);
  }
  return new Map(Array.from(rowsOf, ([id, rows]) => [id, pick(table, rows)]));
}

function pick(
  { path, columns, dates, times, dateFormat, id, ids, notes }: Table,
  rows: readonly number[],
): Table {
  const picked = Object.entries(columns).map(
    ([name, values]) => [name, Float64Array.from(rows, (row) => values[row]!)] as const,
  );
  return {
    path,
    columns: Object.fromEntries(picked),
    ...(dates === undefined ? {} : { dates: rows.map((row) => dates[row]!) }),
    ...(times === undefined ? {} : { times: Float64Array.from(rows, (row) => times[row]!) }),
    ...(dateFormat === undefined ? {} : { dateFormat }),
    ...(id === undefined || ids === undefined ? {} : { id, ids: rows.map((row) => ids[row]!) }),
    rows: rows.length,
    notes,
    duplicates: 0,
    gaps: Object.fromEntries(
      picked.map(([name, values]) => [name, values.filter((value) => Number.isNaN(value)).length]),
    ),
  };
}
