/** Share of the bandwidth within which a neighbour counts fully, and from which on it counts nothing. */
const [FULL, NONE] = [0.001, 0.999];

/**
 * A locally weighted straight line at `x` (Cleveland 1979) over the values `[left, right]`, of the tricube weights of
 * their distances. `window` larger than the series widens the bandwidth, as STL wants.
 *
 * @returns NaN where no neighbour has weight.
 */
export function loessAt(
  y: Float64Array,
  n: number,
  window: number,
  x: number,
  left: number,
  right: number,
  robustness: Float64Array | null,
  weights: Float64Array,
): number {
  let bandwidth = Math.max(x - left, right - x);
  if (window > n) bandwidth += Math.floor((window - n) / 2);
  let total = 0;
  for (let j = left; j <= right; j++) {
    const distance = Math.abs(j - x);
    let weight = 0;
    if (distance <= NONE * bandwidth) {
      const ratio = distance / bandwidth;
      weight = distance <= FULL * bandwidth ? 1 : (1 - ratio * ratio * ratio) ** 3;
      if (robustness !== null) weight *= robustness[j]!;
      total += weight;
    }
    weights[j - left] = weight;
  }
  if (total <= 0) return Number.NaN;
  let center = 0;
  for (let j = left; j <= right; j++) {
    weights[j - left]! /= total;
    center += weights[j - left]! * j;
  }
  let spread = 0;
  for (let j = left; j <= right; j++) spread += weights[j - left]! * (j - center) ** 2;
  const slope = bandwidth > 0 && Math.sqrt(spread) > 0.001 * (n - 1) ? (x - center) / spread : 0;
  let value = 0;
  for (let j = left; j <= right; j++) value += weights[j - left]! * (slope * (j - center) + 1) * y[j]!;
  return value;
}

/**
 * Smooths `y[0..n)` into `into[offset..]`, each value by a line over the `window` (odd) nearest ones.
 * @param jump only every so many values and the last are smoothed, those between lie on straight lines (Cleveland and others
 *   1990, section 3.4): a wide window's curve bends too little for more.
 */
export function loess(
  y: Float64Array,
  n: number,
  window: number,
  robustness: Float64Array | null,
  weights: Float64Array,
  into: Float64Array,
  offset = 0,
  jump = 1,
): void {
  if (n < 2) {
    into[offset] = y[0]!;
    return;
  }
  const half = Math.floor((window + 1) / 2);
  const width = Math.min(window, n);
  const at = (i: number): number => {
    const left = Math.max(0, Math.min(i - half + 1, n - width));
    const value = loessAt(y, n, window, i, left, left + width - 1, robustness, weights);
    return Number.isNaN(value) ? y[i]! : value;
  };
  into[offset] = at(0);
  for (let from = 0; from < n - 1; ) {
    const to = Math.min(n - 1, from + jump);
    const [begin, end] = [into[offset + from]!, at(to)];
    for (let i = from + 1; i < to; i++) into[offset + i] = begin + ((end - begin) * (i - from)) / (to - from);
    into[offset + to] = end;
    from = to;
  }
}
