import { DataError } from "../errors.js";
import { complete, type Steps } from "../numerics/steps.js";
import { mae, mase, rmse, smape } from "../series/baselines/forecast-metrics.js";
import { bestHoltWintersSteps } from "../series/baselines/holt-winters.js";
import { naiveForecast, seasonalNaiveForecast } from "../series/baselines/naive.js";
import { smooth, smoothedPath } from "../series/baselines/smoothing-state.js";
import { fitThetaSteps, thetaPath, thetaStart, thetaTake } from "../series/baselines/theta.js";
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
/** Rows before the first origin to which smoothing and theta are fitted at the most: those the forecaster's carriers get. */
export const MOST_FITTED = 20_000;

/** Something that walks along and forecasts from where it stands. */
interface Walk {
  take(value: number): void;
  path(): number[];
  /** Another one that stands here. */
  fork(): Walk;
}

/** What is known at an origin: gap-free rows up to the last that came, which then is repeated up to the origin. */
interface Known {
  readonly origin: number;
  readonly rows: number;
}

/** The series without gaps up to the last row that came before the last origin, the same from whichever origin it is seen. */
interface Past {
  readonly y: Float64Array;
  readonly known: readonly Known[];
}

function pastOf(target: Float64Array, impute: Imputation, origins: readonly number[]): Past {
  const own: RawSeries = { names: ["value"], target: 0, columns: [target], rows: target.length };
  const known = origins.map((origin) => {
    let rows = origin;
    while (rows > 0 && endsInGap(own, rows)) rows -= 1;
    // Rows that are gaps without exception are refused where they are filled.
    return { origin, rows: rows === 0 ? origin : rows };
  });
  return { y: fillGaps(sliceRaw(own, 0, known.at(-1)!.rows), impute)[0]!, known };
}

/** The last `count` values known at an origin, or as many as there are. */
function lastKnown({ y }: Past, { origin, rows }: Known, count: number): Float64Array {
  if (rows === origin) return y.subarray(Math.max(0, origin - count), origin);
  const from = Math.max(0, origin - count);
  return Float64Array.from({ length: origin - from }, (_, i) => y[Math.min(from + i, rows - 1)]!);
}

/** Paths of something that walks along from row `from` over what came. */
function* walked(past: Past, from: number, begin: Walk): Steps<Paths> {
  const paths: Paths = [];
  let t = from;
  for (const [i, known] of past.known.entries()) {
    for (; t < known.rows; t++) {
      begin.take(past.y[t]!);
      if (t % ROWS === ROWS - 1) yield;
    }
    const walk = known.rows === known.origin ? begin : begin.fork();
    for (let k = known.rows; k < known.origin; k++) walk.take(past.y[known.rows - 1]!);
    paths.push(walk.path());
    if (i % ORIGINS === ORIGINS - 1) yield;
  }
  return paths;
}

/** Forecasts of something that needs no walk, from the last `count` values known at each origin. */
function* mapped(
  past: Past,
  count: number,
  path: (last: Float64Array, known: Known) => number[],
): Steps<Paths> {
  const paths: Paths = [];
  for (const [i, known] of past.known.entries()) {
    paths.push(path(lastKnown(past, known, count), known));
    if (i % ORIGINS === ORIGINS - 1) yield;
  }
  return paths;
}

/** A state that takes the value of each row in, in place, and forecasts from it. */
function stateWalk(
  state: Float64Array,
  index: number,
  take: (state: Float64Array, index: number, value: number) => unknown,
  path: (state: Float64Array, index: number) => Float64Array,
): Walk {
  let t = index;
  return {
    take: (value) => {
      take(state, t++, value);
    },
    path: () => Array.from(path(state, t)),
    fork: () => stateWalk(state.slice(), t, take, path),
  };
}

/** The baselines' forecasts from each origin, each from the rows before it alone. */
function* baselinePaths(
  target: Float64Array,
  impute: Imputation,
  origins: readonly number[],
  horizon: number,
  season: number,
): Steps<Record<string, Paths>> {
  const past = pastOf(target, impute, origins);
  const first = past.y[0]!;
  const paths: Record<string, Paths> = {
    naive: yield* mapped(past, 1, (last) => naiveForecast(last, { horizon })),
    "seasonal naive": yield* mapped(past, season, (last) => seasonalNaiveForecast(last, { season, horizon })),
    // The straight line through the first and the last value, drawn on.
    drift: yield* mapped(past, 1, ([last], { origin }) => {
      const slope = origin < 2 ? 0 : (last! - first) / (origin - 1);
      return Array.from({ length: horizon }, (_, h) => last! + (h + 1) * slope);
    }),
  };
  // Both are fitted once, to what the first origin knows, and go on from there.
  const y = lastKnown(past, past.known[0]!, MOST_FITTED);
  const from = origins[0]! - y.length;
  const { initial, parameters } = yield* bestHoltWintersSteps(y, season > 1 ? season : null);
  paths.holtWinters = yield* walked(
    past,
    from,
    stateWalk(
      Float64Array.of(initial.level, initial.trend, ...initial.season),
      0,
      (state, t, value) => smooth(state, parameters, t, value),
      (state, t) => smoothedPath(state, parameters, t, horizon),
    ),
  );
  const theta = yield* fitThetaSteps("backtest()", y, season > 1 && y.length >= 2 * season ? [season] : []);
  paths.theta = yield* walked(
    past,
    from,
    stateWalk(
      thetaStart(),
      0,
      (state, t, value) => thetaTake(theta, state, t, value),
      (state, t) => thetaPath(theta, state, t, horizon),
    ),
  );
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
