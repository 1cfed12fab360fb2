import { normalQuantile } from "../../numerics/normal.js";
import { fisherZ } from "../../numerics/significance.js";
import { deviationOf, mean } from "../../numerics/statistics.js";
import { createRandom } from "../../random.js";
import { outputsOf } from "./outputs.js";
import type { Windows } from "./window-source.js";

/** What remains of the question whether inputs tell anything of the targets, once no single step does. */
export interface Independence {
  /** Largest |z| among autocovariances of the inputs and one class or target each. */
  readonly strongest: number;
  /** Bonferroni's bound on it at one in a thousand for all tests together (Dunn 1961). */
  readonly bound: number;
  readonly tested: number;
  /** The stretch whose connections add up to most, in standard deviations of what it comes to where targets are permuted. */
  readonly together: number;
  readonly permutations: number;
  readonly significant: boolean;
}

const MOST_SAMPLES = 600;
const MOST_FEATURES = 64;
const MOST_COLUMNS = 480;
const STRETCHES = 8;
const LAGS = [1, 2, 3, 4, 6, 8, 12];
const FALSE_ALARM = 0.001;
/** Targets put in another order show what chance does with inputs that repeat from step to step as these do. */
const PERMUTATIONS = 40;
/** Of a largest of several (Gumbel's distribution) three in a thousand lie so many standard deviations above the mean. */
const BEYOND = 4;

/** Mean 0 and sum of squares 1, so that a sum of products is a correlation; null for a constant. */
function standardised(values: Float64Array): Float64Array | null {
  const center = mean(values);
  const size = deviationOf(values) * Math.sqrt(values.length);
  return size > 0 && Number.isFinite(size) ? values.map((value) => (value - center) / size) : null;
}

const product = (a: Float64Array, b: Float64Array): number => {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
};

/** How a feature goes on from step to step, whatever its phase: the mean product of values some steps apart. */
function autocovariances(windows: Windows, samples: number): Float64Array[] {
  const { timesteps, features, at } = windows;
  return Array.from({ length: Math.min(features, MOST_FEATURES) }, (_, f) =>
    LAGS.filter((lag) => lag < timesteps).map((lag) =>
      Float64Array.from({ length: samples }, (_, n) => {
        let sum = 0;
        for (let t = lag; t < timesteps; t++) sum += at(n, t, f) * at(n, t - lag, f);
        return sum / (timesteps - lag);
      }),
    ),
  ).flat();
}

/** Whether an even or odd number of a feature's steps lie below its mean: of bits their parity, which no pair of them tells. */
function parities({ timesteps, features, columns, at }: Windows, samples: number): Float64Array[] {
  return Array.from({ length: Math.min(features, MOST_FEATURES) }, (_, f) => {
    const center = mean(columns[f]!);
    return Float64Array.from({ length: samples }, (_, n) => {
      let sign = 1;
      for (let t = 0; t < timesteps; t++) if (at(n, t, f) < center) sign = -sign;
      return sign;
    });
  });
}

/** Single steps, with their squares, in stretches of the sequence; of long ones evenly spread steps. */
function stretchesOf(windows: Windows, samples: number): Float64Array[][] {
  const { timesteps, features, at } = windows;
  const used = Math.min(features, MOST_FEATURES);
  const every = Math.max(1, Math.ceil((2 * used * timesteps) / MOST_COLUMNS));
  const parts = Array.from({ length: Math.min(STRETCHES, timesteps) }, (): Float64Array[] => []);
  for (let t = 0; t < timesteps; t += every) {
    for (let f = 0; f < used; f++) {
      const raw = standardised(Float64Array.from({ length: samples }, (_, n) => at(n, t, f)));
      if (raw === null) continue;
      const part = parts[Math.floor((t * parts.length) / timesteps)]!;
      const square = standardised(raw.map((value) => value * value));
      part.push(raw, ...(square === null ? [] : [square]));
    }
  }
  return parts.filter((part) => part.length > 0);
}

/** Looks for connections that no single step shows: in how inputs go on, and in many weak ones together. */
export function independenceOf(windows: Windows, isClassification: boolean): Independence {
  const samples = Math.min(windows.samples, MOST_SAMPLES);
  const outputs = outputsOf(windows, samples, isClassification)
    .map(standardised)
    .filter((values) => values !== null);
  const columns = [...autocovariances(windows, samples), ...parities(windows, samples)]
    .map(standardised)
    .filter((values) => values !== null);
  const tested = columns.length * outputs.length;
  const bound = -normalQuantile(FALSE_ALARM / Math.max(2, 2 * tested));
  let strongest = 0;
  for (const column of columns)
    for (const output of outputs)
      strongest = Math.max(strongest, Math.abs(fisherZ(product(column, output), samples)));
  const stretches = stretchesOf(windows, samples);
  const sums = (order: ArrayLike<number> | null): number[] => {
    const moved = outputs.map((output) =>
      order === null ? output : output.map((_, n) => output[order[n]!]!),
    );
    const parts = stretches.map((part) =>
      part.reduce(
        (sum, column) => sum + moved.reduce((all, output) => all + product(column, output) ** 2, 0),
        0,
      ),
    );
    return [...parts, parts.reduce((sum, part) => sum + part, 0)];
  };
  const random = createRandom(1);
  const chance = Array.from({ length: PERMUTATIONS }, () => sums(random.permutation(samples)));
  const usual = sums(null).map((_, k) => {
    const values = chance.map((row) => row[k]!);
    return { center: mean(values), spread: Math.max(deviationOf(values), 1e-30) };
  });
  const most = (row: readonly number[]): number =>
    Math.max(...row.map((value, k) => (value - usual[k]!.center) / usual[k]!.spread));
  const others = chance.map(most);
  const together = (most(sums(null)) - mean(others)) / Math.max(deviationOf(others), 1e-30);
  return {
    strongest,
    bound,
    tested,
    together,
    permutations: PERMUTATIONS,
    significant: strongest > bound || together > BEYOND,
  };
}
