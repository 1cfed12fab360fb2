import { DAY, HOUR, MINUTE, SECOND, timeOfDay, WEEK, weekdayOf } from "./civil.js";
import { weekdayName } from "./month-names.js";
import { monthOf, startOfMonth } from "./periods.js";

/** How moments follow one another. */
export interface Step {
  /** The length in words: `7 days`, `1 month`, `1 business day`. */
  readonly text: string;
  /** What else there is to know of it: `on Saturdays`, `on the last day`; empty for nothing. */
  readonly detail: string;
  /** About how long it is, in milliseconds (for a column of numbers, in their unit). */
  readonly length: number;
  /** Steps in a day, a week and a year, where the step leaves days or hours of every week out. */
  readonly cycles?: readonly number[];
  /** Steps from one moment to another; undefined where the two do not lie on one grid. */
  count(from: number, to: number): number | undefined;
  /** The moment `steps` later, or earlier. */
  after(time: number, steps: number): number;
}

const plural = (n: number, unit: string): string => `${n} ${unit}${n === 1 ? "" : "s"}`;

const UNITS: readonly (readonly [name: string, ms: number])[] = [
  ["day", DAY],
  ["hour", HOUR],
  ["minute", MINUTE],
  ["second", SECOND],
  ["millisecond", 1],
];

/** A length of time in its natural unit: `7 days`, `90 minutes`. */
export function describeLength(ms: number): string {
  const [unit, size] = UNITS.find(([, length]) => ms % length === 0) ?? ["millisecond", 1];
  return plural(ms / size, unit);
}

/** A step of calendar months: `1 month`, `3 months`, `1 year`. */
const describeMonths = (months: number): string =>
  months % 12 === 0 ? plural(months / 12, "year") : plural(months, "month");

/** Steps of equal length. Moments rounded to milliseconds are one off at most; of very short steps, that is too much. */
export function equalStep(length: number): Step {
  const slack = Math.min(1, length / 4);
  return {
    text: describeLength(length),
    detail: "",
    length,
    count: (from, to) => {
      const steps = Math.round((to - from) / length);
      return Math.abs(to - from - steps * length) <= slack ? steps : undefined;
    },
    after: (time, steps) => time + steps * length,
  };
}

/** Weeks, with the day of the week they fall on. */
export function weeklyStep(length: number, weekday: number): Step {
  return { ...equalStep(length), detail: `on ${weekdayName(weekday)}s` };
}

/** Equal steps whose moments wander by less than a quarter of one, as a logger's clock does. */
export function aboutEqualStep(length: number): Step {
  return {
    text: `about ${describeLength(length)}`,
    detail: "",
    length,
    count: (from, to) => {
      const steps = Math.round((to - from) / length);
      return Math.abs((to - from) / length - steps) < 0.25 ? steps : undefined;
    },
    after: (time, steps) => time + steps * length,
  };
}

/** Twelve digits: 0.1 + 0.2 is 0.3 for a reader. */
export const tidy = (x: number): number => Number(x.toPrecision(12));

/** Steps between numbers that are no dates. */
export function numberStep(length: number): Step {
  const step = tidy(length);
  return {
    text: String(step),
    detail: "",
    length: step,
    count: (from, to) => {
      const steps = Math.round((to - from) / step);
      return Math.abs(to - from - steps * step) <= Math.abs(step) * 1e-3 ? steps : undefined;
    },
    after: (time, steps) => tidy(time + steps * step),
  };
}

/** Where in a month a step falls: the moment in each month, counted from January of the year 0. */
export interface Anchor {
  readonly detail: string;
  at(month: number): number;
}

const daysIn = (month: number): number => Math.round((startOfMonth(month + 1) - startOfMonth(month)) / DAY);

const ordinal = (n: number): string => {
  const ending = n % 100 > 10 && n % 100 < 14 ? "th" : (["th", "st", "nd", "rd"][n % 10] ?? "th");
  return `${n}${ending}`;
};

/** A day of the month, or the last where a month is too short for it. */
export const dayAnchor = (day: number, time: number): Anchor => ({
  detail: day === 1 ? "" : day === 31 ? "on the last day" : `on the ${ordinal(day)}`,
  at: (month) => startOfMonth(month) + (Math.min(day, daysIn(month)) - 1) * DAY + time,
});

export const lastDayAnchor = (time: number): Anchor => ({
  ...dayAnchor(31, time),
  detail: "on the last day",
});

const isWeekend = (time: number): boolean => weekdayOf(time) === 0 || weekdayOf(time) === 6;

/** The first or the last day of a month that is no weekend. */
export const businessAnchor = (end: "first" | "last", time: number): Anchor => ({
  detail: `on the ${end} business day`,
  at: (month) => {
    const forward = end === "first" ? DAY : -DAY;
    let day = end === "first" ? startOfMonth(month) : startOfMonth(month + 1) - DAY;
    while (isWeekend(day)) day += forward;
    return day + time;
  },
});

/** The nth such weekday of a month, or the last of them for 5. */
export const weekdayAnchor = (weekday: number, nth: number, time: number): Anchor => ({
  detail: `on the ${nth === 5 ? "last" : ordinal(nth)} ${weekdayName(weekday)}`,
  at: (month) => {
    const start = startOfMonth(month);
    const first = start + ((weekday - weekdayOf(start) + 7) % 7) * DAY;
    const last = first + 7 * DAY * Math.floor((daysIn(month) - 1 - (first - start) / DAY) / 7);
    return (nth === 5 ? last : first + (nth - 1) * WEEK) + time;
  },
});

/** Steps of calendar months; moments that stray from the anchor by up to `slack` ms count as on it. */
export function monthlyStep(months: number, anchor: Anchor, slack = 1): Step {
  const isOn = (time: number): boolean => Math.abs(anchor.at(monthOf(time)) - time) <= slack;
  return {
    text: describeMonths(months),
    detail: anchor.detail,
    length: months * (365.2425 / 12) * DAY,
    count: (from, to) => {
      const steps = (monthOf(to) - monthOf(from)) / months;
      return Number.isInteger(steps) && isOn(from) && isOn(to) ? steps : undefined;
    },
    after: (time, steps) => anchor.at(monthOf(time) + steps * months),
  };
}

/** Monday, 5 January 1970: where weeks are counted from. */
const FIRST_MONDAY = 4 * DAY;

const DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

function slotWords(slots: readonly number[], length: number): Pick<Step, "text" | "detail"> {
  const days = [...new Set(slots.map((slot) => Math.floor(slot / DAY)))];
  const perDay = slots.length / days.length;
  const isRun = days.at(-1)! - days[0]! === days.length - 1;
  const names =
    isRun && days.length > 2
      ? `${DAYS[days[0]!]} to ${DAYS[days.at(-1)!]}`
      : days.map((day) => DAYS[day]).join(", ");
  if (perDay === 1) {
    const isBusiness = days.length === 5 && days[0] === 0 && isRun;
    return { text: isBusiness ? "1 business day" : "1 day", detail: names };
  }
  const clock = (ms: number): string => new Date(ms).toISOString().slice(11, 16);
  const times = slots.map(timeOfDay);
  return {
    text: describeLength(length),
    detail: `${days.length === 7 ? "" : `${names}, `}${clock(Math.min(...times))} to ${clock(Math.max(...times))}`,
  };
}

/** Weeks in a year. */
const WEEKS = 365.2425 / 7;

/** Whole cycles of slots: 5 and 261 business days, 9 and 45 hours of a shop. */
function slotCycles(slots: readonly number[]): number[] {
  const perDay = slots.length / new Set(slots.map((slot) => Math.floor(slot / DAY))).size;
  const cycles = perDay > 1 ? [perDay, slots.length] : [slots.length, Math.round(WEEKS * slots.length)];
  return cycles.filter((cycle) => Number.isInteger(cycle) && cycle > 1);
}

/** The same moments in every week: business days, shop days, hours of trading. `slots` are ms from Monday, rising. */
export function weekSlotsStep(slots: readonly number[], length: number): Step {
  const places = new Map(slots.map((slot, i) => [slot, i]));
  const indexOf = (time: number): number | undefined => {
    const week = Math.floor((time - FIRST_MONDAY) / WEEK);
    const slot = places.get(time - FIRST_MONDAY - week * WEEK);
    return slot === undefined ? undefined : week * slots.length + slot;
  };
  return {
    ...slotWords(slots, length),
    length,
    cycles: slotCycles(slots),
    count: (from, to) => {
      const [a, b] = [indexOf(from), indexOf(to)];
      return a === undefined || b === undefined ? undefined : b - a;
    },
    after: (time, steps) => {
      const index = (indexOf(time) ?? Number.NaN) + steps;
      const week = Math.floor(index / slots.length);
      return FIRST_MONDAY + week * WEEK + (slots[index - week * slots.length] ?? Number.NaN);
    },
  };
}

/** Where in its week a moment lies, in ms from Monday. */
export const slotOf = (time: number): number => {
  const since = time - FIRST_MONDAY;
  return since - Math.floor(since / WEEK) * WEEK;
};
