import type { BacktestResult } from "../../forecast/types.js";
import { driftForecast, naiveForecast, seasonalNaiveForecast } from "../../series/baselines/naive.js";
import { forwardFill } from "../../series/prepare/gaps.js";
import type { ErrorTable } from "./error-table.js";

/** The test of a model: rows it never saw, forecast from many origins. */
export interface TestForecasts {
  /** What the model under test is called in tables and legends: `LSTM`, `LSTM hybrid`. */
  readonly name: string;
  /** One step ahead, each row from all before it. */
  readonly near: BacktestResult;
  /** The whole horizon ahead; the same as `near` where that is one step. */
  readonly far: BacktestResult;
  readonly horizon: number;
  /** Rows in a season; null: none. */
  readonly season: number | null;
}

const names: Readonly<Record<string, string>> = {
  holtWinters: "Holt-Winters",
};

/** What readers call a baseline: `holtWinters` is `Holt-Winters`. */
export const displayName = (key: string): string => names[key] ?? key;

/** Without a season, the seasonal naive forecast is the naive one. */
const isMeant = (key: string, season: number | null): boolean => season !== null || key !== "seasonal naive";

/** RMSE at each step ahead, the model first. */
export function rmseByLead({
  name,
  far,
  season,
}: TestForecasts): { name: string; rmse: readonly number[] }[] {
  const { model, ...baselines } = far.rmseByStep;
  const meant = Object.entries(baselines).filter(([key]) => isMeant(key, season));
  return [{ name, rmse: model ?? [] }, ...meant.map(([key, rmse]) => ({ name: displayName(key), rmse }))];
}

/** The test's errors: one step ahead first, then at the horizon and over all steps up to it, where it is further. */
export function errorTable(
  { name, near, far, horizon, season }: TestForecasts,
  unit: string | undefined,
): ErrorTable {
  const isFar = horizon > 1;
  const row = (key: string, metrics: Record<string, number> | undefined) => {
    const byStep = far.rmseByStep[key];
    const errors = [
      near.rmseByStep[key]?.[0],
      ...(isFar ? [byStep?.[horizon - 1], metrics?.rmse] : []),
      metrics?.mae,
    ];
    return {
      name: key === "model" ? name : displayName(key),
      values: errors.map((error) => error ?? Number.NaN),
    };
  };
  return {
    unit,
    columns: [
      "RMSE, 1 step ahead",
      ...(isFar ? [`RMSE, ${horizon} steps ahead`, `RMSE, steps 1 to ${horizon}`] : []),
      isFar ? `MAE, steps 1 to ${horizon}` : "MAE, 1 step ahead",
    ],
    rows: [
      row("model", far.metrics),
      ...Object.entries(far.baselines)
        .filter(([key]) => isMeant(key, season))
        .map(([key, metrics]) => row(key, metrics)),
    ],
  };
}

/**
 * What the simple forecasts say from one origin, for a picture. Gaps take the last value before them, so that none sees
 * the value after a gap.
 */
export function baselinePaths(
  values: Float64Array,
  origin: number,
  horizon: number,
  season: number | null,
): { name: string; path: number[] }[] {
  const filled = Float64Array.from(forwardFill(values.subarray(0, origin)));
  // A gap at the very beginning has no value before it.
  const history = filled.subarray(Math.max(0, filled.findIndex(Number.isFinite)));
  return [
    { name: "naive", path: naiveForecast(history, { horizon }) },
    ...(season === null || season > history.length
      ? []
      : [{ name: "seasonal naive", path: seasonalNaiveForecast(history, { season, horizon }) }]),
    ...(history.length < 2 ? [] : [{ name: "drift", path: driftForecast(history, { horizon }) }]),
  ];
}
