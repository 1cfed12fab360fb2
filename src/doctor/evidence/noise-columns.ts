import { normalQuantile } from "../../numerics/normal.js";
import { fisherZ } from "../../numerics/significance.js";
import { correlation, mean } from "../../numerics/statistics.js";
import type { Windows } from "./window-source.js";

/** What the columns of windows of a series have to do with anything. */
export interface NoiseColumns {
  /** Columns that are connected neither with the target, nor with another column, nor with their own past. */
  readonly noise: readonly number[];
  /** Of each column the largest |z| against the target, at any step, alone, squared or times another column. */
  readonly strongest: readonly number[];
  /** Bonferroni's bound on one column's |z|. */
  readonly bound: number;
}

/** For a column to pass as noise nothing may be seen in it even at this level, all of its tests together. */
const LEVEL = 0.05;
const LAGS = 10;
const MOST_SAMPLES = 1500;
const MOST_STEPS = 40;
const MOST_TARGETS = 3;
const MOST_PARTNERS = 6;
const LEAST = 100;

const boundOf = (tests: number): number => -normalQuantile(LEVEL / (2 * Math.max(1, tests)));

const squares = (values: Float64Array): Float64Array => {
  const center = mean(values);
  return values.map((value) => (value - center) ** 2);
};

/** Whether a column's values go on from one another, in level or in spread. */
function goesOn(column: Float64Array): boolean {
  const bound = boundOf(2 * LAGS);
  return [column, squares(column)].some((values) =>
    Array.from({ length: LAGS }, (_, k) => k + 1).some((lag) => {
      const count = values.length - lag;
      const z = fisherZ(correlation(values.subarray(lag), values.subarray(0, count)), count);
      return Math.abs(z) > bound;
    }),
  );
}

/** Whether it moves with another column, at the same time or a step before or after. */
function movesWith(column: Float64Array, others: readonly Float64Array[]): boolean {
  const bound = boundOf(3 * others.length);
  return others.some((other) =>
    [-1, 0, 1].some((lag) => {
      const count = Math.min(column.length, other.length) - 1;
      const [own, its] = [column.subarray(Math.max(0, lag)), other.subarray(Math.max(0, -lag))];
      const r = correlation(own.subarray(0, count), its.subarray(0, count));
      return Math.abs(fisherZ(r, count)) > bound;
    }),
  );
}

/** Looks for columns that tell nothing; null where samples are no windows of a series, whose columns have no past. */
export function noiseColumns(windows: Windows): NoiseColumns | null {
  const { stride, features, timesteps, targets, at } = windows;
  const samples = Math.min(windows.samples, MOST_SAMPLES);
  if (stride === 0 || features < 2 || samples < LEAST || targets.length === 0) return null;
  const columns = windows.columns.map((column) => column.subarray(0, MOST_SAMPLES));
  if (columns.some((column) => !column.every(Number.isFinite))) return null;
  // Of a target at every step, or of several ahead, the last ones stand for all.
  const judged = targets.slice(-MOST_TARGETS).map((values) => values.subarray(0, samples));
  const steps = Math.min(timesteps, MOST_STEPS);
  const partners = Math.min(features, MOST_PARTNERS);
  const bound = boundOf(judged.length * steps * (2 + partners));
  const strongest = columns.map((_, f) => {
    let most = 0;
    for (let t = timesteps - steps; t < timesteps; t++) {
      const own = Float64Array.from({ length: samples }, (_, n) => at(n, t, f));
      const center = mean(own);
      const candidates = [own, squares(own)];
      for (let g = 0; g < partners; g++)
        if (g !== f) candidates.push(own.map((value, n) => (value - center) * at(n, t, g)));
      for (const candidate of candidates)
        for (const target of judged)
          most = Math.max(most, Math.abs(fisherZ(correlation(candidate, target), samples)));
    }
    return most;
  });
  const noise = columns.flatMap((column, f) =>
    strongest[f]! > bound ||
    new Set(column).size < 2 ||
    goesOn(column) ||
    movesWith(
      column,
      columns.filter((_, g) => g !== f),
    )
      ? []
      : [f],
  );
  return { noise, strongest, bound };
}
