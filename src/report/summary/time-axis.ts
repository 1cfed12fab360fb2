import { parseTimestamp } from "../../series/timestamps.js";
import { type DateFormat, dateFormatOf, describeMilliseconds, describeMonths } from "./date-format.js";

/** Two neighbouring rows that lie further apart, or closer, than the step. */
export interface IrregularStep {
  /** The later row, counted from 0. */
  readonly row: number;
  readonly from: string;
  readonly to: string;
}

/** When the rows of a series are, and when the next ones would be. */
export interface TimeAxis {
  /** `index`: there is no date column, rows are counted from 0. */
  readonly kind: "date" | "number" | "index";
  /** The step between rows in words: `7 days`, `1 month`, `0.25`. */
  readonly step: string;
  readonly irregular: readonly IrregularStep[];
  /** The date of a row as the file writes it; rows after the end go on at the series' own step. */
  label(row: number): string;
  /** Where a row lies on a chart's axis: milliseconds since 1970 (UTC), or the number. */
  position(row: number): number;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)]!;
}

const monthOf = (date: Date): number => date.getUTCFullYear() * 12 + date.getUTCMonth();
const daysIn = (month: number): number =>
  new Date(Date.UTC(Math.floor(month / 12), (month % 12) + 1, 0)).getUTCDate();

/** Calendar months from one date to another that falls on the same day of the month (or on the month's end as well). */
function monthsBetween(from: number, to: number): number | undefined {
  const [a, b] = [new Date(from), new Date(to)];
  if (from % 86_400_000 !== to % 86_400_000) return undefined;
  const [lastA, lastB] = [daysIn(monthOf(a)), daysIn(monthOf(b))];
  const [dayA, dayB] = [a.getUTCDate(), b.getUTCDate()];
  const bothEnd = dayA === lastA && dayB === lastB;
  const months = monthOf(b) - monthOf(a);
  return months > 0 && (dayA === dayB || bothEnd) ? months : undefined;
}

/** `n` steps of calendar months after `time`; the month's end stays the month's end. */
function addMonths(time: number, months: number): number {
  const date = new Date(time);
  const target = monthOf(date) + months;
  const isEnd = date.getUTCDate() === daysIn(monthOf(date)) && date.getUTCDate() > 27;
  const day = isEnd ? daysIn(target) : Math.min(date.getUTCDate(), daysIn(target));
  return (
    Date.UTC(Math.floor(target / 12), target % 12, day) + (((time % 86_400_000) + 86_400_000) % 86_400_000)
  );
}

interface Step {
  readonly text: string;
  readonly fits: (from: number, to: number) => boolean;
  readonly after: (time: number, steps: number) => number;
}

function dateStep(times: Float64Array): Step {
  const pairs = Array.from({ length: times.length - 1 }, (_, i) => [times[i]!, times[i + 1]!] as const);
  const months = pairs.map(([from, to]) => monthsBetween(from, to));
  const monthly = months.filter((m) => m !== undefined);
  if (monthly.length > pairs.length / 2) {
    const step = median(monthly);
    return {
      text: describeMonths(step),
      fits: (from, to) => monthsBetween(from, to) === step,
      after: (time, steps) => addMonths(time, steps * step),
    };
  }
  const step = median(pairs.map(([from, to]) => to - from));
  return {
    text: describeMilliseconds(step),
    fits: (from, to) => to - from === step,
    after: (time, steps) => time + steps * step,
  };
}

/** Twelve digits: 0.1 + 0.2 is 0.3 for a reader. */
const tidy = (x: number): number => Number(x.toPrecision(12));

function numberStep(times: Float64Array): Step {
  const step = tidy(median(Array.from({ length: times.length - 1 }, (_, i) => times[i + 1]! - times[i]!)));
  const tolerance = Math.abs(step) * 1e-6;
  return {
    text: String(step),
    fits: (from, to) => Math.abs(to - from - step) <= tolerance,
    after: (time, steps) => tidy(time + steps * step),
  };
}

/**
 * The time axis of a table.
 * @param dates the cells of the date column; without it, rows are counted from 0.
 * @param times the same as numbers that never decrease, as `readCsv` gives them.
 */
export function timeAxis(rows: number, dates?: readonly string[], times?: Float64Array): TimeAxis {
  if (dates === undefined || times === undefined || rows < 2) {
    return { kind: "index", step: "1 row", irregular: [], label: String, position: (row) => row };
  }
  const last = dates[rows - 1]!;
  // A year such as 1958 is a number to the reader of tables and no date.
  const isDate = parseTimestamp(last) !== undefined && parseTimestamp(last) === times[rows - 1];
  const step = isDate ? dateStep(times) : numberStep(times);
  const format: DateFormat = isDate ? dateFormatOf(last) : String;
  const irregular: IrregularStep[] = [];
  for (let row = 1; row < rows; row++) {
    if (!step.fits(times[row - 1]!, times[row]!))
      irregular.push({ row, from: dates[row - 1]!, to: dates[row]! });
  }
  const position = (row: number): number =>
    row < rows ? times[row]! : step.after(times[rows - 1]!, row - rows + 1);
  return {
    kind: isDate ? "date" : "number",
    step: step.text,
    irregular,
    label: (row) => dates[row] ?? format(position(row)),
    position,
  };
}
