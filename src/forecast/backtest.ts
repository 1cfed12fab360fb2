import { DataError } from "../errors.js";
import { driftForecast, naiveForecast, seasonalNaiveForecast } from "../series/baselines.js";
import { mae, mase, rmse, smape } from "../series/forecast-metrics.js";
import { bestHoltWinters } from "../series/holt-winters.js";
import { smooth, smoothedPath } from "../series/smoothing-state.js";
import { thetaForecast } from "../series/theta.js";
import { endsInGap, fillGaps, type RawSeries, sliceRaw } from "./raw-series.js";
import type { BacktestResult, Imputation } from "./types.js";

/** From origin `start` on, every `step` rows, as long as a value is left to compare with. */
export function originsOf(
  where: string,
  rows: number,
  start: number,
  step: number,
  horizon: number,
): number[] {
  const origins: number[] = [];
  for (let t = start; t + horizon <= rows; t += step) origins.push(t);
  if (origins.length > 0) return origins;
  throw new DataError(
    `${where}: with ${rows} rows there is nothing to compare a forecast of ${horizon} from row ${start} with; at most ${rows - horizon} rows can be known.`,
    { code: "insufficient_data", received: { rows, start, horizon }, expected: rows - horizon },
  );
}

/** Theta is fitted anew at each origin; more origins than these are not worth the time. */
const MOST_THETA = 400;

type Paths = number[][];

/** The baselines' forecasts from each origin, each from the rows before it alone. */
function baselinePaths(
  target: Float64Array,
  impute: Imputation,
  origins: readonly number[],
  horizon: number,
  season: number,
): Record<string, Paths> {
  const own: RawSeries = { names: ["value"], target: 0, columns: [target], rows: target.length };
  const filledTo = (end: number): Float64Array => fillGaps(sliceRaw(own, 0, end), impute)[0]!;
  // Up to a row without a gap, the filled values do not depend on where the series is cut.
  const lastWhole = origins.findLast((origin) => !endsInGap(own, origin));
  const shared = lastWhole === undefined ? null : filledTo(lastWhole);
  const known = origins.map((t) => (endsInGap(own, t) ? filledTo(t) : shared!.subarray(0, t)));
  const paths: Record<string, Paths> = {
    naive: known.map((y) => naiveForecast(y, { horizon })),
    "seasonal naive": known.map((y) => seasonalNaiveForecast(y, { season, horizon })),
    drift: known.map((y) => driftForecast(y, { horizon })),
  };
  const fit = bestHoltWinters(known[0]!, season > 1 ? season : null);
  const first = (): Float64Array =>
    Float64Array.of(fit.initial.level, fit.initial.trend, ...fit.initial.season);
  let state = first();
  let walked = 0;
  paths.holtWinters = known.map((y, i) => {
    const gap = endsInGap(own, origins[i]);
    const from = gap ? 0 : walked;
    const own_ = gap ? first() : state;
    for (let t = from; t < y.length; t++) smooth(own_, fit.parameters, t, y[t]!);
    if (!gap) [state, walked] = [own_, y.length];
    return Array.from(smoothedPath(own_, fit.parameters, y.length, horizon));
  });
  if (origins.length <= MOST_THETA) {
    paths.theta = known.map((y) =>
      thetaForecast(y, { horizon, season: y.length >= 2 * season ? season : null }),
    );
  }
  return paths;
}

/** Errors of forecasts against what came, gaps left out. */
function measure(
  actuals: readonly number[][],
  predictions: readonly number[][],
  train: Float64Array,
  season: number,
) {
  const [a, p]: [number[], number[]] = [[], []];
  actuals.forEach((row, i) => {
    row.forEach((actual, h) => {
      if (Number.isNaN(actual)) return;
      a.push(actual);
      p.push(predictions[i]![h]!);
    });
  });
  if (a.length === 0) {
    throw new DataError("backtest(): every value to compare with is a gap.", { code: "missing_values" });
  }
  return {
    rmse: rmse(a, p),
    mae: mae(a, p),
    mase: mase(a, p, { train, season: train.length > season ? season : 1 }),
    smape: smape(a, p),
  };
}

const rootMeanSquares = (
  actuals: readonly number[][],
  predictions: readonly number[][],
  horizon: number,
): number[] =>
  Array.from({ length: horizon }, (_, h) => {
    const squares = actuals.flatMap((row, i) =>
      Number.isNaN(row[h]!) ? [] : [(row[h]! - predictions[i]![h]!) ** 2],
    );
    return squares.length === 0
      ? Number.NaN
      : Math.sqrt(squares.reduce((sum, value) => sum + value, 0) / squares.length);
  });

/** Puts forecasts beside what came and beside the baselines. */
export function judge(
  raw: RawSeries,
  origins: readonly number[],
  predictions: number[][],
  impute: Imputation,
  season: number,
): BacktestResult {
  const target = raw.columns[raw.target]!;
  const horizon = predictions[0]!.length;
  const actuals = origins.map((t) => Array.from(target.subarray(t, t + horizon)));
  const train = fillGaps(sliceRaw({ ...raw, columns: [target], target: 0 }, 0, origins[0]), impute)[0]!;
  const paths = baselinePaths(target, impute, origins, horizon, season);
  const measured = Object.entries(paths).map(
    ([name, path]) => [name, measure(actuals, path, train, season)] as const,
  );
  return {
    origins: [...origins],
    predictions,
    actuals,
    metrics: measure(actuals, predictions, train, season),
    baselines: Object.fromEntries(measured),
    rmseByStep: Object.fromEntries(
      Object.entries({ model: predictions, ...paths }).map(([name, path]) => [
        name,
        rootMeanSquares(actuals, path, horizon),
      ]),
    ),
  };
}
