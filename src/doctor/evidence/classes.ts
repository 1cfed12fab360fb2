import { leastSquares } from "../../numerics/least-squares.js";
import { mean, variance } from "../../numerics/statistics.js";
import { paddingOf } from "./padding.js";
import type { Windows } from "./window-source.js";

/** Each example's class, and how often each occurs. */
export interface Classes {
  /** One for each label: an example's, or a step's where there is a target at every step; NaN of steps that only fill up. */
  readonly labels: readonly number[];
  /** Labels there are, without those of padding. */
  readonly total: number;
  readonly counts: ReadonlyMap<number, number>;
  readonly rarest: { readonly label: number; readonly count: number };
  readonly commonest: { readonly label: number; readonly count: number };
}

/** Whether the targets are one-hot rows: all sum to one, and hold but zeros and ones. */
function isOneHot(data: ArrayLike<number>, width: number): boolean {
  for (let n = 0; n * width < data.length; n++) {
    let sum = 0;
    for (let k = 0; k < width; k++) {
      const value = data[n * width + k]!;
      if (value !== 0 && value !== 1) return false;
      sum += value;
    }
    if (sum !== 1) return false;
  }
  return true;
}

/** How many numbers one label is made of: a one-hot row's, or one. */
function widthOfLabel({ y }: Windows): number {
  const width = y.shape.length >= 2 ? y.shape.at(-1)! : 1;
  return width > 1 && isOneHot(y.data, width) ? width : 1;
}

/** The class of each example, or of each of its steps. */
export function labelsOf(windows: Windows): number[] {
  const { data } = windows.y;
  const width = widthOfLabel(windows);
  return Array.from({ length: data.length / width }, (_, n) =>
    width === 1 ? data[n]! : data.subarray(n * width, (n + 1) * width).indexOf(1),
  );
}

/** The labels, NaN for those of steps that only fill sequences up: they are no examples of a class. */
function withoutPadding(windows: Windows): number[] {
  const labels = labelsOf(windows);
  const steps = labels.length / windows.samples;
  const { x, timesteps } = windows;
  if (steps === 1 || steps !== (x.shape.length === 2 ? x.shape[1] : timesteps)) return labels;
  const padding = paddingOf(windows);
  if (padding === null) return labels;
  return labels.map((label, i) => {
    const [n, t] = [Math.floor(i / steps), i % steps];
    const isFill = padding.side === "end" ? t >= steps - padding.counts[n]! : t < padding.counts[n]!;
    return isFill ? Number.NaN : label;
  });
}

/** Reads the targets as classes; null where there is but one. */
export function classesOf(windows: Windows): Classes | null {
  const labels = withoutPadding(windows);
  const counts = new Map<number, number>();
  let total = 0;
  for (const label of labels) {
    if (Number.isNaN(label)) continue;
    counts.set(label, (counts.get(label) ?? 0) + 1);
    total++;
  }
  if (counts.size < 2) return null;
  const sorted = [...counts].map(([label, count]) => ({ label, count })).sort((a, b) => a.count - b.count);
  return { labels, total, counts, rarest: sorted[0]!, commonest: sorted.at(-1)! };
}

const MOST_COLUMNS = 40;
const MOST_ROWS = 2000;

/**
 * How far one class lies from the others along the straight line that parts them best (Fisher 1936), in standard deviations
 * within the classes. null where there is a target at every step.
 */
export function distanceOf(windows: Windows, { labels }: Classes, label: number): number | null {
  const { samples, timesteps, features } = windows;
  if (labels.length !== samples) return null;
  const rows = Math.min(samples, MOST_ROWS);
  const is = Float64Array.from({ length: rows }, (_, n) => (labels[n] === label ? 1 : 0));
  const columns: Float64Array[] = [new Float64Array(rows).fill(1)];
  for (let t = timesteps - 1; t >= 0; t--)
    for (let f = 0; f < features && columns.length < Math.min(MOST_COLUMNS, rows / 10); f++)
      columns.push(Float64Array.from({ length: rows }, (_, n) => windows.at(n, t, f)));
  // Fitting the class as a number gives Fisher's direction.
  const weights = leastSquares(columns, is).coefficients();
  const scores = Float64Array.from({ length: rows }, (_, n) =>
    weights.reduce((sum, weight, k) => sum + weight * columns[k]![n]!, 0),
  );
  const [ones, others] = [scores.filter((_, n) => is[n] === 1), scores.filter((_, n) => is[n] !== 1)];
  if (ones.length === 0 || others.length === 0) return null;
  const within = (ones.length * variance(ones) + others.length * variance(others)) / rows;
  return (mean(ones) - mean(others)) / Math.sqrt(Math.max(within, 1e-30));
}
