import { fisherZ } from "../../numerics/significance.js";
import { correlation } from "../../numerics/statistics.js";
import { openWindows, type Windows } from "./window-source.js";

/** Shuffled pairs keep all their windows but the last: some may be missing, held back or with a gap. */
const LEAST_LINKED = 0.95;
/** Windows of four steps, one apart, hold a value four times. */
const MOST_DISTINCT = 0.6;

/** All steps of a window but the first or the last, as a key. */
const keyOf = ({ x, timesteps, features }: Windows, sample: number, from: number): string => {
  const start = (sample * timesteps + from) * features;
  return x.data.subarray(start, start + (timesteps - 1) * features).join();
};

/**
 * Windows of one series that were shuffled, put back in its order by what they share with each other; their targets move with
 * them. null where they are no windows of one series, one step apart.
 */
export function backInOrder(windows: Windows): Windows | null {
  // Several rules ask.
  const known = ordered.get(windows);
  if (known !== undefined) return known;
  const found = putInOrder(windows);
  ordered.set(windows, found);
  return found;
}

const ordered = new WeakMap<Windows, Windows | null>();

function putInOrder(windows: Windows): Windows | null {
  const { samples, timesteps, x, y, isSequence } = windows;
  if (windows.stride !== 0 || !isSequence || timesteps < 4 || samples < 20 || y.shape[0] !== samples)
    return null;
  // Overlapping windows hold each value several times.
  if (new Set(x.data).size > MOST_DISTINCT * x.data.length) return null;
  const starts = new Map<string, number>();
  for (let n = 0; n < samples; n++) starts.set(keyOf(windows, n, 0), n);
  // Windows that read alike cannot be told apart.
  if (starts.size < LEAST_LINKED * samples) return null;
  const next = Array.from({ length: samples }, (_, n) => starts.get(keyOf(windows, n, 1)) ?? -1);
  if (next.filter((n) => n >= 0).length < LEAST_LINKED * samples) return null;
  const hasBefore = new Set(next);
  const order: number[] = [];
  const seen = new Set<number>();
  const follow = (first: number): void => {
    for (let n = first; n >= 0 && !seen.has(n); n = next[n]!) {
      seen.add(n);
      order.push(n);
    }
  };
  for (let n = 0; n < samples; n++) if (!hasBefore.has(n)) follow(n);
  for (let n = 0; n < samples; n++) follow(n);
  const moved = <T extends Float32Array | Int32Array>(data: T): T => {
    const row = data.length / samples;
    const result = data.slice() as T;
    for (const [to, from] of order.entries())
      result.set(data.subarray(from * row, (from + 1) * row), to * row);
    return result;
  };
  const inOrder = openWindows(
    { shape: x.shape, data: moved(x.data) },
    { shape: y.shape, data: moved(y.data) },
  );
  return inOrder.stride === 1 ? inOrder : null;
}

const MOST_LAGS = 40;

/** The autocorrelation that stands out most, in standard errors: of the step before, or of a season ago. */
export function memoryOf(values: Float64Array): number {
  let most = 0;
  for (let lag = 1; lag <= Math.min(MOST_LAGS, values.length / 4); lag++) {
    const count = values.length - lag;
    const r = correlation(values.subarray(lag), values.subarray(0, count));
    const z = Math.abs(fisherZ(r, count));
    if (z > most) most = z;
  }
  return most;
}

/** Largest |z| of a series that goes on from itself beyond doubt. */
export const REMEMBERS_Z = 5;

/** Whether samples follow each other in time: windows of one series, in order or shuffled, or pieces that go on from one another. */
export function isSeries(windows: Windows): boolean {
  const { samples, timesteps, features, stride, columns, at } = windows;
  if (stride > 0 || backInOrder(windows) !== null) return true;
  if (timesteps === 1) return columns.some((column) => memoryOf(column) > REMEMBERS_Z);
  return Array.from({ length: features }, (_, f) => f).some((f) => {
    const ends = Float64Array.from({ length: samples - 1 }, (_, n) => at(n, timesteps - 1, f));
    const begins = Float64Array.from({ length: samples - 1 }, (_, n) => at(n + 1, 0, f));
    return Math.abs(fisherZ(correlation(begins, ends), samples - 1)) > REMEMBERS_Z;
  });
}
