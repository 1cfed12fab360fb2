import { findDates, joinNamed } from "../calendar/find-dates.js";
import type { NamedLayout } from "../calendar/layout-named.js";
import { layoutsLike } from "../calendar/layouts-like.js";
import { type Dates, datesInSlices, type NoDates } from "../calendar/read-dates.js";
import { plainNumber } from "./numbers.js";
import type { RawColumn, RawColumns } from "./raw-columns.js";

/** When the rows of a table are, in the order of the file. */
export interface When {
  readonly columns: readonly { readonly name: string; readonly index: number }[];
  readonly texts: string[];
  readonly times: Float64Array;
  /** Left out where the cells are plain numbers. */
  readonly dates: Dates | undefined;
}

/** Rows that are enough to tell what a column holds. */
const SAMPLE = 256;
const SLICE = 8192;
const MIDNIGHT = "T00:00:00Z";

function sampleOf<Cell>(raw: RawColumns<Cell>, { cells }: RawColumn<Cell>): string[] {
  const first = (cells ?? []).slice(0, SAMPLE);
  return first.map((cell) => raw.format.text(cell));
}

interface Place<Cell> {
  readonly columns: readonly RawColumn<Cell>[];
  readonly text: (cells: readonly string[]) => string;
  readonly isNumber: boolean;
  readonly isTotal?: ((cells: readonly string[]) => boolean) | undefined;
}

/** Where the table says when; undefined where it does not. */
function placeOf<Cell>(raw: RawColumns<Cell>): Place<Cell> | undefined {
  const { options } = raw;
  if (options.date === false) return undefined;
  const names = raw.dateNames;
  if (names.length > 0) {
    const columns = names.map((name) => raw.find(name));
    return {
      columns,
      text: joinNamed(
        names,
        columns.map((column) => sampleOf(raw, column)),
      ),
      isNumber: false,
    };
  }
  const taken = new Set<number>();
  const empty = new Set<number>();
  for (const { name, index, cells } of raw.columns) {
    if (options.columns?.includes(name) === true || raw.idNames.includes(name)) taken.add(index);
    if (cells === undefined) empty.add(index);
  }
  const seen = raw.columns.map((column) => ({
    name: column.name,
    cells: empty.has(column.index) ? [] : sampleOf(raw, column),
  }));
  const found = findDates(seen, new Set([...taken, ...empty]));
  if (found === undefined) return undefined;
  return {
    columns: found.columns.map((index) => raw.columns[index]!),
    text: found.text,
    isNumber: found.isNumber,
    isTotal: found.isTotal,
  };
}

const TOTAL = /^(?:grand\s+)?(?:total|sum|summe|gesamt|average|mean|mittel(?:wert)?|somme|suma|totaal)\b/i;

/** Notes and totals below the table: rows at the end whose date is none, without a value or with a sum. */
function cutNotes<Cell>(
  raw: RawColumns<Cell>,
  texts: string[],
  { columns }: Place<Cell>,
  notes: string[],
): void {
  const wanted = raw.columns.filter(
    ({ name, cells, index }) =>
      cells !== undefined &&
      !columns.some((column) => column.index === index) &&
      (raw.options.columns === undefined || raw.options.columns.includes(name)),
  );
  const isNote = (row: number): boolean => {
    const text = texts[row]!;
    if (layoutsLike(text) !== undefined || plainNumber(text) !== undefined) return false;
    if (text !== "" && TOTAL.test(text)) return true;
    if (/\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}/.test(text) && text.length < 30) return false;
    return wanted.every(({ cells }) => raw.format.text(cells![row]!) === "");
  };
  let rows = raw.rows;
  while (rows > 1 && rows > raw.rows - 100 && isNote(rows - 1)) rows--;
  // Someone may have put all dates in a way nobody reads: that is for the complaint below.
  if (rows === raw.rows || layoutsLike(texts[0]!) === undefined) return;
  notes.push(
    `${raw.rows - rows === 1 ? "1 line" : `${raw.rows - rows} lines`} below the table left out, from ${raw.format.counts} ${raw.lines[rows]} on (${JSON.stringify(texts[rows]!.slice(0, 40))})`,
  );
  raw.cut(rows);
  texts.length = rows;
}

/** Lines below the names that are no rows, of a title, of units or of codes: more of them are no heading. */
const MOST_TOP = 20;

/** Leaves out rows at the top without a date and without a number. */
function cutTop<Cell>(
  raw: RawColumns<Cell>,
  texts: string[],
  { columns }: Place<Cell>,
  notes: string[],
): string[] {
  const others = raw.columns.filter(
    ({ index, cells }) => cells !== undefined && !columns.some((column) => column.index === index),
  );
  const isTop = (row: number): boolean =>
    texts[row] !== undefined &&
    layoutsLike(texts[row]!) === undefined &&
    plainNumber(texts[row]!) === undefined &&
    others.every(({ cells }) => plainNumber(raw.format.text(cells![row]!)) === undefined);
  let top = 0;
  while (top <= MOST_TOP && isTop(top)) top++;
  if (top === 0 || top > MOST_TOP || layoutsLike(texts[top] ?? "") === undefined) return texts;
  const { counts } = raw.format;
  notes.push(
    top === 1
      ? `${counts} ${raw.lines[0]}, which has neither a date nor a number, left out (${JSON.stringify(texts[0]!.slice(0, 40))})`
      : `${counts}s ${raw.lines[0]} to ${raw.lines[top - 1]}, which have neither dates nor numbers, left out`,
  );
  raw.keep(Array.from({ length: raw.rows - top }, (_, row) => row + top));
  return texts.slice(top);
}

/** Leaves out the rows of whole years among those of months or quarters. */
function cutTotals<Cell>(
  raw: RawColumns<Cell>,
  texts: string[],
  { columns, isTotal }: Place<Cell>,
  notes: string[],
): string[] {
  if (isTotal === undefined) return texts;
  const rows = texts.flatMap((_, row) =>
    isTotal(columns.map(({ cells }) => raw.format.text(cells![row]!))) ? [] : [row],
  );
  if (rows.length === texts.length || rows.length === 0) return texts;
  const kept = new Set(rows);
  const first = texts.findIndex((_, row) => !kept.has(row));
  notes.push(
    `${texts.length - rows.length} rows of whole years (M13, Q05) left out, the first in ${raw.format.counts} ${raw.lines[first]}`,
  );
  raw.keep(rows);
  return rows.map((row) => texts[row]!);
}

/** Periods of a calendar year, the finest first. */
const PERIODS = ["month", "quarter", "half", "year"] as const;

/**
 * Years, quarters and months in one column, as statistical offices write them below each other: the finest are read, the
 * others are sums of them. Undefined where the column holds anything else.
 */
function finestOf<Cell>(
  raw: RawColumns<Cell>,
  texts: readonly string[],
  notes: string[],
): string[] | undefined {
  const { id, series } = raw.options;
  if (id !== undefined && series === undefined) return undefined;
  const kinds: string[] = [];
  const counts = new Map<string, number>();
  for (const text of texts) {
    const kind = layoutsLike(text)?.layouts[0]?.resolution ?? "";
    if (!(PERIODS as readonly string[]).includes(kind)) return undefined;
    kinds.push(kind);
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  const finest = PERIODS.find((period) => counts.has(period));
  if (finest === undefined || counts.size < 2) return undefined;
  const rows = kinds.flatMap((kind, row) => (kind === finest ? [row] : []));
  const others = PERIODS.filter((period) => period !== finest && counts.has(period));
  const told = others.map(
    (period) => `${counts.get(period)} of ${period === "half" ? "halves" : `${period}s`}`,
  );
  notes.push(`rows of ${finest}s are read; ${told.join(" and ")} stand in the same column and are left out`);
  raw.keep(rows);
  return rows.map((row) => texts[row]!);
}

function complain<Cell>(
  raw: RawColumns<Cell>,
  place: Place<Cell>,
  problem: NoDates,
  given: NamedLayout | undefined,
): never {
  const [column] = place.columns;
  const cell = place.columns.length === 1 ? column!.cells![problem.row]! : (problem.cell as Cell);
  const show = place.columns.length === 1 ? undefined : JSON.stringify(problem.cell);
  if (problem.kind === "ambiguous") {
    const [a, b] = problem.orders;
    raw.fail(
      problem.row,
      column!,
      cell,
      `may be ${a} or ${b}, and every row fits both`,
      `Say which with --date-format ${JSON.stringify(a)} or --date-format ${JSON.stringify(b)} (option \`dateFormat\`).`,
    );
  }
  const below = (row: number): string =>
    place.text(place.columns.map(({ cells }) => raw.format.text(cells![row]!)));
  const next =
    raw.rows > 2 && [1, 2].every((row) => layoutsLike(below(row)) !== undefined) ? below(1) : undefined;
  const hint =
    given !== undefined && "layout" in given
      ? `Expected ${JSON.stringify(given.layout.spec)}.`
      : problem.row === 0 && next !== undefined
        ? `The rows below are dates, such as ${JSON.stringify(next)}: take this row out of the file${column!.index === 0 && raw.format.counts === "line" ? ` or leave it out with --comment ${JSON.stringify(raw.format.text(cell))}` : ""}, or say how dates are written with --date-format (option \`dateFormat\`).`
        : problem.row === 0
          ? 'Say how dates are written with --date-format, such as "DD.MM.YYYY HH:mm" (option `dateFormat`), or --date none to count rows (option `date: false`).'
          : `The rows before are dates, such as ${JSON.stringify(below(0))}; say how they are written with --date-format (option \`dateFormat\`).`;
  raw.fail(
    problem.row,
    column!,
    cell,
    show === undefined ? "is not a date" : `makes ${show}, which is not a date`,
    hint,
  );
}

/** Numbers where a date could be: `1959.25`. */
function asNumbers(texts: readonly string[]): Float64Array | undefined {
  const times = new Float64Array(texts.length);
  for (let row = 0; row < texts.length; row++) {
    const value = plainNumber(texts[row]!);
    if (value === undefined) return undefined;
    times[row] = value;
  }
  return times;
}

/**
 * Finds what says when and reads it.
 * @throws DataError for a cell that is no date, and for dates that two orders fit.
 */
export function* whenRows<Cell>(
  raw: RawColumns<Cell>,
  named: NamedLayout | undefined,
  notes: string[],
): Generator<void, When | undefined> {
  const place = placeOf(raw);
  if (place === undefined) return undefined;
  const { columns } = place;
  const { format } = raw;
  let texts: string[] = [];
  for (let row = 0; row < raw.rows; row++) {
    if (row % SLICE === SLICE - 1) yield;
    const cells = columns.map((column) => format.text(column.cells![row]!));
    texts.push(columns.length === 1 && place.isNumber ? cells[0]! : place.text(cells).trim());
  }
  if (format.moment !== undefined && texts.every((text) => text.endsWith(MIDNIGHT)))
    texts = texts.map((text) => text.slice(0, -MIDNIGHT.length));
  cutNotes(raw, texts, place, notes);
  if (!place.isNumber) texts = cutTotals(raw, cutTop(raw, texts, place, notes), place, notes);
  yield;
  const at = columns.map(({ name, index }) => ({ name, index }));
  if (place.isNumber) {
    const numbers = asNumbers(texts);
    if (numbers !== undefined) return { columns: at, texts, times: numbers, dates: undefined };
  }
  let read = yield* datesInSlices(texts, { named });
  if ("kind" in read && read.kind === "cell" && named === undefined) {
    const finest = finestOf(raw, texts, notes);
    if (finest !== undefined) {
      texts = finest;
      read = yield* datesInSlices(texts, { named });
    }
  }
  if (!("kind" in read)) return { columns: at, texts, times: read.times, dates: read };
  const numbers =
    named === undefined && read.kind === "cell" && raw.options.date !== undefined
      ? asNumbers(texts)
      : undefined;
  if (numbers !== undefined) return { columns: at, texts, times: numbers, dates: undefined };
  return complain(raw, place, read, named);
}
