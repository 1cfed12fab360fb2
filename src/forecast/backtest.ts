import { DataError } from "../errors.js";
import { complete, type Steps } from "../numerics/steps.js";
import { mae, mase, rmse, smape } from "../series/baselines/forecast-metrics.js";
import { bestHoltWintersSteps } from "../series/baselines/holt-winters.js";
import { naiveForecast, seasonalNaiveForecast } from "../series/baselines/naive.js";
import { smooth, smoothedPath } from "../series/baselines/smoothing-state.js";
import { fitTheta, thetaPath, thetaStart, thetaTake } from "../series/baselines/theta.js";
import { endsInGap, fillGaps, type RawSeries, sliceRaw } from "./chain/raw-series.js";
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

type Paths = number[][];

/** Rows walked, and origins forecast from, between two pauses. */
const ROWS = 16_384;
const ORIGINS = 256;

interface Walk {
  take(value: number): void;
  path(): number[];
}

/** Paths of something that walks along: once over what the origins share, anew where a gap is filled otherwise. */
function* walked(
  known: readonly Float64Array[],
  isShared: readonly boolean[],
  begin: () => Walk,
): Steps<Paths> {
  const shared = begin();
  const paths: Paths = [];
  let t = 0;
  for (const [i, y] of known.entries()) {
    const walk = isShared[i] ? shared : begin();
    for (let k = isShared[i] ? t : 0; k < y.length; k++) {
      walk.take(y[k]!);
      if (k % ROWS === ROWS - 1) yield;
    }
    if (isShared[i]) t = y.length;
    paths.push(walk.path());
    if (i % ORIGINS === ORIGINS - 1) yield;
  }
  return paths;
}

/** Forecasts of something that needs no walk, from each origin. */
function* mapped(known: readonly Float64Array[], path: (y: Float64Array) => number[]): Steps<Paths> {
  const paths: Paths = [];
  for (const [i, y] of known.entries()) {
    paths.push(path(y));
    if (i % ORIGINS === ORIGINS - 1) yield;
  }
  return paths;
}

/** The straight line through the first and the last value, drawn on. */
function drift(y: Float64Array, horizon: number): number[] {
  const last = y.at(-1)!;
  const slope = y.length < 2 ? 0 : (last - y[0]!) / (y.length - 1);
  return Array.from({ length: horizon }, (_, h) => last + (h + 1) * slope);
}

/** The baselines' forecasts from each origin, each from the rows before it alone. */
function* baselinePaths(
  target: Float64Array,
  impute: Imputation,
  origins: readonly number[],
  horizon: number,
  season: number,
): Steps<Record<string, Paths>> {
  const own: RawSeries = { names: ["value"], target: 0, columns: [target], rows: target.length };
  const filledTo = (end: number): Float64Array => fillGaps(sliceRaw(own, 0, end), impute)[0]!;
  // Up to a row without a gap, the filled values do not depend on where the series is cut.
  const lastWhole = origins.findLast((origin) => !endsInGap(own, origin));
  const shared = lastWhole === undefined ? null : filledTo(lastWhole);
  const isShared = origins.map((t) => !endsInGap(own, t));
  const known = origins.map((t, i) => (isShared[i] ? shared!.subarray(0, t) : filledTo(t)));
  const paths: Record<string, Paths> = {
    // Each looks at the last values alone: handing it the whole past would cost a walk through it at every origin.
    naive: yield* mapped(known, (y) => naiveForecast(y.subarray(-1), { horizon })),
    "seasonal naive": yield* mapped(known, (y) =>
      seasonalNaiveForecast(y.subarray(-season), { season, horizon }),
    ),
    drift: yield* mapped(known, (y) => drift(y, horizon)),
  };
  // Both are fitted once, to what the first origin knows, and go on from there.
  const smoothing = yield* bestHoltWintersSteps(known[0]!, season > 1 ? season : null);
  const { level, trend, season: seasons } = smoothing.initial;
  paths.holtWinters = yield* walked(known, isShared, () => {
    const state = Float64Array.of(level, trend, ...seasons);
    let t = 0;
    return {
      take: (value) => smooth(state, smoothing.parameters, t++, value),
      path: () => Array.from(smoothedPath(state, smoothing.parameters, t, horizon)),
    };
  });
  const theta = fitTheta(
    "backtest()",
    known[0]!,
    season > 1 && known[0]!.length >= 2 * season ? [season] : [],
  );
  paths.theta = yield* walked(known, isShared, () => {
    const state = thetaStart();
    let t = 0;
    return {
      take: (value) => thetaTake(theta, state, t++, value),
      path: () => Array.from(thetaPath(theta, state, t, horizon)),
    };
  });
  return paths;
}

/** Mean absolute change over `lag` steps. */
function meanChange(y: Float64Array, lag: number): number {
  let sum = 0;
  for (let t = lag; t < y.length; t++) sum += Math.abs(y[t]! - y[t - lag]!);
  return sum / (y.length - lag);
}

/** The season whose naive error is the unit of MASE; a series that repeats exactly has none but that of single steps. */
const unitSeason = (train: Float64Array, season: number): number =>
  train.length > season && meanChange(train, season) > 1e-9 * meanChange(train, 1) ? season : 1;

interface Measures {
  readonly rmse: number;
  readonly mae: number;
  readonly mase: number;
  readonly smape: number;
}

/** Errors of forecasts against what came, gaps left out. */
function* measure(
  actuals: readonly number[][],
  predictions: readonly number[][],
  train: Float64Array,
  season: number,
): Steps<Measures> {
  const [a, p]: [number[], number[]] = [[], []];
  for (const [i, row] of actuals.entries()) {
    row.forEach((actual, h) => {
      if (Number.isNaN(actual)) return;
      a.push(actual);
      p.push(predictions[i]![h]!);
    });
    if (i % ORIGINS === ORIGINS - 1) yield;
  }
  if (a.length === 0) {
    throw new DataError("backtest(): every value to compare with is a gap.", { code: "missing_values" });
  }
  const absolute = { rmse: rmse(a, p), mae: mae(a, p) };
  yield;
  const scaled = mase(a, p, { train, season: unitSeason(train, season) });
  yield;
  return { ...absolute, mase: scaled, smape: smape(a, p) };
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
export const judge = (
  raw: RawSeries,
  origins: readonly number[],
  predictions: number[][],
  impute: Imputation,
  season: number,
): BacktestResult => complete(judgeSteps(raw, origins, predictions, impute, season));

/** {@link judge}, in pieces. */
export function* judgeSteps(
  raw: RawSeries,
  origins: readonly number[],
  predictions: number[][],
  impute: Imputation,
  season: number,
): Steps<BacktestResult> {
  const target = raw.columns[raw.target]!;
  const horizon = predictions[0]!.length;
  const actuals = origins.map((t) => Array.from(target.subarray(t, t + horizon)));
  const train = fillGaps(sliceRaw({ ...raw, columns: [target], target: 0 }, 0, origins[0]), impute)[0]!;
  yield;
  const paths = yield* baselinePaths(target, impute, origins, horizon, season);
  const baselines: Record<string, Record<string, number>> = {};
  const rmseByStep: Record<string, number[]> = {};
  for (const [name, path] of Object.entries({ model: predictions, ...paths })) {
    rmseByStep[name] = rootMeanSquares(actuals, path, horizon);
    yield;
    if (name !== "model") baselines[name] = { ...(yield* measure(actuals, path, train, season)) };
  }
  return {
    origins: [...origins],
    predictions,
    actuals,
    metrics: { ...(yield* measure(actuals, predictions, train, season)) },
    baselines,
    rmseByStep,
  };
}
