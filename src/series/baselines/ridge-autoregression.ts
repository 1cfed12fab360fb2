import { solveRidge } from "../../numerics/ridge.js";

/** A linear autoregression on chosen lags, of the values or of their differences, shrunk by a ridge. */
export interface RidgeAutoregression {
  readonly lags: readonly number[];
  /** What the lags are lags of: 0 the values, otherwise the differences over so many steps. */
  readonly difference: number;
  /** Subtracted from the values first; 0 with differences. */
  readonly center: number;
  readonly intercept: number;
  /** One for each of `lags`. */
  readonly coefficients: readonly number[];
  /** Bounds a path is kept within, so that an unstable recursion stays finite. */
  readonly low: number;
  readonly high: number;
}

export interface RidgeShape {
  readonly lags: readonly number[];
  readonly difference: number;
  /** Penalty on each coefficient as a share of the mean diagonal of the normal equations. */
  readonly ridge: number;
  /** Penalty on the constant as a share of the number of rows. */
  readonly shrinkConstant: number;
  /** How far a path may leave the values seen, as shares of their range below and above. */
  readonly margin?: readonly [number, number];
}

/** Repeats of the shortest season that are lags when a longer one does not end them sooner. */
const MOST_REPEATS = 8;

/**
 * Lags of an autoregression that knows seasons, after a public record on the M4 competition's hourly series: the last
 * three steps, each season with its neighbours, two shortest seasons with theirs, further multiples up to the longest, and
 * the longest and a shortest together.
 *
 * @param seasons ascending.
 */
export function seasonalLags(seasons: readonly number[]): number[] {
  const lags = new Set([1, 2, 3]);
  const around = (lag: number): void => {
    for (const near of [lag - 1, lag, lag + 1]) if (near > 0) lags.add(near);
  };
  const [shortest, longest] = [seasons[0], seasons.at(-1)];
  if (shortest !== undefined && longest !== undefined) {
    around(shortest);
    around(2 * shortest);
    for (let k = 3; k < MOST_REPEATS && k * shortest < longest - 1; k++) lags.add(k * shortest);
    for (const season of seasons.slice(1)) around(season);
    if (longest !== shortest) lags.add(longest + shortest);
  }
  return [...lags].sort((a, b) => a - b);
}

/** Lags a series of `rows` values can teach. */
export const teachableLags = (lags: readonly number[], difference: number, rows: number): number[] =>
  lags.filter((lag) => 3 * lag + difference + 10 < rows);

/** Values a path looks back at. */
export const ridgeReach = ({ lags, difference }: Pick<RidgeAutoregression, "lags" | "difference">): number =>
  difference + (lags.at(-1) ?? 0);

/** How far before its first step a path of `horizon` steps reads, each place once: 1 is the last value. */
export function ridgeReads(
  { lags, difference }: Pick<RidgeAutoregression, "lags" | "difference">,
  horizon: number,
): number[] {
  const back = new Set<number>();
  for (let h = 0; h < horizon; h++) {
    for (const lag of [...lags, 0]) {
      back.add(lag - h);
      back.add(lag + difference - h);
    }
  }
  return [...back].filter((places) => places > 0);
}

/**
 * Least squares with a ridge over rows `[from, to)` of `y`.
 * @returns null where the rows are fewer than the coefficients or the values do not determine them.
 */
export function fitRidgeAutoregression(
  y: Float64Array,
  { lags, difference, ridge, shrinkConstant, margin = [1, 1] }: RidgeShape,
  from = 0,
  to = y.length,
): RidgeAutoregression | null {
  const size = lags.length + 1;
  const first = from + difference + (lags.at(-1) ?? 0);
  const rows = to - first;
  if (rows < size + 1) return null;
  let [low, high, sum] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0];
  for (let t = from; t < to; t++) {
    const value = y[t]!;
    sum += value;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  const center = difference === 0 ? sum / (to - from) : 0;
  const normal = new Float64Array(size * size);
  const right = new Float64Array(size);
  const row = new Float64Array(size);
  row[0] = 1;
  const at = (t: number): number => (difference === 0 ? y[t]! - center : y[t]! - y[t - difference]!);
  for (let t = first; t < to; t++) {
    for (let j = 1; j < size; j++) row[j] = at(t - lags[j - 1]!);
    const value = at(t);
    for (let i = 0; i < size; i++) {
      const factor = row[i]!;
      right[i]! += factor * value;
      for (let j = 0; j <= i; j++) normal[i * size + j]! += factor * row[j]!;
    }
  }
  let trace = 0;
  for (let i = 1; i < size; i++) trace += normal[i * size + i]! / Math.max(1, size - 1);
  const penalty = new Float64Array(size).fill(ridge * trace);
  penalty[0] = shrinkConstant * rows;
  if (!solveRidge(normal, right, penalty)) return null;
  const range = high - low;
  return {
    lags: [...lags],
    difference,
    center,
    intercept: right[0]!,
    coefficients: Array.from(right.subarray(1)),
    low: low - margin[0] * range,
    high: high + margin[1] * range,
  };
}

/**
 * The next values, each going in as if it had been seen.
 * @param values of which those before `end` came; at least `ridgeReach` of them.
 * @param into takes the path at `offset`; may be shared between calls.
 */
export function ridgePath(
  { lags, difference, center, intercept, coefficients, low, high }: RidgeAutoregression,
  values: Float64Array,
  end: number,
  horizon: number,
  into: Float64Array = new Float64Array(horizon),
  offset = 0,
): Float64Array {
  const level = (t: number): number => (t < end ? values[t]! : into[offset + t - end]!);
  for (let h = 0; h < horizon; h++) {
    const t = end + h;
    let sum = intercept;
    for (let j = 0; j < lags.length; j++) {
      const back = t - lags[j]!;
      sum +=
        coefficients[j]! * (difference === 0 ? level(back) - center : level(back) - level(back - difference));
    }
    const value = difference === 0 ? sum + center : sum + level(t - difference);
    into[offset + h] = value < low ? low : value > high ? high : value;
  }
  return into;
}
