import type { Windows } from "./window-source.js";

/** Steps behind (or before) the sequences that only fill them up. */
export interface Padding {
  /** Steps filled up, of each sample. */
  readonly counts: readonly number[];
  /** Of all steps. */
  readonly share: number;
  readonly side: "end" | "beginning";
  /** What fills up: the value of every feature. */
  readonly value: number;
}

/** Padding of less than this is hardly counted. */
const LEAST_SHARE = 0.1;
/** Sequences of one length need none. */
const LEAST_LENGTHS = 3;
const LEAST_SAMPLES = 20;

/** Finds steps of one repeated value at the end or the beginning, more of them in some samples than in others. */
export function paddingOf(windows: Windows): Padding | null {
  const { samples, stride, x } = windows;
  const isIndices = x.shape.length === 2;
  const timesteps = isIndices ? (x.shape[1] ?? 0) : windows.timesteps;
  const features = isIndices ? 1 : windows.features;
  if (samples < LEAST_SAMPLES || timesteps < 4 || stride !== 0) return null;
  const value = 0;
  const isFill = (n: number, t: number): boolean => {
    const from = (n * timesteps + t) * features;
    for (let f = 0; f < features; f++) if (x.data[from + f] !== value) return false;
    return true;
  };
  for (const side of ["end", "beginning"] as const) {
    const counts = Array.from({ length: samples }, (_, n) => {
      let count = 0;
      while (count < timesteps && isFill(n, side === "end" ? timesteps - 1 - count : count)) count++;
      return count;
    });
    const share = counts.reduce((sum, count) => sum + count, 0) / (samples * timesteps);
    // A silent first step, or a marker that is mostly zero, fills up no more than a step or two.
    const isRepeated = counts.filter((count) => count >= 2).length > LEAST_SHARE * samples;
    if (
      share >= LEAST_SHARE &&
      isRepeated &&
      new Set(counts).size >= LEAST_LENGTHS &&
      Math.min(...counts) < timesteps
    )
      return { counts, share, side, value };
  }
  return null;
}
