import { openWindows, type Windows } from "./window-source.js";

/** Shuffled pairs keep all their windows but the last: some may be missing, held back or with a gap. */
const LEAST_LINKED = 0.95;

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
  const { samples, timesteps, x, y, isSequence } = windows;
  if (windows.stride !== 0 || !isSequence || timesteps < 4 || samples < 20 || y.shape[0] !== samples)
    return null;
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
  const ordered = openWindows(
    { shape: x.shape, data: moved(x.data) },
    { shape: y.shape, data: moved(y.data) },
  );
  return ordered.stride === 1 ? ordered : null;
}
