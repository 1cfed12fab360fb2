import {
  type CellColumn,
  type FoundDates,
  filled,
  findParts,
  HOUR_NAME,
  pad,
  partValue,
} from "./date-parts.js";
import { DECIMAL_YEARS } from "./decimal-years.js";
import { EXCEL_DAYS, excelDate } from "./excel-days.js";
import { layoutsLike } from "./layouts-like.js";
import { readDates } from "./read-dates.js";
import { numberStepOf, stepOf } from "./step-of.js";

/** Names of columns that say when, in languages tables are written in; alone, or as a word among others. */
const WHEN =
  /(?:^|[^\p{L}])(?:date|dates|datetime|datum|time|timestamp|timestep|zeit|zeitpunkt|zeitstempel|ds|day|tag|fecha|dato|data|jour|dia|month|monat|mois|mes|mese|maand|year|years|yr|jahr|annee|année|año|ano|anno|jaar|quarter|quartal|trimestre|week|woche|kw|semaine|period|periode|utc|ts|t|epoch|unix|timepoint)(?:[^\p{L}]|$)/iu;

/** Whether a column's name says that it holds dates or times. */
export const isTimeName = (name: string): boolean => WHEN.test(name);

const CLOCK = /^\d{1,2}[:h]\d{2}(?:[:m]\d{2}(?:\.\d{1,9})?)?(?:\s?[AaPp]\.?[Mm]\.?)?$/;

const CLOCK_NAME = /^(?:time|hhmm|hrmn|zeit|heure|hora|ora|uhrzeit|klokkeslett|kellonaika|tid)$/i;
/** `18.00.00`, as Italians and Finns write a time of day. */
const POINTED = /^\d{1,2}\.\d{2}(?:\.\d{2})?$/;

/** Parts of a day in order, as markets count them. */
const PERIOD_NAME = /^(?:settlement[ _.]?period|trading[ _.]?period|period|interval|sp|mtu|half[ _.]?hour)$/i;
const PARTS_OF_DAY = [24, 48, 96] as const;

/** A count of half hours, quarters of hours or hours from midnight, beside a date. */
function findPeriod(
  columns: readonly CellColumn[],
  date: number,
  taken: ReadonlySet<number>,
): FoundDates | undefined {
  const at = columns.findIndex(({ name }, i) => i !== date && !taken.has(i) && PERIOD_NAME.test(name.trim()));
  const cells = columns[at]?.cells ?? [];
  const most = Math.max(
    0,
    ...new Set(cells.map((cell) => (/^\d{1,2}$/.test(cell) ? Number(cell) : Number.NaN))),
  );
  const parts = PARTS_OF_DAY.find((count) => count === most);
  if (parts === undefined || cells.includes("0")) return undefined;
  const minutes = (24 * 60) / parts;
  return {
    columns: [date, at],
    text: ([day, period]) => {
      const begin = (Number(period) - 1) * minutes;
      return `${excelDate(day!) ?? day} ${pad(Math.floor(begin / 60))}:${pad(begin % 60)}`;
    },
    isNumber: false,
  };
}

/** The time of day beside a date that comes several times: `08:30`, `830`, or an hour. */
function findClock(
  columns: readonly CellColumn[],
  date: number,
  taken: ReadonlySet<number>,
): FoundDates | undefined {
  const at = columns.findIndex(
    ({ cells }, i) =>
      i !== date &&
      !taken.has(i) &&
      cells.length > 0 &&
      filled(cells).length > 0 &&
      filled(cells).every((cell) => CLOCK.test(cell)),
  );
  if (at >= 0) return { columns: [date, at], text: ([day, clock]) => `${day} ${clock}`, isNumber: false };
  // Points part hours from minutes only where a name says that it is a clock: 18.00 may be anything.
  const pointed = columns.findIndex(
    ({ name, cells }, i) =>
      i !== date &&
      !taken.has(i) &&
      CLOCK_NAME.test(name.trim()) &&
      filled(cells).length > 0 &&
      filled(cells).every((cell) => POINTED.test(cell)),
  );
  if (pointed >= 0)
    return {
      columns: [date, pointed],
      text: ([day, clock]) => `${day} ${clock!.replaceAll(".", ":")}`,
      isNumber: false,
    };
  const hour = columns.findIndex(
    ({ name, cells }, i) =>
      i !== date &&
      !taken.has(i) &&
      HOUR_NAME.test(name.trim()) &&
      filled(cells).every((cell) => partValue("hour", cell) !== undefined),
  );
  const period = hour >= 0 ? undefined : findPeriod(columns, date, taken);
  if (period !== undefined) return period;
  if (hour >= 0)
    return {
      columns: [date, hour],
      text: ([day, clock]) => `${day} ${pad(partValue("hour", clock!))}:00`,
      isNumber: false,
    };
  const digits = columns.findIndex(
    ({ name, cells }, i) =>
      i !== date &&
      !taken.has(i) &&
      CLOCK_NAME.test(name.trim()) &&
      filled(cells).every(
        (cell) => /^\d{1,4}$/.test(cell) && Number(cell) <= 2400 && Number(cell) % 100 < 60,
      ),
  );
  if (digits < 0) return undefined;
  return {
    columns: [date, digits],
    text: ([day, clock]) => `${day} ${clock!.padStart(4, "0").replace(/(\d\d)$/, ":$1")}`,
    isNumber: false,
  };
}

const single = (column: number, isNumber = false): FoundDates => ({
  columns: [column],
  text: ([cell]) => cell!,
  isNumber,
});

/** `01.01.2024 00:00 - 01.01.2024 00:15`: what an interval begins with. */
const INTERVAL = /^(.{6,30}?)\s+[-\u2013]\s+(.{4,30})$/;

function asInterval(cells: readonly string[]): boolean {
  return cells.every((cell) => {
    const match = INTERVAL.exec(cell);
    return match !== null && layoutsLike(match[1]!) !== undefined && layoutsLike(match[2]!) !== undefined;
  });
}

const isNumeric = (cell: string): boolean => /^-?\d+(?:\.\d+)?$/.test(cell);

const DATE_NAME = /^(?:date|datum|datetime|fecha|data|dato|day|jour|dia|tag)$/i;

/** Digits that nobody takes for a measurement where they run evenly: Unix times, and days with the time. */
const CLEAR = /^(?:X|x|xu|xn|YYYYMMDD.*)$/;

/** Years one after the other, up or down, that no index counts: those are dates without a name as well. */
function isRunOfYears(texts: readonly string[]): boolean {
  const years = texts.map((text) => (/^(?:1[5-9]|20|21)\d{2}$/.test(text) ? Number(text) : Number.NaN));
  const sign = Math.sign(years[1]! - years[0]!);
  return years.every(
    (year, i) => !Number.isNaN(year) && (i === 0 || Math.sign(year - years[i - 1]!) === sign),
  );
}

/** Names of a count of steps that goes on as long as the series does. */
const STEPS = /^(?:t|ds|time|time[ _.]?(?:step|point|index|idx)|step|period|epoch)$/i;

/** Whether digits say when: by their name, or as the first column of even steps. */
function believes({ name, cells }: CellColumn, index: number, hasClock: boolean): FoundDates | undefined {
  const texts = filled(cells);
  if (
    texts.length < 2 ||
    !texts.every((cell) => cell.length < 24 && (isNumeric(cell) || layoutsLike(cell)?.isWeak === true))
  )
    return undefined;
  const isNamed = WHEN.test(name);
  const isFirst = index === 0;
  if (!isNamed && !isFirst) return undefined;
  const dates = readDates(texts);
  const isNameless = /^(?:column_\d+|unnamed.*|index|)$/i.test(name);
  // Under another name, five digits count something else.
  if (!("kind" in dates) && (dates.format !== EXCEL_DAYS || DATE_NAME.test(name.trim()))) {
    const sorted = dates.times.slice().sort();
    const years = dates.resolution === "year";
    const span = (time: number): number => new Date(time).getUTCFullYear();
    const isPlausible = span(sorted[0]!) >= 1000 && span(sorted.at(-1)!) <= 2200;
    const spaced = stepOf(sorted);
    // Years counted from the first: `1-01` to `3-12`.
    if (isNamed && dates.format.startsWith("y-") && spaced?.regular === true) return single(index);
    // A day in eight digits comes again with every time of day beside it.
    if (isPlausible && isFirst && hasClock && /^YYYYMMDD/.test(dates.format)) return single(index);
    const isDistinct = new Set(sorted).size === sorted.length;
    // Years, and digits without a name for it, take even steps as well: 1885, 1886, 1887.
    if (isPlausible && isNamed && (!years || texts.length < 3 || spaced !== undefined)) return single(index);
    if (
      isPlausible &&
      isDistinct &&
      spaced?.isGrid === true &&
      texts.length >= 8 &&
      (!years || spaced.missing < texts.length / 4) &&
      (!isNameless || dates.format === DECIMAL_YEARS || CLEAR.test(dates.format) || isRunOfYears(texts))
    )
      return single(index);
  }
  if (!texts.every(isNumeric)) return undefined;
  const numbers = Float64Array.from(texts, Number);
  if (!isNamed) return undefined;
  const distinct = Float64Array.from(new Set(numbers)).sort();
  // Days of a month or hours of a day come again with every month or day; a count of steps only with another series.
  const isCount = distinct.length === numbers.length || STEPS.test(name.trim());
  return isCount && numberStepOf(distinct)?.isGrid === true ? single(index, true) : undefined;
}

const NAMED_YEAR = /^(?:1[5-9]|20|21)\d{2}$/;
const SHAPE = /^\d{1,4}([-/.])\d{1,2}\1\d{1,4}(?:[T\s].{0,30})?$/;

/** Names of columns that say when a row was written, not when it was measured. */
const WRITTEN =
  /updat|creat|modif|retriev|download|checked|fetch|publish|ingest|import|last.?(?:edit|chang)|aktualis|erstellt|ge(?:ä|ae)ndert|abruf|mise.?(?:à|a).?jour|actualiza|release/i;

const isConstant = (cells: readonly string[]): boolean =>
  cells.length > 1 && filled(cells).every((cell, _, all) => cell === all[0]);

/** Most of a column's cells have the look of dates no number has. */
function looksLikeDates(cells: readonly string[]): boolean {
  const texts = filled(cells).slice(0, 100);
  // The 30th of February has the look of a date: it is refused by name, not taken for something else.
  const like = texts.filter((cell) => layoutsLike(cell)?.isWeak === false || SHAPE.test(cell)).length;
  // Years alone are digits; beside `1978-Q2` they are dates as well.
  const years = like === 0 ? 0 : texts.filter((cell) => NAMED_YEAR.test(cell)).length;
  return like + years > texts.length / 2;
}

/**
 * Finds what says when in a table: a column of dates wherever it stands, date and time in two, year, month, day and hour
 * in several, or numbers whose name says that they are a time.
 * @param taken columns that are something else: targets, ids.
 */
export function findDates(
  columns: readonly CellColumn[],
  taken: ReadonlySet<number>,
): FoundDates | undefined {
  const free = columns.map((column, index) => ({ column, index })).filter(({ index }) => !taken.has(index));
  const marked = free.filter(
    ({ column }) =>
      looksLikeDates(column.cells) ||
      (filled(column.cells).length > 0 && asInterval(filled(column.cells).slice(0, 20))),
  );
  // Of several, the one that is called a date; when a row was written down says nothing of when it was measured.
  const measured = marked.filter(({ column }) => !WRITTEN.test(column.name) && !isConstant(column.cells));
  const inParts = measured.length === 0 ? findParts(columns, taken) : undefined;
  if (inParts !== undefined) return inParts;
  const open = measured.length === 0 ? marked : measured;
  const best = open.find(({ column }) => WHEN.test(column.name)) ?? open[0];
  if (best !== undefined) {
    const cells = filled(best.column.cells);
    if (asInterval(cells.slice(0, 20))) {
      return { columns: [best.index], text: ([cell]) => INTERVAL.exec(cell!)?.[1] ?? cell!, isNumber: false };
    }
    const dates = readDates(cells);
    const comesTwice = new Set(cells).size < cells.length;
    const isDay = "kind" in dates ? true : dates.resolution === "day";
    const clock = comesTwice && isDay ? findClock(columns, best.index, taken) : undefined;
    return clock ?? single(best.index);
  }
  const parts = findParts(columns, taken);
  if (parts !== undefined) return parts;
  const isClock = (cells: readonly string[]): boolean =>
    filled(cells).length > 0 && filled(cells).every((cell) => CLOCK.test(cell));
  const hasClock = free.some(({ column }) => isClock(column.cells));
  const weak = free.flatMap(({ column, index }) => believes(column, index, hasClock) ?? []);
  const dated = weak.find(({ isNumber }) => !isNumber) ?? weak[0];
  if (dated !== undefined && !dated.isNumber) {
    const cells = filled(columns[dated.columns[0]!]!.cells);
    if (new Set(cells).size < cells.length) {
      const clock = findClock(columns, dated.columns[0]!, taken);
      if (clock !== undefined) return clock;
    }
  }
  return dated;
}

/** How a row's text is made where a user named the columns. */
export function joinNamed(
  names: readonly string[],
  samples: readonly (readonly string[])[],
): (cells: readonly string[]) => string {
  if (names.length === 1) {
    const cells = filled(samples[0] ?? []);
    const isInterval = cells.length > 0 && asInterval(cells.slice(0, 20));
    return ([cell]) => (isInterval ? (INTERVAL.exec(cell!)?.[1] ?? cell!) : cell!);
  }
  const columns = names.map((name, i) => ({ name, cells: samples[i] ?? [] }));
  const parts = findParts(columns, new Set());
  if (parts !== undefined && parts.columns.length === names.length)
    return (cells) => parts.text(parts.columns.map((column) => cells[column]!));
  if (names.length === 2) {
    const clock = findClock(columns, 0, new Set());
    if (clock !== undefined) return clock.text;
  }
  return (cells) => cells.join(" ");
}
