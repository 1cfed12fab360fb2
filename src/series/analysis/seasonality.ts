import { dot, mean, squaredDeviations } from "../../numerics/statistics.js";
import { complete, type Steps } from "../../numerics/steps.js";
import { openSingle, type SeriesLike } from "../kinds.js";
import { interpolate } from "../prepare/gaps.js";
import { spectralPeaksSteps } from "./season-peaks.js";

/** One season found. */
export interface Season {
  /** Its length in whole time steps, at least 2. */
  readonly season: number;
  /** Its length as the spectrum has it: 52.18 weeks in a year. */
  readonly period: number;
  /** Share of the variance, trend removed, that repeats with the season: 0 none, 1 all. */
  readonly strength: number;
  /** Autocorrelation of the detrended series at the season's length. */
  readonly autocorrelation: number;
  /** Probability that so high a peak stands anywhere in the spectrum of a series without a season. */
  readonly pValue: number;
}

/** What `seasonality` found. */
export interface Seasonality {
  /** Length in time steps of the season that explains most of the series, or null when there is none. */
  readonly season: number | null;
  /** Its strength, 0 when there is none. */
  readonly strength: number;
  /** All seasons found, the one that explains most first; fractions of it are left out. */
  readonly seasons: readonly Season[];
}

/** Of all spectra without a season one in two hundred may show a line; that the autocorrelation must agree halves it. */
const FALSE_ALARM = 0.005;
/** Fewer repetitions are no evidence of a season. */
const LEAST_CYCLES = 3;
/** Two lines may be overtones of a season that shows no line itself: up to this multiple of their periods is tried. */
const MOST_OVERTONES = 6;
/** A jagged season has half as many overtones as steps: its strongest lines and its slowest are enough to tell it. */
const MOST_PEAKS = 12;
/** A season explains the series as well as a multiple of it when it explains this share of what the multiple does. */
const AS_GOOD_AS_ITS_MULTIPLE = 0.75;
/** What a further season must explain, as a share of what is left, and of what the first one explained. */
const LEAST_FURTHER_STRENGTH = 0.05;
const LEAST_FURTHER_SHARE = 0.01;
const MOST_SEASONS = 3;

/** The series minus its moving average over one season (half weights at the ends when even); season / 2 shorter at each end. */
function detrend(x: Float64Array, season: number): Float64Array {
  const half = Math.floor(season / 2);
  const edge = season % 2 === 0 ? 0.5 : 1;
  const center = mean(x);
  const sums = new Float64Array(x.length + 1);
  for (let t = 0; t < x.length; t++) sums[t + 1] = sums[t]! + x[t]! - center;
  return Float64Array.from({ length: x.length - 2 * half }, (_, i) => {
    const [first, last] = [x[i]! - center, x[i + 2 * half]! - center];
    const inner = sums[i + 2 * half]! - sums[i + 1]!;
    return x[i + half]! - center - (inner + edge * (first + last)) / season;
  });
}

/** Phases follow the period as it is, not rounded: in 43 years of 52.18 weeks, 52 would be eight weeks out. */
const phaseOf = (t: number, season: number, period: number): number =>
  Math.floor(((t / period) % 1) * season);

/** What a season explains of a series, and the pattern it repeats. */
interface Fold {
  readonly strength: number;
  /** The variance explained, in squared units of the series: comparable between seasons, unlike shares. */
  readonly explained: number;
  readonly autocorrelation: number;
  /** Whether the autocorrelation is positive at the 2.5 % level. */
  readonly repeats: boolean;
  readonly pattern: Float64Array;
}

/** Detrends and takes the mean of each phase. Degrees of freedom are counted, so that noise has strength 0. */
function fold(x: Float64Array, season: number, period: number): Fold {
  const values = detrend(x, season);
  const from = Math.floor(season / 2);
  const sums = new Float64Array(season);
  const counts = new Float64Array(season);
  const phase = (i: number): number => phaseOf(i + from, season, period);
  values.forEach((value, i) => {
    sums[phase(i)]! += value;
    counts[phase(i)]! += 1;
  });
  const pattern = sums.map((sum, p) => sum / Math.max(1, counts[p]!));
  const center = mean(values);
  const whole = squaredDeviations(values, center);
  const centered = values.map((value) => value - center);
  const residuals = values.map((value, i) => value - pattern[phase(i)]!);
  const freedom = values.length - counts.reduce((used, count) => used + Math.sign(count), 0);
  if (freedom <= 0 || whole === 0) {
    return { strength: 0, explained: 0, autocorrelation: 0, repeats: false, pattern };
  }
  const autocorrelation =
    dot(centered.subarray(season), centered.subarray(0, centered.length - season)) / whole;
  const variance = whole / (values.length - 1);
  const explained = Math.max(0, variance - dot(residuals, residuals) / freedom);
  return {
    strength: explained / variance,
    explained,
    autocorrelation,
    repeats: autocorrelation > 1.96 / Math.sqrt(values.length),
    pattern,
  };
}

interface Candidate {
  readonly period: number;
  readonly pValue: number;
}

/** The peaks, and what two of them are both overtones of: one candidate for each length in whole steps. */
function candidatesOf(peaks: readonly Candidate[], n: number): Candidate[] {
  const candidates = new Map<number, Candidate>();
  const add = (candidate: Candidate): void => {
    const season = Math.round(candidate.period);
    const possible = season >= 2 && season * LEAST_CYCLES <= n;
    if (possible && !candidates.has(season)) candidates.set(season, candidate);
  };
  const slowest = peaks.toSorted((a, b) => b.period - a.period).slice(0, MOST_PEAKS);
  const strong = [...new Set([...peaks.slice(0, MOST_PEAKS), ...slowest])];
  strong.forEach(add);
  strong.forEach((a, i) => {
    for (const b of strong.slice(i + 1)) {
      for (let k = 1; k <= MOST_OVERTONES; k++) {
        for (let l = 1; l <= MOST_OVERTONES; l++) {
          const [first, second] = [a.period * k, b.period * l];
          // Frequencies closer than half an independent one are the same.
          if (k === l || Math.abs(1 / first - 1 / second) > 0.5 / n) continue;
          add({ period: (first + second) / 2, pValue: Math.max(a.pValue, b.pValue) });
        }
      }
    }
  });
  return [...candidates.values()];
}

/** Whether `long` is a whole multiple (2 or more) of `short`, to within what the spectrum of n values can tell. */
function isMultiple(long: number, short: number, n: number): boolean {
  const multiple = Math.round(long / short);
  return multiple >= 2 && Math.abs(1 / short - multiple / long) < Math.max(1, multiple / 2) / n;
}

type Found = Season & Pick<Fold, "explained" | "pattern">;

/** What repeats with a peak's period, or with the whole number of steps nearest to it; undefined when nothing does. */
function* trySeason(x: Float64Array, { period: peak, pValue }: Candidate): Steps<Found | undefined> {
  const season = Math.round(peak);
  if (season < 2) return undefined;
  // The whole number is tried as well when the spectrum cannot tell it from the peak; the better fold is kept.
  const whole = Math.abs(1 / peak - 1 / season) < 0.5 / x.length;
  const folds: (Fold & { readonly period: number })[] = [];
  for (const period of whole ? [peak, season] : [peak]) {
    folds.push({ period, ...fold(x, season, period) });
    yield;
  }
  const { repeats, ...best } = folds.reduce((a, b) => (b.explained > a.explained ? b : a));
  return repeats && best.explained > 0 ? { season, pValue, ...best } : undefined;
}

/** The season that explains most of the series, a multiple giving way to the season it is a multiple of. */
function* strongest(x: Float64Array, candidates: readonly Candidate[]): Steps<Found | undefined> {
  const found: Found[] = [];
  for (const candidate of candidates) {
    const season = yield* trySeason(x, candidate);
    if (season !== undefined) found.push(season);
  }
  if (found.length === 0) return undefined;
  const best = found.reduce((a, b) => (b.explained > a.explained ? b : a));
  for (let part = MOST_OVERTONES; part >= 2; part--) {
    const shorter = yield* trySeason(x, { period: best.period / part, pValue: best.pValue });
    if (shorter !== undefined && shorter.explained >= AS_GOOD_AS_ITS_MULTIPLE * best.explained)
      return shorter;
  }
  // A longer multiple than that is only found by its own peaks, and so is the season.
  const rest = found.filter(
    ({ period, explained }) =>
      isMultiple(best.period, period, x.length) && explained >= AS_GOOD_AS_ITS_MULTIPLE * best.explained,
  );
  return rest.reduce((a, b) => (b.period < a.period ? b : a), best);
}

/**
 * Finds the lengths at which a series repeats.
 *
 * A season must show twice: as a line in the spectrum of the differenced series, above both a smooth and a red-noise
 * background (false alarm 0.5 % over all frequencies); and as an autocorrelation of the detrended series at that length
 * that is positive at the 2.5 % level. White noise, random walks and first-order
 * autoregressions have neither. At least three repetitions must lie in the series. A season of 2 steps is hard to tell
 * from an alternating autoregression and is reported only when very clear.
 *
 * Further seasons are looked for in what the stronger ones leave. Gaps are bridged by straight lines for the measurement
 * only; the series may have a trend.
 *
 * @param x one series; fewer than 8 values, or a constant, have no season.
 * @throws ShapeError for several columns, DataError for a series without any value.
 *
 * @example
 * seasonality(monthlySales).season; // 12
 */
export const seasonality = (x: SeriesLike): Seasonality => complete(seasonalitySteps(x));

/** {@link seasonality}, in pieces of one candidate. */
export function* seasonalitySteps(x: SeriesLike): Steps<Seasonality> {
  const values = Float64Array.from(interpolate(openSingle("seasonality()", x)));
  const n = values.length;
  const seasons: Season[] = [];
  if (n >= 8) {
    const differences = Float64Array.from({ length: n - 1 }, (_, t) => values[t + 1]! - values[t]!);
    const wander = squaredDeviations(differences, mean(differences));
    // A straight line leaves differences of rounding, whose pattern is no season.
    const constant = wander <= (n * Number.EPSILON) ** 2 * dot(values, values);
    const peaks = constant ? [] : yield* spectralPeaksSteps(differences, FALSE_ALARM, LEAST_CYCLES);
    let candidates = candidatesOf(peaks, n);
    let first = 0;
    while (seasons.length < MOST_SEASONS) {
      const best = yield* strongest(values, candidates);
      if (best === undefined) break;
      const { explained, pattern, ...season } = best;
      if (seasons.length === 0) first = explained;
      else if (season.strength < LEAST_FURTHER_STRENGTH || explained < LEAST_FURTHER_SHARE * first) break;
      seasons.push(season);
      for (let t = 0; t < n; t++) values[t]! -= pattern[phaseOf(t, season.season, season.period)]!;
      candidates = candidates.filter(
        ({ period }) => Math.round(period) !== season.season && !isMultiple(season.period, period, n),
      );
    }
  }
  return { season: seasons[0]?.season ?? null, strength: seasons[0]?.strength ?? 0, seasons };
}
