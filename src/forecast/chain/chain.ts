import { inverseLogTransform, logTransform } from "../../series/prepare/log-transform.js";
import type { Scaler } from "../../series/prepare/scaler.js";
import type { Differencing, Imputation } from "../types.js";
import type { Carrier } from "./carriers.js";
import { fillGaps, type RawSeries } from "./raw-series.js";

/** How raw values become what the network sees: fixed before it is trained, the same afterwards. */
export interface Inputs {
  readonly names: readonly string[];
  readonly target: number;
  readonly impute: Imputation;
  readonly log: boolean;
  /** Whether no value of the target is below 0, so that no forecast is. */
  readonly isNonNegative: boolean;
  /** Of the columns the network sees. */
  readonly difference: Required<Differencing>;
  /** One column each: the target's and the others' differences. */
  readonly scaler: Scaler;
  /** The calendar the network sees, as a period in rows; null: none. */
  readonly period: number | null;
  /** Steps in a season, 1 when there is none. */
  readonly season: number;
  /** Mean absolute change of the target over a season, all rows learnt from: what a local one is held against. */
  readonly change: number;
  readonly window: number;
}

/** Waves of the calendar: two follow an uneven season well. */
export const HARMONICS = 2;

/** Everything between raw values and a forecast, the network aside. */
export interface Chain extends Inputs {
  /** Forecasts without the network. */
  readonly carrier: Carrier;
  /** What the network's outputs are added to: the carrier itself in a hybrid, what the differences imply in a blend. */
  readonly base: Carrier;
  /** Whether the carrier's own errors are among the inputs, and their unit. */
  readonly errorScale: number | null;
  /** Steps the network gives at once. */
  readonly outputs: number;
  /** Unit of each output in chain space. */
  readonly targetScale: readonly number[];
  /** How far each output is believed against the base, 0 to 1; 1 in a hybrid, where `weights` say that. */
  readonly baseWeights: readonly number[];
  /** How far that is believed against the carrier, 0 to 1: (1 - w) carrier + w (base + belief · output). */
  readonly weights: readonly number[];
}

/** Columns gap-free and, where the chain says so, in logarithms: «chain space». */
export interface Prepared {
  readonly target: Float64Array;
  /** The other columns. */
  readonly others: Float64Array[];
}

/** @throws DataError where a logarithm is wanted of what has none. */
export function prepare(
  { impute, log, target }: Pick<Inputs, "impute" | "log" | "target">,
  raw: RawSeries,
): Prepared {
  const filled = fillGaps(raw, impute);
  const own = filled[target]!;
  return {
    target: log ? logTransform(own) : own,
    others: filled.filter((_, f) => f !== target),
  };
}

/** From chain space to raw units; below 0 only where the series itself was. */
export const toRawUnits = (
  { log, isNonNegative = false }: { readonly log: boolean; readonly isNonNegative?: boolean },
  values: Float64Array,
): Float64Array =>
  log ? inverseLogTransform(values) : isNonNegative ? values.map((value) => Math.max(0, value)) : values;

/** Numbers the network sees at each time step. */
export const featuresOf = ({
  names,
  period,
  errorScale,
}: Pick<Chain, "names" | "period" | "errorScale">): number =>
  names.length + (errorScale === null ? 0 : 1) + (period === null ? 0 : 2 * HARMONICS);

/** Rows before an origin that the network sees; 0 where nobody listens to it. */
export const rowsSeen = ({ weights, window }: Pick<Chain, "weights" | "window">, isAsked: boolean): number =>
  isAsked || weights.some((weight) => weight !== 0) ? window : 0;

/** The newest difference of `values[0..end)`; 0 while there is none. */
export function lastDifference(
  values: Float64Array,
  end: number,
  { order, lag }: Required<Differencing>,
): number {
  if (end <= order * lag) return 0;
  // Binomial weights of (1 - B^lag)^order.
  let sum = 0;
  let weight = 1;
  for (let k = 0; k <= order; k++) {
    sum += weight * values[end - 1 - k * lag]!;
    weight = (-weight * (order - k)) / (k + 1);
  }
  return sum;
}

/** Local changes count as a quarter of the usual ones at the least: a quiet stretch does not promise another. */
const QUIETEST = 0.25;

/** Values a local unit of errors looks back at. */
export const unitReach = (season: number): number => season + Math.max(3 * season, 36);

/** Mean absolute change over `season` steps of the last `rows` values before `end`; 0 where there is none. */
export function meanChange(values: Float64Array, end: number, season: number, rows: number): number {
  const from = Math.max(season, end - rows);
  let sum = 0;
  for (let t = from; t < end; t++) sum += Math.abs(values[t]! - values[t - season]!);
  return end > from ? sum / (end - from) : 0;
}

/**
 * The unit in which errors of forecasts from `end` are measured: how much the series changed of late. Intervals learnt in
 * it widen where the series has become wilder (locally weighted conformal prediction, Lei et al. 2018).
 */
export function errorUnit(
  { season, change }: Pick<Inputs, "season" | "change">,
  values: Float64Array,
  end: number,
): number {
  const whole = change > 0 ? change : 1;
  return Math.max(QUIETEST * whole, meanChange(values, end, season, unitReach(season) - season));
}
