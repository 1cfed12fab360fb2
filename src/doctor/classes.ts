import { leastSquares } from "../series/least-squares.js";
import type { Windows } from "./windows.js";

/** Each example's class, and how often each occurs. */
export interface Classes {
  /** One for each label: an example's, or a step's where there is a target at every step. */
  readonly labels: readonly number[];
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
export function widthOfLabel({ y }: Windows): number {
  const width = y.shape.length >= 2 ? y.shape.at(-1)! : 1;
  return width > 1 && isOneHot(y.data, width) ? width : 1;
}

/** Reads the targets as classes; null where there is but one. */
export function classesOf(windows: Windows): Classes | null {
  const { data } = windows.y;
  const width = widthOfLabel(windows);
  const labels = Array.from({ length: data.length / width }, (_, n) =>
    width === 1 ? data[n]! : data.subarray(n * width, (n + 1) * width).indexOf(1),
  );
  const counts = new Map<number, number>();
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
  if (counts.size < 2) return null;
  const sorted = [...counts].map(([label, count]) => ({ label, count })).sort((a, b) => a.count - b.count);
  return { labels, counts, rarest: sorted[0]!, commonest: sorted.at(-1)! };
}

const MOST_COLUMNS = 40;
const MOST_ROWS = 2000;

/**
 * Of the examples of one class the share that a straight line through the inputs finds, as it stands when it is wrong as
 * seldom as can be: what is left to a classifier that pays the rare class no more heed than the others. null where there is
 * a target at every step.
 */
export function foundByALine(windows: Windows, { labels }: Classes, label: number): number | null {
  const { samples, timesteps, features } = windows;
  if (labels.length !== samples) return null;
  const rows = Math.min(samples, MOST_ROWS);
  const is = Float64Array.from({ length: rows }, (_, n) => (labels[n] === label ? 1 : 0));
  const columns: Float64Array[] = [new Float64Array(rows).fill(1)];
  for (let t = timesteps - 1; t >= 0; t--)
    for (let f = 0; f < features && columns.length < Math.min(MOST_COLUMNS, rows / 10); f++)
      columns.push(Float64Array.from({ length: rows }, (_, n) => windows.at(n, t, f)));
  const fit = leastSquares(columns, is);
  const weights = fit.coefficients();
  const order = Array.from({ length: rows }, (_, n) => ({
    score: weights.reduce((sum, weight, k) => sum + weight * columns[k]![n]!, 0),
    isOne: is[n] === 1,
  })).sort((a, b) => b.score - a.score);
  const all = order.filter(({ isOne }) => isOne).length;
  let [found, right, best, bestFound] = [0, 0, 0, 0];
  for (const { isOne } of order) {
    found += isOne ? 1 : 0;
    right += isOne ? 1 : -1;
    if (right > best) [best, bestFound] = [right, found];
  }
  return all === 0 ? null : bestFound / all;
}
