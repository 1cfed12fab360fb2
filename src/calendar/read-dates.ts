import { MINUTE } from "./civil.js";
import { complete } from "./complete.js";
import { DECIMAL_YEARS, decimalYears } from "./decimal-years.js";
import { EXCEL_DAYS, excelDays } from "./excel-days.js";
import { type Layout, layoutOf, type Reading, type Resolution, tokensOf, zoneOf } from "./layout.js";
import type { NamedLayout } from "./layout-named.js";
import { layoutsLike } from "./layouts-like.js";
import { namesLike } from "./month-names.js";
import { stepOf } from "./step-of.js";

/** The dates of a column, in the order of its rows. */
export interface Dates {
  /** Milliseconds since 1970: UTC where cells say their zone, else the clock on the wall. */
  readonly times: Float64Array;
  /** How they are written, such as `DD.MM.YYYY HH:mm`; of several ways, the fullest. */
  readonly format: string;
  readonly resolution: Resolution;
  /** Whether the cells are digits alone, which may as well count something. */
  readonly isWeak: boolean;
  /** Whether cells say how far their clock is ahead of UTC. */
  readonly hasZone: boolean;
  /** A moment as the file would write it. */
  readonly write: (time: number) => string;
}

/** Why a column holds no dates: a cell that is none, or cells that two orders fit. */
export type NoDates =
  | { readonly kind: "cell"; readonly row: number; readonly cell: string }
  | {
      readonly kind: "ambiguous";
      readonly row: number;
      readonly cell: string;
      readonly orders: readonly string[];
    };

export interface ReadDatesOptions {
  /** What a user said of how they are written. */
  readonly named?: NamedLayout | undefined;
}

/** More ways of writing than these in one column are no calendar. */
const MOST_LAYOUTS = 4;
/** Cells between two pauses. */
const SLICE = 4096;

/** One reading of a column: an order of the date's parts, and the layouts that share it. */
class Family {
  readonly order: string;
  readonly layouts: Layout[];
  readonly isWeak: boolean;
  readonly local: Float64Array;
  offsets: Float64Array | undefined;
  /** The row that is no date in this order; -1: all are. */
  failed = -1;
  #last = 0;

  constructor(layout: Layout, rows: number, isWeak: boolean) {
    this.order = layout.order;
    this.layouts = [layout];
    this.isWeak = isWeak;
    this.local = new Float64Array(rows);
  }

  read(cell: string, row: number, isFixed: boolean): void {
    const reading = this.#layout(cell, isFixed);
    if (reading === undefined) {
      this.failed = row;
      return;
    }
    this.local[row] = reading.local;
    if (reading.offset === undefined) {
      // With and without a zone, two clocks would be mixed.
      if (this.offsets !== undefined) this.failed = row;
      return;
    }
    if (this.offsets === undefined) {
      if (row > 0) this.failed = row;
      this.offsets = new Float64Array(this.local.length);
    }
    this.offsets[row] = reading.offset;
  }

  #layout(cell: string, isFixed: boolean): Reading | undefined {
    for (let i = 0; i < this.layouts.length; i++) {
      const at = (this.#last + i) % this.layouts.length;
      const reading = this.layouts[at]!.read(cell);
      if (reading !== undefined) {
        this.#last = at;
        return reading;
      }
    }
    if (isFixed || this.layouts.length >= MOST_LAYOUTS) return undefined;
    const other = layoutsLike(cell)?.layouts.find(({ order }) => order === this.order);
    if (other === undefined) return undefined;
    this.#last = this.layouts.push(other) - 1;
    return other.read(cell);
  }
}

/** The families the first cell leaves open. */
function familiesOf(cell: string, rows: number, named: NamedLayout | undefined): Family[] {
  if (named !== undefined && "layout" in named) return [new Family(named.layout, rows, false)];
  const candidates = layoutsLike(cell);
  if (candidates === undefined) return [];
  const { layouts, isWeak } = candidates;
  return layouts
    .filter(
      ({ order }) => named === undefined || order === named.order || !/D/.test(order) || !/M/.test(order),
    )
    .map((layout) => new Family(layout, rows, isWeak));
}

const ORDER_WORDS: Readonly<Record<string, string>> = {
  DMY: "day first",
  MDY: "month first",
  YMD: "year first",
};

const isRegular = (times: Float64Array): boolean => {
  const sorted = times.slice().sort();
  if (new Set(sorted).size < sorted.length || sorted.length < 4) return false;
  return stepOf(sorted)?.regular === true;
};

/** Two orders that both fit are told apart by steps, where one alone has none out of place; else nobody can tell. */
function choose(alive: readonly Family[]): Family | readonly string[] {
  const [first, ...others] = alive;
  const rivals = others.filter(({ local }) => local.some((time, row) => time !== first!.local[row]));
  if (rivals.length === 0) return first!;
  const regular = [first!, ...rivals].filter(({ local }) => isRegular(local));
  if (regular.length === 1) return regular[0]!;
  const open = regular.length > 1 ? regular : [first!, ...rivals];
  const words = open.flatMap(({ order }) => ORDER_WORDS[order] ?? []);
  return words.length > 1 ? words : open[0]!;
}

const SINGLE = { MM: "M", DD: "D", HH: "H" } as const;
/** Tokens that are no digits in a cell. */
const WORDS: readonly string[] = ["MMM", "MMMM", "ddd", "dddd", "A", "Z", "z"];
const digitsOf = (text: string): string[] => text.match(/\d+/g) ?? [];

/** Layouts as the cells write them: `M/D` where no cell pads with a nought. */
function asWritten(layouts: readonly Layout[], cells: readonly string[]): Layout[] {
  return layouts.map((layout) => {
    let { spec } = layout;
    const numbers = tokensOf(spec).filter((token) => !WORDS.includes(token));
    for (const padded of ["MM", "DD", "HH"] as const) {
      const at = numbers.indexOf(padded);
      // The first cell with this part below ten tells.
      for (const cell of at < 0 ? [] : cells) {
        const reading = layout.read(cell);
        if (reading === undefined) continue;
        const own = digitsOf(cell)[at];
        const long = digitsOf(layout.write(reading.local, "", []))[at];
        if (own === undefined || long?.length !== 2 || !long.startsWith("0")) continue;
        if (own === long) break;
        if (own !== long.slice(1)) continue;
        spec = spec.replace(padded, SINGLE[padded]);
        break;
      }
    }
    return layoutOf(spec);
  });
}

function finish(family: Family, cells: readonly string[]): Dates {
  const { offsets, local, isWeak } = family;
  const last = cells.at(-1)!;
  const zone = offsets === undefined ? "" : zoneOf(last);
  const shift = offsets?.at(-1) ?? 0;
  const times = offsets === undefined ? local : local.map((time, row) => time - offsets[row]!);
  const sample = cells.length > 1000 ? [...cells.slice(0, 500), ...cells.slice(-500)] : cells;
  const layouts = asWritten(family.layouts, sample);
  const fullest = layouts.reduce((a, b) => (b.spec.length > a.spec.length ? b : a));
  const plain = layouts.find(({ resolution }) => resolution === "day");
  const named = tokensOf(fullest.spec).some((token) => token === "MMM" || token === "MMMM");
  const words = named ? [...new Set(sample.map(monthWord).filter((word) => word !== ""))] : [];
  const months = named ? namesLike(words) : [];
  const endsAt24 = sample.some((cell) => /(?:^|\D)24:00/.test(cell));
  const write = (time: number): string => {
    const wall = time + shift;
    const isMidnight = ((wall % 86_400_000) + 86_400_000) % 86_400_000 === 0;
    if (isMidnight && plain !== undefined && fullest.resolution === "time")
      return plain.write(wall, zone, months);
    if (isMidnight && endsAt24 && fullest.resolution === "time")
      return fullest.write(wall - MINUTE, zone, months).replace("23:59", "24:00");
    return fullest.write(wall, zone, months);
  };
  return {
    times,
    format: fullest.spec,
    resolution: fullest.resolution,
    isWeak,
    hasZone: offsets !== undefined,
    write,
  };
}

/** The word of a cell that is no day of the week: its month. */
const monthWord = (cell: string): string =>
  (cell.match(/\p{L}{3,15}\.?/gu) ?? []).find(
    (word) =>
      !/day\.?$|^(?:sun|mon|tue|wed|thu|fri|sat)\.?$/i.test(word) &&
      !/^(?:UTC|GMT|CET|CEST|AM|PM)$/.test(word),
  ) ?? "";

/** Numbers that say when: years with a fraction, a spreadsheet's days. */
function asNumbers(cells: readonly string[]): Dates | undefined {
  const years = decimalYears(cells);
  const found = years ?? excelDays(cells);
  const format = years === undefined ? EXCEL_DAYS : DECIMAL_YEARS;
  return found && { ...found, format, isWeak: true, hasZone: false };
}

/**
 * Reads a column of dates, pausing every few thousand cells so that whoever drives it can let others run.
 * @param cells trimmed, none empty.
 */
export function* datesInSlices(
  cells: readonly string[],
  options: ReadDatesOptions = {},
): Generator<void, Dates | NoDates> {
  const { named } = options;
  const isFixed = named !== undefined && "layout" in named;
  let families = familiesOf(cells[0] ?? "", cells.length, named);
  const none = (row: number): Dates | NoDates =>
    (named === undefined ? asNumbers(cells) : undefined) ?? { kind: "cell", row, cell: cells[row] ?? "" };
  if (families.length === 0) return none(0);
  for (let row = 0; row < cells.length; row++) {
    if (row % SLICE === SLICE - 1) yield;
    const cell = cells[row]!;
    for (const family of families) family.read(cell, row, isFixed);
    if (families.every(({ failed }) => failed < 0)) continue;
    const alive = families.filter(({ failed }) => failed < 0);
    if (alive.length === 0) return none(row);
    families = alive;
  }
  yield;
  const chosen = choose(families);
  if (chosen instanceof Family) return finish(chosen, cells);
  return { kind: "ambiguous", row: 0, cell: cells[0]!, orders: chosen as readonly string[] };
}

/** {@link datesInSlices} without pauses. */
export const readDates = (cells: readonly string[], options: ReadDatesOptions = {}): Dates | NoDates =>
  complete(datesInSlices(cells, options));

/** The moment one text says, in milliseconds since 1970; undefined for what is no date, or one that two orders fit. */
export function parseDate(text: string): number | undefined {
  const cell = text.trim();
  const candidates = layoutsLike(cell);
  if (candidates === undefined) return undefined;
  const times = new Set(
    candidates.layouts.map((layout) => {
      const { local, offset = 0 } = layout.read(cell)!;
      return local - offset;
    }),
  );
  const orders = new Set(
    candidates.layouts.map(({ order }) => ORDER_WORDS[order]).filter((order) => order !== undefined),
  );
  return times.size > 1 && orders.size > 1 ? undefined : times.values().next().value;
}
