export const sum = (values: Float64Array): number => {
  let total = 0;
  for (const value of values) total += value;
  return total;
};

export const mean = (values: Float64Array): number => sum(values) / values.length;

/** Sum of squared distances from `center`, in two passes with the correction for the rounding of the centre. */
export function squaredDeviations(values: Float64Array, center: number): number {
  let squares = 0;
  let rest = 0;
  for (const value of values) {
    const deviation = value - center;
    squares += deviation * deviation;
    rest += deviation;
  }
  return Math.max(0, squares - (rest * rest) / values.length);
}

/** Variance about the mean, divided by n - ddof. */
export const variance = (values: Float64Array, ddof = 0): number =>
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
