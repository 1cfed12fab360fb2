import { deviationOf, mean } from "../../numerics/statistics.js";
import { createRandom } from "../../random.js";
import type { Windows } from "./window-source.js";

/** With fewer places nearly any order looks like another. */
const LEAST_PLACES = 5;
const MOST_PLACES = 64;
const MOST_SAMPLES = 200;
/** Of the other axis so many lines are looked at. */
const MOST_LINES = 12;
const PERMUTATIONS = 300;

/** Mean 0 and sum of squares 1 over the samples; zeros for a place that never changes. */
function standardised(values: Float64Array): Float64Array {
  const center = mean(values);
  const size = deviationOf(values) * Math.sqrt(values.length);
  return values.map((value) => (size > 0 && Number.isFinite(size) ? (value - center) / size : 0));
}

/** |correlation| over the samples of any two places of an axis, mean over some lines of the other one. */
function likeness(count: number, lines: number, column: (place: number, line: number) => Float64Array) {
  const alike = Array.from({ length: count }, () => new Float64Array(count));
  for (let line = 0; line < lines; line++) {
    const columns = Array.from({ length: count }, (_, place) => standardised(column(place, line)));
    for (let a = 0; a < count; a++)
      for (let b = 0; b < a; b++) {
        let product = 0;
        for (let n = 0; n < columns[a]!.length; n++) product += columns[a]![n]! * columns[b]![n]!;
        alike[a]![b]! += product;
        alike[b]![a]! += product;
      }
  }
  for (const row of alike) for (let b = 0; b < count; b++) row[b] = Math.abs(row[b]!);
  return alike;
}

/**
 * Whether an axis goes on from place to place, as time does: how much more alike neighbours are than in permuted orders, in
 * standard deviations of those. Sensors and columns have no such order, whatever they have to do with each other.
 *
 * @returns null where the axis is too short to tell.
 */
export function orderOf(
  { samples, timesteps, features, at }: Windows,
  axis: "steps" | "features",
): number | null {
  const [count, others] = axis === "steps" ? [timesteps, features] : [features, timesteps];
  if (count < LEAST_PLACES) return null;
  const used = Math.min(count, MOST_PLACES);
  const rows = Math.min(samples, MOST_SAMPLES);
  const alike = likeness(used, Math.min(others, MOST_LINES), (place, line) =>
    Float64Array.from({ length: rows }, (_, n) =>
      axis === "steps" ? at(n, place, line) : at(n, line, place),
    ),
  );
  const along = (order: ArrayLike<number>): number => {
    let sum = 0;
    for (let k = 1; k < used; k++) sum += alike[order[k - 1]!]![order[k]!]!;
    return sum;
  };
  const random = createRandom(1);
  const chance = Float64Array.from({ length: PERMUTATIONS }, () => along(random.permutation(used)));
  const spread = deviationOf(chance);
  const own = along(Array.from({ length: used }, (_, k) => k));
  return spread > 0 ? (own - mean(chance)) / spread : 0;
}
