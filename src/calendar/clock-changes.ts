import { DAY, HOUR, timeOfDay, weekdayOf } from "./civil.js";
import { medianStep } from "./step-of.js";

/** Where a clock on the wall was put forward or back, told from the rows. */
export interface ClockChange {
  /** The first row after it. */
  readonly row: number;
  /** By how much, in milliseconds: an hour forward in spring, back in autumn. */
  readonly by: number;
}

/**
 * Clocks are changed in a night from Saturday to Sunday (in a few countries from Thursday to Friday), between midnight
 * and four; forward from March to May and, in the south, from August to October; back at the other end of summer.
 */
function isNight(time: number): boolean {
  const weekday = weekdayOf(time);
  return (weekday === 0 || weekday === 5) && timeOfDay(time) <= 4 * HOUR;
}

const FORWARD = [2, 3, 4, 7, 8, 9];
const BACK = [2, 3, 8, 9, 10];
const monthOfYear = (time: number): number => new Date(time).getUTCMonth();

/** The nights of `year` in which Europe and North America change their clocks. */
function nights(year: number): { forward: number[]; back: number[] } {
  const sunday = (month: number, nth: number): number => {
    const first = Date.UTC(year, month, 1);
    const firstSunday = first + ((7 - weekdayOf(first)) % 7) * DAY;
    if (nth > 0) return firstSunday + (nth - 1) * 7 * DAY;
    const last = Date.UTC(year, month + 1, 0);
    return last - weekdayOf(last) * DAY;
  };
  return { forward: [sunday(2, 0), sunday(2, 2)], back: [sunday(9, 0), sunday(10, 1)] };
}

/**
 * The changes of summer time in rows of clock times without a zone, oldest first: an hour that comes twice is the clock
 * put back; one that is missing is the clock put forward, when it is in such a night and the other half of the year
 * agrees. Steps of an hour and less only: longer ones do not show it.
 * @returns undefined where an hour that comes twice has its rows interleaved, so that nobody can tell them apart.
 */
export function* clockChanges(
  times: ArrayLike<number>,
): Generator<void, readonly ClockChange[] | undefined, void> {
  const step = medianStep(times);
  yield;
  if (step === undefined || step > HOUR || HOUR % step !== 0) return [];
  const back: ClockChange[] = [];
  const forward: ClockChange[] = [];
  let repeats = 0;
  for (let row = 1; row < times.length; row++) {
    const [before, time] = [times[row - 1]!, times[row]!];
    const length = time - before;
    if (length === step) continue;
    if (length === step - HOUR && isNight(time) && BACK.includes(monthOfYear(time)))
      back.push({ row, by: -HOUR });
    else if (length === step + HOUR && isNight(time - HOUR) && FORWARD.includes(monthOfYear(time)))
      forward.push({ row, by: HOUR });
    else if (length === 0 && step < HOUR && isNight(time) && BACK.includes(monthOfYear(time))) repeats++;
  }
  if (repeats >= HOUR / step && back.length === 0) return undefined;
  if (back.length > 0) {
    // Two springs without an autumn between are holes, not clocks.
    const all = [...back, ...forward].sort((a, b) => a.row - b.row);
    const kept = all.filter(({ by }, i) => by < 0 || all[i - 1] === undefined || all[i - 1]!.by < 0);
    return kept;
  }
  return forward.length === 1 && isRule(times, forward[0]!) ? forward : [];
}

/** One spring alone counts when the night is Europe's or North America's, and the file ends before their autumn. */
function isRule(times: ArrayLike<number>, { row }: ClockChange): boolean {
  const day = Math.floor(times[row]! / DAY) * DAY;
  const { forward, back } = nights(new Date(day).getUTCFullYear());
  const which = forward.indexOf(day);
  return which >= 0 && times[times.length - 1]! < back[which]! + 2 * HOUR;
}

/** Clock times as time that runs evenly: what it was at the first row is kept. */
export function withoutChanges(times: ArrayLike<number>, changes: readonly ClockChange[]): Float64Array {
  const even = Float64Array.from(times);
  let shift = 0;
  let next = 0;
  for (let row = 0; row < even.length; row++) {
    while (next < changes.length && changes[next]!.row === row) shift -= changes[next++]!.by;
    even[row] = even[row]! + shift;
  }
  return even;
}
