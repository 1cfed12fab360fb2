import { cos, log, sin } from "../../elementary.js";
import { DataError } from "../../errors.js";
import { leastSquaresSteps } from "../../numerics/least-squares.js";
import { complete, type Steps } from "../../numerics/steps.js";

/** A linear autoregression, of the values or of their differences, with a calendar of its own. */
export interface Autoregression {
  /** What the lags are lags of: 0 the values, otherwise the differences over so many steps. */
  readonly difference: number;
  /** Period of the calendar in time steps; harmonics k = 1 … run through it k times. */
  readonly period: number;
  readonly harmonics: number;
  /** Whether a straight line over time is among the regressors. */
  readonly trend: boolean;
  /** Constant, [slope,] cosine and sine of each harmonic. */
  readonly deterministic: readonly number[];
  /** Of lag 1, 2, … */
  readonly lags: readonly number[];
  readonly aicc: number;
}

/** Most lags squared times values: what fifteen regressions of them cost is then some seconds on a slow core. */
const LAG_BUDGET = 7e7;

interface Shape {
  readonly difference: number;
  readonly harmonics: number;
  readonly trend: boolean;
}

/** Cosine and sine of `harmonics` waves at row `index`, the first of which runs through `period` rows. */
export function calendarAt(index: number, period: number, harmonics: number): number[] {
  const terms: number[] = [];
  for (let k = 1; k <= harmonics; k++) {
    const angle = 2 * Math.PI * ((k * index) / period - Math.floor((k * index) / period));
    terms.push(cos(angle), sin(angle));
  }
  return terms;
}

/** Constant, [time,] and the calendar at row `index`. The time is in rows; a slope is small by itself. */
const deterministicAt = (index: number, { harmonics, trend }: Shape, period: number): number[] => [
  ...(trend ? [1, index] : [1]),
  ...calendarAt(index, period, harmonics),
];

/** How far back a forecast looks. */
export const reach = ({ difference, lags }: Autoregression): number => difference + lags.length;

/** Orders are compared on the same rows: those from `hold` on. */
function* fitShape(
  y: Float64Array,
  shape: Shape,
  period: number,
  most: number,
  hold: number,
): Steps<Autoregression> {
  const { difference } = shape;
  const z =
    difference === 0
      ? y
      : Float64Array.from(y, (value, t) => (t < difference ? Number.NaN : value - y[t - difference]!));
  const rows = y.length - hold;
  const column = (at: (t: number) => number): Float64Array =>
    Float64Array.from({ length: rows }, (_, i) => at(i + hold));
  const table = Array.from({ length: rows }, (_, i) => deterministicAt(i + hold, shape, period));
  const fixed = table[0]!.map((_, k) => Float64Array.from(table, (terms) => terms[k]!));
  const lagged = Array.from({ length: most }, (_, lag) => column((t) => z[t - lag - 1]!));
  const fit = yield* leastSquaresSteps(
    [...fixed, ...lagged],
    column((t) => z[t]!),
  );
  let best = { order: 0, aicc: Number.POSITIVE_INFINITY };
  for (let order = 0; order <= most; order++) {
    const count = fixed.length + order;
    if (count > fit.rank || rows - count - 2 <= 0) break;
    const spread = Math.max(fit.residualSum(count) / rows, Number.MIN_VALUE);
    const unknowns = count + 1;
    const aicc = rows * log(spread) + 2 * unknowns + (2 * unknowns * (unknowns + 1)) / (rows - unknowns - 1);
    if (aicc < best.aicc) best = { order, aicc };
  }
  const coefficients = Number.isFinite(best.aicc)
    ? fit.coefficients(fixed.length + best.order)
    : [
        z.subarray(hold).reduce((sum, value) => sum + value, 0) / rows,
        ...new Array<number>(fixed.length - 1).fill(0),
      ];
  return {
    ...shape,
    period,
    deterministic: coefficients.slice(0, fixed.length),
    lags: coefficients.slice(fixed.length),
    aicc: best.aicc,
  };
}

/**
 * The autoregression with the lowest AICc: of the values (with and without a straight line), of their differences and,
 * with a season, of their seasonal differences, each with calendars of several harmonics (dynamic harmonic regression,
 * Hyndman & Athanasopoulos, FPP3 10.5). All are compared on the same rows.
 *
 * @param y without gaps.
 * @param season its period may be a fraction, such as 52.18 weeks.
 * @throws DataError for fewer than 6 values.
 */
export const bestAutoregression = (
  y: Float64Array,
  season: { readonly season: number; readonly period: number } | null,
): Autoregression => complete(bestAutoregressionSteps(y, season));

/** {@link bestAutoregression}, in pieces of one regressor. */
export function* bestAutoregressionSteps(
  y: Float64Array,
  season: { readonly season: number; readonly period: number } | null,
): Steps<Autoregression> {
  const n = y.length;
  if (n < 6) {
    throw new DataError(`autoregression: ${n} values are too few, expected at least 6.`, {
      code: "insufficient_data",
      received: n,
      expected: 6,
    });
  }
  // Schwert's rule for the reach, a season and one more where there is one and time allows, a quarter of the data at most.
  const schwert = Math.ceil(12 * Math.sqrt(Math.sqrt(n / 100)));
  const affordable = Math.max(schwert, Math.floor(Math.sqrt(LAG_BUDGET / n)));
  const wanted = Math.min(affordable, Math.max(schwert, (season?.season ?? 0) + 1));
  const most = Math.max(1, Math.min(Math.floor(n / 4), wanted));
  const calendars = [0];
  if (season !== null) {
    for (const k of [1, 2, 3, 4, 6]) if (2 * k < season.season && 6 * k < n) calendars.push(k);
  }
  const shapes: Shape[] = calendars.flatMap((harmonics) => [
    { difference: 0, harmonics, trend: false },
    { difference: 0, harmonics, trend: true },
    { difference: 1, harmonics, trend: false },
  ]);
  if (season !== null && season.season < most)
    shapes.push({ difference: season.season, harmonics: 0, trend: false });
  let best: Autoregression | null = null;
  for (const shape of shapes) {
    const fit = yield* fitShape(y, shape, season?.period ?? 1, most - Math.min(most, shape.difference), most);
    if (best === null || fit.aicc < best.aicc) best = fit;
  }
  return best!;
}

/**
 * The next values, each forecast going in as if it had been seen.
 * @param values what came, of which the last `reach` count: `values[end - 1]` is that of row `index - 1`.
 */
export function autoregressivePath(
  model: Autoregression,
  values: Float64Array,
  end: number,
  index: number,
  horizon: number,
): Float64Array {
  const { difference, lags, period } = model;
  const back = reach(model);
  const known = new Float64Array(back + horizon);
  known.set(values.subarray(end - back, end));
  const z = (at: number): number => (difference === 0 ? known[at]! : known[at]! - known[at - difference]!);
  for (let h = 0; h < horizon; h++) {
    const at = back + h;
    const terms = deterministicAt(index + h, model, period);
    let value = difference === 0 ? 0 : known[at - difference]!;
    for (let k = 0; k < terms.length; k++) value += model.deterministic[k]! * terms[k]!;
    for (let lag = 1; lag <= lags.length; lag++) value += lags[lag - 1]! * z(at - lag);
    known[at] = value;
  }
  return known.subarray(back);
}
