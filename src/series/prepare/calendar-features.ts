import { parseDate } from "../../calendar/read-dates.js";
import { cos, sin } from "../../elementary.js";
import { ConfigError, DataError, told } from "../../errors.js";
import { flag, listIn, oneOf, refuseUnknown } from "../../options.js";

const FIELDS = ["hour", "dayOfWeek", "dayOfMonth", "dayOfYear", "month", "quarter", "year"] as const;
/** What a calendar says of a moment. `dayOfWeek` counts from Monday = 0, all others as people do. */
export type CalendarField = (typeof FIELDS)[number];

/** Options of `calendarFeatures`. */
export interface CalendarFeaturesOptions {
  /** Default: month and dayOfWeek. */
  readonly fields?: readonly CalendarField[];
  /**
   * Each field as a point on a circle, two columns `…_sin` and `…_cos`, so that December stands beside January.
   * The year, which does not come round, stays a number. Default true.
   */
  readonly cyclic?: boolean;
}

/** Columns that are known for the future as well, one row for each date. */
export interface NamedRows {
  readonly names: string[];
  readonly rows: number[][];
}

const DAY = 86_400_000;

const startOfYear = (year: number): number => {
  const date = new Date(0);
  date.setUTCFullYear(year, 0, 1);
  return date.getTime();
};

/** The field's value and, for fields that come round, where on its circle it stands: 0 <= turn < 1. */
function readField(field: CalendarField, time: number): { value: number; turn: number } {
  const date = new Date(time);
  const year = date.getUTCFullYear();
  const daysInYear = (startOfYear(year + 1) - startOfYear(year)) / DAY;
  const dayOfYear = Math.floor((time - startOfYear(year)) / DAY);
  const dayOfMonth = date.getUTCDate();
  const month = date.getUTCMonth();
  const dayOfWeek = (date.getUTCDay() + 6) % 7;
  const quarter = Math.floor(month / 3);
  const hour = date.getUTCHours() + date.getUTCMinutes() / 60;
  if (field === "hour") return { value: date.getUTCHours(), turn: hour / 24 };
  if (field === "dayOfWeek") return { value: dayOfWeek, turn: dayOfWeek / 7 };
  if (field === "dayOfMonth") return { value: dayOfMonth, turn: (dayOfMonth - 1) / 31 };
  if (field === "dayOfYear") return { value: dayOfYear + 1, turn: dayOfYear / daysInYear };
  if (field === "month") return { value: month + 1, turn: month / 12 };
  if (field === "quarter") return { value: quarter + 1, turn: quarter / 4 };
  return { value: year, turn: 0 };
}

/** Milliseconds since 1970 of whatever a date is given as. */
function toTime(where: string, date: Date | string | number, index: number): number {
  const isOther = typeof date === "number" || date instanceof Date;
  const time = typeof date === "string" ? parseDate(date) : isOther ? Number(date) : Number.NaN;
  if (time !== undefined && Number.isFinite(time)) return time;
  throw new DataError(
    `${where}: dates[${index}] is ${told(date)}, expected a Date, milliseconds since 1970, or text such as "2024-01-31".`,
    { received: date },
  );
}

/**
 * What the calendar says of each date, in UTC, as columns for a model's input.
 *
 * @param dates `Date`s, milliseconds since 1970, or text written year first.
 * @throws DataError for what is no date, ConfigError for an unknown field.
 *
 * @example
 * calendarFeatures(["2024-01-31"], { fields: ["month"], cyclic: false }); // { names: ["month"], rows: [[1]] }
 */
export function calendarFeatures(
  dates: readonly (Date | string | number)[],
  options: CalendarFeaturesOptions = {},
): NamedRows {
  const where = "calendarFeatures()";
  refuseUnknown(where, options, ["fields", "cyclic"]);
  const fields = options.fields ?? (["month", "dayOfWeek"] as const);
  const cyclic = flag(where, "cyclic", options.cyclic ?? true);
  if (fields.length === 0) throw new ConfigError(`${where}: \`fields\` is empty.`);
  for (const field of fields) oneOf(where, "fields", field, FIELDS);
  const onCircle = (field: CalendarField): boolean => cyclic && field !== "year";
  const rows = Array.from(listIn(where, "dates", dates), (date, i) => {
    const time = toTime(where, date, i);
    return fields.flatMap((field) => {
      const { value, turn } = readField(field, time);
      return onCircle(field) ? [sin(2 * Math.PI * turn), cos(2 * Math.PI * turn)] : [value];
    });
  });
  const names = fields.flatMap((field) => (onCircle(field) ? [`${field}_sin`, `${field}_cos`] : [field]));
  return { names, rows };
}
