import { complete } from "../../calendar/complete.js";

/** Robust standard deviations of a step; Gaussian noise sticks out this far less than once in a million. */
const BOUND = 5;
/** Makes the median absolute deviation estimate the standard deviation of a Gaussian. */
const MAD_TO_SIGMA = 1.4826;
/** The same for the mean absolute deviation: sqrt(pi / 2). */
const MEAN_TO_SIGMA = 1.2533;

function median(values: Float64Array): number {
  const sorted = values.slice().sort();
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}

/** Of longer series so many steps tell the usual one as well. */
const STEPS_LOOKED_AT = 50_000;

export interface Outlier {
  readonly row: number;
  readonly value: number;
  /** The mean of the values before and after, what one would have expected. */
  readonly neighbours: number;
}

/** The usual size of a step: robust, unless more than half of all steps are equal. */
function* stepScale(all: Float64Array): Generator<void, number, void> {
  const every = Math.ceil(all.length / STEPS_LOOKED_AT);
  const steps =
    every === 1
      ? all
      : Float64Array.from({ length: Math.floor(all.length / every) }, (_, i) => all[i * every]!);
  const center = median(steps);
  yield;
  const deviations = steps.map((step) => Math.abs(step - center));
  yield;
  const robust = MAD_TO_SIGMA * median(deviations);
  return robust > 0 ? robust : (MEAN_TO_SIGMA * deviations.reduce((a, b) => a + b, 0)) / steps.length;
}

/**
 * Spikes: single values that stand above both neighbours, or below both, by more than five robust standard deviations
 * of the series' steps. Trends, seasons and steps to a new level are none. Gaps (NaN) are passed over.
 */
export const findOutliers = (values: ArrayLike<number>): Outlier[] => complete(outliersInParts(values));

/** Rows looked at without a pause. */
const SLICE = 16_384;

/** {@link findOutliers}, pausing every few thousand rows. */
export function* outliersInParts(values: ArrayLike<number>): Generator<void, Outlier[], void> {
  const known = new Float64Array(values.length);
  const rows = new Int32Array(values.length);
  let n = 0;
  for (let row = 0; row < values.length; row++) {
    if (row % SLICE === SLICE - 1) yield;
    if (Number.isNaN(values[row]!)) continue;
    known[n] = values[row]!;
    rows[n++] = row;
  }
  if (n < 3) return [];
  const steps = new Float64Array(n - 1);
  for (let i = 1; i < n; i++) {
    steps[i - 1] = known[i]! - known[i - 1]!;
    if (i % SLICE === 0) yield;
  }
  yield;
  const bound = BOUND * (yield* stepScale(steps));
  yield;
  const found: Outlier[] = [];
  for (let i = 1; i < n - 1; i++) {
    if (i % SLICE === SLICE - 1) yield;
    const [rise, fall] = [steps[i - 1]!, -steps[i]!];
    if (rise * fall > 0 && Math.min(Math.abs(rise), Math.abs(fall)) > bound)
      found.push({ row: rows[i]!, value: known[i]!, neighbours: (known[i - 1]! + known[i + 1]!) / 2 });
  }
  return found;
}
