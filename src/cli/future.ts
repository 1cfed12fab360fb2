import { DataError } from "../errors.js";
import type { Forecaster } from "../forecast/forecaster.js";
import type { NamedSeries } from "../report/summary/series-summary.js";
import { type TimeAxis, timeAxis } from "../report/summary/time-axis.js";
import type { FutureForecast } from "../report/text/forecast-report.js";
import type { ModelSource } from "./files/model-file.js";

/** The bounds of the interval that tables and charts show. */
const LOWER = 0.1;
const UPPER = 0.9;

/**
 * Forecasts after the end of `history`.
 * @param history rows after those the model learnt from, or the whole series; undefined: nothing newer.
 */
export async function predictFuture(
  forecaster: Forecaster,
  horizon: number,
  history: Float64Array | undefined,
): Promise<FutureForecast> {
  const { mean, quantiles } = await forecaster.forecast({
    horizon,
    quantiles: [LOWER, UPPER],
    ...(history === undefined || history.length === 0 ? {} : { history }),
  });
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
}

const knownAxis = ({ dates, times, rows }: ModelSource): { axis: TimeAxis; kept: number } => ({
  axis: timeAxis(dates?.length ?? rows, dates, times === undefined ? undefined : Float64Array.from(times)),
  kept: dates?.length ?? rows,
});

/** Rows of `series` that come after what the model file knows. */
function newerRows(source: ModelSource, series: NamedSeries, tail: Float64Array): number {
  const { values, times, dates, path } = series;
  const lastTime = source.times?.at(-1);
  if (lastTime === undefined || times === undefined || dates === undefined) {
    // Without dates, a file that holds the model's own last rows is that file grown; any other goes on from its end.
    const overlap = values.subarray(source.trainRows, source.rows);
    const isGrown = overlap.length === tail.length && overlap.every((value, i) => Object.is(value, tail[i]));
    return tail.length > 0 && isGrown ? source.rows : 0;
  }
  const first = times.findIndex((time) => time > lastTime);
  const from = first < 0 ? times.length : first;
  const { axis, kept } = knownAxis(source);
  const expected = axis.position(kept);
  // Half a step of tolerance: steps that are irregular anyway are no gap.
  const step = expected - lastTime;
  if (from < times.length && times[from]! - lastTime > 1.5 * step) {
    throw new DataError(
      `${path}: the first newer row is ${dates[from]}, but the model knows rows up to ${source.dates!.at(-1)}; ${axis.label(kept)} should come next. Add the rows between, with empty cells where nothing is known.`,
    );
  }
  return from;
}

/** What a model file goes on from: the end of its own series, or that of newer rows. @throws DataError for missing rows. */
export function continuation(source: ModelSource, series: NamedSeries | undefined): Continuation {
  const tail = Float64Array.from(source.tail, (value) => value ?? Number.NaN);
  const from = series === undefined ? 0 : newerRows(source, series, tail);
  const newer = series === undefined ? new Float64Array() : series.values.subarray(from);
  const history = Float64Array.from([...tail, ...newer]);
  const hasDates = series === undefined ? source.dates !== undefined : series.dates !== undefined;
  if (series === undefined || newer.length === 0) {
    const { axis, kept } = knownAxis(source);
    return { history, hasDates, label: (steps) => axis.label(kept + steps) };
  }
  if (!hasDates) return { history, hasDates, label: (steps) => String(source.rows + newer.length + steps) };
  const dates = [...(source.dates ?? []), ...series.dates!.slice(from)];
  const times = Float64Array.from([...(source.times ?? []), ...series.times!.subarray(from)]);
  const axis = timeAxis(dates.length, dates, times);
  return { history, hasDates, label: (steps) => axis.label(dates.length + steps) };
}
