import { DataError } from "../../errors.js";
import { numberIn, oneOf, refuseUnknown } from "../../options.js";
import { close, type InKind, open, type SeriesLike, whichColumn } from "../kinds.js";

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

/** What `fillFromNeighbours` is told. */
export interface Neighbours {
  readonly k: number;
  readonly weights: "uniform" | "distance";
}

/** Options with their defaults. @throws ConfigError */
export function readNeighbours(where: string, options: KnnImputeOptions): Neighbours {
  refuseUnknown(where, options, ["k", "weights"]);
  return {
    k: numberIn(where, "k", options.k ?? 5, { min: 1, integer: true }),
    weights: oneOf(where, "weights", options.weights ?? "uniform", ["uniform", "distance"]),
  };
}

/** The rows that have a value, for each column. @throws DataError for a column without any. */
export const donorsOf = (where: string, columns: readonly Float64Array[]): number[][] =>
  columns.map((values, f) => {
    const rows = Array.from(values.keys()).filter((t) => !Number.isNaN(values[t]));
    if (rows.length > 0) return rows;
    throw new DataError(`${where}: ${whichColumn({ columns }, f)} has no value at all to learn from.`, {
      code: "missing_values",
    });
  });

/** Euclidean distance over the columns both rows have, scaled up to all columns; NaN when they share none. */
function nanEuclidean(
  a: readonly Float64Array[],
  rowA: number,
  b: readonly Float64Array[],
  rowB: number,
): number {
  let sum = 0;
  let shared = 0;
  for (let f = 0; f < a.length; f++) {
    const difference = a[f]![rowA]! - b[f]![rowB]!;
    if (Number.isNaN(difference)) continue;
    sum += difference * difference;
    shared++;
  }
  return shared === 0 ? Number.NaN : Math.sqrt((sum * a.length) / shared);
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
 * The columns with their gaps filled from the rows of `known` most like each row: the columns themselves or others.
 * @param donors of each column of `known`, as {@link donorsOf} gives them.
 */
export function fillFromNeighbours(
  columns: readonly Float64Array[],
  known: readonly Float64Array[],
  donors: readonly (readonly number[])[],
  { k, weights }: Neighbours,
): Float64Array[] {
  const filled = columns.map((values) => values.slice());
  for (let t = 0; t < columns[0]!.length; t++) {
    if (columns.every((values) => !Number.isNaN(values[t]))) continue;
    const distances = Float64Array.from({ length: known[0]!.length }, (_, other) =>
      nanEuclidean(columns, t, known, other),
    );
    columns.forEach((values, f) => {
      if (!Number.isNaN(values[t])) return;
      const near = donors[f]!.map((row) => ({ value: known[f]![row]!, distance: distances[row]! }));
      if (near.every((donor) => Number.isNaN(donor.distance))) {
        filled[f]![t] = mean(near.map((donor) => donor.value));
        return;
      }
      const chosen = near.sort(byDistance).slice(0, k);
      filled[f]![t] =
        weights === "uniform" ? mean(chosen.map((donor) => donor.value)) : weightedByDistance(chosen);
    });
  }
  return filled;
}

/**
 * Fills each gap with the mean of that column in the `k` rows most like its own, as scikit-learn's `KNNImputer`.
 *
 * Likeness is the nan-euclidean distance; only rows that have the column can donate. Where no donor shares a column
 * with the row, the column's mean is taken: always so for a series of one column, for which `interpolate` is the better
 * tool. As in scikit-learn, with uniform weights donors at no measurable distance make up the number when there are
 * fewer than `k` others. Rows are compared across all time, so a gap may be filled from its
 * future; {@link knnImputer} fills from the rows it was fitted on instead.
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
  const neighbours = readNeighbours(where, options);
  const frame = open(where, x);
  const { columns } = frame;
  return close<T>(frame, fillFromNeighbours(columns, columns, donorsOf(where, columns), neighbours));
}
