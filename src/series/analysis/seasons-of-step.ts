import { numberIn } from "../../options.js";

const DAY = 86_400;
const YEAR = 365.2425 * DAY;

/**
 * Lengths at which a series is likely to repeat, from the time between two rows: a day and a week of hours or minutes, a
 * week and a year of days, a year of weeks, months or quarters.
 *
 * @param seconds from one row to the next; of months and quarters their mean length.
 * @returns steps, ascending; none for years and for steps that no cycle of the calendar holds.
 * @throws ConfigError unless it is above 0.
 *
 * @example
 * seasonsOfStep(1800); // [48, 336]: half hours
 */
export function seasonsOfStep(seconds: number): number[] {
  numberIn("seasonsOfStep()", "seconds", seconds, { above: 0 });
  const cycles = seconds < DAY ? [DAY, 7 * DAY] : seconds < 6 * DAY ? [7 * DAY, YEAR] : [YEAR];
  const steps = cycles.map((cycle) => Math.round(cycle / seconds));
  return [...new Set(steps)].filter((length) => length >= 2);
}
