import { type TimeAxis, timeAxis } from "../calendar/time-axis.js";
import { DataError } from "../errors.js";
import type { Forecaster } from "../forecast/forecaster.js";
import {
  boundsOf,
  type Coverage,
  intervalCoverage,
  LEVELS,
  type QuantileForecast,
} from "../report/summary/interval-coverage.js";
import type { NamedSeries } from "../report/summary/series-summary.js";
import type { TestForecasts } from "../report/summary/test-forecasts.js";
import type { FutureForecast } from "../report/text/forecast-report.js";
import { firstNonFinite } from "../tensor.js";
import { checkInterrupt, type Io } from "./files/io.js";
import type { ModelSource } from "./files/model-file.js";
import { orderHint } from "./files/series-file.js";

/** What was stopped complains; why it was stopped is known here. @throws Interrupted after Ctrl-C. */
async function listening<T>(io: Pick<Io, "signal">, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } finally {
    checkInterrupt(io);
  }
}

/** The bounds of the interval that tables and charts show. */
const LOWER = 0.1;
const UPPER = 0.9;

/**
 * Forecasts after the end of `history`.
 * @param history rows after those the model learnt from, or the whole series; undefined: nothing newer.
 * @throws DataError for a forecast that is not finite: nobody is to plan with NaN.
 */
export async function predictFuture(
  forecaster: Forecaster,
  horizon: number,
  history: Float64Array | undefined,
  io: Pick<Io, "signal">,
): Promise<FutureForecast> {
  const { mean, quantiles } = await listening(io, () =>
    forecaster.forecast({
      horizon,
      signal: io.signal,
      quantiles: [LOWER, UPPER],
      ...(history === undefined || history.length === 0 ? {} : { history }),
    }),
  );
  const broken = [mean, ...Object.values(quantiles ?? {})].flatMap((values) => {
    const at = firstNonFinite(values);
    return at < 0 ? [] : [at];
  });
  if (broken.length > 0) {
    throw new DataError(
      `the forecast breaks ${Math.min(...broken) + 1} steps ahead: it holds NaN or Infinity. The model or its scale is broken, or the values lie far beyond those it learnt from; train it again.`,
      { received: "NaN or Infinity", expected: "finite numbers" },
    );
  }
  const lower = quantiles?.[String(LOWER)];
  const upper = quantiles?.[String(UPPER)];
  return {
    mean,
    ...(lower === undefined || upper === undefined ? {} : { lower, upper, interval: "80 % interval" }),
  };
}

export interface Continuation {
  /** Everything after the rows the model learnt from. */
  readonly history: Float64Array;
  /** The date, or the number of the row, `steps` after the end; 0 is the first. */
  readonly label: (steps: number) => string;
  readonly hasDates: boolean;
  /** Gaps among the newer rows, those included that no file has. */
  readonly holes: number;
  /** How many steps lie between the end of the model's own rows and the forecast; 0: nothing newer came. */
  readonly newer: number;
}

/** The axis of the rows a model file keeps; rows after its end are counted from them. */
const knownAxis = ({ dates, times, rows, dateFormat }: ModelSource): { axis: TimeAxis; kept: number } => ({
  axis: timeAxis(dates?.length ?? rows, dates, times === undefined ? undefined : Float64Array.from(times), {
    named: orderHint(dateFormat),
  }),
  kept: dates?.length ?? rows,
});

/** Values after what the model file knows, on its own grid: rows that are left out are gaps. */
interface Newer {
  readonly values: Float64Array;
  /** Rows that no file has. */
  readonly holes: number;
}

/** Rows of `series` without dates that come after what the model file knows. */
function appended(source: ModelSource, { values }: NamedSeries, tail: Float64Array): Float64Array {
  // Without dates, a file that holds the model's own last rows is that file grown; any other goes on from its end.
  const overlap = values.subarray(source.trainRows, source.rows);
  const isGrown = overlap.length === tail.length && overlap.every((value, i) => Object.is(value, tail[i]));
  return values.subarray(tail.length > 0 && isGrown ? source.rows : 0);
}

/** @throws DataError for a newer row that lies beside the model's steps. */
function newerRows(source: ModelSource, series: NamedSeries): Newer {
  const { values, times, dates, path } = series;
  const lastTime = source.times!.at(-1)!;
  const { axis } = knownAxis(source);
  const placed: { readonly place: number; readonly value: number }[] = [];
  for (let row = 0; row < values.length; row++) {
    const time = times![row]!;
    if (time <= lastTime) continue;
    // A gap that was put in before the first newer row is one here as well.
    const place = axis.stepsAfterEnd(time);
    if (place === undefined) {
      if (axis.irregular.length > 0 || axis.places === undefined)
        return { values: values.subarray(row), holes: 0 };
      throw new DataError(
        `${path}: ${dates![row]} does not lie on the steps of the model's series, which go on with ${axis.label(source.dates!.length)}, one every ${axis.step}.`,
      );
    }
    placed.push({ place, value: values[row]! });
  }
  const length = placed.at(-1)?.place ?? 0;
  const newer = new Float64Array(length).fill(Number.NaN);
  for (const { place, value } of placed) newer[place - 1] = value;
  return { values: newer, holes: newer.reduce((n, value) => n + (Number.isNaN(value) ? 1 : 0), 0) };
}

/**
 * What a model file goes on from: the end of its own series, or that of newer rows. Rows that are missing before or among
 * the newer ones are gaps, which the model fills as it filled those it was trained on.
 * @throws DataError for newer rows beside the model's steps.
 */
export function continuation(source: ModelSource, series: NamedSeries | undefined): Continuation {
  const tail = Float64Array.from(source.tail, (value) => value ?? Number.NaN);
  const { axis, kept } = knownAxis(source);
  const hasDates = source.dates !== undefined;
  const isDated =
    hasDates && source.times !== undefined && series?.times !== undefined && series.dates !== undefined;
  const newer: Newer =
    series === undefined
      ? { values: new Float64Array(), holes: 0 }
      : isDated
        ? newerRows(source, series)
        : { values: appended(source, series, tail), holes: 0 };
  const history = Float64Array.from([...tail, ...newer.values]);
  const count = newer.values.length;
  if (hasDates && (series === undefined || isDated))
    return {
      history,
      hasDates,
      holes: newer.holes,
      newer: count,
      label: (steps) => axis.label(kept + count + steps),
    };
  const from = series === undefined ? kept : source.rows + count;
  return {
    history,
    hasDates: false,
    holes: newer.holes,
    newer: count,
    label: (steps) => String(from + steps),
  };
}

/** Test forecasts whose intervals are counted; more would cost time and tell no more. */
const COUNTED = 24;

/** How often the model's intervals held what came, from origins spread over the test; none where it has no intervals. */
export async function testCoverage(
  forecaster: Forecaster,
  { far, horizon }: TestForecasts,
  values: Float64Array,
  trainRows: number,
  io: Io,
): Promise<Coverage[]> {
  const every = Math.max(1, Math.ceil(far.origins.length / COUNTED));
  const quantiles = LEVELS.flatMap((level) => [...boundsOf(level)]);
  const found: QuantileForecast[] = [];
  for (let i = 0; i < far.origins.length; i += every) {
    const origin = far.origins[i]!;
    const history = values.subarray(trainRows, origin);
    const forecast = await listening(io, () =>
      forecaster.forecast({
        horizon,
        quantiles,
        signal: io.signal,
        ...(history.length === 0 ? {} : { history }),
      }),
    );
    if (forecast.quantiles === undefined) return [];
    found.push({ actual: far.actuals[i]!, quantiles: forecast.quantiles });
  }
  return intervalCoverage(found);
}
