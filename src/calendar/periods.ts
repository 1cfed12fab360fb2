import { ConfigError, DataError } from "../errors.js";
import { numberIn, oneOf } from "../options.js";

const DAY = 86_400_000;

/** A year less than a Date can hold (8.64e15), so that the period around every time begins at a date. */
const LAST_TIME = 8.6e15;

const FIXED = { hour: DAY / 24, day: DAY, week: 7 * DAY } as const;
const MONTHS = { month: 1, quarter: 3, year: 12 } as const;
const UNITS = ["hour", "day", "week", "month", "quarter", "year"] as const;

/** A period of the calendar in UTC; weeks begin on Monday. */
export type CalendarUnit = (typeof UNITS)[number];

/** The time line cut into numbered periods without holes: period i is `[startOf(i), startOf(i + 1))`. */
export interface Periods {
  indexOf(time: number): number;
  startOf(index: number): number;
}

/** Months counted from January of the year 0. */
export function monthOf(time: number): number {
  // Date cuts fractions towards zero, which before 1970 is into the next month.
  const date = new Date(Math.floor(time));
  return date.getUTCFullYear() * 12 + date.getUTCMonth();
}

/** The first moment of a month counted as {@link monthOf} does. */
export function startOfMonth(month: number): number {
  const date = new Date(0);
  // Date.UTC would take the years 0 to 99 for 1900 to 1999.
  date.setUTCFullYear(0, month, 1);
  return date.getTime();
}

const ofLength = (length: number, origin: number): Periods => ({
  indexOf: (time) => Math.floor((time - origin) / length),
  startOf: (index) => origin + index * length,
});

/** @throws ConfigError for a unit unknown or a length that is no whole number of milliseconds. */
export function periodsOf(where: string, every: CalendarUnit | number): Periods {
  if (typeof every === "number") {
    return ofLength(numberIn(where, "every", every, { min: 1, max: LAST_TIME, integer: true }), 0);
  }
  if (typeof every !== "string") {
    throw new ConfigError(
      `${where}: \`every\` is ${String(every)}, expected milliseconds or a calendar unit.`,
      {
        received: every,
        expected: UNITS,
      },
    );
  }
  const unit = oneOf(where, "every", every, UNITS);
  if (unit === "month" || unit === "quarter" || unit === "year") {
    const months = MONTHS[unit];
    return {
      indexOf: (time) => Math.floor(monthOf(time) / months),
      startOf: (index) => startOfMonth(index * months),
    };
  }
  // 5 January 1970 was a Monday.
  return ofLength(FIXED[unit], unit === "week" ? 4 * DAY : 0);
}

/** @throws DataError naming the first time that is no moment of the calendar. */
export function refuseBadTimes(where: string, times: ArrayLike<number>): void {
  for (let i = 0; i < times.length; i++) {
    const time: unknown = times[i];
    if (typeof time === "number" && Math.abs(time) <= LAST_TIME) continue;
    throw new DataError(
      `${where}: times[${i}] is ${String(time)}, expected milliseconds since 1970 (Date.getTime()).`,
      { received: time, expected: "a number of milliseconds" },
    );
  }
}
