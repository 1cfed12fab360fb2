import type { BacktestResult } from "../../../src/forecast/types.js";
import { type NamedSeries, summarize } from "../../../src/report/summary/series-summary.js";
import { errorTable } from "../../../src/report/summary/test-forecasts.js";
import type { ForecastReport } from "../../../src/report/text/forecast-report.js";

const ROWS = 240;
const TRAIN = 192;
const SEASON = 12;

/** Months from 1990 on: a trend, a season, one gap. */
export function sampleSeries(): NamedSeries {
  const values = Float64Array.from(
    { length: ROWS },
    (_, t) => 0.1 * t + 5 * Math.sin((2 * Math.PI * t) / SEASON),
  );
  values[100] = Number.NaN;
  values[200] = Number.NaN;
  const times = Float64Array.from(values, (_, t) => Date.UTC(1990, t, 1));
  const dates = Array.from(times, (time) => new Date(time).toISOString().slice(0, 10));
  return { path: "a <b>.csv", target: "sales & more", unit: "k€", values, dates, times };
}

/** A backtest whose model errs by 0.5 at every step, and whose baselines err by 2. */
export function sampleBacktest(values: Float64Array, horizon: number): BacktestResult {
  const origins = Array.from({ length: ROWS - TRAIN - horizon + 1 }, (_, i) => TRAIN + i);
  const steps = Array.from({ length: horizon }, (_, h) => h);
  const actuals = origins.map((origin) => steps.map((h) => values[origin + h]!));
  const errs = (error: number) => ({ rmse: error, mae: error });
  return {
    origins,
    actuals,
    predictions: origins.map((origin, i) =>
      steps.map((h) => (Number.isNaN(values[origin + h]!) ? 10 : values[origin + h]! + (i % 2 ? 0.5 : -0.5))),
    ),
    metrics: errs(0.5),
    baselines: { naive: errs(2), "seasonal naive": errs(2), drift: errs(2) },
    rmseByStep: Object.fromEntries(
      ["model", "naive", "seasonal naive", "drift"].map((name) => [
        name,
        steps.map(() => (name === "model" ? 0.5 : 2)),
      ]),
    ),
  };
}

/** A report as `gateflow train` would make it. */
export function sampleReport(horizon = SEASON): ForecastReport {
  const series = sampleSeries();
  const test = {
    name: "LSTM",
    near: sampleBacktest(series.values, 1),
    far: sampleBacktest(series.values, horizon),
    horizon,
    season: SEASON,
  };
  const mean = Array.from({ length: horizon }, (_, h) => 24 + h / 10);
  const epochs = Array.from({ length: 20 }, (_, epoch) => epoch);
  return {
    version: "9.9.9",
    date: new Date(Date.UTC(2026, 0, 2)),
    summary: summarize(series),
    trainRows: TRAIN,
    choices: ["difference: 1, <because> of a unit root"],
    notes: ["LSTM is a hybrid"],
    history: {
      epoch: epochs,
      history: { loss: epochs.map((e) => 2 ** -e), val_loss: epochs.map((e) => 2 ** -e + 0.01) },
    },
    test,
    errors: errorTable(test, series.unit),
    forecast: {
      mean,
      lower: mean.map((value) => value - 1),
      upper: mean.map((value) => value + 1),
      interval: "80 % interval",
    },
    parameters: 4513,
    trainingSeconds: 12.34,
  };
}
