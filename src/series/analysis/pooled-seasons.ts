import { interpolate } from "../prepare/gaps.js";

/** Series whose autocorrelations are averaged, at the most: the mean over hundreds is as sharp as over thousands. */
const MOST_SERIES = 200;
/** Lags looked at, at the most, and values of each series, the last ones: more cost time and show no other season. */
const MOST_LAGS = 400;
const MOST_VALUES = 2000;
/** Share of the series that must be three times as long as a lag. */
const LEAST_SHARE = 0.6;
/** Mean autocorrelation below which no season is believed. */
const LEAST_CORRELATION = 0.1;
/** How much more a multiple must correlate than its neighbours to be a season of its own. */
const OWN_SEASON = 0.005;

/** What repeats in most series of a panel. */
export interface PooledSeasons {
  /** Shortest season in steps; null: none. */
  readonly short: number | null;
  /** A multiple of it that repeats better than its neighbours; null: none. */
  readonly long: number | null;
  /** Mean autocorrelation of the changes at both, NaN where there is none. */
  readonly correlations: readonly [number, number];
}

/** Changes in robust units, cut off at four of them, so that one jump does not speak for a series. */
function changesOf(y: Float64Array): Float64Array {
  const from = Math.max(0, y.length - MOST_VALUES - 1);
  const changes = Float64Array.from(
    { length: y.length - from - 1 },
    (_, t) => y[from + t + 1]! - y[from + t]!,
  );
  const median = (values: Float64Array): number => values.slice().sort()[values.length >> 1]!;
  const center = median(changes);
  const spread = 1.4826 * median(changes.map((value) => Math.abs(value - center)));
  if (!(spread > 0)) return changes.map((value) => Math.sign(value - center));
  const cut = changes.map((value) => Math.min(4, Math.max(-4, (value - center) / spread)));
  const mean = cut.reduce((sum, value) => sum + value, 0) / cut.length;
  return cut.map((value) => value - mean);
}

/**
 * The seasons most series of a panel share: peaks of the mean autocorrelation of their changes. One short or noisy series
 * shows no season for certain, a hundred do.
 *
 * @param series transformed values, of which some are looked at, evenly over the panel.
 */
export function pooledSeasons(series: readonly Float64Array[]): PooledSeasons {
  const none: PooledSeasons = { short: null, long: null, correlations: [Number.NaN, Number.NaN] };
  const stride = Math.max(1, Math.ceil(series.length / MOST_SERIES));
  const chosen = series.filter((y, i) => i % stride === 0 && y.length >= 8);
  const sums = new Float64Array(MOST_LAGS + 2);
  const counts = new Float64Array(MOST_LAGS + 2);
  for (const y of chosen) {
    const changes = changesOf(Float64Array.from(interpolate(y)));
    const n = changes.length;
    let whole = 0;
    for (const value of changes) whole += value * value;
    if (whole === 0) continue;
    const most = Math.min(MOST_LAGS + 1, Math.floor(y.length / 3));
    for (let lag = 1; lag <= most; lag++) {
      let sum = 0;
      for (let t = lag; t < n; t++) sum += changes[t]! * changes[t - lag]!;
      sums[lag]! += (sum / whole) * (n / (n - lag));
      counts[lag]! += 1;
    }
  }
  let last = 1;
  while (last < MOST_LAGS && counts[last + 1]! >= Math.max(1, LEAST_SHARE * chosen.length)) last += 1;
  const at = (lag: number): number => (lag < 1 || lag > last ? -1 : sums[lag]! / counts[lag]!);
  // The bound of one in a thousand for a mean over so many series of the median length.
  const values = chosen.reduce((sum, y) => sum + Math.min(MOST_VALUES, y.length), 0);
  const bar = Math.max(LEAST_CORRELATION, 3.3 / Math.sqrt(Math.max(1, values)));
  const peaks: number[] = [];
  for (let lag = 2; lag <= last; lag++) {
    if (at(lag) > bar && at(lag) >= at(lag - 1) && at(lag) >= at(lag + 1)) peaks.push(lag);
  }
  if (peaks.length === 0) return none;
  const highest = Math.max(...peaks.map(at));
  const short = peaks.find((lag) => at(lag) >= 0.85 * highest)!;
  let long: number | null = null;
  for (let lag = 2 * short; lag + short <= last && long === null; lag += short) {
    const own = at(lag);
    const isHigher = own > at(lag - short) + OWN_SEASON && own > at(lag + short) + OWN_SEASON;
    if (isHigher && own > 0.5 * at(short)) long = lag;
  }
  return { short, long, correlations: [at(short), long === null ? Number.NaN : at(long)] };
}
