const DATE = /^(\d{4})[-/.](\d{1,2})(?:[-/.](\d{1,2}))?$/;
const QUARTER = /^(\d{4})[- ]?Q([1-4])$/i;
const CLOCK = /^(\d{1,2}):(\d{2})(?::(\d{2})(\.\d{1,9})?)?\s*(Z|[+-]\d{2}:?\d{2})?$/i;

const MINUTE = 60_000;

function dayStart(text: string): number | undefined {
  const quarter = QUARTER.exec(text);
  if (quarter !== null) return Date.UTC(Number(quarter[1]), 3 * (Number(quarter[2]) - 1));
  const match = DATE.exec(text);
  if (match === null) return undefined;
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3] ?? 1)];
  const date = new Date(0);
  // Date.UTC would take the years 0 to 99 for 1900 to 1999.
  date.setUTCFullYear(year, month - 1, day);
  // The 31st of April would roll over into May.
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day ? date.getTime() : undefined;
}

function clock(text: string): number | undefined {
  const match = CLOCK.exec(text);
  if (match === null) return undefined;
  const [hours, minutes, seconds] = [Number(match[1]), Number(match[2]), Number(match[3] ?? 0)];
  if (hours > 23 || minutes > 59 || seconds > 59) return undefined;
  const zone = match[5] ?? "Z";
  let offset = 0;
  if (zone.toUpperCase() !== "Z") {
    const digits = zone.replace(":", "");
    offset = (Number(digits.slice(1, 3)) * 60 + Number(digits.slice(3, 5))) * (digits[0] === "-" ? -1 : 1);
  }
  return (hours * 60 + minutes - offset) * MINUTE + Math.round((seconds + Number(match[4] ?? 0)) * 1000);
}

/**
 * Milliseconds since 1970 of a date written year first, or undefined when it is none that exists.
 *
 * Taken: `2024-01-31`, `2024/1/31`, `2024.01.31`, `2024-01`, `2024Q1`, `2024-Q1`, each day also with a time of day
 * (`2024-01-31T08:30`, `2024-01-31 08:30:15.5+02:00`). Without a zone, UTC. Dates with the day or the month first are
 * not: `03/04/2024` is April in one country and March in another.
 */
export function parseTimestamp(text: string): number | undefined {
  const [, date, time] = /^([^T ]+(?: Q\d)?)(?:[T ]\s*(.+))?$/i.exec(text.trim()) ?? [];
  if (date === undefined) return undefined;
  const start = dayStart(date);
  if (start === undefined || time === undefined) return start;
  const ofDay = clock(time);
  return ofDay === undefined ? undefined : start + ofDay;
}
