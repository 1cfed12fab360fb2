import { monthNamed } from "./month-names.js";

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
  /** Whether the cells are plain numbers that say when, such as 12.5. */
  readonly isNumber: boolean;
  /** Whether a row is of all the year's months or quarters together; left out where none is. */
  readonly isTotal?: (cells: readonly string[]) => boolean;
}

/** Names of columns that hold the hour. */
export const HOUR_NAME =
  /^(?:hour|hr|hh|h|he|stunde|heure|hora|ora|uur|hour_ending|hourending|hour ending)$/i;

/** Names of columns that hold one part of a date. */
const PARTS: readonly (readonly [part: Part, name: RegExp])[] = [
  ["year", /^(?:year|yr|yyyy|y|jahr|année|annee|año|ano|anno|jaar|år|iyear)$/i],
  ["month", /^(?:month|mon|mo|mm|monat|mois|mes|mese|maand|måned|månad|imonth|period)$/i],
  ["day", /^(?:day|dy|dd|d|tag|jour|día|dia|giorno|dag|iday|dom|mday|(?:day|date)[ _.]?of[ _.]?month)$/i],
  ["hour", HOUR_NAME],
  ["minute", /^(?:minute|min|mi|minuto|minuut)$/i],
  ["second", /^(?:second|sec|ss|sekunde|seconde|segundo)$/i],
  ["quarter", /^(?:quarter|qtr|q|quartal|trimestre|kvartal|period)$/i],
  ["week", /^(?:week|wk|w|kw|woche|semaine|semana|isoweek|iso_week|weeknum|week_of_year)$/i],
  ["dayOfYear", /^(?:doy|dayofyear|day[ _.]of[ _.]year|yday|julian(?:[ _.]day)?|jday|#?day)$/i],
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
export function partValue(part: Part, cell: string): number | undefined {
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

/** At least so many digits. */
export const pad = (value: number | undefined, width = 2): string => String(value ?? 0).padStart(width, "0");

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

/** Cells that hold something. */
export const filled = (cells: readonly string[]): readonly string[] => cells.filter((cell) => cell !== "");

/** What the American labour statistics write for a year as a whole, below its months or quarters. */
const YEAR_AS_PERIOD = /^(?:M13|Q05)$/i;

const PLACES: readonly Part[] = ["year", "month", "day", "hour"];

/** Rows that are enough to believe that numbers without a name are years and months. */
const FEWEST_NAMELESS = 4;

/** Year and month, and day and hour where these come again, in the first columns of a table without names. */
function namelessParts(columns: readonly CellColumn[], taken: ReadonlySet<number>): FoundDates | undefined {
  if (columns.length < 3 || !columns.every(({ name }) => /^column_\d+$/.test(name))) return undefined;
  const rows = columns[0]!.cells.length;
  if (rows < FEWEST_NAMELESS) return undefined;
  const at: number[] = [];
  for (const part of PLACES) {
    const column = at.length;
    const isPart =
      column < columns.length - 1 &&
      !taken.has(column) &&
      columns[column]!.cells.every((cell) => /^\d+$/.test(cell) && partValue(part, cell) !== undefined);
    if (!isPart) return undefined;
    at.push(column);
    const moments = Array.from({ length: rows }, (_, row) =>
      at.reduce((sum, c) => 100 * sum + Number(columns[c]!.cells[row]), 0),
    );
    if (column > 0 && moments.every((moment, row) => row === 0 || moment > moments[row - 1]!)) {
      const parts = PLACES.slice(0, at.length);
      return { columns: at, text: (cells) => joinParts(parts, cells), isNumber: false };
    }
  }
  return undefined;
}

/** Year, month, day … in columns of their own. */
export function findParts(
  columns: readonly CellColumn[],
  taken: ReadonlySet<number>,
): FoundDates | undefined {
  const found = new Map<Part, number>();
  columns.forEach(({ name, cells }, i) => {
    if (taken.has(i)) return;
    const texts = filled(cells);
    const part = PARTS.find(
      ([of, pattern]) =>
        !found.has(of) &&
        pattern.test(name.trim()) &&
        texts.length > 0 &&
        texts.every(
          (cell) =>
            partValue(of, cell) !== undefined ||
            (of === "year" && /^\d{2}$/.test(cell)) ||
            ((of === "month" || of === "quarter") && YEAR_AS_PERIOD.test(cell)),
        ) &&
        texts.some((cell) => !YEAR_AS_PERIOD.test(cell)),
    )?.[0];
    if (part !== undefined) found.set(part, i);
  });
  if (!found.has("year")) return namelessParts(columns, taken);
  const finer = (["month", "quarter", "week", "dayOfYear"] as const).find((part) => found.has(part));
  if (finer === undefined) return undefined;
  const wanted: Part[] = ["year", finer];
  if (finer === "month" && found.has("day")) wanted.push("day");
  if ((wanted.includes("day") || finer === "dayOfYear") && found.has("hour")) {
    wanted.push("hour");
    if (found.has("minute")) wanted.push("minute");
    if (found.has("second")) wanted.push("second");
  }
  const period = wanted.indexOf(finer);
  return {
    columns: wanted.map((part) => found.get(part)!),
    text: (cells) => joinParts(wanted, cells),
    isNumber: false,
    isTotal: (cells) => YEAR_AS_PERIOD.test(cells[period]!),
  };
}
