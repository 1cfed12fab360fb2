import { normalQuantile } from "../../numerics/normal.js";
import { fisherZ } from "../../numerics/significance.js";
import { correlation } from "../../numerics/statistics.js";
import type { Windows } from "./window-source.js";

/** What the target has to do with each time step of the input. */
export interface Dependence {
  /** For each time step the largest |z| among features, their squares and products with the first target number. */
  readonly profile: Float64Array;
  /** Whether anything stands out: one step alone, or a stretch of steps together. */
  readonly significant: boolean;
  readonly strongest: number;
  /** Bonferroni's bound on a single |z| at one in a thousand for all tests together (Dunn 1961). */
  readonly bound: number;
  readonly tested: number;
  /** Stretches of the sequence (eighths) whose squares add up to too much, as steps `[from, to)`. */
  readonly stretches: readonly { from: number; to: number; z: number; significant: boolean }[];
}

const MOST_SAMPLES = 2000;
const MOST_FEATURES = 6;
const STRETCHES = 8;
const FALSE_ALARM = 0.001;
/** A sum of k squared z is about normal with mean k and variance 2k; so many standard deviations in a rough tail. */
const STRETCH_BOUND = 5;

/** All products of two features count as features, for a marker times a value is how memory tasks put their question. */
function candidatesAt(windows: Windows, step: number, samples: number): Float64Array[] {
  const features = Math.min(windows.features, MOST_FEATURES);
  const column = (f: number): Float64Array =>
    Float64Array.from({ length: samples }, (_, n) => windows.at(n, step, f));
  const raw = Array.from({ length: features }, (_, f) => column(f));
  const products: Float64Array[] = [];
  for (let f = 0; f < features; f++) {
    for (let g = f; g < features; g++) products.push(raw[f]!.map((value, n) => value * raw[g]![n]!));
  }
  return [...raw, ...products];
}

/** Looks for any connection between the inputs' steps and the targets (of a sequence of targets: the last). */
export function dependenceOf(windows: Windows): Dependence {
  const { timesteps, targets } = windows;
  const samples = Math.min(windows.samples, MOST_SAMPLES);
  const isStepwise =
    windows.isSequence && windows.y.shape.length >= 2 && windows.y.shape[1] === timesteps && timesteps > 1;
  const outputs = isStepwise ? targets.slice(-targets.length / timesteps) : targets;
  const judged = outputs.slice(0, 4).map((values) => values.subarray(0, samples));
  const profile = new Float64Array(timesteps);
  const scores: number[][] = [];
  let tested = 0;
  for (let t = 0; t < timesteps; t++) {
    const columns = candidatesAt(windows, t, samples);
    const row = columns.flatMap((column) =>
      judged.map((target) => Math.abs(fisherZ(correlation(column, target), samples))),
    );
    tested += row.length;
    profile[t] = Math.max(0, ...row);
    scores.push(row);
  }
  const bound = -normalQuantile(FALSE_ALARM / Math.max(2, 2 * tested));
  const parts = Math.min(STRETCHES, timesteps);
  const stretches = Array.from({ length: parts }, (_, k) => {
    const [from, to] = [Math.floor((k * timesteps) / parts), Math.floor(((k + 1) * timesteps) / parts)];
    const rows = scores.slice(from, to);
    const sums = rows[0]!.map((_, i) => rows.reduce((sum, row) => sum + row[i]! ** 2, 0));
    const count = to - from;
    const z = Math.max(...sums.map((sum) => (sum - count) / Math.sqrt(2 * count)));
    return {
      from,
      to,
      z,
      significant: z > STRETCH_BOUND + bound / 2 || profile.subarray(from, to).some((value) => value > bound),
    };
  });
  const strongest = Math.max(...profile);
  return {
    profile,
    strongest,
    bound,
    tested,
    stretches,
    significant: stretches.some(({ significant }) => significant),
  };
}
