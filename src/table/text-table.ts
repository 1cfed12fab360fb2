import { complete } from "../calendar/complete.js";
import { ConfigError, DataError } from "../errors.js";
import { blockWidth, endsBlock } from "./block-width.js";
import { type Dialect, guessDialect } from "./dialect.js";
import { finishTable } from "./finish-table.js";
import { plainNumber } from "./numbers.js";
import { type CellFormat, RawColumns } from "./raw-columns.js";
import { RecordSplitter, type TextRecord } from "./records.js";
import { quote, type ReadTable, type TableOptions } from "./table.js";
import { longFormOf } from "./wide-table.js";

/** How a text with delimiters is read; whatever is left out is told from its first lines. */
export interface TextTableOptions extends TableOptions {
  /** One character between cells; a blank stands for runs of blanks. Default: what cuts the lines most evenly. */
  readonly delimiter?: string;
  /** Lines above the table to leave out. Default: those narrower than the table. */
  readonly skip?: number;
  /** What begins lines to leave out, such as `"#"`; `""`: no line is. Default: `#`, `%`, `//` or `!`, if the text begins so. */
  readonly comment?: string;
  /** Whether the first line has the column names; without, columns are called `column_1`, `column_2` … Default: told from the line. */
  readonly header?: boolean;
}

/** Enough lines to tell how a table is written. */
const LOOKED_AT = 32_768;

/** Cells are texts, already trimmed. */
const CELLS: CellFormat<string> = {
  counts: "line",
  header: ", line 1",
  text: (cell) => cell,
  show: quote,
};

/** A year and twelve months. */
const YEAR_OF_MONTHS = 13;

/** Rows of another width, which are notes when nothing but such rows follows. */
interface Strange {
  readonly record: TextRecord;
  readonly cells: readonly string[];
}

/**
 * Reads a table from text that comes in pieces.
 * @throws DataError, one line naming path, line, column and cell; ConfigError for options.
 */
export class TextTable {
  readonly #path: string;
  readonly #options: TextTableOptions;
  readonly #notes: string[] = [];
  #begin = "";
  #dialect: Dialect | undefined;
  #splitter: RecordSplitter | undefined;
  #raw: RawColumns<string> | undefined;
  #header = 0;
  #units = 0;
  #blank: TextRecord[] = [];
  #strange: Strange[] = [];
  /** Words behind the last column. */
  readonly #remarks = { count: 0, line: 0, text: "" };
  /** Rows that end before the last columns, while no row has filled these: the first, and how many cells it has. */
  #short: { readonly record: TextRecord; width: number; rows: number } | undefined;

  constructor(path: string, options: TextTableOptions) {
    this.#path = path;
    this.#options = options;
    const { delimiter } = options;
    if (delimiter !== undefined && delimiter.length !== 1)
      throw new ConfigError(
        `readCsv(): \`delimiter\` is ${JSON.stringify(delimiter)}, expected one character.`,
      );
  }

  /** What a reader of bytes has to say. */
  note(text: string): void {
    this.#notes.push(text);
  }

  push(text: string): void {
    if (this.#splitter !== undefined) {
      this.#splitter.push(text);
      return;
    }
    this.#begin += text;
    if (this.#begin.length >= LOOKED_AT) this.#start();
  }

  /** The table, once all text is there; pauses every few thousand rows. */
  *finish(): Generator<void, ReadTable> {
    if (this.#splitter === undefined) this.#start();
    this.#splitter!.end();
    const raw = this.#raw;
    if (raw === undefined)
      throw new DataError(`${this.#path}: is empty, expected a line of column names and rows.`);
    this.#settleStrange(true);
    if (this.#short !== undefined) {
      const { record, width, rows } = this.#short;
      const names = raw.header.slice(width).map(quote).join(", ");
      this.#notes.push(
        `${rows} ${rows === 1 ? "row ends" : "rows end"} before ${names}, the first in line ${record.line}; no row has a value there`,
      );
    }
    const { count, line, text } = this.#remarks;
    if (count > 0)
      this.#notes.push(
        `words behind the last column left out in ${count === 1 ? "1 row" : `${count} rows`}, the first in line ${line} (${quote(text)})`,
      );
    const notes = this.#notes;
    const { delimiter } = this.#dialect!;
    if (this.#options.wide === true) return yield* longFormOf(raw, { notes, delimiter });
    return yield* finishTable(raw, { notes, delimiter });
  }

  #start(): void {
    const begin = this.#begin;
    this.#begin = "";
    const { delimiter, skip, comment, header } = this.#options;
    const cut =
      begin.length < LOOKED_AT
        ? begin.length
        : Math.max(begin.lastIndexOf("\n"), begin.lastIndexOf("\r")) + 1;
    this.#dialect = guessDialect(begin.slice(0, cut === 0 ? begin.length : cut), {
      delimiter,
      skip,
      comment,
      header,
    });
    this.#notes.push(...this.#dialect.notes);
    this.#units = this.#dialect.unitLines;
    this.#splitter = new RecordSplitter({ path: this.#path, delimiter: this.#dialect.delimiter }, (record) =>
      this.#read(record),
    );
    this.#splitter.push(begin);
  }

  #read(record: TextRecord): void {
    const { skip, comment } = this.#dialect!;
    if (record.line <= skip) return;
    if (record.isBlank) {
      if (this.#raw !== undefined && this.#isWrapped) return;
      // A blank line may be the file's end, or a gap in a file of one column; the next record tells.
      if (this.#raw !== undefined) this.#blank.push(record);
      return;
    }
    if (comment !== "" && record.cells[0]!.trimStart().startsWith(comment)) return;
    if (this.#raw === undefined) this.#readHeader(record);
    else {
      for (const blank of this.#blank.splice(0)) this.#readRow(blank);
      if (this.#units > 0) this.#units--;
      else this.#readRow(record);
    }
  }

  #readHeader(record: TextRecord): void {
    const { hasHeader, comment, width } = this.#dialect!;
    const options = this.#options;
    const raw = new RawColumns<string>(
      this.#path,
      options,
      { ...CELLS, header: hasHeader ? `, line ${record.line}` : "" },
      "",
    );
    const names = hasHeader
      ? record.cells.map((name, i) => {
          const text = name.trim();
          const clean =
            i === 0 &&
            comment === "" &&
            /^(?:#|%|\/\/|!)\s*\S/.test(text) &&
            this.#notes.some((note) => note.startsWith("names taken"))
              ? text.replace(/^(?:#|%|\/\/|!)\s*/, "")
              : text;
          // Tools that write row numbers leave the name of their column empty.
          return clean || `column_${i + 1}`;
        })
      : record.cells.map((_, i) => `column_${i + 1}`);
    // An empty name at the end, above rows that have none, is a delimiter too many.
    while (hasHeader && names.length > Math.max(1, width) && record.cells[names.length - 1]!.trim() === "")
      names.pop();
    this.#header = names.length;
    for (const name of names) raw.declare(name);
    this.#raw = raw;
    if (!hasHeader) {
      raw.checkColumns();
      this.#readRow(record);
    } else if (raw.columns.length > 0) raw.checkColumns();
  }

  #readRow(record: TextRecord): void {
    const raw = this.#raw!;
    const cells = record.cells.map((cell) => cell.trim());
    const isLonger = cells.length > this.#header && cells.slice(this.#header).every((cell) => cell === "");
    // R writes row names under no name.
    if (
      raw.rows === 0 &&
      this.#strange.length === 0 &&
      cells.length === this.#header + 1 &&
      cells[0] !== "" &&
      !isLonger &&
      this.#dialect!.hasHeader &&
      this.#namesRows(cells)
    ) {
      this.#readRow(record);
      return;
    }
    if (this.#isShort(record, cells)) {
      this.#settleStrange(false);
      while (cells.length < this.#header) cells.push("");
    }
    if (this.#isWrapped && this.#strange.length === 0 && this.#header !== YEAR_OF_MONTHS)
      for (; cells.length > this.#header; this.#header++) raw.declare(`column_${this.#header + 1}`);
    // Units in words, parted by blanks, leave none for years and months.
    if (
      raw.rows === 0 &&
      this.#strange.length === 0 &&
      this.#dialect!.delimiter === " " &&
      cells.length > 1 &&
      cells.length < this.#header &&
      cells.every((cell) => /^[\p{L}%°(]/u.test(cell))
    ) {
      this.#notes.push(`line ${record.line}, with units, left out (${quote(cells.join(" "))})`);
      return;
    }
    // A remark in words behind the last value, as the Met Office marks its newest months: blanks leave it no column.
    if (
      this.#dialect!.delimiter === " " &&
      cells.length > this.#header &&
      raw.rows > 0 &&
      cells.slice(this.#header).every((cell) => /^[(\p{L}]/u.test(cell))
    ) {
      this.#remarks.count++;
      if (this.#remarks.count === 1) {
        this.#remarks.line = record.line;
        this.#remarks.text = cells.slice(this.#header).join(" ");
      }
      cells.length = this.#header;
    }
    if (cells.length !== this.#header && !isLonger) {
      const isBlank = record.isBlank;
      if (!isBlank || this.#header > 1) this.#strange.push({ record, cells });
      return;
    }
    // A note below the table, as wide as the table because a spreadsheet wrote it.
    const [text = "", ...rest] = cells;
    if (
      this.#strange.length > 0 &&
      /^\p{L}/u.test(text) &&
      rest.length > 0 &&
      rest.every((cell) => cell === "")
    ) {
      this.#strange.push({ record, cells });
      return;
    }
    this.#settleStrange(false);
    if (this.#short !== undefined && cells.slice(this.#short.width, this.#header).some((cell) => cell !== ""))
      this.#refuseWidth(this.#short.record, this.#short.record.cells);
    const row = isLonger ? cells.slice(0, this.#header) : cells;
    const lastLine = record.lineOf(record.cells.length - 1);
    raw.add(row, record.line, lastLine === record.line ? undefined : record.lineOf);
  }

  /** Whether values may go on from line to line. */
  get #isWrapped(): boolean {
    return this.#options.wide === true && !this.#dialect!.hasHeader;
  }

  /** Some tools leave out the delimiters behind the last cell that is filled: no cell is lost where all rows end there. */
  #isShort(record: TextRecord, cells: readonly string[]): boolean {
    const raw = this.#raw!;
    if (cells.length >= this.#header || record.isBlank || raw.rows === 0) return false;
    // Values that go on from line to line end where they end.
    if (
      this.#isWrapped &&
      this.#header !== YEAR_OF_MONTHS &&
      cells.every((cell) => plainNumber(cell) !== undefined)
    )
      return true;
    if (this.#options.wide === true && endsBlock(blockWidth(raw.header), cells.length)) return true;
    if (cells.length < Math.max(2, this.#header / 2)) return false;
    const rest = raw.columns.slice(cells.length);
    if (rest.some(({ cells: known }) => known?.some((cell) => cell !== "") === true)) return false;
    this.#short ??= { record, width: cells.length, rows: 0 };
    this.#short.width = Math.min(this.#short.width, cells.length);
    this.#short.rows++;
    return true;
  }

  /** A first column without a name, in a header one cell short. */
  #namesRows(cells: readonly string[]): boolean {
    const old = this.#raw!;
    const isName = plainNumber(cells[0]!) !== undefined || /\p{L}|-/u.test(cells[0]!);
    // A comma may stand within a number: there, rows must count, and no name stand above.
    const isSure =
      /^[ \t]$/.test(this.#dialect!.delimiter) || (/^[01]$/.test(cells[0]!) && old.header[0] === "column_1");
    if (!isName || this.#header < 2 || !isSure) return false;
    const raw = new RawColumns<string>(this.#path, this.#options, old.format, "");
    raw.declare("column_0");
    for (const name of old.header) raw.declare(name);
    raw.checkColumns();
    this.#raw = raw;
    this.#header++;
    this.#notes.push("rows have a cell more than the names: the first column is called column_0");
    return true;
  }

  /** Rows of another width: a mistake where rows follow, and notes below the table where they are text. */
  #settleStrange(isEnd: boolean): void {
    const [first] = this.#strange;
    if (first === undefined) return;
    const isNote = ({ cells }: Strange): boolean => {
      const [text = "", ...rest] = cells;
      const isText =
        text === "" || (plainNumber(text) === undefined && !/^[\d./:-]+(?:[T ][\d:]+)?$/.test(text));
      return (
        isText &&
        (rest.every((cell) => cell === "") ||
          cells.join(" ").length > 40 ||
          (cells.length < this.#header && cells.every((cell) => /^\p{L}|^\d+[NSEW]/u.test(cell))) ||
          /^(?:source|note|quelle|total)/i.test(text))
      );
    };
    // A number alone above the notes says what stands for a gap.
    const isLegend = ({ cells }: Strange): boolean => cells.length === 1 && this.#header > 2;
    const areNotes =
      this.#strange.some(isNote) && this.#strange.every((strange) => isNote(strange) || isLegend(strange));
    if (isEnd && this.#raw!.rows > 0 && areNotes) {
      const notes = this.#strange.filter(({ record }) => !record.isBlank);
      if (notes.length > 0)
        this.#notes.push(
          `${notes.length === 1 ? "1 line" : `${notes.length} lines`} below the table left out, from line ${notes[0]!.record.line} on (${quote(notes[0]!.cells.join(" ").trim())})`,
        );
      this.#strange = [];
      return;
    }
    const bad = this.#strange.find((strange) => !strange.record.isBlank) ?? first;
    // Blank lines before the end are none of the table's rows.
    if (isEnd && bad.record.isBlank) {
      this.#strange = [];
      return;
    }
    const { record, cells } = isEnd ? bad : first;
    this.#refuseWidth(record, cells);
  }

  #refuseWidth(record: TextRecord, cells: readonly string[]): never {
    const { header, rows } = this.#raw!;
    const problem = cells.length > header.length ? "too many" : "too few";
    const at = Math.min(cells.length, header.length) - 1;
    throw new DataError(
      `${this.#path}, line ${record.line}: ${problem} fields, ${cells.length} instead of ${header.length}; the last that fits is column ${quote(header[at]!)}, cell ${quote(cells[at]!)}.${rows === 0 && this.#dialect!.hasHeader ? ` Where the names above are at fault, not the rows, read without them: --skip ${record.line - 1} --no-header (options \`skip\`, \`header: false\`).` : ""}`,
      { received: cells.length, expected: header.length },
    );
  }
}

/**
 * Reads a table from a text that is all there.
 * @param path what complaints call it.
 */
export function readTextTable(path: string, text: string, options: TextTableOptions = {}): ReadTable {
  const table = new TextTable(path, options);
  table.push(text.replace(/^\uFEFF/, ""));
  return complete(table.finish());
}
