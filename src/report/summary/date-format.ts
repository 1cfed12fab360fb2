import { parseTimestamp } from "../../series/timestamps.js";

const MINUTE = 60_000;
const pad = (x: number, width = 2): string => String(x).padStart(width, "0");

/** How a file writes its dates, learnt from one cell, so that dates after its end look the same. */
export type DateFormat = (time: number) => string;

const QUARTER = /^\d{4}([- ]?)[Qq][1-4]$/;
const DAY = /^\d{4}([-/.])\d{1,2}(?:[-/.]\d{1,2})?(?=$|[T ])/;
const CLOCK = /([T ])\s*\d{1,2}:\d{2}(:\d{2}(?:\.\d+)?)?\s*(Z|[+-]\d{2}:?\d{2})?$/i;

/** The format of `cell`, a date {@link parseTimestamp} takes: quarter, month, day or time of day, zone included. */
export function dateFormatOf(cell: string): DateFormat {
  const text = cell.trim();
  const quarter = QUARTER.exec(text);
  if (quarter !== null) {
    return (time) => {
      const date = new Date(time);
      return `${date.getUTCFullYear()}${quarter[1]}Q${Math.floor(date.getUTCMonth() / 3) + 1}`;
    };
  }
  const separator = DAY.exec(text)?.[1] ?? "-";
  const hasDay = /^\d{4}[-/.]\d{1,2}[-/.]\d{1,2}/.test(text);
  const clock = CLOCK.exec(text);
  const zone = clock?.[3] ?? "";
  // The cell without its zone, read as UTC, is the local time; the difference is the zone's offset.
  const local = zone === "" ? undefined : parseTimestamp(text.slice(0, -zone.length).trim());
  const offset = local === undefined ? 0 : local - parseTimestamp(text)!;
  return (time) => {
    const date = new Date(Math.round((time + offset) / 1000) * 1000);
    const day = [
      pad(date.getUTCFullYear(), 4),
      pad(date.getUTCMonth() + 1),
      ...(hasDay ? [pad(date.getUTCDate())] : []),
    ].join(separator);
    if (clock === null) return day;
    const seconds = clock[2] === undefined ? "" : `:${pad(date.getUTCSeconds())}`;
    return `${day}${clock[1]}${pad(date.getUTCHours())}:${pad(date.getUTCMinutes())}${seconds}${zone}`;
  };
}

const UNITS: readonly (readonly [name: string, ms: number])[] = [
  ["day", 1440 * MINUTE],
  ["hour", 60 * MINUTE],
  ["minute", MINUTE],
  ["second", 1000],
];

const count = (n: number, unit: string): string => `${n} ${unit}${n === 1 ? "" : "s"}`;

/** A fixed step in its natural unit: `7 days`, `1 hour`. */
export function describeMilliseconds(ms: number): string {
  const [unit, size] = UNITS.find(([, length]) => ms % length === 0) ?? ["second", 1000];
  return count(ms / size, unit);
}

/** A step of calendar months: `1 month`, `3 months`, `1 year`. */
export const describeMonths = (months: number): string =>
  months % 12 === 0 ? count(months / 12, "year") : count(months, "month");
