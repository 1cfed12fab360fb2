import { DataError } from "../errors.js";

/** A longer line, or a quoted cell over more lines than this, is no table. */
const LONGEST_RECORD = 16_777_216;

/** One row of a text as its cells say it, untrimmed. */
export interface TextRecord {
  readonly cells: readonly string[];
  /** The line each cell begins in, 1-based; a record without line breaks has one for all. */
  readonly lineOf: (cell: number) => number;
  /** The line the record begins in. */
  readonly line: number;
  /** Whether nothing but blanks stands in it. */
  readonly isBlank: boolean;
}

/** A line or a record, before anyone has looked into it. */
export type Sink = (record: TextRecord) => void;

export interface RecordOptions {
  readonly path: string;
  /** One character, or a blank for runs of blanks and tabs. */
  readonly delimiter: string;
}

/**
 * Cuts text that comes in pieces into records, as RFC 4180 has them: cells in quotes may hold delimiters, line breaks and
 * doubled quotes. Lines end in LF, CRLF or CR alone. Written here, not taken from a package, because an error must name
 * the line its cell stands in, and because a million rows are to take a second; the cost is linear in the text.
 */
export class RecordSplitter {
  readonly #path: string;
  readonly #delimiter: string;
  readonly #sink: Sink;
  #rest = "";
  /** What of `#rest` holds no line end. */
  #scanned = 0;
  #line = 1;
  /** A record that a quote keeps open over the end of its line. */
  #open: { cells: string[]; lines: number[]; text: string; startLine: number; quoteLine: number } | undefined;

  constructor({ path, delimiter }: RecordOptions, sink: Sink) {
    this.#path = path;
    this.#delimiter = delimiter;
    this.#sink = sink;
  }

  push(chunk: string): void {
    const text = this.#rest + chunk;
    let at = 0;
    let search = this.#scanned;
    let lf = text.indexOf("\n", search);
    let cr = text.indexOf("\r", search);
    for (;;) {
      if (lf >= 0 && lf < search) lf = text.indexOf("\n", search);
      if (cr >= 0 && cr < search) cr = text.indexOf("\r", search);
      const end = lf < 0 ? cr : cr < 0 ? lf : Math.min(lf, cr);
      // A CR at the end may be half of a CRLF.
      if (end < 0 || (end === cr && cr === text.length - 1)) break;
      this.#endLine(text.slice(at, end));
      at = end === cr && lf === cr + 1 ? end + 2 : end + 1;
      search = at;
    }
    this.#rest = text.slice(at);
    this.#scanned = this.#rest.endsWith("\r") ? this.#rest.length - 1 : this.#rest.length;
    if (this.#rest.length > LONGEST_RECORD) this.#refuseLength();
  }

  end(): void {
    const rest = this.#rest.endsWith("\r") ? this.#rest.slice(0, -1) : this.#rest;
    this.#rest = "";
    if (rest !== "") this.#endLine(rest);
    if (this.#open !== undefined) {
      throw new DataError(
        `${this.#path}, line ${this.#open.quoteLine}: a quote (") is opened and never closed. Close it, or double quotes that belong to a text.`,
      );
    }
  }

  #refuseLength(): never {
    throw new DataError(
      `${this.#path}, line ${this.#line}: goes on for more than ${LONGEST_RECORD / 1_048_576} MiB without an end, which no table does.`,
    );
  }

  #endLine(line: string): void {
    const number = this.#line++;
    if (this.#open === undefined && !line.includes('"')) {
      const cells = this.#delimiter === " " ? splitBlanks(line) : line.split(this.#delimiter);
      this.#sink({
        cells,
        lineOf: () => number,
        line: number,
        isBlank: cells.length === 1 && cells[0]!.trim() === "",
      });
    } else this.#quoted(line, number);
  }

  /** A line with quotes in it, or within a quoted cell. */
  #quoted(line: string, number: number): void {
    const delimiter = this.#delimiter;
    const isBlank = delimiter === " ";
    const record = this.#open ?? { cells: [], lines: [], text: "", startLine: number, quoteLine: 0 };
    let at = 0;
    if (this.#open !== undefined) {
      const end = closingQuote(line, 0);
      record.text += `\n${end < 0 ? line : line.slice(0, end)}`;
      if (record.text.length > LONGEST_RECORD) this.#refuseLength();
      if (end < 0) return;
      record.cells.push(record.text.replaceAll('""', '"'));
      record.lines.push(record.quoteLine);
      at = afterCell(line, end + 1, delimiter);
      this.#open = undefined;
    }
    while (at <= line.length) {
      let start = at;
      while (start < line.length && (line[start] === " " || (isBlank && line[start] === "\t"))) start++;
      if (isBlank && start >= line.length) break;
      if (line[start] === '"') {
        const end = closingQuote(line, start + 1);
        if (end < 0) {
          this.#open = { ...record, text: line.slice(start + 1), quoteLine: number };
          return;
        }
        record.cells.push(line.slice(start + 1, end).replaceAll('""', '"'));
        at = afterCell(line, end + 1, delimiter);
      } else {
        const end = isBlank ? nextBlank(line, start) : line.indexOf(delimiter, at);
        record.cells.push(line.slice(isBlank ? start : at, end < 0 ? line.length : end));
        at = end < 0 ? line.length + 1 : end + 1;
      }
      record.lines.push(number);
    }
    const { cells, lines, startLine } = record;
    this.#sink({
      cells,
      lineOf: (cell) => lines[cell] ?? startLine,
      line: startLine,
      isBlank: cells.length === 1 && cells[0]!.trim() === "",
    });
  }
}

function splitBlanks(line: string): string[] {
  const text = line.trim();
  return text === "" ? [""] : text.split(/[ \t]+/);
}

function nextBlank(line: string, from: number): number {
  const space = line.indexOf(" ", from);
  const tab = line.indexOf("\t", from);
  return space < 0 ? tab : tab < 0 ? space : Math.min(space, tab);
}

/** Where a quoted text ends: a quote that is not doubled; -1 where the line ends first. */
function closingQuote(line: string, from: number): number {
  let at = line.indexOf('"', from);
  while (at >= 0 && line[at + 1] === '"') at = line.indexOf('"', at + 2);
  return at;
}

/** Behind the delimiter after a quoted cell, or behind the line's end. */
function afterCell(line: string, from: number, delimiter: string): number {
  const end = delimiter === " " ? nextBlank(line, from) : line.indexOf(delimiter, from);
  return end < 0 ? line.length + 1 : end + 1;
}
