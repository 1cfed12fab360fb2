import { normalQuantile } from "../../numerics/normal.js";
import { fisherZ } from "../../numerics/significance.js";
import { correlation } from "../../numerics/statistics.js";
import { labelsOf } from "./classes.js";
import { indicators, isStepwise, outputsOf } from "./outputs.js";
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
/** Features looked at by themselves, and those whose products with each other are. */
const MOST_FEATURES = 256;
const MOST_FACTORS = 6;
/** Multiplications the search may take: of many columns, steps and outputs fewer samples are looked at. */
const MOST_WORK = 4e8;
const LEAST_SAMPLES = 200;
/** Steps before and after a label that may tell it, where there is one at every step. */
const LAGS = [-4, -3, -2, -1, 0, 1, 2, 3, 4, 5, 6, 8];
const MOST_PLACES = 6000;
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
  const factors = Math.min(features, MOST_FACTORS);
  for (let f = 0; f < factors; f++) {
    for (let g = f; g < factors; g++) products.push(raw[f]!.map((value, n) => value * raw[g]![n]!));
  }
  return [...raw, ...products];
}

/** Looks for any connection between the inputs' steps and the targets (of a sequence of targets: the last). */
export function dependenceOf(windows: Windows, isClassification = false): Dependence {
  const { timesteps, features } = windows;
  const columns = Math.min(features, MOST_FEATURES) + (MOST_FACTORS * (MOST_FACTORS + 1)) / 2;
  const outputs = outputsOf(windows, windows.samples, isClassification);
  const affordable = Math.floor(MOST_WORK / Math.max(1, columns * timesteps * outputs.length));
  const samples = Math.min(windows.samples, MOST_SAMPLES, Math.max(LEAST_SAMPLES, affordable));
  const judged = outputs.map((values) => values.subarray(0, samples));
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

/** Of a target at every step the largest |z| of any input some steps before or after it, all samples and steps together. */
export function stepwiseDependence(
  windows: Windows,
  isClassification: boolean,
): { readonly strongest: number; readonly bound: number } | null {
  if (!isStepwise(windows)) return null;
  const { samples, timesteps, features, targets, at } = windows;
  const labels = isClassification ? Float64Array.from(labelsOf(windows)) : null;
  const width = targets.length / timesteps;
  const used = Math.max(1, Math.min(samples, Math.floor(MOST_PLACES / timesteps)));
  const place = (n: number, t: number): number => n * timesteps + t;
  const whole =
    labels !== null
      ? indicators(labels)
      : Array.from({ length: Math.min(width, 4) }, (_, k) =>
          Float64Array.from(
            { length: samples * timesteps },
            (_, i) => targets[(i % timesteps) * width + k]![Math.floor(i / timesteps)]!,
          ),
        );
  let [strongest, tested] = [0, 0];
  for (const lag of LAGS) {
    const steps = Array.from({ length: timesteps }, (_, t) => t).filter(
      (t) => t - lag >= 0 && t - lag < timesteps,
    );
    if (steps.length === 0) continue;
    const count = used * steps.length;
    const gather = (value: (n: number, t: number) => number): Float64Array =>
      Float64Array.from({ length: count }, (_, i) =>
        value(Math.floor(i / steps.length), steps[i % steps.length]!),
      );
    const outputs = whole.map((values) => gather((n, t) => values[place(n, t)]!));
    for (let f = 0; f < Math.min(features, 32); f++) {
      const column = gather((n, t) => at(n, t - lag, f));
      for (const output of outputs) {
        tested++;
        const z = Math.abs(fisherZ(correlation(column, output), count));
        if (z > strongest) strongest = z;
      }
    }
  }
  return { strongest, bound: -normalQuantile(FALSE_ALARM / Math.max(2, 2 * tested)) };
}
