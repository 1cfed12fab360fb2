import { ticks } from "d3-array";
import { scaleLinear, scaleLog, scaleUtc } from "d3-scale";
import { log } from "../elementary.js";
import { shortNumber } from "./short-number.js";

/** From values to pixels. */
export interface Scale {
  readonly at: (value: number) => number;
  /** Values worth a mark on the axis. */
  readonly ticks: readonly number[];
  readonly low: number;
  readonly high: number;
  /** How a tick is written. Default: as a short number. */
  readonly write?: (tick: number) => string;
}

/** What d3 has no place for (NaN) it answers with undefined. */
const placed =
  (scale: (value: number) => number) =>
  (value: number): number =>
    Number.isFinite(value) ? scale(value) : Number.NaN;

type Pair = readonly [number, number];

export const log10 = (x: number): number => log(x) / Math.LN10;
/** 10^n for a whole n, exactly rounded. */
const power10 = (n: number): number => Number(`1e${n}`);

/** At least two round numbers, about `count`: with one alone nobody can tell how large anything is. */
function ticksBetween(low: number, high: number, count: number): readonly number[] {
  const found = ticks(low, high, count);
  return found.length > 1 || count > 20 ? found : ticksBetween(low, high, count + 1);
}

/** Numbers of an axis: short ones, or as many digits as keep neighbours apart. */
function writing(found: readonly number[], long: (tick: number) => string): (tick: number) => string {
  return new Set(found.map(shortNumber)).size === found.length ? shortNumber : long;
}

/** @param nice whether the ends are rounded outwards to ticks. */
export function linearScale(domain: Pair, range: Pair, count = 5, nice = false): Scale {
  const [low, high] = domain[1] > domain[0] ? domain : [domain[0] - 0.5, domain[0] + 0.5];
  const scale = scaleLinear([low, high], range);
  if (nice) scale.nice(count);
  const [from, to] = scale.domain() as [number, number];
  const found = ticksBetween(from, to, count);
  return {
    low: from,
    high: to,
    at: placed(scale),
    ticks: found,
    write: writing(found, scale.tickFormat(count)),
  };
}

/** Milliseconds since 1970 as dates of UTC, written as long as tells them apart. */
export function timeScale([low, high]: Pair, range: Pair, count: number): Scale {
  const [from, to] = high > low ? [low, high] : [low - 43_200_000, low + 43_200_000];
  const scale = scaleUtc([from, to], range);
  const write = scale.tickFormat(count);
  return {
    low: from,
    high: to,
    at: placed(scale),
    ticks: scale.ticks(count).map(Number),
    write: (tick) => write(new Date(tick)),
  };
}

/** Whole steps: marks at whole numbers only. */
export function stepScale(count: number, range: Pair, marks: number): Scale {
  const scale = linearScale([0, Math.max(1, count - 1)], range, marks);
  return { ...scale, ticks: scale.ticks.filter((tick) => Number.isInteger(tick) && tick < count) };
}

/** Decades; the domain is widened to powers of ten. Values of 0 and below have no place on it. */
export function logScale(values: Iterable<number>, range: Pair, count = 5): Scale {
  let [least, most] = [Number.POSITIVE_INFINITY, 0];
  for (const value of values) {
    if (!(value > 0) || !Number.isFinite(value)) continue;
    least = Math.min(least, value);
    most = Math.max(most, value);
  }
  if (most === 0) [least, most] = [0.1, 1];
  const bottom = Math.floor(log10(least) + 1e-9);
  const top = Math.max(bottom + 1, Math.ceil(log10(most) - 1e-9));
  const [low, high] = [power10(bottom), power10(top)];
  const scale = scaleLog([low, high], range);
  // Decades alone, as far apart as numbers need; between two, no number is round.
  const every = Math.max(1, Math.ceil((top - bottom) / count));
  const found = Array.from({ length: Math.floor((top - bottom) / every) + 1 }, (_, i) =>
    power10(bottom + i * every),
  );
  return { low, high, at: (value) => (value > 0 ? scale(value) : Number.NaN), ticks: found };
}

/** What stands at a bar that has none. */
export const NO_NUMBER = "not finite";

/** Light to dark, so that it reads in black and white: each stop is darker than the one before. */
const stops = [
  [255, 247, 214],
  [254, 196, 79],
  [236, 112, 20],
  [153, 41, 66],
  [45, 10, 60],
] as const;

/** Colour of a share from 0 (light) to 1 (dark). */
export function shade(share: number): string {
  const place = Math.min(1, Math.max(0, share)) * (stops.length - 1);
  const below = Math.min(stops.length - 2, Math.floor(place));
  const part = place - below;
  const channels = stops[below]!.map((from, i) => Math.round(from + part * (stops[below + 1]![i]! - from)));
  return `#${channels.map((channel) => channel.toString(16).padStart(2, "0")).join("")}`;
}
