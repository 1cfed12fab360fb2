import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import { CsvError, type Info, parse } from "csv-parse";
import { ConfigError, DataError } from "../errors.js";
import { nearest, refuseUnknown } from "../options.js";
import { parseTimestamp } from "../series/timestamps.js";

export interface ReadCsvOptions {
  /** The columns to read as numbers. Default: all but the date column. */
  readonly columns?: readonly string[];
  /** The column that says when. Default: the first column, if its first cell is a date and no number. */
  readonly date?: string;
  /** One character. Default: whichever of `,` `;` tab `|` the first line has most of. */
  readonly delimiter?: string;
}

/** A file of numbers: named float64 columns, gaps as NaN. */
export interface Table {
  readonly path: string;
  readonly columns: Record<string, Float64Array>;
  /** The cells of the date column as written, if there is one. */
  readonly dates?: string[];
  /** The same as numbers that never decrease: milliseconds since 1970, or the cells themselves when they are numbers. */
  readonly times?: Float64Array;
  readonly rows: number;
  /** How many gaps each column has. */
  readonly gaps: Record<string, number>;
}

const DELIMITERS = [",", ";", "\t", "|"] as const;
const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;
const GAP = /^(?:|na|nan|null)$/i;
/** Longer cells are cut in messages, which stay on one line. */
const SHOWN_LENGTH = 40;

const show = (cell: string): string =>
  JSON.stringify(cell.length > SHOWN_LENGTH ? `${cell.slice(0, SHOWN_LENGTH)}…` : cell);

/** The first line, without reading the rest of what may be a large file. */
async function firstLine(path: string): Promise<string> {
  const file = await open(path).catch((cause: NodeJS.ErrnoException) => {
    throw new DataError(`${path}: ${cause.code === "ENOENT" ? "there is no such file" : cause.message}.`, {
      cause,
    });
  });
  try {
    if ((await file.stat()).isDirectory())
      throw new DataError(`${path}: is a directory, expected a CSV file.`);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(65_536), 0, 65_536, 0);
    const text = buffer.toString("utf8", 0, bytesRead);
    if (text.includes("\0")) throw new DataError(`${path}: is not UTF-8 text. Save it as CSV in UTF-8.`);
    return /^\uFEFF?([^\r\n]*)/.exec(text)?.[1] ?? "";
  } finally {
    await file.close();
  }
}

function detectDelimiter(line: string): string {
  const unquoted = line.replaceAll(/"[^"]*"/g, "");
  const counts = DELIMITERS.map((delimiter) => unquoted.split(delimiter).length);
  return DELIMITERS[counts.indexOf(Math.max(...counts))]!;
}

/** Reads records into columns; every complaint is one line with file, line, column and cell. */
class TableReader {
  readonly #path: string;
  readonly #options: ReadCsvOptions;
  #header: string[] = [];
  #wanted: { index: number; name: string; values: number[]; gaps: number }[] = [];
  #date: { index: number; name: string; cells: string[]; times: number[]; numeric: boolean } | undefined;
  #blank: number[] = [];
  #rows = 0;

  constructor(path: string, options: ReadCsvOptions) {
    this.#path = path;
    this.#options = options;
  }

  read(record: readonly string[], line: number): void {
    if (record.length === 1 && record[0]!.trim() === "") {
      // A blank line may be the file's end, or a gap in a file of one column; the next record tells.
      this.#blank.push(line);
    } else if (this.#header.length === 0) {
      if (this.#blank.length > 0)
        throw new DataError(`${this.#path}, line 1: is blank, expected the column names.`);
      this.#readHeader(record);
    } else {
      for (const blank of this.#blank.splice(0)) this.#readRow([""], blank);
      this.#readRow(record, line);
    }
  }

  finish(): Table {
    const path = this.#path;
    if (this.#header.length === 0)
      throw new DataError(`${path}: is empty, expected a line of column names and rows.`);
    if (this.#rows === 0) throw new DataError(`${path}: has column names but no data rows.`);
    const date = this.#date;
    return {
      path,
      columns: Object.fromEntries(this.#wanted.map(({ name, values }) => [name, Float64Array.from(values)])),
      ...(date === undefined ? {} : { dates: date.cells, times: Float64Array.from(date.times) }),
      rows: this.#rows,
      gaps: Object.fromEntries(this.#wanted.map(({ name, gaps }) => [name, gaps])),
    };
  }

  #readHeader(record: readonly string[]): void {
    // Tools that write row numbers leave the name of their column empty.
    const header = record.map((name, i) => name.trim() || `column_${i + 1}`);
    if (header.every((name) => NUMBER.test(name))) {
      throw new DataError(
        `${this.#path}, line 1: has numbers (${show(header[0]!)}) where the column names should be. Add a line of names.`,
      );
    }
    const twice = header.find((name, i) => header.indexOf(name) !== i);
    if (twice !== undefined)
      throw new DataError(`${this.#path}, line 1: two columns are called ${show(twice)}.`);
    this.#header = header;
    if (this.#options.date !== undefined) this.#chooseDate(this.#options.date);
    for (const name of this.#options.columns ?? []) this.#find(name);
  }

  #find(name: string): number {
    const index = this.#header.indexOf(name);
    if (index >= 0) return index;
    const near = nearest(name, this.#header);
    throw new DataError(
      `${this.#path}, line 1: there is no column ${show(name)}.${near === undefined ? "" : ` Did you mean ${show(near)}?`} Columns: ${this.#header.join(", ")}.`,
      { received: name, expected: this.#header },
    );
  }

  #chooseDate(name: string): void {
    this.#date = { index: this.#find(name), name, cells: [], times: [], numeric: false };
  }

  /** What only the first row can settle: whether column one is a date, and so which columns are numbers. */
  #chooseColumns(first: readonly string[]): void {
    const { date, columns } = this.#options;
    const name = this.#header[0]!;
    const cell = first[0]!.trim();
    if (
      date === undefined &&
      !columns?.includes(name) &&
      !NUMBER.test(cell) &&
      parseTimestamp(cell) !== undefined
    ) {
      this.#chooseDate(name);
    }
    if (this.#date !== undefined) this.#date.numeric = NUMBER.test(first[this.#date.index]!.trim());
    const names = columns ?? this.#header.filter((column) => column !== this.#date?.name);
    this.#wanted = names.map((column) => ({ index: this.#find(column), name: column, values: [], gaps: 0 }));
  }

  #readRow(record: readonly string[], line: number): void {
    if (record.length !== this.#header.length) {
      const problem = record.length > this.#header.length ? "too many" : "too few";
      const at = Math.min(record.length, this.#header.length) - 1;
      throw new DataError(
        `${this.#path}, line ${line}: ${problem} fields, ${record.length} instead of ${this.#header.length}; the last that fits is column ${show(this.#header[at]!)}, cell ${show(record[at]!)}.`,
        { received: record.length, expected: this.#header.length },
      );
    }
    if (this.#rows === 0) this.#chooseColumns(record);
    this.#readDate(record, line);
    for (const column of this.#wanted) {
      const cell = record[column.index]!.trim();
      if (GAP.test(cell)) {
        column.values.push(Number.NaN);
        column.gaps++;
        continue;
      }
      const value = NUMBER.test(cell) ? Number(cell) : Number.NaN;
      if (!Number.isFinite(value)) {
        const hint = /^[+-]?\d+,\d+$/.test(cell)
          ? "Write decimals with a point."
          : "Leave the cell empty for a gap, or choose other columns.";
        throw this.#cellError(line, column.name, cell, "is not a number", hint);
      }
      column.values.push(value);
    }
    this.#rows++;
  }

  #readDate(record: readonly string[], line: number): void {
    const date = this.#date;
    if (date === undefined) return;
    const cell = record[date.index]!.trim();
    const time = date.numeric ? (NUMBER.test(cell) ? Number(cell) : undefined) : parseTimestamp(cell);
    if (time === undefined || !Number.isFinite(time)) {
      const hint = date.numeric
        ? "The first row has a number here."
        : "Write dates year first, such as 2024-01-31.";
      throw this.#cellError(line, date.name, cell, "is not a date", hint);
    }
    if (time < (date.times.at(-1) ?? Number.NEGATIVE_INFINITY)) {
      throw this.#cellError(
        line,
        date.name,
        cell,
        `goes back behind ${show(date.cells.at(-1)!)} in the row before`,
        "Sort the rows by date.",
      );
    }
    date.cells.push(cell);
    date.times.push(time);
  }

  #cellError(line: number, column: string, cell: string, problem: string, hint: string): DataError {
    return new DataError(
      `${this.#path}, line ${line}, column ${show(column)}: ${show(cell)} ${problem}. ${hint}`,
      {
        received: cell,
      },
    );
  }
}

/**
 * Reads numbers from a CSV file, row by row as it streams.
 *
 * The first line has the column names. An empty field, `NA`, `NaN` or `null` (in any case) is a gap. A byte order mark,
 * CRLF, quoted fields and blank lines at the end are taken in stride. Dates are written year first (2024-01-31, with or
 * without a time; 2024-01; 2024Q1) or are plain numbers, and may not go back.
 *
 * @throws DataError, one line naming file, line (1-based, as an editor counts), column and cell: for a path that cannot
 *   be read, an unknown column, text where a number should be, too many or too few fields, no rows, a date that does not
 *   parse or goes back. ConfigError for an unknown option.
 *
 * @example
 * const { columns, dates } = await readCsv("co2_weekly.csv", { date: "time", columns: ["value"] });
 */
export async function readCsv(path: string, options: ReadCsvOptions = {}): Promise<Table> {
  refuseUnknown("readCsv()", options, ["columns", "date", "delimiter"]);
  const { delimiter, columns } = options;
  if (delimiter !== undefined && delimiter.length !== 1) {
    throw new ConfigError(
      `readCsv(): \`delimiter\` is ${JSON.stringify(delimiter)}, expected one character.`,
    );
  }
  if (columns?.length === 0)
    throw new ConfigError("readCsv(): `columns` is empty. Leave it out to read all columns.");
  const reader = new TableReader(path, options);
  const parser = parse({
    bom: true,
    delimiter: delimiter ?? detectDelimiter(await firstLine(path)),
    info: true,
    record_delimiter: ["\r\n", "\n", "\r"],
    relax_column_count: true,
  });
  const source = createReadStream(path);
  // Errors of the file must reach the loop below, which only listens to the parser.
  source.on("error", (error) => parser.destroy(error)).pipe(parser);
  let line = 0;
  try {
    for await (const { record, info } of parser as AsyncIterable<{ record: string[]; info: Info }>) {
      // The parser tells a record's last line; a quoted field may span several.
      reader.read(record, line + 1);
      line = info.lines;
    }
  } catch (cause) {
    if (cause instanceof CsvError) {
      const message = cause.message.replaceAll(/\s+/g, " ");
      throw new DataError(`${path}, line ${String(cause.lines ?? "?")}: ${message}`, { cause });
    }
    throw cause;
  } finally {
    source.destroy();
  }
  return reader.finish();
}
