import { DataError } from "gateflow/series";
import type { OpenedFile } from "../protocol.ts";

/** Columns a model is given: the one that is forecast, and those beside it; more would be a thicket. */
const MOST_COLUMNS = 8;

/** A table as a model gets it: the target first. @throws DataError for a column the table has not got. */
export function chosenColumns(
  { name, rows = [], columns = [] }: OpenedFile,
  target: string | undefined,
): { columns: string[]; rows: number[][] } {
  const at = target === undefined ? 0 : columns.indexOf(target);
  if (at < 0)
    throw new DataError(`${name} has no column "${target}". It has ${columns.join(", ")}.`, {
      received: target,
      expected: columns,
    });
  const order = [at, ...[...columns.keys()].filter((i) => i !== at)].slice(0, MOST_COLUMNS);
  return {
    columns: order.map((i) => columns[i]!),
    rows: rows.map((row) => order.map((i) => row[i]!)),
  };
}
