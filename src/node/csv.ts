import { createReadStream } from "node:fs";
import { CsvError, type Info, parse } from "csv-parse";
import { ConfigError, DataError } from "../errors.js";
import { refuseUnknown } from "../options.js";
import { parseTimestamp } from "../series/timestamps.js";
import { openFile } from "./open-file.js";
import { type CellFormat, quote, type Table, TableBuilder, type TableOptions } from "./table.js";

export interface ReadCsvOptions extends TableOptions {
  /** One character. Default: whichever of `,` `;` tab `|` the first line has most of. */
  readonly delimiter?: string;
}

const DELIMITERS = [",", ";", "\t", "|"] as const;
const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;
const GAP = /^(?:|na|nan|null)$/i;

/** The first line, without reading the rest of what may be a large file. */
async function firstLine(path: string): Promise<string> {
  const file = await openFile(path, "a CSV file");
  try {
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

/** The number a cell is written as, if it is one that float64 can hold. */
function plainNumber(cell: string): number | undefined {
  const value = NUMBER.test(cell) ? Number(cell) : Number.NaN;
  return Number.isFinite(value) ? value : undefined;
}

/** Cells are texts, already trimmed. */
const CELLS: CellFormat<string> = {
  counts: "line",
  header: ", line 1",
  number: (cell) => (GAP.test(cell) ? Number.NaN : plainNumber(cell)),
  time: (cell, numeric) => (numeric ? plainNumber(cell) : parseTimestamp(cell)),
  isNumeric: (cell) => NUMBER.test(cell),
  text: (cell) => cell,
  show: quote,
  numberHint: (cell) =>
    /^[+-]?\d+,\d+$/.test(cell)
      ? "Write decimals with a point."
      : "Leave the cell empty for a gap, or choose other columns.",
  dateHint: "Write dates year first, such as 2024-01-31.",
};

/** Turns records into a header and rows as wide as it. */
class RecordReader {
  readonly #path: string;
  readonly #builder: TableBuilder<string>;
  #blank: number[] = [];

  constructor(path: string, options: TableOptions) {
    this.#path = path;
    this.#builder = new TableBuilder(path, options, CELLS);
  }

  read(record: readonly string[], line: number): void {
    if (record.length === 1 && record[0]!.trim() === "") {
      // A blank line may be the file's end, or a gap in a file of one column; the next record tells.
      this.#blank.push(line);
    } else if (this.#builder.header.length === 0) {
      if (this.#blank.length > 0)
        throw new DataError(`${this.#path}, line 1: is blank, expected the column names.`);
      this.#readHeader(record);
    } else {
      for (const blank of this.#blank.splice(0)) this.#readRow([""], blank);
      this.#readRow(record, line);
    }
  }

  finish(): Table {
    if (this.#builder.header.length === 0)
      throw new DataError(`${this.#path}: is empty, expected a line of column names and rows.`);
    return this.#builder.finish();
  }

  #readHeader(record: readonly string[]): void {
    // Tools that write row numbers leave the name of their column empty.
    const header = record.map((name, i) => name.trim() || `column_${i + 1}`);
    if (header.every((name) => NUMBER.test(name))) {
      throw new DataError(
        `${this.#path}, line 1: has numbers (${quote(header[0]!)}) where the column names should be. Add a line of names.`,
      );
    }
    const twice = header.find((name, i) => header.indexOf(name) !== i);
    if (twice !== undefined)
      throw new DataError(`${this.#path}, line 1: two columns are called ${quote(twice)}.`);
    for (const name of header) this.#builder.declare(name);
    this.#builder.checkColumns();
  }

  #readRow(record: readonly string[], line: number): void {
    const { header } = this.#builder;
    if (record.length !== header.length) {
      const problem = record.length > header.length ? "too many" : "too few";
      const at = Math.min(record.length, header.length) - 1;
      throw new DataError(
        `${this.#path}, line ${line}: ${problem} fields, ${record.length} instead of ${header.length}; the last that fits is column ${quote(header[at]!)}, cell ${quote(record[at]!)}.`,
        { received: record.length, expected: header.length },
      );
    }
    this.#builder.add(
      record.map((cell) => cell.trim()),
      line,
    );
  }
}

/**
 * Reads numbers from a CSV file, row by row as it streams.
 *
 * The first line has the column names. An empty field, `NA`, `NaN` or `null` (in any case) is a gap. A byte order mark,
 * CRLF, quoted fields and blank lines at the end are taken in stride. Dates are written year first (2024-01-31, with or
 * without a time; 2024-01; 2024Q1) or are plain numbers, and may not go back, within each id where `id` names a column.
 *
 * @throws DataError, one line naming file, line (1-based, as an editor counts), column and cell: for a path that cannot
 *   be read, an unknown column, text where a number should be, too many or too few fields, no rows, a date that does not
 *   parse or goes back. ConfigError for an unknown option.
 *
 * @example
 * const { columns, dates } = await readCsv("co2_weekly.csv", { date: "time", columns: ["value"] });
 */
export async function readCsv(path: string, options: ReadCsvOptions = {}): Promise<Table> {
  refuseUnknown("readCsv()", options, ["columns", "date", "delimiter", "id"]);
  const { delimiter, columns } = options;
  if (delimiter !== undefined && delimiter.length !== 1) {
    throw new ConfigError(
      `readCsv(): \`delimiter\` is ${JSON.stringify(delimiter)}, expected one character.`,
    );
  }
  if (columns?.length === 0)
    throw new ConfigError("readCsv(): `columns` is empty. Leave it out to read all columns.");
  const reader = new RecordReader(path, options);
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
