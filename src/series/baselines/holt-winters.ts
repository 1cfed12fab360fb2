import { log } from "../../elementary.js";
import { DataError } from "../../errors.js";
import { leastSquaresSteps } from "../../numerics/least-squares.js";
import { type Box, type Minimum, nelderMeadSteps } from "../../numerics/nelder-mead.js";
import { complete, type Steps } from "../../numerics/steps.js";
import { flag, HORIZON, numberIn, refuseUnknown } from "../../options.js";
import { decomposeSeasons } from "../analysis/mstl.js";
import { openComplete, type SeriesLike } from "../kinds.js";
import { readSeasons } from "./seasons.js";
import { type SmoothingParameters, type SmoothingState, smooth, smoothedPath } from "./smoothing-state.js";

/** Options of `holtWinters`. */
export interface HoltWintersOptions {
  /** Steps in one season, or in each of several, at least 2; null (default): none. */
  readonly season?: number | readonly number[] | null;
  /** Default true. Without a trend and a season this is simple exponential smoothing. */
  readonly trend?: boolean;
  /** Whether the trend dies away, φ between 0.8 and 0.98 (Gardner & McKenzie 1985). Default false. */
  readonly damped?: boolean;
}

/** A fitted exponential smoothing. */
export interface HoltWinters {
  /** Steps in the (shortest) season. */
  readonly season: number | null;
  /** All seasons, ascending. */
  readonly seasons: readonly number[];
  readonly trend: boolean;
  readonly damped: boolean;
  readonly parameters: SmoothingParameters;
  /** Level, trend and seasons before the first value; several seasons one after the other, ascending. */
  readonly initial: { readonly level: number; readonly trend: number; readonly season: number[] };
  /** One-step forecasts of the values it was fitted on. */
  readonly fitted: number[];
  /** Sum of their squared errors. */
  readonly sse: number;
  /** Akaike's criterion with the correction for few values; initial states count as parameters. */
  readonly aicc: number;
  /** The next `horizon` values. */
  forecast(horizon: number): number[];
}

/** φ outside of these is no damping, or no trend at all (Hyndman & Athanasopoulos, FPP3 8.2). */
const DAMPING: readonly [number, number] = [0.8, 0.98];
/** Up to so many values and multiplications the best initial states are found anew for each trial of the parameters. */
const PROFILE_LENGTH = 500;
const PROFILE_BUDGET = 2e6;
/** Beyond so many multiplications the initial state is that of the first seasons: a long series forgets it. */
const START_BUDGET = 1e8;
const STARTS = [
  [0.1, 0.05, 0.1],
  [0.3, 0.1, 0.3],
  [0.6, 0.05, 0.1],
  [0.9, 0.2, 0.5],
] as const;

interface Shape {
  readonly season: number;
  /** Further seasons, each longer than the one before. */
  readonly further?: readonly number[];
  readonly trend: boolean;
  readonly damped: boolean;
}

const furtherOf = ({ further = [] }: Shape): readonly number[] => further;
const allSeasons = (shape: Shape): number =>
  furtherOf(shape).reduce((sum, season) => sum + season, shape.season);

/** Search coordinates: α, β/α, γ/(1 - α) of each season, φ, as many as the shape has; each in a box of its own. */
function boxOf(shape: Shape): Box {
  const { season, trend, damped } = shape;
  return [
    [1e-4, 1],
    ...(trend ? [[0, 1] as const] : []),
    ...(season > 0 ? [[0, 1] as const] : []),
    ...furtherOf(shape).map(() => [0, 1] as const),
    ...(damped ? [DAMPING] : []),
  ];
}

function parametersOf(x: readonly number[], shape: Shape): SmoothingParameters {
  const { season, trend, damped } = shape;
  const rest = [...x];
  const alpha = rest.shift()!;
  const beta = trend ? alpha * rest.shift()! : 0;
  const gamma = season > 0 ? (1 - alpha) * rest.shift()! : 0;
  const further = furtherOf(shape).map((length) => ({ season: length, gamma: (1 - alpha) * rest.shift()! }));
  const phi = damped ? rest.shift()! : 1;
  return { alpha, beta, gamma, phi, ...(further.length === 0 ? {} : { further }) };
}

/** Level and trend by a straight line through the first seasons (or ten values), seasons by what that leaves. */
function guess(y: Float64Array, shape: Shape): SmoothingState {
  const { season, trend } = shape;
  if (furtherOf(shape).length > 0) return guessSeasons(y, shape);
  const count = Math.min(y.length, season > 0 ? Math.max(10, 3 * season) : 10);
  const whole = season > 0 ? Math.max(1, Math.floor(count / season)) * season : count;
  const head = y.subarray(0, Math.min(whole, y.length));
  const middle = (head.length - 1) / 2;
  const center = head.reduce((sum, value) => sum + value, 0) / head.length;
  let [product, square] = [0, 0];
  head.forEach((value, t) => {
    product += (t - middle) * (value - center);
    square += (t - middle) ** 2;
  });
  const slope = trend && square > 0 ? product / square : 0;
  const state = new Float64Array(2 + season);
  state[0] = center - slope * (middle + 1);
  state[1] = slope;
  const counts = new Float64Array(season);
  head.forEach((value, t) => {
    if (season === 0) return;
    state[2 + (t % season)]! += value - (center + slope * (t - middle));
    counts[t % season]! += 1;
  });
  for (let s = 0; s < season; s++) state[2 + s]! /= Math.max(1, counts[s]!);
  return state;
}

/** Seasons as MSTL takes the first ones apart, level and trend by the line through its trend. */
function guessSeasons(y: Float64Array, shape: Shape): SmoothingState {
  const seasons = [shape.season, ...furtherOf(shape)];
  const head = y.subarray(0, Math.min(y.length, 3 * seasons.at(-1)!));
  const { trend, seasonal } = decomposeSeasons(
    head,
    seasons,
    seasons.map((_, rank) => 11 + 4 * rank),
  );
  const { level, slope } = lineThrough(trend);
  const state = new Float64Array(2 + allSeasons(shape));
  state[1] = shape.trend ? slope : 0;
  state[0] = level - state[1];
  let start = 2;
  seasons.forEach((season, i) => {
    const counts = new Float64Array(season);
    seasonal[i]!.forEach((value, t) => {
      state[start + (t % season)]! += value;
      counts[t % season]! += 1;
    });
    for (let s = 0; s < season; s++) state[start + s]! /= Math.max(1, counts[s]!);
    start += season;
  });
  return state;
}

/** Least-squares line; its value at row 0. */
function lineThrough(y: Float64Array): { level: number; slope: number } {
  const middle = (y.length - 1) / 2;
  let [sum, product, square] = [0, 0, 0];
  y.forEach((value, t) => {
    sum += value;
    product += (t - middle) * value;
    square += (t - middle) ** 2;
  });
  const slope = square > 0 ? product / square : 0;
  return { level: sum / y.length - slope * middle, slope };
}

function sumOfSquares(y: Float64Array, start: SmoothingState, parameters: SmoothingParameters): number {
  const state = start.slice();
  let sum = 0;
  for (let t = 0; t < y.length; t++) sum += smooth(state, parameters, t, y[t]!) ** 2;
  return sum;
}

/**
 * The initial state with the least squares for given parameters: errors are linear in it, so each unit state's echo
 * through the recursion is a regressor. A constant moved from the level to all seasons changes nothing, so the last
 * season is left out of the regression and the seasons are centred after it.
 */
function* bestStart(y: Float64Array, parameters: SmoothingParameters, shape: Shape): Steps<SmoothingState> {
  const { season, trend } = shape;
  if (y.length * (2 + season) ** 2 > START_BUDGET) return guess(y, shape);
  const slots = [
    0,
    ...(trend ? [1] : []),
    ...Array.from({ length: Math.max(0, season - 1) }, (_, s) => 2 + s),
  ];
  const echo = (unit: number | null): Float64Array => {
    const state = new Float64Array(2 + season);
    if (unit !== null) state[unit] = 1;
    const errors = new Float64Array(y.length);
    for (let t = 0; t < y.length; t++) {
      const error = smooth(state, parameters, t, unit === null ? y[t]! : 0);
      errors[t] = unit === null ? error : -error;
    }
    return errors;
  };
  const echoes: Float64Array[] = [];
  for (const slot of slots) {
    echoes.push(echo(slot));
    yield;
  }
  const fit = yield* leastSquaresSteps(echoes, echo(null));
  const state = new Float64Array(2 + season);
  fit.coefficients().forEach((value, k) => {
    state[slots[k]!] = value;
  });
  if (season > 0) {
    const shift = state.subarray(2).reduce((sum, value) => sum + value, 0) / season;
    state[0]! += shift;
    for (let s = 0; s < season; s++) state[2 + s]! -= shift;
  }
  return state;
}

/** Parameters and initial state with the least sum of squared one-step errors. */
function* search(
  y: Float64Array,
  shape: Shape,
): Steps<{ parameters: SmoothingParameters; start: SmoothingState }> {
  const box = boxOf(shape);
  const states = 2 + allSeasons(shape);
  const several = furtherOf(shape).length > 0;
  const profiled = !several && y.length <= PROFILE_LENGTH && y.length * states * states <= PROFILE_BUDGET;
  let start = guess(y, shape);
  const cost = (x: readonly number[]): number => {
    const parameters = parametersOf(x, shape);
    return sumOfSquares(y, profiled ? complete(bestStart(y, parameters, shape)) : start, parameters);
  };
  const starts: { x: number[]; value: number }[] = [];
  for (const [alpha, beta, gamma] of STARTS) {
    const x = [
      alpha,
      ...(shape.trend ? [beta] : []),
      ...(shape.season > 0 ? [gamma] : []),
      ...furtherOf(shape).map(() => gamma),
      ...(shape.damped ? [0.95] : []),
    ];
    starts.push({ x, value: cost(x) });
    yield;
  }
  starts.sort((a, b) => a.value - b.value);
  // With the best initial states the valley is plain enough for one walk; without, a second one from elsewhere pays.
  const evaluations = 60 * box.length;
  let best: Minimum = { x: [], value: Number.POSITIVE_INFINITY };
  for (const { x } of starts.slice(0, profiled ? 1 : 2)) {
    const found = yield* nelderMeadSteps(cost, x, box, { evaluations, tolerance: 1e-8 });
    if (found.value < best.value || best.x.length === 0) best = found;
  }
  // With several seasons each phase's unit would be a regressor, hundreds of them.
  if (!profiled && !several) {
    start = yield* bestStart(y, parametersOf(best.x, shape), shape);
    best = yield* nelderMeadSteps(cost, best.x, box, { evaluations, tolerance: 1e-8 });
  }
  const parameters = parametersOf(best.x, shape);
  return { parameters, start: several ? start : yield* bestStart(y, parameters, shape) };
}

/** Values needed: as many as there are unknowns, and two more so that an error can be told from none. */
const needed = ({ season, further = [], trend, damped }: Shape): number =>
  season > 0 ? 2 * (further.at(-1) ?? season) + 2 : 3 + 2 * Number(trend) + Number(damped);

/**
 * Exponential smoothing with an additive trend and season (Holt 1957, Winters 1960), fitted by the least sum of squared
 * one-step errors over parameters and initial states, as statsmodels' `ExponentialSmoothing` does.
 *
 * @param x one series without gaps.
 * @throws DataError for gaps or too few values, ShapeError for several columns, ConfigError for options.
 *
 * @example
 * holtWinters(monthly, { season: 12, damped: true }).forecast(24);
 */
export const holtWinters = (x: SeriesLike, options: HoltWintersOptions = {}): HoltWinters =>
  complete(holtWintersSteps(x, options));

function* holtWintersSteps(x: SeriesLike, options: HoltWintersOptions): Steps<HoltWinters> {
  const where = "holtWinters()";
  refuseUnknown(where, options, ["season", "trend", "damped"]);
  const y = openComplete(where, x);
  const seasons = readSeasons(where, options.season, 2);
  const season = seasons[0] ?? null;
  const damped = flag(where, "damped", options.damped ?? false);
  const trend = flag(where, "trend", options.trend ?? true) || damped;
  const shape: Shape = { season: season ?? 0, further: seasons.slice(1), trend, damped };
  if (y.length < needed(shape)) {
    throw new DataError(
      `${where}: ${y.length} values are too few, expected at least ${needed(shape)} for this trend and season.`,
      { code: "insufficient_data", received: y.length, expected: needed(shape) },
    );
  }
  const { parameters, start } = yield* search(y, shape);
  const state = start.slice();
  const fitted: number[] = [];
  let sse = 0;
  for (let t = 0; t < y.length; t++) {
    const error = smooth(state, parameters, t, y[t]!);
    fitted.push(y[t]! - error);
    sse += error * error;
  }
  const n = y.length;
  // α, β, γ, φ, their initial states (of each season one less, for they sum to 0), and the variance.
  const count = 3 + 2 * Number(trend) + Number(damped) + allSeasons(shape);
  const spread = Math.max(sse / n, Number.MIN_VALUE);
  return {
    season,
    seasons,
    trend,
    damped,
    parameters,
    initial: { level: start[0]!, trend: start[1]!, season: Array.from(start.subarray(2)) },
    fitted,
    sse,
    aicc:
      n - count - 1 <= 0
        ? Number.POSITIVE_INFINITY
        : n * log(spread) + 2 * count + (2 * count * (count + 1)) / (n - count - 1),
    forecast: (horizon) =>
      Array.from(smoothedPath(state, parameters, n, numberIn("forecast()", "horizon", horizon, HORIZON))),
  };
}

/**
 * The smoothing with the lowest AICc among none, additive and damped trend, each with and without the season.
 * A season of which fewer than two and a bit came is passed over.
 * @throws DataError for gaps or fewer than 3 values.
 */
export const bestHoltWinters = (x: SeriesLike, season: number | null): HoltWinters =>
  complete(bestHoltWintersSteps(x, season));

/** {@link bestHoltWinters}, in pieces of one walk through the series. */
export function* bestHoltWintersSteps(x: SeriesLike, season: number | null): Steps<HoltWinters> {
  const y = openComplete("bestHoltWinters()", x);
  const seasons = season !== null && season >= 2 && y.length >= 2 * season + 2 ? [null, season] : [null];
  const shapes = seasons.flatMap((length) => [
    { season: length, trend: false, damped: false },
    { season: length, trend: true, damped: false },
    { season: length, trend: true, damped: true },
  ]);
  const fits: HoltWinters[] = [];
  for (const shape of shapes) {
    if (y.length >= needed({ ...shape, season: shape.season ?? 0 }))
      fits.push(yield* holtWintersSteps(y, shape));
  }
  if (fits.length === 0) {
    throw new DataError(`bestHoltWinters(): ${y.length} values are too few, expected at least 3.`, {
      code: "insufficient_data",
      received: y.length,
      expected: 3,
    });
  }
  return fits.reduce((a, b) => (b.aicc < a.aicc ? b : a));
}

/**
 * The next values by exponential smoothing, trend and season kept where AICc wants them.
 * @param options season: steps in one, null (default) for none.
 * @throws as {@link holtWinters}.
 *
 * @example
 * holtWintersForecast(series, { season: 12, horizon: 12 });
 */
export function holtWintersForecast(
  x: SeriesLike,
  options: { readonly horizon?: number; readonly season?: number | null } = {},
): number[] {
  const where = "holtWintersForecast()";
  refuseUnknown(where, options, ["horizon", "season"]);
  const horizon = numberIn(where, "horizon", options.horizon ?? 1, HORIZON);
  const season =
    options.season == null ? null : numberIn(where, "season", options.season, { min: 1, integer: true });
  return bestHoltWinters(openComplete(where, x), season).forecast(horizon);
}
