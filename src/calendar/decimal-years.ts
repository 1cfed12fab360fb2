import { DAY, dayAt } from "./civil.js";
import { monthOf, startOfMonth } from "./periods.js";

/** A column of years with a fraction, read. */
export interface DecimalYears {
  readonly times: Float64Array;
  readonly resolution: "month" | "day";
  readonly write: (time: number) => string;
}

/** How a column of them is called where formats are told. */
export const DECIMAL_YEARS = "decimal years";

const CELL = /^\d{4}(?:\.\d{1,15})?$/;
const [FIRST_YEAR, LAST_YEAR] = [1000, 2300];
/** Fractions are cut, not rounded, by some tools: 1949.08333 lies a little before February. */
const CUT = 0.02;
/** Months differ in length: the middles of them lie up to this far from even, in months. */
const LOOSE = 0.2;
/** Days by which a week counted in fractions of a year may lie beside seven. */
const WEEK_DRIFT = 3;
/** The same of days. */
const DAY_DRIFT = 1.5;

const startOfYear = (year: number): number => dayAt(year, 1, 1)!;
const daysOf = (year: number): number => (startOfYear(year + 1) - startOfYear(year)) / DAY;

const isDistinct = (values: ArrayLike<number>): boolean => new Set(Array.from(values)).size === values.length;

/** Months, where all values lie at about the same place within one: its beginning, or its middle. */
function asMonths(values: Float64Array, text: (value: number) => string): DecimalYears | undefined {
  const months = values.map((value) => Math.floor(12 * value + CUT));
  if (!isDistinct(months)) return undefined;
  const phases = values.map((value, row) => 12 * value - months[row]!).sort();
  if (phases.at(-1)! - phases[0]! > LOOSE) return undefined;
  const usual = phases[phases.length >> 1]!;
  const phase = Math.abs(usual) <= CUT ? 0 : usual;
  return {
    times: months.map(startOfMonth),
    resolution: "month",
    write: (time) => text((monthOf(time) + phase) / 12),
  };
}

/** Days or weeks, as tools that divide a year into 365.25 days or 52.18 weeks count them. */
function asDays(values: Float64Array, text: (value: number) => string): DecimalYears | undefined {
  const exact = values.map((value) => {
    const year = Math.floor(value);
    return startOfYear(year) / DAY + (value - year) * daysOf(year);
  });
  const sorted = exact.slice().sort();
  const between = sorted
    .subarray(1)
    .map((day, i) => day - sorted[i]!)
    .sort();
  const usual = between[between.length >> 1] ?? 0;
  const length = Math.round(usual);
  if ((length !== 1 && length !== 7) || Math.abs(usual - length) > 0.05) return undefined;
  const first = Math.round(sorted[0]!);
  // Fractions of a year are longer in a leap year: steps are counted from neighbour to neighbour.
  const placeOf = new Map<number, number>();
  sorted.forEach((day, i) => {
    placeOf.set(
      day,
      i === 0 ? 0 : placeOf.get(sorted[i - 1]!)! + Math.round((day - sorted[i - 1]!) / length),
    );
  });
  const places = exact.map((day) => placeOf.get(day)!);
  const most = length === 1 ? DAY_DRIFT : WEEK_DRIFT;
  const drifts = exact.some((day, row) => Math.abs(day - first - places[row]! * length) > most);
  if (drifts || !isDistinct(places)) return undefined;
  return {
    times: places.map((place) => (first + place * length) * DAY),
    resolution: "day",
    write: (time) => {
      const year = new Date(time).getUTCFullYear();
      return text(year + (time - startOfYear(year)) / DAY / daysOf(year));
    },
  };
}

/**
 * Years with a fraction: `1949.083` is February 1949, `1958.208` the middle of March, and weeks and days likewise, as R's
 * time series and tables of the climate write them.
 * @returns undefined where the cells are no such column: all in one year's place, beside months, weeks and days, or twice
 * the same.
 */
export function decimalYears(cells: readonly string[]): DecimalYears | undefined {
  if (!cells.every((cell) => CELL.test(cell))) return undefined;
  const values = Float64Array.from(cells, Number);
  const isYear = (value: number): boolean => value >= FIRST_YEAR && value < LAST_YEAR;
  if (!values.every(isYear) || values.every(Number.isInteger)) return undefined;
  const digits = Math.max(...new Set(cells.map((cell) => cell.length - Math.min(cell.length, 5))));
  const hasBare = cells.some((cell) => !cell.includes("."));
  const text = (value: number): string =>
    hasBare ? String(Number(value.toFixed(digits))) : value.toFixed(digits);
  return asMonths(values, text) ?? asDays(values, text);
}
