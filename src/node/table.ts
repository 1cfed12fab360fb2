import { DataError } from "../errors.js";
import { nearest } from "../options.js";

export interface TableOptions {
  /** The columns to read as numbers. Default: all but the date and the id column. */
  readonly columns?: readonly string[];
  /** The column that says when. Default: the first column (but for `id`), if its first cell is a date and no number. */
  readonly date?: string;
  /** The column that says which series a row belongs to, where one file holds several. */
  readonly id?: string;
}

/** A file of numbers: named float64 columns, gaps as NaN. */
export interface Table {
  readonly path: string;
  readonly columns: Record<string, Float64Array>;
  /** The cells of the date column as written, if there is one. */
  readonly dates?: string[];
  /**
   * The same as numbers that never decrease (within each id): milliseconds since 1970, or the cells themselves when they
   * are numbers.
   */
  readonly times?: Float64Array;
  /** The name of the id column, if one was asked for. */
  readonly id?: string;
  /** Which series each row belongs to. */
  readonly ids?: string[];
  readonly rows: number;
  /** How many gaps each column has. */
  readonly gaps: Record<string, number>;
}

/** What one file format makes of a cell. */
export interface CellFormat<Cell> {
  /** How a row is counted: the lines of a text, or the rows of a binary file. */
  readonly counts: "line" | "row";
  /** Where the column names are, for complaints; empty when they have no place. */
  readonly header: string;
  /** NaN for a gap, undefined for what is no number. */
  number(cell: Cell): number | undefined;
  /** `numeric` where the column's times are plain numbers, which its first row settles. */
  time(cell: Cell, numeric: boolean): number | undefined;
  isNumeric(cell: Cell): boolean;
  /** The cell as it stands in `dates` and `ids`; empty for none. */
  text(cell: Cell): string;
  /** The cell as a complaint shows it. */
  show(cell: Cell): string;
  /** What to do about a cell that is no number, or no date. */
  numberHint(cell: Cell): string;
  readonly dateHint: string;
}

/** Longer cells are cut in messages, which stay on one line. */
const SHOWN_LENGTH = 40;

/** A text in quotes, short enough for a message. */
export const quote = (text: string): string =>
  JSON.stringify(text.length > SHOWN_LENGTH ? `${text.slice(0, SHOWN_LENGTH)}…` : text);

/** @param place such as `, line 1`. */
export function unknownColumn(
  path: string,
  place: string,
  name: string,
  known: readonly string[],
): DataError {
  const near = nearest(name, known);
  return new DataError(
    `${path}${place}: there is no column ${quote(name)}.${near === undefined ? "" : ` Did you mean ${quote(near)}?`} Columns: ${known.join(", ")}.`,
    { received: name, expected: known },
  );
}

interface DateColumn {
  readonly index: number;
  readonly name: string;
  readonly numeric: boolean;
  readonly cells: string[];
  readonly times: number[];
}

interface NumberColumn {
  readonly index: number;
  readonly name: string;
  readonly values: number[];
  gaps: number;
}

/** Gathers rows into columns; every complaint is one line with file, line or row, column and cell. */
export class TableBuilder<Cell> {
  readonly #path: string;
  readonly #options: TableOptions;
  readonly #format: CellFormat<Cell>;
  readonly #header: string[] = [];
  #wanted: NumberColumn[] = [];
  #date: DateColumn | undefined;
  #id: { index: number; name: string; cells: string[] } | undefined;
  /** The row before of each id, which a date may not go back behind. */
  readonly #before = new Map<string, { time: number; cell: string }>();
  #rows = 0;

  constructor(path: string, options: TableOptions, format: CellFormat<Cell>) {
    this.#path = path;
    this.#options = options;
    this.#format = format;
  }

  get header(): readonly string[] {
    return this.#header;
  }

  /** One more column, which is a gap in the rows that came before it. */
  declare(name: string): void {
    this.#header.push(name);
    if (this.#rows === 0) return;
    const values = new Array<number>(this.#rows).fill(Number.NaN);
    this.#wanted.push({ index: this.#header.length - 1, name, values, gaps: this.#rows });
  }

  /** @throws DataError when a column that was asked for is not among those declared. */
  checkColumns(): void {
    const { columns, date, id } = this.#options;
    for (const name of [date, id, ...(columns ?? [])]) if (name !== undefined) this.#find(name);
  }

  /** @param row one cell for each column declared. @param at its number, from 1. */
  add(row: readonly Cell[], at: number): void {
    if (this.#rows === 0) this.#chooseColumns(row);
    const id = this.#readId(row, at);
    this.#readDate(row, at, id);
    for (const column of this.#wanted) {
      const cell = row[column.index]!;
      const value = this.#format.number(cell);
      if (value === undefined)
        throw this.#cellError(at, column.name, cell, "is not a number", this.#format.numberHint(cell));
      if (Number.isNaN(value)) column.gaps++;
      column.values.push(value);
    }
    this.#rows++;
  }

  finish(): Table {
    if (this.#rows === 0) throw new DataError(`${this.#path}: has column names but no data rows.`);
    const date = this.#date;
    const id = this.#id;
    return {
      path: this.#path,
      columns: Object.fromEntries(this.#wanted.map(({ name, values }) => [name, Float64Array.from(values)])),
      ...(date === undefined ? {} : { dates: date.cells, times: Float64Array.from(date.times) }),
      ...(id === undefined ? {} : { id: id.name, ids: id.cells }),
      rows: this.#rows,
      gaps: Object.fromEntries(this.#wanted.map(({ name, gaps }) => [name, gaps])),
    };
  }

  #find(name: string): number {
    const index = this.#header.indexOf(name);
    if (index < 0) throw unknownColumn(this.#path, this.#format.header, name, this.#header);
    return index;
  }

  /** What only the first row can settle: whether the first column is a date, and so which columns are numbers. */
  #chooseColumns(row: readonly Cell[]): void {
    const { columns, id } = this.#options;
    if (id !== undefined) this.#id = { index: this.#find(id), name: id, cells: [] };
    const name = this.#options.date ?? this.#guessDate(row);
    if (name !== undefined) {
      const index = this.#find(name);
      this.#date = { index, name, numeric: this.#format.isNumeric(row[index]!), cells: [], times: [] };
    }
    const names = columns ?? this.#header.filter((column) => column !== name && column !== id);
    this.#wanted = names.map((column) => ({ index: this.#find(column), name: column, values: [], gaps: 0 }));
  }

  #guessDate(row: readonly Cell[]): string | undefined {
    const { columns, id } = this.#options;
    const index = this.#header.findIndex((column) => column !== id);
    const name = this.#header[index];
    if (name === undefined || columns?.includes(name) === true) return undefined;
    const cell = row[index]!;
    return !this.#format.isNumeric(cell) && this.#format.time(cell, false) !== undefined ? name : undefined;
  }

  #readId(row: readonly Cell[], at: number): string {
    if (this.#id === undefined) return "";
    const cell = row[this.#id.index]!;
    const text = this.#format.text(cell);
    if (text === "")
      throw this.#cellError(at, this.#id.name, cell, "is no id", "Every row must say which series it is of.");
    this.#id.cells.push(text);
    return text;
  }

  #readDate(row: readonly Cell[], at: number, id: string): void {
    const date = this.#date;
    if (date === undefined) return;
    const cell = row[date.index]!;
    const time = this.#format.time(cell, date.numeric);
    if (time === undefined || !Number.isFinite(time)) {
      const hint = date.numeric ? "The first row has a number here." : this.#format.dateHint;
      throw this.#cellError(at, date.name, cell, "is not a date", hint);
    }
    const before = this.#before.get(id);
    if (before !== undefined && time < before.time) {
      const [where, hint] =
        this.#id === undefined
          ? ["", "Sort the rows by date, or name the id column if the file holds several series."]
          : [` of ${quote(id)}`, "Sort the rows of each id by date."];
      throw this.#cellError(
        at,
        date.name,
        cell,
        `goes back behind ${quote(before.cell)} in the row before${where}`,
        hint,
      );
    }
    const text = this.#format.text(cell);
    this.#before.set(id, { time, cell: text });
    date.cells.push(text);
    date.times.push(time);
  }

  #cellError(at: number, column: string, cell: Cell, problem: string, hint: string): DataError {
    const { counts } = this.#format;
    return new DataError(
      `${this.#path}, ${counts} ${at}, column ${quote(column)}: ${this.#format.show(cell)} ${problem}. ${hint}`,
      { received: cell },
    );
  }
}
