import { DAY, timeOfDay, WEEK, weekdayOf } from "./civil.js";
import { complete } from "./complete.js";
import type { Resolution } from "./layout.js";
import { monthOf, startOfMonth } from "./periods.js";
import {
  type Anchor,
  aboutEqualStep,
  businessAnchor,
  dayAnchor,
  equalStep,
  lastDayAnchor,
  monthlyStep,
  numberStep,
  type Step,
  slotOf,
  weekdayAnchor,
  weeklyStep,
  weekSlotsStep,
} from "./step.js";

/** The step of a column of moments, and where they do not keep to it. */
export interface Spaced {
  readonly step: Step;
  /** Whether every moment lies on the step's grid, so that rows that are missing can be counted and put in. */
  readonly isGrid: boolean;
  /** Moments of the grid, between the first and the last, that have no row. */
  readonly missing: number;
  /** Rows that do not stand one step after the one before: late, early, repeated or out of order. */
  readonly irregular: readonly number[];
  /** Whether there is none. */
  readonly regular: boolean;
}

/** A grid with more holes than rows is no grid but a common divisor. */
const MOST_MISSING = 1;

const MOST_KINDS = 5000;

/** The differences that occur, the most frequent first; of two as frequent, the smaller. */
function differences(times: ArrayLike<number>): [length: number, count: number][] {
  const counts = new Map<number, number>();
  const add = (length: number, count: number): void => {
    // Where every difference is another one, a sample tells as much.
    if (length > 0 && (counts.size < MOST_KINDS || counts.has(length)))
      counts.set(length, (counts.get(length) ?? 0) + count);
  };
  // Steps of one length follow each other: they are counted without a look into the map.
  let [last, run] = [0, 0];
  for (let i = 1; i < times.length; i++) {
    const length = times[i]! - times[i - 1]!;
    if (length !== last) {
      add(last, run);
      [last, run] = [length, 0];
    }
    run++;
  }
  add(last, run);
  return [...counts].sort((a, b) => b[1] - a[1] || a[0] - b[0]);
}

const gcd = (a: number, b: number): number => (b === 0 ? a : gcd(b, a % b));

function look(times: ArrayLike<number>, step: Step): Spaced {
  const irregular: number[] = [];
  let missing = 0;
  let isGrid = true;
  for (let i = 1; i < times.length; i++) {
    const steps = step.count(times[i - 1]!, times[i]!);
    if (steps === 1) continue;
    // After one date out of place, the next is where it should be.
    const isBack = steps === undefined && Math.abs(step.after(times[i - 1]!, 1) - times[i]!) <= 1;
    if (isBack) {
      isGrid = false;
      continue;
    }
    irregular.push(i);
    if (steps === undefined || steps < 1) isGrid = false;
    // A date beside the grid hides as many as the time between would hold.
    missing += Math.max(0, (steps ?? Math.round((times[i]! - times[i - 1]!) / step.length)) - 1);
  }
  return { step, isGrid, missing, irregular, regular: irregular.length === 0 };
}

/** Days of the month, weekdays and ends that the first moments share. */
function anchorsOf(times: ArrayLike<number>): Anchor[] {
  const first = times[0]!;
  const time = timeOfDay(first);
  const days = Array.from(times, (moment) => new Date(Math.floor(moment)).getUTCDate());
  const isLast = Array.from(times, (moment, i) => {
    const next = startOfMonth(monthOf(moment) + 1);
    return next - (moment - time) <= DAY && days[i] !== undefined;
  });
  const largest = Math.max(...new Set(days));
  const allLast = isLast.every(Boolean);
  const anchors: Anchor[] = [];
  // February alone leaves open whether the 28th or the month's end is meant: the same number every time is the number.
  if (allLast && new Set(days).size > 1) anchors.push(lastDayAnchor(time));
  anchors.push(dayAnchor(largest, time));
  if (allLast) anchors.push(lastDayAnchor(time));
  const usual = days.slice().sort((a, b) => a - b)[days.length >> 1]!;
  if (usual !== largest) anchors.push(dayAnchor(usual, time));
  anchors.push(businessAnchor("last", time), businessAnchor("first", time));
  const nth = Math.ceil(days[0]! / 7);
  anchors.push(weekdayAnchor(weekdayOf(first), nth, time));
  if (days[0]! > 21) anchors.push(weekdayAnchor(weekdayOf(first), 5, time));
  return anchors;
}

/** Months between neighbours that most share, or that divide all of them. */
function monthCandidates(times: ArrayLike<number>): number[] {
  const months: number[] = [];
  for (let i = 1; i < times.length; i++) {
    const between = monthOf(times[i]!) - monthOf(times[i - 1]!);
    if (between > 0) months.push(between);
  }
  if (months.length === 0) return [];
  const common = months.reduce(gcd);
  const sorted = months.sort((a, b) => a - b);
  return [...new Set([common, sorted[(sorted.length - 1) >> 1]!])];
}

/** Weeks that come round in the same slots: those most of the weeks have. */
function slotStep(times: ArrayLike<number>, length: number): Step | undefined {
  const weeks = Math.max(1, Math.round((times[times.length - 1]! - times[0]!) / WEEK));
  const counts = new Map<number, number>();
  for (let i = 0; i < times.length; i++) {
    const slot = slotOf(times[i]!);
    counts.set(slot, (counts.get(slot) ?? 0) + 1);
    if (counts.size > 2100) return undefined;
  }
  const slots = [...counts.keys()].sort((a, b) => a - b);
  const full = WEEK / length;
  if (slots.length < 2 || slots.length >= full || weeks < 2 || times.length < 2 * slots.length)
    return undefined;
  return weekSlotsStep(slots, length);
}

/** What weeks of the end must have lost for good, in ms: two years. */
const RECENT = 730 * DAY;

/** Weekdays of the last years, where those before had more: exchanges that traded on Saturdays once. */
function recentStep(times: ArrayLike<number>): Step | undefined {
  const end = times[times.length - 1]!;
  if (end - times[0]! < 2 * RECENT) return undefined;
  let first = times.length - 1;
  while (first > 0 && times[first - 1]! > end - RECENT) first--;
  const recent = Array.from({ length: times.length - first }, (_, i) => times[first + i]!);
  const days = new Set(recent.map(weekdayOf));
  let lost = 0;
  for (let i = 0; i < first; i++) if (!days.has(weekdayOf(times[i]!))) lost++;
  // A few days out of place are mistakes, not another week.
  return lost > 0.02 * times.length && days.size > 1 ? slotStep(recent, DAY) : undefined;
}

/** The usual step: the median of the forward ones, the smaller of two middle ones. */
export function medianStep(times: ArrayLike<number>): number | undefined {
  // Steps of a calendar are few; of many kinds of steps the middle one takes sorting.
  const kinds = differences(times);
  if (kinds.length === 0) return undefined;
  if (kinds.length < MOST_KINDS) {
    const total = kinds.reduce((n, [, count]) => n + count, 0);
    let left = (total - 1) >> 1;
    for (const [length, count] of kinds.sort((a, b) => a[0] - b[0])) {
      if (left < count) return length;
      left -= count;
    }
  }
  const forward = new Float64Array(Math.max(0, times.length - 1));
  let n = 0;
  for (let i = 1; i < times.length; i++) {
    const length = times[i]! - times[i - 1]!;
    if (length > 0) forward[n++] = length;
  }
  if (n === 0) return undefined;
  return forward.subarray(0, n).sort()[(n - 1) >> 1]!;
}

const MONTH = 27 * DAY;
const COARSE: readonly Resolution[] = ["month", "quarter", "half", "year"];

function isOneDay(times: ArrayLike<number>): boolean {
  const day = (time: number): number => time - startOfMonth(monthOf(time));
  const first = day(times[0]!);
  for (let i = 1; i < times.length; i++) if (day(times[i]!) !== first) return false;
  return true;
}

/**
 * The step of moments as a person knows it: a length of time, calendar months on a day or a month's end, or the same
 * moments of every week (business days, hours of trading).
 * @param times milliseconds since 1970, not decreasing where they are to lie on a grid.
 * @param resolution how finely the dates are written: months have no length in days.
 * @returns undefined where none is later than the one before it.
 */
export const stepOf = (times: ArrayLike<number>, resolution?: Resolution): Spaced | undefined =>
  complete(stepInParts(times, resolution));

/** {@link stepOf}, pausing after each look at all moments. */
export function* stepInParts(
  times: ArrayLike<number>,
  resolution?: Resolution,
): Generator<void, Spaced | undefined, void> {
  const usual = medianStep(times);
  yield;
  if (usual === undefined) return undefined;
  const [mode = usual, modeCount = 1] = differences(times)[0] ?? [];
  yield;
  const found: Spaced[] = [];
  function* accept(step: Step): Generator<void, boolean, void> {
    const spaced = look(times, step);
    yield;
    found.push(spaced);
    return spaced.regular;
  }
  const asEqual = (length: number): Step =>
    length % WEEK === 0 ? weeklyStep(length, weekdayOf(times[0]!)) : equalStep(length);
  const isCoarse = resolution !== undefined && COARSE.includes(resolution);
  const months = usual >= MONTH ? monthCandidates(times) : [];
  // The same day of every month, however few there are, is no number of days.
  const anchors = months.length > 0 ? anchorsOf(times) : [];
  if (months.length > 0 && (isCoarse || isOneDay(times))) {
    if (yield* accept(monthlyStep(months[0]!, anchors[0]!))) return found[0]!;
    if (isCoarse && found[0]!.isGrid) return found[0]!;
  }
  if (yield* accept(asEqual(mode))) return found.at(-1)!;
  if (usual !== mode && (yield* accept(asEqual(usual)))) return found.at(-1)!;
  // Rows left out of a short table may leave no neighbours one step apart.
  if (modeCount < times.length / 2) {
    const common = differences(times)
      .slice(0, 50)
      .reduce((a, [length]) => gcd(a, length), 0);
    if (common >= 1000 && common < usual) yield* accept(asEqual(common));
  }
  for (const count of months)
    for (const anchor of anchors) if (yield* accept(monthlyStep(count, anchor))) return found.at(-1)!;
  const slots = mode <= DAY ? slotStep(times, mode) : undefined;
  yield;
  if (slots !== undefined && (yield* accept(slots))) return found.at(-1)!;
  const recent = slots === undefined || mode !== DAY ? undefined : recentStep(times);
  if (recent !== undefined) return { ...look(times, recent), isGrid: false };
  if (found.every(({ isGrid }) => !isGrid)) {
    const length = roundLength(usual);
    const about = look(times, aboutEqualStep(length));
    if (about.isGrid) found.push(about);
  }
  const most = MOST_MISSING * times.length;
  const grids = found.filter(({ isGrid, missing }) => isGrid && missing <= most);
  // Among grids the one with the fewest holes; else whatever most rows keep to.
  if (grids.length > 0) return grids.reduce((a, b) => (b.missing < a.missing ? b : a));
  const best = found.reduce((a, b) => (b.irregular.length < a.irregular.length ? b : a));
  return { ...best, isGrid: false };
}

/** A length that is nearly a round one is that one: 599,987 ms are 10 minutes. */
function roundLength(length: number): number {
  for (const unit of [DAY, 3_600_000, 60_000, 1000]) {
    const rounded = Math.round(length / unit) * unit;
    if (rounded > 0 && Math.abs(rounded - length) / length < 0.02) return rounded;
  }
  return Math.max(1, Math.round(length));
}

/** {@link stepOf} for numbers that are no dates. */
export function numberStepOf(values: ArrayLike<number>): Spaced | undefined {
  const usual = medianStep(values);
  if (usual === undefined) return undefined;
  const spaced = look(values, numberStep(usual));
  return { ...spaced, isGrid: spaced.isGrid && spaced.missing <= MOST_MISSING * values.length };
}
