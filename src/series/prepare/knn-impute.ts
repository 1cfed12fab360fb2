import { DataError } from "../../errors.js";
import { numberIn, oneOf, refuseUnknown } from "../../options.js";
import { close, type InKind, open, type SeriesLike } from "../kinds.js";

/** Options of `knnImpute`. */
export interface KnnImputeOptions {
  /** How many neighbours are averaged. Default 5. */
  readonly k?: number;
  /** `"uniform"` (default): a plain mean; `"distance"`: weighted by 1 / distance, exact matches alone if there are any. */
  readonly weights?: "uniform" | "distance";
}

interface Donor {
  readonly value: number;
  readonly distance: number;
}

/** Euclidean distance over the columns both rows have, scaled up to all columns; NaN when they share none. */
function nanEuclidean(columns: readonly Float64Array[], a: number, b: number): number {
  let sum = 0;
  let shared = 0;
  for (const column of columns) {
    const difference = column[a]! - column[b]!;
    if (Number.isNaN(difference)) continue;
    sum += difference * difference;
    shared++;
  }
  return shared === 0 ? Number.NaN : Math.sqrt((sum * columns.length) / shared);
}

const mean = (values: readonly number[]): number => values.reduce((sum, v) => sum + v, 0) / values.length;

function weightedByDistance(donors: readonly Donor[]): number {
  const measured = donors.filter((donor) => !Number.isNaN(donor.distance));
  const exact = measured.filter((donor) => donor.distance === 0);
  if (exact.length > 0) return mean(exact.map((donor) => donor.value));
  let sum = 0;
  let weights = 0;
  for (const { value, distance } of measured) {
    sum += value / distance;
    weights += 1 / distance;
  }
  return sum / weights;
}

/** Nearest first; donors at no measurable distance last, equals in the order of their rows. */
const byDistance = (a: Donor, b: Donor): number => {
  if (Number.isNaN(a.distance)) return Number.isNaN(b.distance) ? 0 : 1;
  return Number.isNaN(b.distance) ? -1 : a.distance - b.distance;
};

/**
 * Fills each gap with the mean of that column in the `k` rows most like its own, as scikit-learn's `KNNImputer`.
 *
 * Likeness is the nan-euclidean distance; only rows that have the column can donate. Where no donor shares a column
 * with the row, the column's mean is taken: always so for a series of one column, for which `interpolate` is the better
 * tool. As in scikit-learn, with uniform weights donors at no measurable distance make up the number when there are
 * fewer than `k` others. Rows are compared across all time, so a gap may be filled from its future.
 *
 * @param x rows or Tensor `[T, F]`; scale the columns first, or the largest decides alone.
 * @returns the same kind and shape, without gaps.
 * @throws DataError for a column without any value (scikit-learn drops it), ConfigError for options out of range.
 *
 * @example
 * knnImpute([[1, 2], [null, 2.1], [5, 6]], { k: 1 });
 */
export function knnImpute<T extends SeriesLike>(x: T, options: KnnImputeOptions = {}): InKind<T> {
  const where = "knnImpute()";
  refuseUnknown(where, options, ["k", "weights"]);
  const k = numberIn(where, "k", options.k ?? 5, { min: 1, integer: true });
  const weights = oneOf(where, "weights", options.weights ?? "uniform", ["uniform", "distance"]);
  const frame = open(where, x);
  const { columns } = frame;
  const present = columns.map((values, f) => {
    const rows = Array.from(values.keys()).filter((t) => !Number.isNaN(values[t]));
    if (rows.length === 0) throw new DataError(`${where}: column ${f} has no value at all to learn from.`);
    return rows;
  });
  const filled = columns.map((values) => values.slice());
  for (let t = 0; t < frame.rows; t++) {
    if (columns.every((values) => !Number.isNaN(values[t]))) continue;
    const distances = Float64Array.from({ length: frame.rows }, (_, other) =>
      nanEuclidean(columns, t, other),
    );
    columns.forEach((values, f) => {
      if (!Number.isNaN(values[t])) return;
      const donors = present[f]!.map((row) => ({ value: values[row]!, distance: distances[row]! }));
      if (donors.every((donor) => Number.isNaN(donor.distance))) {
        filled[f]![t] = mean(donors.map((donor) => donor.value));
        return;
      }
      const chosen = donors.sort(byDistance).slice(0, k);
      filled[f]![t] =
        weights === "uniform" ? mean(chosen.map((donor) => donor.value)) : weightedByDistance(chosen);
    });
  }
  return close<T>(frame, filled);
}
