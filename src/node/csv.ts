import { ConfigError, told } from "../errors.js";
import { refuseUnknown } from "../options.js";
import { type ReadCsvOptions, readCsvBytes } from "../table/readers/csv-bytes.js";
import type { ReadTable, Table } from "../table/table.js";
import { openBytes } from "./byte-source.js";

export type { ReadCsvOptions };

/** What every reader of tables understands. */
export const TABLE_OPTIONS = [
  "columns",
  "date",
  "id",
  "series",
  "dateFormat",
  "missing",
  "decimal",
  "thousands",
  "wide",
  "signal",
] as const;
/** What there is to say of texts alone. */
export const TEXT_OPTIONS = ["delimiter", "encoding", "skip", "comment", "header"] as const;

/** @throws ConfigError for options that cannot be. */
export function checkTableOptions(where: string, options: ReadCsvOptions): void {
  refuseUnknown(where, options, [...TABLE_OPTIONS, ...TEXT_OPTIONS]);
  const { columns, delimiter, decimal, thousands, skip, id, series, wide } = options;
  const refuse = (option: string, value: unknown, expected: string): never => {
    throw new ConfigError(`${where}: \`${option}\` is ${told(value)}, expected ${expected}.`, {
      received: value,
      expected,
    });
  };
  if (
    delimiter !== undefined &&
    (typeof delimiter !== "string" || delimiter.length !== 1 || /["\r\n]/.test(delimiter))
  )
    refuse("delimiter", delimiter, "one character");
  if (decimal !== undefined && decimal !== "." && decimal !== ",") refuse("decimal", decimal, '"." or ","');
  if (thousands !== undefined && ![",", ".", "'", " ", ""].includes(thousands))
    refuse("thousands", thousands, `",", ".", "'" or " "`);
  if (thousands !== undefined && thousands !== "" && thousands === decimal)
    refuse("thousands", thousands, "another mark than that of decimals");
  if (skip !== undefined && !(Number.isInteger(skip) && skip >= 0)) refuse("skip", skip, "a number of lines");
  if (series !== undefined && id === undefined && wide !== true)
    throw new ConfigError(
      `${where}: \`series\` is ${JSON.stringify(series)}: say which column holds the ids as well, with \`id\`.`,
      { received: series },
    );
  if (columns?.length === 0)
    throw new ConfigError(`${where}: \`columns\` is empty. Leave it out to read all columns.`);
}

/** A table without what only this program's own rooms need. */
export const publicTable = ({ read: _, ...table }: ReadTable): Table => table;

/**
 * Reads numbers from a CSV file, row by row as it streams; `-` is standard input, and gzip is unpacked.
 *
 * How the text is written is told from it: the delimiter, the encoding, lines above and below the table, whether the first
 * line has the column names, what stands for a gap, decimal commas and thousands, and how dates are written; what was not
 * plain is told in `notes`, and every option says it instead. Dates are found in whatever column, or columns, they stand:
 * year, day or month first, names of months, quarters, ISO weeks, Unix times, with zones or without. Rows are put in the
 * order of their dates.
 *
 * @throws DataError, one line naming file, line (1-based, as an editor counts), column and cell: for a path that cannot
 *   be read, an unknown column, text where a number should be, too many or too few fields, no rows, a date that does not
 *   parse, dates that are day first as well as month first, two values for one date, several series under each other.
 *   ConfigError for an unknown option.
 *
 * @example
 * const { columns, dates } = await readCsv("co2_weekly.csv", { date: "time", columns: ["value"] });
 */
export async function readCsv(path: string, options: ReadCsvOptions = {}): Promise<Table> {
  checkTableOptions("readCsv()", options);
  return publicTable(await readCsvBytes(await openBytes(path, "a CSV file"), options));
}
