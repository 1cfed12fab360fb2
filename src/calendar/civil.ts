/** Days and their parts, in UTC throughout: what a Date gives without the host's zone. */

export const SECOND = 1000;
export const MINUTE = 60_000;
export const HOUR = 3_600_000;
export const DAY = 86_400_000;
export const WEEK = 7 * DAY;

/** The first moment of a day, or undefined for a day that does not exist. `month` counts from 1. */
export function dayAt(year: number, month: number, day: number): number | undefined {
  const date = new Date(0);
  // Date.UTC would take the years 0 to 99 for 1900 to 1999.
  date.setUTCFullYear(year, month - 1, day);
  // The 31st of April would roll over into May.
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day ? date.getTime() : undefined;
}

/** What is left of a day at a moment, 0 <= ms < a day; before 1970 too. */
export const timeOfDay = (time: number): number => time - Math.floor(time / DAY) * DAY;

/** 0 is Sunday, as `Date.getUTCDay` counts. */
export const weekdayOf = (time: number): number => (((Math.floor(time / DAY) + 4) % 7) + 7) % 7;

/** Monday of an ISO 8601 week; undefined where the year has no such week. */
export function weekAt(year: number, week: number): number | undefined {
  // 4 January always lies in week 1.
  const fourth = dayAt(year, 1, 4)!;
  const first = fourth - ((weekdayOf(fourth) + 6) % 7) * DAY;
  const monday = first + (week - 1) * WEEK;
  return week >= 1 && weekOf(monday).year === year ? monday : undefined;
}

/** The ISO 8601 week a moment lies in; its year is that of the week's Thursday. */
export function weekOf(time: number): { year: number; week: number } {
  const thursday = Math.floor(time / DAY) * DAY + (3 - ((weekdayOf(time) + 6) % 7)) * DAY;
  const year = new Date(thursday).getUTCFullYear();
  return { year, week: Math.floor((thursday - dayAt(year, 1, 1)!) / WEEK) + 1 };
}
