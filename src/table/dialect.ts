import { layoutsLike } from "../calendar/layouts-like.js";
import { plainNumber } from "./numbers.js";
import { RecordSplitter, type TextRecord } from "./records.js";

/** How a text holds a table. */
export interface Dialect {
  readonly delimiter: string;
  /** Lines above the table. */
  readonly skip: number;
  /** What begins a line that says something about the table; empty for nothing. */
  readonly comment: string;
  readonly hasHeader: boolean;
  /** The names, where a comment holds them: `# date,value`. */
  readonly notes: readonly string[];
  /** Lines below the names that name units. */
  readonly unitLines: number;
  /** How many cells most lines have. */
  readonly width: number;
}

export interface DialectOptions {
  readonly delimiter?: string | undefined;
  /** Lines to leave out at the top. */
  readonly skip?: number | undefined;
  /** What begins lines to leave out; empty: none are. */
  readonly comment?: string | undefined;
  readonly header?: boolean | undefined;
}

const DELIMITERS = [",", ";", "\t", "|"] as const;
const COMMENTS = ["#", "%", "//", "!"] as const;
/** Lines that tell how a table is written. */
const LOOKED_AT = 200;

function recordsOf(text: string, delimiter: string): TextRecord[] {
  const records: TextRecord[] = [];
  const splitter = new RecordSplitter({ path: "", delimiter }, (record) => {
    if (records.length < LOOKED_AT) records.push(record);
  });
  splitter.push(text);
  try {
    splitter.end();
  } catch {
    // The sample ends within quotes.
  }
  return records;
}

const isBlank = (line: string): boolean => line.trim() === "";

/** The width most records have, and how many have it. */
function modal(records: readonly TextRecord[]): { width: number; share: number } {
  const counts = new Map<number, number>();
  for (const { cells, isBlank: blank } of records)
    if (!blank) counts.set(cells.length, (counts.get(cells.length) ?? 0) + 1);
  const [width = 1, count = 0] = [...counts].sort((a, b) => b[1] - a[1] || b[0] - a[0])[0] ?? [];
  const all = [...counts.values()].reduce((a, b) => a + b, 0);
  return { width, share: all === 0 ? 0 : count / all };
}

/** The delimiter that cuts most lines into the same number of cells, more than one. */
function guessDelimiter(text: string, comment: string): string {
  let best = { delimiter: ",", score: 0 };
  for (const delimiter of [...DELIMITERS, " "]) {
    const records = recordsOf(text, delimiter).filter(
      ({ cells }) => comment === "" || !cells[0]!.trimStart().startsWith(comment),
    );
    const { width, share } = modal(records);
    if (width < 2) continue;
    // Blanks stand within texts and dates too: they part cells only where nothing else does, and evenly.
    const isEven = share >= 0.9 || records.slice(1).every(({ cells }) => cells.every(isNumberOrNone));
    if (delimiter === " " && (best.score > 0 || !isEven || !partsNumbers(records, width))) continue;
    // A decimal comma is as regular as a delimiter: cells cut at one are shorter numbers; the header has none.
    const [head] = records.filter(({ cells, isBlank: blank }) => !blank && cells.length > 0);
    const fitsHead = head === undefined || head.cells.length === width;
    // Rows whose commas are all decimal are cut elsewhere, even where lines above the table have commas of their own.
    const isDecimal = delimiter !== "," && share >= 0.9 && hasDecimalCommas(records, width);
    const score = (isDecimal ? 1.2 : fitsHead ? 1 : 0.5) * share * (1 + Math.min(width, 20) / 100);
    if (score > best.score + 1e-9) best = { delimiter, score };
  }
  return best.delimiter;
}

/** Whether the rows have commas, all of them between the digits of a number that fills its cell. */
function hasDecimalCommas(records: readonly TextRecord[], width: number): boolean {
  const rows = records.filter(({ cells }) => cells.length === width).slice(1);
  const commas = rows.flatMap(({ cells }) => cells.filter((cell) => cell.includes(",")));
  return commas.length >= 0.9 * rows.length && commas.every((cell) => /^\s*[+-]?[\d.]*\d,\d+\s*$/.test(cell));
}

const isNumberOrNone = (cell: string): boolean => cell.trim() === "" || plainNumber(cell) !== undefined;

const partsNumbers = (records: readonly TextRecord[], width: number): boolean =>
  records
    .slice(1)
    .some(({ cells }) => cells.length === width && cells.some((cell) => plainNumber(cell) !== undefined));

const isValue = (cell: string): boolean => {
  const text = cell.trim();
  return plainNumber(text) !== undefined || layoutsLike(text) !== undefined || /^[+-]?\d+,\d+$/.test(text);
};

/** A time of day: no name of a column where a date stands beside it. */
const isClock = (cell: string): boolean => /^\d{1,2}:\d{2}(?::\d{2})?$/.test(cell.trim());

/** What stands in a row where nothing was measured; alone, no name. */
const isGapWord = (cell: string): boolean => /^(?:nan|na|n\/a|null|-+|\?|\*+|\.+)$/i.test(cell.trim());

/** Whether a record names columns: a text stands above numbers, and not all of it are values. */
function looksLikeHeader(head: TextRecord, body: readonly TextRecord[]): boolean {
  const cells = head.cells.map((cell) => cell.trim());
  const filled = cells.filter((cell) => cell !== "");
  if (filled.length === 0) return false;
  // pandas leaves the name of its index empty: above `2024-01-01,5`, `,0` is names.
  const isIndexed =
    cells[0] === "" && body.length > 1 && body.every(({ cells: row }) => row[0]?.trim() !== "");
  if (isIndexed && filled.length === cells.length - 1) return true;
  const isRow =
    filled.every((cell) => isValue(cell) || isGapWord(cell) || isClock(cell)) && filled.some(isValue);
  if (!isRow) {
    // `2024-01-01,5` with a text beside it: as much a row as the others, when a number stands where a name should.
    const values = cells.map(
      (cell, c) =>
        isValue(cell) &&
        body.every(({ cells: row }) => row[c] === undefined || row[c]!.trim() === "" || isValue(row[c]!)),
    );
    const texts = cells.map(
      (cell, c) => !isValue(cell) && cell !== "" && body.some(({ cells: row }) => row[c]?.trim() === cell),
    );
    return !(
      values.some(Boolean) && cells.every((cell, c) => values[c] === true || texts[c] === true || cell === "")
    );
  }
  // Tools without names number the columns: `0,1,2`.
  const isCount = filled.length > 1 && filled.every((cell, i) => Number(cell) === i + Number(filled[0]));
  const goesOn = body[0]?.cells.every((cell, i) => Number(cell) === i + Number(body[0]!.cells[0]));
  return isCount && Number(filled[0]) < 2 && goesOn !== true;
}

/** More lines than these above a table are a table themselves. */
const MOST_TITLES = 30;

/** Lines above a table of which some are as wide as the table: a title with a comma, names over several columns. */
function titlesAbove(body: readonly TextRecord[], width: number): number {
  const isRow = ({ cells }: TextRecord): boolean => cells.length === width && cells.some(isValue);
  const first = body.findIndex((record, i) => [record, body[i + 1], body[i + 2]].every((r) => r && isRow(r)));
  const top = body.slice(0, first);
  const isTitle = ({ cells }: TextRecord): boolean => cells.filter(isValue).length < 2 || cells.length === 1;
  if (first < 2 || first > MOST_TITLES || !top.slice(0, -1).every(isTitle)) return 0;
  // The line before the rows has the names, whatever its width.
  const odd = top.slice(0, -1).findLastIndex(({ cells }) => cells.length !== width);
  let head = odd + 1;
  const filled = ({ cells }: TextRecord): number => cells.filter((cell) => cell.trim() !== "").length;
  // Names that span several columns leave more cells empty than those below them.
  while (
    head + 1 < first &&
    filled(top[head + 1]!) > filled(top[head]!) &&
    !top[head + 1]!.cells.some(isValue)
  )
    head++;
  return head === 0 ? 0 : top[head - 1]!.line;
}

/** A line of units: texts under every name, where the rows below have numbers. */
function isUnits(record: TextRecord | undefined, body: readonly TextRecord[], width: number): boolean {
  if (record === undefined || record.isBlank || body.length < 2 || width < 2) return false;
  const texts = record.cells.map((cell) => cell.trim());
  if (
    texts.length !== width ||
    texts.every((cell) => cell === "") ||
    texts.some((cell) => cell !== "" && isValue(cell))
  )
    return false;
  if (!texts.some((cell) => /^[[(].*[\])]$/.test(cell)) && texts.some((cell) => cell.length > 20))
    return false;
  const numeric = texts.map((_, c) =>
    body.slice(0, 10).every(({ cells }) => isValue(cells[c] ?? "") || (cells[c] ?? "").trim() === ""),
  );
  const known = texts.map((cell) => /^(?:na|n\/a|nan|null|none|-|\?|\.)$/i.test(cell));
  return numeric.every((yes, c) => yes || texts[c] === "") && !known.some(Boolean);
}

/**
 * Tells from the beginning of a text how it holds its table; what a user said is not asked again.
 * @param text whole lines from the beginning.
 */
export function guessDialect(text: string, options: DialectOptions): Dialect {
  const notes: string[] = [];
  let { delimiter, comment } = options;
  let skip = options.skip ?? 0;
  const lines = text.split(/\r\n|\n|\r/, LOOKED_AT);
  const sep = /^"?sep=(.)"?\s*$/i.exec(lines[skip] ?? "");
  if (sep !== null) {
    skip++;
    delimiter ??= sep[1]!;
    notes.push(`the line ${JSON.stringify(lines[skip - 1])} names the delimiter`);
  }
  const top = lines.slice(skip).find((line) => !isBlank(line)) ?? "";
  if (comment === undefined) comment = COMMENTS.find((mark) => top.trimStart().startsWith(mark)) ?? "";
  const below = lines.slice(skip).join("\n");
  const wasGuessed = delimiter === undefined;
  delimiter ??= guessDelimiter(below, comment);
  const records = recordsOf(below, delimiter);
  const isComment = ({ cells }: TextRecord): boolean =>
    comment !== "" && cells[0]!.trimStart().startsWith(comment!);
  const body = records.filter((record) => !record.isBlank && !isComment(record));
  const { width } = modal(body);
  // Names may stand in the last comment: `# date,value`.
  const comments = records.filter((record) => isComment(record) && !record.isBlank);
  const lastTop = comments.filter(({ line }) => line < (body[0]?.line ?? 0)).at(-1);
  const commentNames =
    lastTop !== undefined &&
    lastTop.cells.length === width &&
    width > 1 &&
    body[0] !== undefined &&
    !looksLikeHeader(body[0], body.slice(1, 20))
      ? lastTop
      : undefined;
  if (commentNames !== undefined && options.comment === undefined) {
    return {
      delimiter,
      skip: skip + commentNames.line - 1,
      comment: "",
      hasHeader: true,
      unitLines: 0,
      width,
      notes: [
        ...notes,
        `names taken from line ${skip + commentNames.line}, behind ${JSON.stringify(comment)}`,
      ],
    };
  }
  // What stands above the table is narrower than the table.
  let above = 0;
  if (options.skip === undefined && width > 1) {
    const first = body.findIndex(({ cells }) => cells.length > Math.max(1, width / 2));
    const rest = body.slice(Math.max(0, first)).filter(({ cells }) => cells.length === width);
    if (first > 0 && rest.length > 2) above = body[first]!.line - 1;
  }
  if (options.skip === undefined && width > 1) above = Math.max(above, titlesAbove(body, width));
  // A title with commas in it, above one column of numbers.
  const [title, ...numbers] = body;
  if (
    options.skip === undefined &&
    width === 1 &&
    title !== undefined &&
    title.cells.length > 1 &&
    numbers.length > 2 &&
    numbers.every(({ cells }) => cells.length === 1 && isValue(cells[0]!))
  )
    above = numbers[0]!.line - 1;
  const table = body.filter(({ line }) => line > above);
  const head = table[0];
  const hasHeader = options.header ?? (head === undefined || looksLikeHeader(head, table.slice(1, 20)));
  const unitLines = hasHeader && isUnits(table[1], table.slice(2), width) ? 1 : 0;
  if (wasGuessed && delimiter !== ",") notes.push(`cells are parted by ${nameOf(delimiter)}`);
  if (comments.length > 0 && options.comment === undefined)
    notes.push(`lines that begin with ${JSON.stringify(comment)} left out`);
  if (above > 0) notes.push(`${above === 1 ? "1 line" : `${above} lines`} above the table left out`);
  if (options.header === undefined && !hasHeader)
    notes.push("the first line holds values, no names: columns are called column_1, column_2, …");
  if (unitLines > 0) notes.push(`line ${skip + table[1]!.line}, with units, left out`);
  return { delimiter, skip: skip + above, comment, hasHeader, unitLines, width, notes };
}

const nameOf = (delimiter: string): string =>
  delimiter === "\t" ? "tabs" : delimiter === " " ? "blanks" : JSON.stringify(delimiter);
