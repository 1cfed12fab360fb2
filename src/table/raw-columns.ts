import { isTimeName } from "../calendar/find-dates.js";
import { layoutsLike } from "../calendar/layouts-like.js";
import { DataError } from "../errors.js";
import { blockWidth } from "./block-width.js";
import { quote, type TableOptions, unknownColumn } from "./table.js";

/** What one file format makes of a cell. */
export interface CellFormat<Cell> {
  /** How a row is counted: the lines of a text, or the rows of a binary file. */
  readonly counts: "line" | "row";
  /** Where the column names are, for complaints; empty when they have no place. */
  readonly header: string;
  /** The cell as a text, as it stands in dates and ids; empty for none. */
  text(cell: Cell): string;
  /** The cell as a complaint shows it. */
  show(cell: Cell): string;
  /** NaN for a gap, undefined for what is no number; left out where numbers are texts, whose format is guessed. */
  number?(cell: Cell): number | undefined;
  /** Milliseconds since 1970 of a cell that is a moment by its type; undefined for any other. */
  moment?(cell: Cell): number | undefined;
  /** What to do about a cell that is no number. */
  numberHint?(cell: Cell): string;
}

/** One column as it was read. */
export interface RawColumn<Cell> {
  readonly name: string;
  readonly index: number;
  cells: Cell[] | undefined;
}

/** Rows after which columns nobody asked for, and that cannot say when or which series, are let go. */
const LOOKED_AT = 256;
/** Of texts that may say which series a row is of, the first few are kept. */
const MOST_TEXTS = 8;

/** Gathers rows into columns of cells. What the cells mean is asked when all are there. */
export class RawColumns<Cell> {
  readonly path: string;
  readonly options: TableOptions;
  readonly format: CellFormat<Cell>;
  readonly columns: RawColumn<Cell>[] = [];
  /** The line or row each row begins in, from 1. */
  lines = new Int32Array(1024);
  /** The lines of the cells of a record that spans several. */
  readonly spread = new Map<number, (cell: number) => number>();
  rows = 0;
  readonly #late: Cell;

  /** @param late what stands in the rows before a column is first heard of. */
  constructor(path: string, options: TableOptions, format: CellFormat<Cell>, late: Cell) {
    this.path = path;
    this.options = options;
    this.format = format;
    this.#late = late;
  }

  get header(): readonly string[] {
    return this.columns.map(({ name }) => name);
  }

  declare(name: string): void {
    const isDropped = this.rows >= LOOKED_AT && !this.#isAsked(name) && this.options.columns !== undefined;
    const cells = isDropped ? undefined : new Array<Cell>(this.rows).fill(this.#late);
    this.columns.push({ name, index: this.columns.length, cells });
  }

  /** The names a user gave for when. */
  get dateNames(): readonly string[] {
    const { date } = this.options;
    if (date === undefined || date === false) return [];
    if (typeof date !== "string") return date;
    return this.#several(date);
  }

  /** The names a user gave for which series. */
  get idNames(): readonly string[] {
    const { id } = this.options;
    return id === undefined ? [] : this.#several(id);
  }

  /** `Date,Time` are two columns, unless one is called so. */
  #several(names: string): readonly string[] {
    return this.columns.some(({ name }) => name === names) || !names.includes(",")
      ? [names]
      : names.split(",").map((name) => name.trim());
  }

  #isAsked(name: string): boolean {
    const { columns } = this.options;
    return columns?.includes(name) === true || this.idNames.includes(name) || this.dateNames.includes(name);
  }

  /** @throws DataError when a column that was asked for is not among those declared. */
  checkColumns(): void {
    const { columns, wide } = this.options;
    // Of a wide table the names come later.
    if (wide === true) return;
    for (const name of [...this.dateNames, ...this.idNames, ...(columns ?? [])]) this.find(name);
    const asked = this.columns.filter(({ name }) => this.#isAsked(name) || columns === undefined);
    const twice = asked.find(({ name, index }) =>
      this.columns.some((other) => other.name === name && other.index < index),
    );
    if (twice !== undefined)
      throw new DataError(
        `${this.path}${this.format.header}: two columns are called ${quote(twice.name)}.${
          blockWidth(this.header) === undefined
            ? ""
            : " The names repeat from block to block: --wide (option `wide`) reads the blocks one below the other."
        }`,
      );
  }

  find(name: string): RawColumn<Cell> {
    const column = this.columns.find((other) => other.name === name);
    if (column === undefined) throw unknownColumn(this.path, this.format.header, name, this.header);
    return column;
  }

  /** @param row one cell for each column declared. @param at its line or number, from 1. */
  add(row: readonly Cell[], at: number, lineOf?: (cell: number) => number): void {
    for (const column of this.columns) column.cells?.push(row[column.index]!);
    if (this.rows === this.lines.length) {
      const longer = new Int32Array(2 * this.lines.length);
      longer.set(this.lines);
      this.lines = longer;
    }
    this.lines[this.rows] = at;
    if (lineOf !== undefined) this.spread.set(this.rows, lineOf);
    this.rows++;
    if (this.rows === LOOKED_AT) this.#letGo();
  }

  /** Where a cell stands, for complaints. */
  lineOf(row: number, column: number): number {
    return this.spread.get(row)?.(column) ?? this.lines[row]!;
  }

  /** Leaves out the last rows. */
  cut(rows: number): void {
    this.rows = rows;
    for (const { cells } of this.columns) if (cells !== undefined) cells.length = rows;
  }

  /** Leaves all rows but these, in their order. */
  keep(rows: readonly number[]): void {
    const spread = rows.map((row) => this.spread.get(row));
    this.spread.clear();
    spread.forEach((lineOf, row) => {
      if (lineOf !== undefined) this.spread.set(row, lineOf);
    });
    this.lines = Int32Array.from(rows, (row) => this.lines[row]!);
    for (const column of this.columns) column.cells = column.cells && rows.map((row) => column.cells![row]!);
    this.rows = rows.length;
  }

  /** @throws DataError, one line with file, line or row, column and cell. */
  fail(
    row: number,
    column: Pick<RawColumn<Cell>, "name" | "index">,
    cell: Cell,
    problem: string,
    hint: string,
  ): never {
    const { counts, show } = this.format;
    throw new DataError(
      `${this.path}, ${counts} ${this.lineOf(row, column.index)}, column ${quote(column.name)}: ${show(cell)} ${problem}. ${hint}`.trimEnd(),
      { received: cell },
    );
  }

  /** Years with a fraction and clocks with points look like any number: their place or their name tells. */
  #maySayWhen({ name, index }: RawColumn<Cell>): boolean {
    return index === 0 || isTimeName(name);
  }

  #letGo(): void {
    if (this.options.columns === undefined || this.options.wide === true) return;
    let texts = 0;
    for (const column of this.columns) {
      if (this.#isAsked(column.name) || column.cells === undefined || this.#maySayWhen(column)) continue;
      const cells = column.cells.map((cell) => this.format.text(cell)).filter((text) => text !== "");
      if (cells.length === 0) column.cells = undefined;
      else if (cells.some((text) => layoutsLike(text) !== undefined || /^\d{1,4}(?:[:h]\d\d.*)?$/.test(text)))
        continue;
      else if (cells.some((text) => !/^[-+\d.,eE\s]*$/.test(text)) && texts++ < MOST_TEXTS) continue;
      else column.cells = undefined;
    }
  }
}
