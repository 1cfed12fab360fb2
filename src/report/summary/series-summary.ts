import { complete } from "../../calendar/complete.js";
import { type TimeAxis, timeAxisInParts } from "../../calendar/time-axis.js";
import { DataError } from "../../errors.js";
import { acfSteps, type Correlogram } from "../../series/analysis/acf.js";
import { type AdfullerResult, adfullerSteps } from "../../series/analysis/adfuller.js";
import { calendarSeasons } from "../../series/analysis/calendar-seasons.js";
import { type KpssResult, kpss } from "../../series/analysis/kpss.js";
import { pacfSteps } from "../../series/analysis/pacf.js";
import { type Seasonality, seasonalitySteps } from "../../series/analysis/seasonality.js";
import { seasonsOfStep } from "../../series/analysis/seasons-of-step.js";
import { difference } from "../../series/prepare/difference.js";
import { interpolate } from "../../series/prepare/gaps.js";
import { type Outlier, outliersInParts } from "./outliers.js";

/** One column of a table and when its rows are. */
export interface NamedSeries {
  readonly path: string;
  readonly target: string;
  /** Such as `ppm`; undefined when nobody said. */
  readonly unit: string | undefined;
  /** Gaps are NaN. */
  readonly values: Float64Array;
  readonly dates?: readonly string[];
  readonly times?: Float64Array;
  /** When the rows are, where that is known already; it may know more rows than there are values. */
  readonly axis?: TimeAxis;
  /** How the dates are written, such as `DD.MM.YYYY`. */
  readonly dateFormat?: string;
  /** Rows the file does not have, put in as gaps because the step is known. */
  readonly added?: number;
  /** Rows that came twice and were kept once. */
  readonly duplicates?: number;
  /** What was guessed, left out or put in order while the file was read. */
  readonly notes?: readonly string[];
  /** Which series of the file it is, where the file holds several. */
  readonly id?: { readonly column: string; readonly value: string };
}

/** The file, and which of its series. */
export const sourceName = ({ path, id }: Pick<NamedSeries, "path" | "id">): string =>
  id === undefined ? path : `${path}, ${id.column} ${id.value}`;

/** Unit-root and stationarity tests of one version of a series; undefined where it is too short or too regular. */
export interface Stationarity {
  readonly name: string;
  readonly adf: AdfullerResult | undefined;
  readonly kpss: KpssResult | undefined;
}

export interface LagPeak {
  readonly lag: number;
  readonly value: number;
}

/** What can be said of a series before anything is learnt from it. */
export interface SeriesSummary {
  readonly series: NamedSeries;
  readonly axis: TimeAxis;
  readonly rows: number;
  /** Runs of gaps: first row and length. */
  readonly gapRuns: readonly { readonly row: number; readonly length: number }[];
  readonly gaps: number;
  readonly minimum: number;
  readonly maximum: number;
  readonly mean: number;
  /** With n - 1 in the denominator. */
  readonly standardDeviation: number;
  readonly outliers: readonly Outlier[];
  /** How many of the last rows the tests and correlations are of: all, but for very long series. */
  readonly testedRows: number;
  readonly seasonality: Seasonality;
  /** Lengths at which seasons are likely, from the step between rows; none where nothing says when the rows are. */
  readonly seasonCandidates: readonly number[];
  /** As it is, after differencing, and after seasonal differencing where there is a season. */
  readonly stationarity: readonly Stationarity[];
  /** Largest significant correlations of the differenced series, lag 0 left out, strongest first. */
  readonly acfPeaks: readonly LagPeak[];
  readonly pacfPeaks: readonly LagPeak[];
}

/** The result, or undefined where the series does not allow the computation: too short, constant, exactly regular. */
function* whereItCan<T>(work: Generator<void, T, void>): Generator<void, T | undefined, void> {
  try {
    return yield* work;
  } catch (error) {
    if (error instanceof DataError) return undefined;
    throw error;
  }
}

/** Steps after the last row are none of the series'. */
function* axisOf({ axis, dates, times, values }: NamedSeries): Generator<void, TimeAxis, void> {
  const whole = axis ?? (yield* timeAxisInParts(values.length, dates, times));
  const rows = values.length;
  return whole.irregular.at(-1) === undefined || whole.irregular.at(-1)!.row < rows
    ? whole
    : { ...whole, irregular: whole.irregular.filter(({ row }) => row < rows) };
}

function gapRunsOf(values: Float64Array): { row: number; length: number }[] {
  const runs: { row: number; length: number }[] = [];
  for (let row = 0; row < values.length; row++) {
    if (!Number.isNaN(values[row]!)) continue;
    const last = runs.at(-1);
    if (last !== undefined && last.row + last.length === row) last.length++;
    else runs.push({ row, length: 1 });
  }
  return runs;
}

/** Lengths at which the calendar repeats, in steps of an even axis. */
function likelySeasons({ kind, places, step, length, cycles }: TimeAxis): readonly number[] {
  if (kind !== "date" || (places === undefined && !step.startsWith("about"))) return [];
  return cycles ?? seasonsOfStep(length / 1000);
}

const MOST_PEAKS = 5;

/** Local extremes of |r| outside the 95 % interval around zero. */
function peaksOf(correlogram: Correlogram | undefined): LagPeak[] {
  if (correlogram === undefined) return [];
  const { values, confidence } = correlogram;
  const size = (lag: number): number => Math.abs(values[lag] ?? 0);
  return values
    .map((value, lag) => ({ lag, value }))
    .filter(({ lag, value }) => {
      const [low, high] = confidence[lag]!;
      const isPeak = lag === 1 || (size(lag) >= size(lag - 1) && size(lag) >= size(lag + 1));
      return lag > 0 && isPeak && Math.abs(value) > (high - low) / 2;
    })
    .sort((a, b) => Math.abs(b.value) - Math.abs(a.value))
    .slice(0, MOST_PEAKS);
}

/** Correlograms reach over the season and a little further, where the length allows. */
function lagsFor(season: number | null, n: number): number {
  return Math.max(1, Math.min(Math.floor(n / 2) - 1, Math.max(40, Math.ceil(1.25 * (season ?? 0)))));
}

/** Of longer series the season is looked for in so many of the last rows. */
const ROWS_FOR_SEASON = 32_768;
/** And so many are tested and correlated: the cost grows with the rows times the square of the lags. */
const ROWS_FOR_TESTS = 16_384;

/** The last rows, where a series is too long to be tested whole. */
const lastOf = (values: Float64Array, most: number): Float64Array =>
  values.length <= most ? values : values.subarray(values.length - most);

/** Short enough to need no pieces. */
function* kpssAtOnce(values: readonly number[] | Float64Array): Generator<void, KpssResult, void> {
  yield;
  return kpss(values);
}

interface Moments {
  readonly known: number;
  readonly minimum: number;
  readonly maximum: number;
  readonly mean: number;
  readonly standardDeviation: number;
}

/** Rows looked at without a pause. */
const SLICE = 65_536;

function* momentsOf(values: Float64Array): Generator<void, Moments, void> {
  let known = 0;
  let sum = 0;
  let minimum = Number.POSITIVE_INFINITY;
  let maximum = Number.NEGATIVE_INFINITY;
  for (let row = 0; row < values.length; row++) {
    if (row % SLICE === SLICE - 1) yield;
    const value = values[row]!;
    if (Number.isNaN(value)) continue;
    known++;
    sum += value;
    if (value < minimum) minimum = value;
    if (value > maximum) maximum = value;
  }
  const mean = sum / known;
  let squares = 0;
  for (let row = 0; row < values.length; row++) {
    if (row % SLICE === SLICE - 1) yield;
    const value = values[row]!;
    if (!Number.isNaN(value)) squares += (value - mean) ** 2;
  }
  return {
    known,
    minimum,
    maximum,
    mean,
    standardDeviation: known > 1 ? Math.sqrt(squares / (known - 1)) : 0,
  };
}

/**
 * Looks at a series and describes it, pausing between its parts. Gaps are bridged by straight lines for the tests only.
 * @throws DataError when the column has no value at all, naming file and column.
 */
export function* summaryInParts(series: NamedSeries): Generator<void, SeriesSummary> {
  const { values, path, target } = series;
  const { known, ...moments } = yield* momentsOf(values);
  yield;
  if (known === 0) {
    throw new DataError(
      `${path}, column ${JSON.stringify(target)}: has no value, all ${values.length} cells are gaps.`,
    );
  }
  const outliers = yield* outliersInParts(values);
  yield;
  const axis = yield* axisOf(series);
  const seasonCandidates = likelySeasons(axis);
  const recent = lastOf(values, ROWS_FOR_SEASON);
  const found = calendarSeasons(yield* seasonalitySteps(recent), seasonCandidates, recent.length);
  yield;
  const { season } = found;
  const tested = lastOf(values, ROWS_FOR_TESTS);
  const filled = Float64Array.from(
    interpolate(tested.some((value) => !Number.isNaN(value)) ? tested : values),
  );
  const differences = filled.length > 1 ? difference([...filled]) : [];
  const lags = lagsFor(season, differences.length);
  const versions: [name: string, values: readonly number[] | Float64Array][] = [
    ["as it is", filled],
    ["differenced (lag 1)", differences],
  ];
  if (season !== null && season < filled.length)
    versions.push([`differenced (lag ${season})`, difference([...filled], { lag: season })]);
  const stationarity: Stationarity[] = [];
  for (const [name, version] of versions) {
    const adf = yield* whereItCan(adfullerSteps(version));
    yield;
    stationarity.push({ name, adf, kpss: yield* whereItCan(kpssAtOnce(version)) });
    yield;
  }
  const acfPeaks = peaksOf(yield* whereItCan(acfSteps(differences, { nLags: lags })));
  yield;
  const pacfPeaks = peaksOf(yield* whereItCan(pacfSteps(differences, { nLags: lags })));
  yield;
  return {
    series,
    axis,
    rows: values.length,
    gapRuns: gapRunsOf(values),
    gaps: values.length - known,
    ...moments,
    outliers,
    testedRows: Math.min(values.length, ROWS_FOR_TESTS),
    seasonality: found,
    seasonCandidates,
    stationarity,
    acfPeaks,
    pacfPeaks,
  };
}

/** {@link summaryInParts} without pauses. */
export const summarize = (series: NamedSeries): SeriesSummary => complete(summaryInParts(series));
