import { findDates } from "../calendar/find-dates.js";
import { layoutsLike } from "../calendar/layouts-like.js";
import { monthNamed } from "../calendar/month-names.js";
import { readDates } from "../calendar/read-dates.js";
import { DataError } from "../errors.js";
import { type Finishing, finishTable } from "./finish-table.js";
import { plainNumber } from "./numbers.js";
import { type RawColumn, RawColumns } from "./raw-columns.js";
import { unfolded } from "./side-by-side.js";
import { quote, type ReadTable } from "./table.js";

/** What columns that lie side by side stand for. */
interface Spread {
  readonly kind: string;
  /** The date a row and a column make together. */
  readonly date: (row: number, column: number) => string;
  readonly columns: readonly RawColumn<string>[];
  /** What series a row is of; undefined: there is one only. */
  readonly id?: (row: number) => string;
  /** Whether what follows in time stands below, not beside. */
  readonly isByColumn?: boolean;
  /** Whether nothing says when. */
  readonly isWrapped?: boolean;
  /** What is to be said of columns that are not read. */
  readonly left?: string;
  /** Whether there is no such date. */
  readonly isNone?: (row: number, column: number) => boolean;
}

const pad = (n: number): string => String(n).padStart(2, "0");

/** `Jan`, `M01`, `1`, `January` … of twelve columns. */
function monthOf(name: string): number | undefined {
  const digits = /^(?:m|month)?_?0?(\d{1,2})$/i.exec(name.trim());
  if (digits !== null)
    return Number(digits[1]) >= 1 && Number(digits[1]) <= 12 ? Number(digits[1]) : undefined;
  const month = monthNamed(name.trim());
  return month === undefined ? undefined : month + 1;
}

const quarterOf = (name: string): number | undefined => {
  const match = /^(?:q|qtr|quarter|t|k)_?\s?([1-4])$/i.exec(name.trim());
  return match === null ? undefined : Number(match[1]);
};

/** `00:30`, `H07`, `hour_7`, `7`: minutes from midnight; hours that end at 24 begin an hour before. */
function minutesOf(name: string): number | undefined {
  const text = name.trim();
  const clock = /^(\d{1,2})[:h](\d{2})(?::00)?$/.exec(text);
  if (clock !== null) return Number(clock[1]) * 60 + Number(clock[2]);
  const hour = /^(?:h|hour|hr|he|stunde)?[_\s.]?0?(\d{1,2})$/i.exec(text);
  return hour === null || Number(hour[1]) > 24 ? undefined : Number(hour[1]) * 60;
}

type Columns = readonly RawColumn<string>[];

function numbered(
  columns: Columns,
  of: (name: string) => number | undefined,
  count: readonly number[],
): Map<number, RawColumn<string>> | undefined {
  const found = new Map<number, RawColumn<string>>();
  for (const column of columns) {
    const value = of(column.name);
    if (value !== undefined && !found.has(value)) found.set(value, column);
  }
  return count.includes(found.size) ? found : undefined;
}

/** The column that has a year in every row. */
function yearColumn(columns: Columns): RawColumn<string> | undefined {
  const years = columns.filter(
    ({ cells }) =>
      cells!.length > 0 &&
      cells!.every((cell) => /^\d{4}$/.test(cell) && Number(cell) > 999 && Number(cell) < 2301),
  );
  return years.find(({ name }) => /^(?:year|yr|jahr|année|annee|año|ano|anno|jaar)/i.test(name)) ?? years[0];
}

/** Cells that are left empty under one that holds for them too, as in spreadsheets with merged cells. */
function filledDown(cells: readonly string[]): string[] {
  let last = "";
  return cells.map((cell) => {
    if (cell !== "") last = cell;
    return last;
  });
}

const NAMED_YEAR = /^(?:1[5-9]|20|21)\d{2}$/;

/** The names of several of the parts of a year: January, Q1, 1 … 53 under `week`. */
function periodOf(columns: Columns): ((row: number) => string | undefined) | undefined {
  const under = (pattern: RegExp): RawColumn<string> | undefined =>
    columns.find(({ name }) => pattern.test(name.trim()));
  const all = (cells: readonly string[], of: (cell: string) => number | undefined): boolean =>
    cells.length > 0 && cells.every((cell) => of(cell) !== undefined);
  const week = under(/^(?:week|wk|kw|woche|semaine|semana)/i);
  const weekOf = (cell: string): number | undefined => {
    const value = Number(/^(?:w|wk|kw)?\s?0?(\d{1,2})$/i.exec(cell)?.[1]);
    return value >= 1 && value <= 53 ? value : undefined;
  };
  if (week !== undefined && columns.length === 1 && all(week.cells!, weekOf))
    return (row) => `-W${pad(weekOf(week.cells![row]!)!)}`;
  for (const column of columns) {
    const cells = filledDown(column.cells!);
    if (columns.length === 1 && all(cells, quarterOf)) return (row) => `-Q${quarterOf(cells[row]!)}`;
    const isNamed = /^(?:month|mon|monat|mois|mes|mese|maand)/i.test(column.name) || !/^\d/.test(cells[0]!);
    if (!isNamed || !all(cells, monthOf)) continue;
    const month = (row: number): string => `-${pad(monthOf(cells[row]!)!)}`;
    if (columns.length === 1) return month;
    const day = columns.find((other) => other !== column)!;
    const isDay = all(day.cells!, (cell) => (/^(?:0?[1-9]|[12]\d|3[01])$/.test(cell) ? 1 : undefined));
    return columns.length === 2 && isDay
      ? (row) => `${month(row)}-${pad(Number(day.cells![row]))}`
      : undefined;
  }
  return undefined;
}

/** A column a year, and a row for each month, day, quarter or week of it. */
function spreadOfYears(columns: Columns): Spread | undefined {
  const years = columns.filter(({ name }) => NAMED_YEAR.test(name.trim()));
  const period = periodOf(columns.filter((column) => !years.includes(column)));
  if (years.length < 2 || period === undefined) return undefined;
  const sorted = [...years].sort((a, b) => Number(a.name) - Number(b.name));
  const leap = (year: number): boolean => (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  return {
    kind: "a row a part of the year and a column a year",
    columns: sorted,
    isByColumn: true,
    date: (row, c) => `${sorted[c]!.name.trim()}${period(row)}`,
    // The 29th of February, or a 53rd week, stands in the rows of every year.
    isNone: (row, c) =>
      sorted[c]!.cells![row] === "" &&
      ((period(row) === "-02-29" && !leap(Number(sorted[c]!.name))) || period(row) === "-W53"),
  };
}

function spreadOf(raw: RawColumns<string>): Spread {
  const { columns } = raw;
  const year = yearColumn(columns);
  const isNameless = columns.every(({ name }) => /^column_\d+$/.test(name));
  if (isNameless && columns.length === 13 && year === columns[0])
    return {
      kind: "a row a year and twelve columns of months",
      columns: columns.slice(1),
      date: (row, c) => `${year!.cells![row]}-${pad(c + 1)}`,
    };
  if (year !== undefined) {
    const others = columns.filter((column) => column !== year);
    const months = numbered(others, monthOf, [12]);
    const beside = others.filter((column) => ![...(months?.values() ?? [])].includes(column));
    const idBeside = idOf(raw, beside, (row) => year.cells![row]!);
    const ofRow = idBeside === undefined ? {} : { id: idBeside };
    if (months !== undefined) {
      const order = [...months.keys()].sort((a, b) => a - b);
      return {
        kind: "a row a year and a column a month",
        columns: order.map((month) => months.get(month)!),
        date: (row, c) => `${year.cells![row]}-${pad(order[c]!)}`,
        ...ofRow,
      };
    }
    const quarters = numbered(others, quarterOf, [4]);
    if (quarters !== undefined)
      return {
        kind: "a row a year and a column a quarter",
        columns: [1, 2, 3, 4].map((quarter) => quarters.get(quarter)!),
        date: (row, c) => `${year.cells![row]}-Q${c + 1}`,
      };
  }
  const years = spreadOfYears(columns);
  if (years !== undefined) return years;
  const seen = columns.map(({ name, cells }) => ({ name, cells: cells!.slice(0, 256) }));
  const headers = columns.filter(({ name }) => layoutsLike(name) !== undefined);
  const marked = headers.filter(
    ({ name }) => layoutsLike(name)!.isWeak === false || NAMED_YEAR.test(name.trim()),
  );
  if (marked.length >= 3 && marked.length >= columns.length / 2) {
    const rest = columns.filter((column) => !marked.includes(column));
    const id = idOf(raw, rest, () => "");
    const left = rest.filter(({ cells }) =>
      cells!.every((cell) => cell === "" || plainNumber(cell) !== undefined),
    );
    const filled = left.filter(
      ({ cells, name }) => cells!.some((cell) => cell !== "") && !raw.idNames.includes(name),
    );
    return {
      ...(filled.length === 0 || id === undefined
        ? {}
        : {
            left: `columns ${filled.map(({ name }) => quote(name)).join(", ")} name no date and are left out`,
          }),
      kind: "a row a series and a column a date",
      columns: marked,
      date: (_, c) => marked[c]!.name,
      id: (row) =>
        (id?.(row) ?? "") ||
        rest
          .map(({ cells }) => cells![row])
          .filter((cell) => cell !== "")
          .join(" ") ||
        `row ${row + 1}`,
    };
  }
  const found = findDates(seen, new Set());
  if (found !== undefined && found.columns.length === 1) {
    const date = columns[found.columns[0]!]!;
    const others = columns.filter((column) => column !== date);
    const hours = numbered(others, minutesOf, [24, 48, 96]);
    const day = readDates(date.cells!.filter((cell) => cell !== ""));
    if (hours !== undefined && !("kind" in day) && day.resolution === "day") {
      const order = [...hours.keys()].sort((a, b) => a - b);
      // Hours 1 to 24 are named by their end.
      const shift = order.includes(24 * 60) && !order.includes(0) ? (24 * 60) / order.length : 0;
      return {
        kind: "a row a day and a column a time of day",
        columns: order.map((minutes) => hours.get(minutes)!),
        date: (row, c) =>
          `${date.cells![row]} ${pad(Math.floor((order[c]! - shift) / 60))}:${pad((order[c]! - shift) % 60)}`,
      };
    }
  }
  // Values that go on from line to line, as old files of numbers wrap them.
  if (found === undefined && isNameless) {
    const first = columns.slice(0, 3).map(({ cells }) => cells![0]!);
    return {
      kind: `one series, line by line: ${first.join(", ")} …`,
      columns,
      date: () => "",
      isWrapped: true,
      isNone: (row, c) => columns[c]!.cells![row] === "",
    };
  }
  if (found === undefined) {
    throw new DataError(
      `${raw.path}: --wide (option \`wide\`) finds neither a year and twelve months, nor a day and its hours, nor dates among the names or in a column. Columns: ${raw.header.slice(0, 20).join(", ")}.`,
    );
  }
  const dates = new Set(found.columns);
  const series = columns.filter(
    ({ index, cells }) =>
      !dates.has(index) && cells!.some((cell) => plainNumber(cell.replace(",", ".")) !== undefined),
  );
  const text = (row: number): string =>
    found.text(found.columns.map((index) => columns[index]!.cells![row]!));
  return { kind: "a column a series", columns: series, date: (row) => text(row) };
}

const different = (rows: number, id: (row: number) => string): number =>
  new Set(Array.from({ length: rows }, (_, row) => id(row))).size;

/**
 * What tells the series of a table's rows apart: the columns that were named, a column of texts that differ from row to
 * row, or as many of those columns of texts, the first ones first, as it takes.
 * @param when what else a row is of, such as its year, so that a name comes again with each.
 */
function idOf(
  raw: RawColumns<string>,
  columns: Columns,
  when: (row: number) => string,
): ((row: number) => string) | undefined {
  const named = raw.idNames.map((name) => raw.find(name));
  const joined =
    (chosen: Columns) =>
    (row: number): string =>
      chosen.map(({ cells }) => cells![row]!).join(",");
  if (named.length > 0) return joined(named);
  const texts = columns.filter(({ cells }) => cells!.some((cell) => /\p{L}/u.test(cell)));
  const count = (chosen: Columns): number =>
    different(raw.rows, (row) => `${when(row)}\n${joined(chosen)(row)}`);
  const single =
    texts.find((column) => count([column]) === raw.rows) ??
    texts.find(({ name }) => /(?:id|name|series|station|country|code)/i.test(name)) ??
    texts[0];
  if (single === undefined) return undefined;
  let chosen = [single];
  for (const column of texts) {
    if (count(chosen) === raw.rows) break;
    if (!chosen.includes(column) && count([...chosen, column]) > count(chosen)) chosen.push(column);
  }
  chosen = texts.filter((column) => chosen.includes(column));
  return joined(chosen);
}

/**
 * Makes one long table of a wide one: columns `date` and `value`, and `series` where there are several.
 * @throws DataError where the columns are no spread that is known.
 */
export function* longFormOf(
  raw: RawColumns<string>,
  { notes, delimiter }: Finishing,
): Generator<void, ReadTable> {
  if (raw.rows === 0) throw new DataError(`${raw.path}: has column names but no data rows.`);
  const below = unfolded(raw);
  if (below !== undefined) {
    const told = [
      ...notes,
      `blocks of ${below.columns.length} columns side by side are read one below the other`,
    ];
    return yield* finishTable(below, delimiter === undefined ? { notes: told } : { notes: told, delimiter });
  }
  const { kind, columns, date, id, isByColumn, isNone, isWrapped, left } = spreadOf(raw);
  const isBySeries = kind === "a column a series";
  const hasIds = isBySeries ? columns.length > 1 : id !== undefined;
  const value = raw.options.columns?.[0] ?? "value";
  const { columns: _, id: __, date: ___, wide: ____, ...options } = raw.options;
  const long = new RawColumns<string>(
    raw.path,
    {
      ...options,
      columns: [value],
      date: isWrapped === true ? false : "date",
      ...(hasIds ? { id: "series" } : {}),
    },
    raw.format,
    "",
  );
  for (const name of hasIds ? ["series", "date", value] : ["date", value]) long.declare(name);
  let hasBegun = hasIds;
  const add = (row: number, c: number): void => {
    const cell = columns[c]!.cells![row]!;
    // A first year may begin with empty months.
    hasBegun ||= cell !== "";
    if (!hasBegun || isNone?.(row, c) === true) return;
    const name = isBySeries ? columns[c]!.name : (id?.(row) ?? "");
    const place = columns[c]!.index;
    long.add(hasIds ? [name, date(row, c), cell] : [date(row, c), cell], raw.lines[row]!, () =>
      raw.lineOf(row, place),
    );
  };
  let made = 0;
  if (isBySeries || isByColumn === true) {
    for (let c = 0; c < columns.length; c++)
      for (let row = 0; row < raw.rows; row++) {
        add(row, c);
        if (++made % 8192 === 0) yield;
      }
  } else {
    for (let row = 0; row < raw.rows; row++)
      for (let c = 0; c < columns.length; c++) {
        add(row, c);
        if (++made % 8192 === 0) yield;
      }
  }
  // A year that is not over yet ends in empty months.
  if (!hasIds) {
    let last = long.rows;
    const cells = long.columns[1]!.cells!;
    while (last > 1 && cells[last - 1] === "") last--;
    long.cut(last);
  }
  const told = [...notes, `read as ${kind}`, ...(left === undefined ? [] : [left])];
  return yield* finishTable(long, delimiter === undefined ? { notes: told } : { notes: told, delimiter });
}
