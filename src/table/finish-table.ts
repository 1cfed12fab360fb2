import { isTimeName } from "../calendar/find-dates.js";
import { layoutNamed, type NamedLayout } from "../calendar/layout-named.js";
import { layoutsLike } from "../calendar/layouts-like.js";
import type { Dates } from "../calendar/read-dates.js";
import { DataError } from "../errors.js";
import { nearest } from "../options.js";
import { Missing } from "./missing.js";
import { numbersInSlices } from "./numbers.js";
import { rowOrder } from "./order-rows.js";
import type { RawColumn, RawColumns } from "./raw-columns.js";
import { blocksOf, type Separator, separatorOf } from "./several-series.js";
import { quote, type ReadTable } from "./table.js";
import { type When, whenRows } from "./when-rows.js";

const SLICE = 8192;
const NAMED_YEAR = /^(?:1[5-9]|20|21)\d{2}$/;

export interface Finishing {
  /** What the reader of the format has to say. */
  readonly notes: readonly string[];
  readonly delimiter?: string;
}

/** More ids than these are counted, not listed. */
const IDS_SHOWN = 5;
/** As many as may be meant by a name that is none of them. */
const IDS_LISTED = 8;

function refuseSeveral(path: string, { name, columns, ids, left }: Separator, what: string): never {
  const shown = ids.slice(0, IDS_SHOWN).map(quote).join(", ");
  const list = ids.length > IDS_SHOWN ? `${shown}, … (${ids.length} in all)` : shown;
  throw new DataError(
    `${path}: holds several series: ${what}, and ${columns === 1 ? `column ${quote(name)} tells` : `columns ${quote(name)} tell`} ${left === 0 ? "them" : `all but ${left} of them`} apart (${list}). Say so with --id ${/[\s"']/.test(name) ? quote(name) : name} and choose one with --series (option \`id\`, then splitById()).`,
    { received: ids.length, expected: 1 },
  );
}

const missingWords = (missing: string | readonly string[] | undefined): readonly string[] =>
  missing === undefined ? [] : typeof missing === "string" ? missing.split(",") : missing;

interface ValueColumn {
  readonly name: string;
  values: Float64Array;
}

function* readValues<Cell>(
  raw: RawColumns<Cell>,
  column: RawColumn<Cell>,
  missing: Missing,
  delimiter: string | undefined,
  notes: string[],
): Generator<void, Float64Array> {
  const { format, options } = raw;
  const cells = column.cells!;
  if (format.number !== undefined) {
    const values = new Float64Array(cells.length);
    for (let row = 0; row < cells.length; row++) {
      if (row % SLICE === SLICE - 1) yield;
      const isMissing = missingWords(options.missing).length > 0 && missing.has(format.text(cells[row]!));
      const value = isMissing ? Number.NaN : format.number(cells[row]!);
      if (value === undefined)
        raw.fail(row, column, cells[row]!, "is not a number", format.numberHint?.(cells[row]!) ?? "");
      values[row] = value;
    }
    return values;
  }
  const { decimal, thousands } = options;
  const read = yield* numbersInSlices(cells as unknown as string[], {
    missing,
    decimal,
    thousands,
    delimiter,
  });
  if (read.kind === "cell") raw.fail(read.row, column, read.cell as Cell, "is not a number", read.hint);
  for (const note of [...read.notes, ...read.warnings]) notes.push(`column ${quote(column.name)}: ${note}`);
  return read.values;
}

interface Arranged {
  /** The row of the file for each row of the table; undefined: as they stand. */
  readonly rows: Uint32Array | undefined;
  readonly duplicates: number;
}

/** Whether two rows say the same. */
const isSame = (columns: readonly ValueColumn[], a: number, b: number): boolean =>
  columns.every(({ values }) => Object.is(values[a], values[b]));

/** The place of one series' rows in time. @throws DataError for two values at one moment, and for an hour nobody can order. */
function* arrange<Cell>(
  raw: RawColumns<Cell>,
  when: When,
  times: Float64Array,
  rowOf: (i: number) => number,
  columns: readonly ValueColumn[],
  notes: string[],
  of: string,
): Generator<void, { order: Uint32Array | undefined; drop: number[] }, void> {
  const hasZone = when.dates === undefined || when.dates.hasZone;
  const order = yield* rowOrder(times, hasZone);
  const { counts } = raw.format;
  const line = (i: number): number => raw.lines[rowOf(i)]!;
  switch (order.kind) {
    case "rising":
      return { order: undefined, drop: [] };
    case "falling":
      notes.push(`rows${of} stand newest first in the file; they are read oldest first`);
      return { order: Uint32Array.from({ length: times.length }, (_, i) => times.length - 1 - i), drop: [] };
    case "mixed":
      notes.push(`rows${of} are not in the order of their dates; they are sorted`);
      return { order: order.rows, drop: [] };
    case "clock":
      raw.fail(
        rowOf(order.row),
        when.columns[0]!,
        when.texts[rowOf(order.row)]! as Cell,
        "comes twice: the clock was put back that night, and the rows of the hour that came twice are mixed",
        "Write times with their zone (+02:00, +01:00) or in UTC, or keep the rows in the order in which they were measured (daylight saving time).",
      );
      break;
    case "repeated": {
      const drop: number[] = [];
      const sorted = order.order;
      for (let i = 1; i < sorted.length; i++) {
        const [a, b] = [sorted[i - 1]!, sorted[i]!];
        if (times[a] !== times[b]) continue;
        if (!isSame(columns, rowOf(a), rowOf(b))) {
          const [first, second] = [line(a), line(b)].sort((x, y) => x - y);
          const values = columns.find(({ values }) => !Object.is(values[rowOf(a)], values[rowOf(b)]))!;
          raw.fail(
            rowOf(Math.max(a, b)),
            when.columns[0]!,
            when.texts[rowOf(a)]! as Cell,
            `is a duplicate: ${counts} ${first} and ${counts} ${second} are of the same moment${of}, with different values (column ${quote(values.name)}: ${values.values[rowOf(a)]} and ${values.values[rowOf(b)]})`,
            `${order.count === 1 ? "It is the only one" : `There are ${order.count}`}. Keep one row for each date, or name the column that tells several series apart with --id (option \`id\`).`,
          );
        }
        drop.push(b);
      }
      const dropped = new Set(drop);
      const kept = sorted.filter((i) => !dropped.has(i));
      const isAsIs = kept.every((i, at) => at === 0 || i > kept[at - 1]!);
      notes.push(
        `${drop.length} duplicate ${drop.length === 1 ? "row" : "rows"}${of} (same date, same values) left out, the first in ${counts} ${line(Math.min(...drop))}${isAsIs ? "" : "; rows are sorted by date"}`,
      );
      return { order: kept, drop };
    }
  }
}

/** Puts the rows of every series in order, each within the places its rows have in the file. */
function* arrangeAll<Cell>(
  raw: RawColumns<Cell>,
  when: When,
  ids: readonly string[] | undefined,
  columns: readonly ValueColumn[],
  notes: string[],
): Generator<void, Arranged, void> {
  if (ids === undefined) {
    const { order, drop } = yield* arrange(raw, when, when.times, (i) => i, columns, notes, "");
    return { rows: order, duplicates: drop.length };
  }
  const groups = new Map<string, number[]>();
  ids.forEach((id, row) => {
    const rows = groups.get(id);
    if (rows === undefined) groups.set(id, [row]);
    else rows.push(row);
  });
  const placed = Uint32Array.from({ length: ids.length }, (_, row) => row);
  const gone = new Set<number>();
  const told: string[] = [];
  for (const [id, rows] of groups) {
    const times = Float64Array.from(rows, (row) => when.times[row]!);
    const { order, drop } = yield* arrange(
      raw,
      when,
      times,
      (i) => rows[i]!,
      columns,
      told,
      ` of ${quote(id)}`,
    );
    if (order === undefined) continue;
    rows.forEach((place, i) => {
      if (i < order.length) placed[place] = rows[order[i]!]!;
      else gone.add(place);
    });
    if (drop.length !== rows.length - order.length) throw new DataError(`${raw.path}: rows were lost.`);
  }
  notes.push(...told.slice(0, 3), ...(told.length > 3 ? [`the same in ${told.length - 3} more series`] : []));
  return {
    rows: told.length === 0 ? undefined : placed.filter((_, place) => !gone.has(place)),
    duplicates: gone.size,
  };
}

function* idsOf<Cell>(raw: RawColumns<Cell>): Generator<void, string[] | undefined> {
  const columns = raw.idNames.map((name) => raw.find(name));
  if (columns.length === 0) return undefined;
  const ids: string[] = [];
  for (let row = 0; row < raw.rows; row++) {
    if (row % SLICE === SLICE - 1) yield;
    const texts = columns.map((column) => raw.format.text(column.cells![row]!));
    const none = columns.length === 1 ? texts.indexOf("") : texts.every((text) => text === "") ? 0 : -1;
    const column = columns[none];
    if (column !== undefined)
      raw.fail(row, column, column.cells![row]!, "is no id", "Every row must say which series it is of.");
    ids.push(texts.join(","));
  }
  return ids;
}

/** Leaves the rows of one series. @throws DataError where there is none of that name. */
function keepSeries<Cell>(raw: RawColumns<Cell>): void {
  const { id, series } = raw.options;
  const columns = raw.idNames.map((name) => raw.find(name));
  const ids = Array.from({ length: raw.rows }, (_, row) =>
    columns.map(({ cells }) => raw.format.text(cells![row]!)).join(","),
  );
  const rows = ids.flatMap((text, row) => (text === series ? [row] : []));
  if (rows.length === 0) {
    const known = [...new Set(ids)].filter((text) => text !== "");
    const near = nearest(series!, known);
    const more = known.length > IDS_LISTED ? `, … (${known.length} in all)` : "";
    throw new DataError(
      `${raw.path}, column ${quote(id!)}: there is no series ${quote(series!)}.${near === undefined ? "" : ` Did you mean ${quote(near)}?`} Series: ${known.slice(0, IDS_LISTED).join(", ")}${more}.`,
      { received: series, expected: known },
    );
  }
  raw.keep(rows);
}

/** More columns called like dates than these, and nothing else that says when. */
const FEWEST_LYING = 5;

/** Stops for a table that lies on its side: a row a series, its dates in the names of the columns. */
function refuseLying<Cell>({ path, header }: RawColumns<Cell>): void {
  const dates = header.filter((name) => NAMED_YEAR.test(name.trim()) || layoutsLike(name)?.isWeak === false);
  if (dates.length < FEWEST_LYING || dates.length < header.length / 2) return;
  throw new DataError(
    `${path}: no column says when the rows are, but the names of columns do (${dates.slice(0, 3).join(", ")} … ${dates.at(-1)}): every row is a series. Read it with --wide (option \`wide\`), which rows with --id <columns> --series <id>; or count rows, with --date none (option \`date: false\`).`,
    { received: dates.length },
  );
}

/** Stops for what only several series explain: a moment that comes twice, or time that starts anew with each name. */
function* noticeSeveral<Cell>(raw: RawColumns<Cell>, when: When | undefined): Generator<void, void, void> {
  const taken = new Set(when?.columns.map(({ index }) => index));
  if (when === undefined) {
    if (raw.options.date === undefined) refuseLying(raw);
    const blocks = raw.options.date === false ? undefined : blocksOf(raw, undefined, taken);
    if (blocks !== undefined) refuseSeveral(raw.path, blocks, "they stand one after the other");
    return;
  }
  const order = yield* rowOrder(when.times, when.dates === undefined || when.dates.hasZone);
  if (order.kind === "mixed") {
    const blocks = blocksOf(raw, when.times, taken);
    if (blocks !== undefined) refuseSeveral(raw.path, blocks, "time starts anew with each");
  }
  if (order.kind !== "repeated") return;
  const found = separatorOf(raw, when.times, taken);
  const text = when.texts[order.rows[0]]!;
  if (found !== undefined) refuseSeveral(raw.path, found, `${quote(text)} comes more than once`);
}

/**
 * Makes a table of columns as they were read: finds when the rows are, reads the numbers, and puts the rows in order.
 * Pauses every few thousand cells.
 * @throws DataError, one line naming file, line, column and cell.
 */
export function* finishTable<Cell>(
  raw: RawColumns<Cell>,
  { notes: before, delimiter }: Finishing,
): Generator<void, ReadTable> {
  const { options, path } = raw;
  const notes = [...before];
  if (raw.rows === 0) throw new DataError(`${path}: has column names but no data rows.`);
  const named: NamedLayout | undefined =
    options.dateFormat === undefined ? undefined : layoutNamed("readTable()", options.dateFormat);
  // Another series of the file may be dated in another way.
  if (options.id !== undefined && options.series !== undefined) keepSeries(raw);
  const when = yield* whenRows(raw, named, notes);
  const ids = yield* idsOf(raw);
  if (ids === undefined) yield* noticeSeveral(raw, when);
  yield;
  const dated = new Set(when?.columns.map(({ index }) => index));
  const wanted =
    options.columns?.map((name) => raw.find(name)) ??
    raw.columns.filter(({ index, name }) => !dated.has(index) && !raw.idNames.includes(name));
  const missing = new Missing(missingWords(options.missing));
  const columns: ValueColumn[] = [];
  for (const column of wanted)
    columns.push({ name: column.name, values: yield* readValues(raw, column, missing, delimiter, notes) });
  yield;
  const arranged: Arranged =
    when === undefined
      ? { rows: undefined, duplicates: 0 }
      : yield* arrangeAll(raw, when, ids, columns, notes);
  const { rows } = arranged;
  const pick = (values: Float64Array): Float64Array =>
    rows === undefined ? values : Float64Array.from(rows, (row) => values[row]!);
  const pickTexts = (texts: string[]): string[] =>
    rows === undefined ? texts : Array.from(rows, (row) => texts[row]!);
  for (const column of columns) {
    column.values = pick(column.values);
    yield;
  }
  const times = when === undefined ? undefined : pick(when.times);
  const read: Dates | undefined = when?.dates === undefined ? undefined : { ...when.dates, times: times! };
  if (read !== undefined && when !== undefined)
    notes.push(...describeDates(when, read, options.date === undefined, named !== undefined));
  return {
    path,
    columns: Object.fromEntries(columns.map(({ name, values }) => [name, values])),
    ...(when === undefined ? {} : { dates: pickTexts(when.texts), times: times! }),
    ...(read === undefined ? {} : { dateFormat: read.format, read }),
    ...(options.id === undefined || ids === undefined ? {} : { id: options.id, ids: pickTexts(ids) }),
    rows: rows?.length ?? raw.rows,
    gaps: Object.fromEntries(
      columns.map(({ name, values }) => [
        name,
        values.reduce((n, value) => n + (Number.isNaN(value) ? 1 : 0), 0),
      ]),
    ),
    notes,
    duplicates: arranged.duplicates,
  };
}

/** What was understood of the dates, where it is not plain from the file. */
function describeDates({ columns }: When, { format }: Dates, wasFound: boolean, wasNamed: boolean): string[] {
  const isPlain = /^YYYY(?:-M?M(?:-D?D)?)?(?:$|[ [T])/.test(format);
  const [first, ...others] = columns;
  const isExpected = others.length === 0 && (first!.index === 0 || isTimeName(first!.name));
  if (wasNamed || (isPlain && (isExpected || !wasFound))) return [];
  const names = columns.map(({ name }) => quote(name)).join(" and ");
  return [`dates are read from column ${names} as ${format.replaceAll(/\[|\]/g, "")}`];
}
