import { log } from "../elementary.js";

/** From values to pixels. */
export interface Scale {
  readonly at: (value: number) => number;
  /** Values worth a mark on the axis. */
  readonly ticks: readonly number[];
  readonly low: number;
  readonly high: number;
}

export const log10 = (x: number): number => log(x) / Math.LN10;
/** 10^n for a whole n, exactly rounded. */
export const power10 = (n: number): number => Number(`1e${n}`);

/** Round numbers between two values, about `count` of them. */
export function niceTicks(low: number, high: number, count: number): number[] {
  if (!(high > low)) return [low];
  const raw = (high - low) / Math.max(1, count);
  const unit = power10(Math.floor(log10(raw) + 1e-9));
  const step = [1, 2, 5, 10].map((m) => m * unit).find((s) => s >= raw * 0.999) ?? 10 * unit;
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  return Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}

/** At least two round numbers: with one alone nobody can tell how large anything is. */
function ticksBetween(low: number, high: number, count: number): readonly number[] {
  const ticks = niceTicks(low, high, count);
  return ticks.length > 1 || count > 20 ? ticks : ticksBetween(low, high, count + 1);
}

export function linearScale(
  domain: readonly [number, number],
  range: readonly [number, number],
  count = 5,
): Scale {
  let [low, high] = domain;
  if (!(high > low)) [low, high] = [low - 0.5, low + 0.5];
  const [from, to] = range;
  return {
    low,
    high,
    at: (value) => from + ((value - low) / (high - low)) * (to - from),
    ticks: ticksBetween(low, high, count),
  };
}

/** Whole steps: marks at whole numbers only. */
export function stepScale(count: number, range: readonly [number, number], marks: number): Scale {
  const scale = linearScale([0, Math.max(1, count - 1)], range, marks);
  return { ...scale, ticks: scale.ticks.filter((tick) => Number.isInteger(tick) && tick < count) };
}

/** Decades; the domain is widened to powers of ten. Values of 0 and below have no place on it. */
export function logScale(values: Iterable<number>, range: readonly [number, number], count = 5): Scale {
  let [least, most] = [Number.POSITIVE_INFINITY, 0];
  for (const value of values) {
    if (!(value > 0) || !Number.isFinite(value)) continue;
    least = Math.min(least, value);
    most = Math.max(most, value);
  }
  if (most === 0) [least, most] = [0.1, 1];
  const bottom = Math.floor(log10(least) + 1e-9);
  const top = Math.max(bottom + 1, Math.ceil(log10(most) - 1e-9));
  const [from, to] = range;
  const every = Math.max(1, Math.ceil((top - bottom) / count));
  const ticks = Array.from({ length: Math.floor((top - bottom) / every) + 1 }, (_, i) =>
    power10(bottom + i * every),
  );
  return {
    low: power10(bottom),
    high: power10(top),
    at: (value) => from + ((log10(value) - bottom) / (top - bottom)) * (to - from),
    ticks,
  };
}

/** A number as short as it can be read: 0.25, 1e-5, 12000. */
export function shortNumber(value: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "NaN" : value > 0 ? "∞" : "-∞";
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (size >= 1e5 || size < 1e-3) return value.toExponential(1).replace(".0e", "e").replace("e+", "e");
  return String(Number(value.toPrecision(3)));
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
