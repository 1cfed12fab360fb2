import type { Dates } from "../calendar/read-dates.js";
import { DataError } from "../errors.js";
import { nearest } from "../options.js";

/** What to take of a table, whatever its format. */
export interface TableOptions {
  /** The columns to read as numbers. Default: all that are neither dates nor the id nor text. */
  readonly columns?: readonly string[];
  /**
   * The column that says when, or several that say it together (date and time; year, month, day, hour). Default: found
   * among all columns. `false`: none, rows are counted.
   */
  readonly date?: string | readonly string[] | false;
  /**
   * The column that says which series a row belongs to, where one file holds several, or several columns that say it
   * together, parted by commas: `"region,product"`, whose series are called `"north,bread"`. Default: all rows are one series.
   */
  readonly id?: string;
  /** Of several series, the one to read: what stands in the id column. Default: all. */
  readonly series?: string;
  /**
   * How dates are written: `"DD.MM.YYYY HH:mm"`, `"%d.%m.%Y %H:%M"`, `"day first"`, `"month first"`, `"unix"`, `"ms"`.
   * Default: told from the whole column.
   */
  readonly dateFormat?: string;
  /** Texts that mean a gap, beside the usual ones (an empty cell, NA, NaN, null, -, ?, n/a, #N/A …). Default: none beside them. */
  readonly missing?: string | readonly string[];
  /** What stands before decimals, `"."` or `","`. Default: told from each column. */
  readonly decimal?: string;
  /** What stands between thousands: `","`, `"."`, `"'"`, `" "`. Default: told from each column. */
  readonly thousands?: string;
  /**
   * Whether several columns are one series, or several of one kind: a row a year and twelve months, a row a day and its
   * hours, a row a series and its dates, or a column a series. The result has the columns `date`, `value` and, where
   * there are several, the id `series`. Default false.
   */
  readonly wide?: boolean;
}

/** A file of numbers: named float64 columns, gaps as NaN. */
export interface Table {
  readonly path: string;
  readonly columns: Record<string, Float64Array>;
  /** The cells that say when, as written (several columns joined by a blank), if there are any. */
  readonly dates?: string[];
  /**
   * The same as numbers that never decrease (within each id): milliseconds since 1970, or the cells themselves when they
   * are numbers. Where a clock without a zone is put back in autumn, they go back by that hour.
   */
  readonly times?: Float64Array;
  /** How the dates are written, such as `DD.MM.YYYY`; left out where times are plain numbers. */
  readonly dateFormat?: string;
  /** The name of the id column, if there is one. */
  readonly id?: string;
  /** Which series each row belongs to. */
  readonly ids?: string[];
  readonly rows: number;
  /** How many gaps each column has. */
  readonly gaps: Record<string, number>;
  /** What was guessed, left out or put in order, one sentence each; empty where there was nothing to say. */
  readonly notes: readonly string[];
  /** Rows that came twice, with the same date and the same values, and were kept once. */
  readonly duplicates: number;
}

/** A table with what only this program's own rooms need. */
export interface ReadTable extends Table {
  /** The dates as they were read, so that nobody reads them again. */
  readonly read?: Dates;
}

/** Longer cells are cut in messages, which stay on one line. */
const SHOWN_LENGTH = 40;

/** A text in quotes, short enough for a message. */
export const quote = (text: string): string =>
  JSON.stringify(text.length > SHOWN_LENGTH ? `${text.slice(0, SHOWN_LENGTH)}…` : text);

/** More names than these only fill the screen. */
const NAMES_SHOWN = 40;

/** @param place such as `, line 1`. */
export function unknownColumn(
  path: string,
  place: string,
  name: string,
  known: readonly string[],
): DataError {
  const near = nearest(name, known);
  const more = known.length > NAMES_SHOWN ? `, … (${known.length} in all)` : "";
  const names = known
    .slice(0, NAMES_SHOWN)
    .map((column) => (column.length > 60 ? `${column.slice(0, 60)}…` : column));
  return new DataError(
    `${path}${place}: there is no column ${quote(name)}.${near === undefined ? "" : ` Did you mean ${quote(near)}?`} Columns: ${names.join(", ")}${more}.`,
    { received: name, expected: known },
  );
}
