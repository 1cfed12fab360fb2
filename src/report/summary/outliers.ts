/** Robust standard deviations of a step; Gaussian noise sticks out this far less than once in a million. */
const BOUND = 5;
/** Makes the median absolute deviation estimate the standard deviation of a Gaussian. */
const MAD_TO_SIGMA = 1.4826;
/** The same for the mean absolute deviation: sqrt(pi / 2). */
const MEAN_TO_SIGMA = 1.2533;

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}

export interface Outlier {
  readonly row: number;
  readonly value: number;
  /** The mean of the values before and after, what one would have expected. */
  readonly neighbours: number;
}

/** The usual size of a step: robust, unless more than half of all steps are equal. */
function stepScale(steps: readonly number[]): number {
  const center = median(steps);
  const deviations = steps.map((step) => Math.abs(step - center));
  const robust = MAD_TO_SIGMA * median(deviations);
  return robust > 0 ? robust : (MEAN_TO_SIGMA * deviations.reduce((a, b) => a + b, 0)) / steps.length;
}

/**
 * Spikes: single values that stand above both neighbours, or below both, by more than five robust standard deviations
 * of the series' steps. Trends, seasons and steps to a new level are none. Gaps (NaN) are passed over.
 */
export function findOutliers(values: ArrayLike<number>): Outlier[] {
  const known = Array.from(values, (value, row) => ({ value, row })).filter(
    ({ value }) => !Number.isNaN(value),
  );
  if (known.length < 3) return [];
  const steps = known.slice(1).map(({ value }, i) => value - known[i]!.value);
  const bound = BOUND * stepScale(steps);
  return known.slice(1, -1).flatMap(({ value, row }, i) => {
    const [before, after] = [known[i]!.value, known[i + 2]!.value];
    const [rise, fall] = [value - before, value - after];
    const isSpike = rise * fall > 0 && Math.min(Math.abs(rise), Math.abs(fall)) > bound;
    return isSpike ? [{ row, value, neighbours: (before + after) / 2 }] : [];
  });
}
