import { DAY } from "./civil.js";
import { type ClockChange, clockChanges, withoutChanges } from "./clock-changes.js";
import { complete } from "./complete.js";
import type { Resolution } from "./layout.js";
import type { NamedLayout } from "./layout-named.js";
import { type Dates, datesInSlices } from "./read-dates.js";
import { numberStepOf, type Spaced, stepInParts } from "./step-of.js";

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
  /** What else there is to know of the step: `on the last day`, `Monday to Friday`; empty for nothing. */
  readonly detail: string;
  /** About how long a step is: milliseconds between dates, the difference between numbers; 1 for rows. */
  readonly length: number;
  /** Steps in a day, a week and a year, where the step leaves days or hours of every week out; undefined elsewhere. */
  readonly cycles: readonly number[] | undefined;
  /** How finely the dates are written. */
  readonly resolution: Resolution | undefined;
  readonly irregular: readonly IrregularStep[];
  /** Changes of summer time among the rows: the dates as written, and by how many hours. */
  readonly clockChanges: readonly { readonly at: string; readonly hours: number }[];
  /** The date of a row as the file writes it; rows after the end go on at the series' own step. */
  label(row: number): string;
  /** Where a row lies on a chart's axis: milliseconds since 1970 (UTC, or the clock on the wall), or the number. */
  position(row: number): number;
  /**
   * How many steps after the first row each row lies, where all keep to one grid: a jump of more than one is as many
   * missing rows.
   */
  readonly places: Float64Array | undefined;
  /** The moment a number of steps after the first row, where `places` are known, and how the file would write it. */
  at(place: number): { readonly time: number; readonly label: string };
  /** Steps from the last row to a later moment; undefined where it lies beside the grid. */
  stepsAfterEnd(time: number): number | undefined;
}

export interface TimeAxisOptions {
  /** What a user said of how the dates are written. */
  readonly named?: NamedLayout | undefined;
  /** The dates, where they have been read already. */
  readonly read?: Dates | undefined;
}

/** Rows counted from 0, where nothing says when they are. */
const rowsAlone: TimeAxis = {
  kind: "index",
  step: "1 row",
  detail: "",
  length: 1,
  cycles: undefined,
  resolution: undefined,
  irregular: [],
  clockChanges: [],
  label: String,
  position: (row) => row,
  places: undefined,
  at: (place) => ({ time: place, label: String(place) }),
  stepsAfterEnd: () => undefined,
};

function placesOf({ step, isGrid }: Spaced, times: ArrayLike<number>): Float64Array | undefined {
  if (!isGrid) return undefined;
  const places = new Float64Array(times.length);
  for (let row = 1; row < times.length; row++) {
    const steps = step.count(times[row - 1]!, times[row]!);
    if (steps === undefined || steps < 1) return undefined;
    places[row] = places[row - 1]! + steps;
  }
  return places;
}

interface Parts {
  readonly kind: "date" | "number";
  readonly spaced: Spaced;
  /** Times that run evenly. */
  readonly even: Float64Array;
  /** Labels of moments on that line. */
  readonly write: (time: number) => string;
  readonly changes: readonly ClockChange[];
  readonly resolution: Resolution | undefined;
}

function axisOf(rows: number, texts: readonly string[], times: Float64Array, parts: Parts): TimeAxis {
  const { kind, spaced, even, write, changes, resolution } = parts;
  const { step } = spaced;
  const irregular = Array.from(spaced.irregular, (row) => ({ row, from: texts[row - 1]!, to: texts[row]! }));
  const shiftAt = (time: number): number => {
    let shift = 0;
    for (const { row, by } of changes) if (even[row]! <= time) shift += by;
    return shift;
  };
  const wall = (time: number): number => time + shiftAt(time);
  const positionAfter = (row: number): number => step.after(even[rows - 1]!, row - rows + 1);
  const places = placesOf(spaced, even);
  return {
    kind,
    step: step.text,
    detail: step.detail,
    length: step.length,
    cycles: step.cycles,
    resolution,
    irregular,
    clockChanges: changes.map(({ row, by }) => ({ at: texts[row]!, hours: by / 3_600_000 })),
    label: (row) => texts[row] ?? write(wall(positionAfter(row))),
    position: (row) => (row < rows ? times[row]! : wall(positionAfter(row))),
    places,
    at: (place) => {
      const time = step.after(even[0]!, place);
      return { time: wall(time), label: write(wall(time)) };
    },
    stepsAfterEnd: (time) => {
      const steps = step.count(even[rows - 1]!, time - (times[rows - 1]! - even[rows - 1]!));
      return steps !== undefined && steps > 0 ? steps : undefined;
    },
  };
}

/** Days and longer follow the calendar of the place; hours follow the time that runs evenly. */
function* dateParts(
  dates: Dates,
  texts: readonly string[],
  given: Float64Array,
): Generator<void, Parts | undefined, void> {
  const changes = dates.hasZone ? [] : ((yield* clockChanges(given)) ?? []);
  yield;
  const even = changes.length === 0 ? given : withoutChanges(given, changes);
  const spaced = yield* stepInParts(even, dates.resolution);
  if (spaced === undefined) return undefined;
  const parts: Parts = {
    kind: "date",
    spaced,
    even,
    write: dates.write,
    changes,
    resolution: dates.resolution,
  };
  const isAbout = spaced.step.text.startsWith("about");
  if ((spaced.regular && !isAbout) || !dates.hasZone || spaced.step.length < DAY / 2) return parts;
  // Midnights of a place whose clocks change are 23 or 25 hours apart in UTC.
  const local = yield* datesInSlices(
    texts.map((text) => text.replace(/\s*(?:[Zz]|[+\-\u2212]\d{1,2}(?::?\d{2})?)$/, "")),
  );
  if ("kind" in local) return parts;
  const wall = yield* stepInParts(local.times, dates.resolution);
  const isBetter =
    wall !== undefined && (wall.irregular.length < spaced.irregular.length || (isAbout && wall.regular));
  if (wall === undefined || !isBetter) return parts;
  const shift = local.times.at(-1)! - given.at(-1)!;
  return { ...parts, spaced: wall, even: local.times, write: (time) => dates.write(time - shift) };
}

/**
 * The time axis of a table.
 * @param texts the cells of the date column, oldest first; without it, rows are counted from 0.
 * @param times the same as numbers, as tables give them.
 */
export const timeAxis = (
  rows: number,
  texts?: readonly string[],
  times?: Float64Array,
  options: TimeAxisOptions = {},
): TimeAxis => complete(timeAxisInParts(rows, texts, times, options));

/** {@link timeAxis}, pausing after each look at all rows. */
export function* timeAxisInParts(
  rows: number,
  texts?: readonly string[],
  times?: Float64Array,
  options: TimeAxisOptions = {},
): Generator<void, TimeAxis, void> {
  if (texts === undefined || times === undefined || rows < 2) return rowsAlone;
  const dates = options.read ?? (yield* datesInSlices(texts, options));
  // A date says its own number; a column of numbers was read as it stands.
  const isDate = !("kind" in dates) && dates.times.at(-1) === times[rows - 1] && dates.times[0] === times[0];
  const parts = isDate ? yield* dateParts(dates, texts, times) : numberParts(times);
  yield;
  return parts === undefined ? rowsAlone : axisOf(rows, texts, times, parts);
}

function numberParts(times: Float64Array): Parts | undefined {
  const spaced = numberStepOf(times);
  if (spaced === undefined) return undefined;
  return { kind: "number", spaced, even: times, write: String, changes: [], resolution: undefined };
}
