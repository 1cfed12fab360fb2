import { layoutsLike } from "./layouts-like.js";
import { monthNamed } from "./month-names.js";
import { readDates } from "./read-dates.js";
import { numberStepOf, stepOf } from "./step-of.js";

/** A column of a table as this room sees it. */
export interface CellColumn {
  readonly name: string;
  /** Trimmed; the first rows are enough. */
  readonly cells: readonly string[];
}

/** Where a table says when: columns by number, and how a row's text is made of them. */
export interface FoundDates {
  readonly columns: readonly number[];
  /** The text of a row from the cells of those columns. */
  readonly text: (cells: readonly string[]) => string;
  /** Whether the cells are plain numbers that say when, such as 1959.25. */
  readonly isNumber: boolean;
}

/** Names of columns that say when, in languages tables are written in; alone, or as a word among others. */
const WHEN =
  /(?:^|[^\p{L}])(?:date|dates|datetime|datum|time|timestamp|timestep|zeit|zeitpunkt|zeitstempel|ds|day|tag|fecha|dato|data|jour|dia|month|monat|mois|mes|mese|maand|year|years|yr|jahr|annee|année|año|ano|anno|jaar|quarter|quartal|trimestre|week|woche|kw|semaine|period|periode|utc|ts|t|epoch|unix|timepoint)(?:[^\p{L}]|$)/iu;

/** Whether a column's name says that it holds dates or times. */
export const isTimeName = (name: string): boolean => WHEN.test(name);

const PARTS: readonly (readonly [part: Part, name: RegExp])[] = [
  ["year", /^(?:year|yr|yyyy|y|jahr|année|annee|año|ano|anno|jaar|år|iyear)$/i],
  ["month", /^(?:month|mon|mo|mm|monat|mois|mes|mese|maand|måned|månad|imonth|period)$/i],
  ["day", /^(?:day|dy|dd|d|tag|jour|día|dia|giorno|dag|iday|dom|mday|(?:day|date)[ _.]?of[ _.]?month)$/i],
  ["hour", /^(?:hour|hr|hh|h|he|stunde|heure|hora|ora|uur|hour_ending|hourending|hour ending)$/i],
  ["minute", /^(?:minute|min|mi|minuto|minuut)$/i],
  ["second", /^(?:second|sec|ss|sekunde|seconde|segundo)$/i],
  ["quarter", /^(?:quarter|qtr|q|quartal|trimestre|kvartal|period)$/i],
  ["week", /^(?:week|wk|w|kw|woche|semaine|semana|isoweek|iso_week|weeknum|week_of_year)$/i],
  ["dayOfYear", /^(?:doy|dayofyear|day_of_year|yday|julian|jday)$/i],
];
type Part = "year" | "month" | "day" | "hour" | "minute" | "second" | "quarter" | "week" | "dayOfYear";

const LIMITS: Readonly<Record<Part, readonly [number, number]>> = {
  year: [1000, 2300],
  month: [1, 12],
  day: [1, 31],
  hour: [0, 24],
  minute: [0, 59],
  second: [0, 60],
  quarter: [1, 4],
  week: [1, 53],
  dayOfYear: [1, 366],
};

const CLOCK = /^\d{1,2}[:h]\d{2}(?:[:m]\d{2}(?:\.\d{1,9})?)?(?:\s?[AaPp]\.?[Mm]\.?)?$/;

/** What may stand before a part's number: `M03` is no quarter. */
const PREFIX: Readonly<Record<Part, RegExp>> = {
  year: /^(?:fy|y)?$/i,
  month: /^(?:m|mm)?$/i,
  day: /^d?$/i,
  hour: /^(?:h|he|hr)?$/i,
  minute: /^m?$/i,
  second: /^s?$/i,
  quarter: /^[qtk]?$/i,
  week: /^(?:w|wk|kw|s)?$/i,
  dayOfYear: /^d?$/i,
};

/** The number of a part: `3`, `03`, `M03`, `Q1`, `March`. */
function partValue(part: Part, cell: string): number | undefined {
  const match = /^(\p{L}{0,2})(\d{1,4})(?:\.0+)?$/u.exec(cell);
  const digits = match !== null && PREFIX[part].test(match[1]!) ? [cell, match[2]!] : null;
  const value = digits === null ? Number.NaN : Number(digits[1]);
  const [low, high] = LIMITS[part];
  if (value >= low && value <= high) return value;
  return part === "month" && match === null ? named(cell) : undefined;
}

function named(cell: string): number | undefined {
  const month = monthNamed(cell);
  return month === undefined ? undefined : month + 1;
}

/** The year two digits stand for: 69 is 1969, 68 is 2068 (POSIX). */
const fullYear = (year: number): number => year + (year < 69 ? 2000 : 1900);

const pad = (value: number | undefined, width = 2): string => String(value ?? 0).padStart(width, "0");

/** A date from its parts, year first. */
function joinParts(parts: readonly Part[], cells: readonly string[]): string {
  const value = (part: Part): number | undefined => {
    const at = parts.indexOf(part);
    if (at < 0) return undefined;
    const cell = cells[at]!;
    return part === "year" && /^\d{2}$/.test(cell) ? fullYear(Number(cell)) : partValue(part, cell);
  };
  const year = value("year");
  if (parts.some((part) => value(part) === undefined)) return cells.join(" ");
  const start = pad(year, 4);
  let text = start;
  if (parts.includes("quarter") && !parts.includes("month")) text = `${start}-Q${value("quarter")}`;
  else if (parts.includes("week") && !parts.includes("month")) text = `${start}-W${pad(value("week"))}`;
  else if (parts.includes("dayOfYear") && !parts.includes("month"))
    text = `${start}-${pad(value("dayOfYear"), 3)}`;
  else if (parts.includes("month"))
    text = `${start}-${pad(value("month"))}${parts.includes("day") ? `-${pad(value("day"))}` : ""}`;
  if (!parts.includes("hour")) return text;
  const seconds = parts.includes("second") ? `:${pad(value("second"))}` : "";
  return `${text} ${pad(value("hour"))}:${pad(value("minute"))}${seconds}`;
}

const filled = (cells: readonly string[]): readonly string[] => cells.filter((cell) => cell !== "");

/** Year, month, day … in columns of their own. */
function findParts(columns: readonly CellColumn[], taken: ReadonlySet<number>): FoundDates | undefined {
  const found = new Map<Part, number>();
  columns.forEach(({ name, cells }, i) => {
    if (taken.has(i)) return;
    const texts = filled(cells);
    const part = PARTS.find(
      ([of, pattern]) =>
        !found.has(of) &&
        pattern.test(name.trim()) &&
        texts.length > 0 &&
        texts.every((cell) => partValue(of, cell) !== undefined || (of === "year" && /^\d{2}$/.test(cell))),
    )?.[0];
    if (part !== undefined) found.set(part, i);
  });
  if (!found.has("year")) return undefined;
  const finer = (["month", "quarter", "week", "dayOfYear"] as const).find((part) => found.has(part));
  if (finer === undefined) return undefined;
  const wanted: Part[] = ["year", finer];
  if (finer === "month" && found.has("day")) wanted.push("day");
  if ((wanted.includes("day") || finer === "dayOfYear") && found.has("hour")) {
    wanted.push("hour");
    if (found.has("minute")) wanted.push("minute");
    if (found.has("second")) wanted.push("second");
  }
  return {
    columns: wanted.map((part) => found.get(part)!),
    text: (cells) => joinParts(wanted, cells),
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
  const hour = columns.findIndex(
    ({ name, cells }, i) =>
      i !== date &&
      !taken.has(i) &&
      PARTS[3]![1].test(name.trim()) &&
      filled(cells).every((cell) => partValue("hour", cell) !== undefined),
  );
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
      /^(?:time|hhmm|hrmn|zeit|heure|hora|uhrzeit)$/i.test(name.trim()) &&
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

/** Names of a count of steps that goes on as long as the series does. */
const STEPS = /^(?:t|ds|time|time[ _.]?(?:step|point|index|idx)|step|period|epoch)$/i;

/** Whether digits say when: by their name, or as the first column of even steps. */
function believes({ name, cells }: CellColumn, index: number): FoundDates | undefined {
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
  if (!("kind" in dates)) {
    const sorted = dates.times.slice().sort();
    const years = dates.resolution === "year";
    const span = (time: number): number => new Date(time).getUTCFullYear();
    const isPlausible = span(sorted[0]!) >= 1000 && span(sorted.at(-1)!) <= 2200;
    const spaced = stepOf(sorted);
    // Years counted from the first: `1-01` to `3-12`.
    if (isNamed && dates.format.startsWith("y-") && spaced?.regular === true) return single(index);
    const isDistinct = new Set(sorted).size === sorted.length;
    // Years, and digits without a name for it, take even steps as well: 1885, 1886, 1887.
    if (isPlausible && isNamed && (!years || texts.length < 3 || spaced !== undefined)) return single(index);
    if (
      isPlausible &&
      isDistinct &&
      spaced?.isGrid === true &&
      texts.length >= 8 &&
      (!years || spaced.missing < texts.length / 4) &&
      !isNameless
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
  return like > texts.length / 2;
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
  const weak = free.flatMap(({ column, index }) => believes(column, index) ?? []);
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
