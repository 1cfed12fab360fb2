import { DataError } from "../../errors.js";
import { monthOf, refuseBadTimes, startOfMonth } from "../analysis/periods.js";

export interface Spacing {
  /** The usual step in milliseconds: the median of the forward ones, the smaller of two middle ones. */
  readonly median: number;
  /** Whether every date stands one step after the one before it. */
  readonly regular: boolean;
  /** The dates that do not: late, early, repeated or out of order. */
  readonly irregular: number[];
  /** How many dates are left out between the others, going by the usual step. */
  readonly missing: number;
}

const DAY = 86_400_000;
const DAYS_OF_A_MONTH = 365.2425 / 12;
/** Timestamps rounded to milliseconds are one off at most; of very short steps, that would be too much. */
const slack = (step: number): number => Math.min(1, step / 4);

type Findings = Pick<Spacing, "irregular" | "missing">;

function examine(
  times: ArrayLike<number>,
  isNext: (from: number, to: number) => boolean,
  stepsBetween: (from: number, to: number) => number,
): Findings {
  const irregular: number[] = [];
  let missing = 0;
  for (let i = 1; i < times.length; i++) {
    const [from, to] = [times[i - 1]!, times[i]!];
    if (isNext(from, to)) continue;
    irregular.push(i);
    missing += Math.max(0, Math.round(stepsBetween(from, to)) - 1);
  }
  return { irregular, missing };
}

const byLength = (times: ArrayLike<number>, step: number): Findings =>
  examine(
    times,
    (from, to) => Math.abs(to - from - step) <= slack(step),
    (from, to) => (to - from) / step,
  );

const dayOf = (time: number): number => new Date(Math.floor(time)).getUTCDate();

/** Steps of whole months onto one day of the month, or the last day of a month too short for it. */
function byMonths(times: ArrayLike<number>, months: number, day: number): Findings {
  const next = (from: number): number => {
    const month = monthOf(from) + months;
    const start = startOfMonth(month);
    const days = (startOfMonth(month + 1) - start) / DAY;
    const timeOfDay = from - Math.floor(from / DAY) * DAY;
    return start + (Math.min(day, days) - 1) * DAY + timeOfDay;
  };
  return examine(
    times,
    (from, to) => Math.abs(to - next(from)) <= 1,
    (from, to) => (monthOf(to) - monthOf(from)) / months,
  );
}

/**
 * How dates follow one another, and where they do not.
 *
 * Dates are regular when all steps are equally long, to the millisecond, or when they keep to a day of the month and
 * whole months: months, quarters and years are of unequal length and regular all the same (31 January, 28 February,
 * 31 March too). Trading days are not: every Monday is irregular, with two dates missing before it. UTC.
 *
 * @param times milliseconds since 1970.
 * @throws DataError for fewer than two dates, and when none is later than the one before it.
 *
 * @example
 * const day = 86_400_000;
 * spacing([0, day, 2 * day, 5 * day]); // { median: day, regular: false, irregular: [3], missing: 2 }
 */
export function spacing(times: ArrayLike<number>): Spacing {
  const where = "spacing()";
  if (times.length < 2) {
    throw new DataError(`${where}: ${times.length} dates have no step between them, expected at least 2.`, {
      received: times.length,
      expected: 2,
    });
  }
  refuseBadTimes(where, times);
  const forward = Float64Array.from({ length: times.length - 1 }, (_, i) => times[i + 1]! - times[i]!)
    .filter((step) => step > 0)
    .sort();
  if (forward.length === 0) {
    throw new DataError(`${where}: no date is later than the one before it. Sort them, oldest first.`);
  }
  const median = forward[(forward.length - 1) >> 1]!;
  let best = byLength(times, median);
  const months = Math.round(median / (DAYS_OF_A_MONTH * DAY));
  if (months >= 1 && best.irregular.length > 0) {
    for (const day of new Set(Array.from(times, dayOf))) {
      const found = byMonths(times, months, day);
      if (found.irregular.length < best.irregular.length) best = found;
    }
  }
  return { median, regular: best.irregular.length === 0, ...best };
}
