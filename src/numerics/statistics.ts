export const sum = (values: ArrayLike<number>): number => {
  let total = 0;
  for (let i = 0; i < values.length; i++) total += values[i]!;
  return total;
};

export const mean = (values: ArrayLike<number>): number => sum(values) / values.length;

/** Sum of squared distances from `center`, in two passes with the correction for the rounding of the centre. */
export function squaredDeviations(values: ArrayLike<number>, center: number): number {
  let squares = 0;
  let rest = 0;
  for (let i = 0; i < values.length; i++) {
    const deviation = values[i]! - center;
    squares += deviation * deviation;
    rest += deviation;
  }
  return Math.max(0, squares - (rest * rest) / values.length);
}

/** Variance about the mean, divided by n - ddof. */
export const variance = (values: ArrayLike<number>, ddof = 0): number =>
  squaredDeviations(values, mean(values)) / (values.length - ddof);

/** Percentile by linear interpolation between order statistics (NumPy's default), 0 <= percent <= 100. */
export function percentile(sorted: Float64Array, percent: number): number {
  const place = (percent / 100) * (sorted.length - 1);
  const below = Math.floor(place);
  const low = sorted[below]!;
  const high = sorted[Math.min(below + 1, sorted.length - 1)]!;
  return low + (high - low) * (place - below);
}

export const largestMagnitude = (values: Float64Array): number =>
  values.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);

export const dot = (a: Float64Array, b: Float64Array): number => {
  let total = 0;
  for (let i = 0; i < a.length; i++) total += a[i]! * b[i]!;
  return total;
};

export const sorted = (values: ArrayLike<number>): Float64Array => Float64Array.from(values).sort();

/** What can be judged of values with gaps. */
export const finiteOf = (values: Float64Array): Float64Array =>
  values.every(Number.isFinite) ? values : values.filter(Number.isFinite);

export const quantile = (values: ArrayLike<number>, probability: number): number =>
  values.length === 0 ? Number.NaN : percentile(sorted(values), 100 * probability);

export const median = (values: ArrayLike<number>): number => quantile(values, 0.5);

export const deviationOf = (values: ArrayLike<number>): number => Math.sqrt(variance(values));

/** Root mean square: what an input's scale is to a layer without knowledge of its mean. */
export function rmsOf(values: ArrayLike<number>): number {
  let squares = 0;
  for (let i = 0; i < values.length; i++) squares += values[i]! * values[i]!;
  return Math.sqrt(squares / values.length);
}

/** Pearson's correlation; 0 where one of the two is constant. */
export function correlation(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const [centerA, centerB] = [mean(a), mean(b)];
  let [ab, aa, bb] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    const [da, db] = [a[i]! - centerA, b[i]! - centerB];
    ab += da * db;
    aa += da * da;
    bb += db * db;
  }
  return aa > 0 && bb > 0 ? ab / Math.sqrt(aa * bb) : 0;
}
