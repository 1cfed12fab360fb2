import { rmse } from "../../series/baselines/forecast-metrics.js";
import { displayName } from "../summary/test-forecasts.js";
import type { TextTable } from "./flow-table.js";
import type { ForecastReport } from "./forecast-report.js";
import { percent, readableNumber } from "./numbers.js";

/** Dates, forecasts and bounds, a row a step. */
export function forecastTable({ summary, forecast }: ForecastReport): TextTable {
  const { axis, rows } = summary;
  const { mean, lower, upper, interval } = forecast;
  const hasBounds = lower !== undefined && upper !== undefined;
  return {
    columns: [
      axis.kind === "index" ? "row" : "date",
      "forecast",
      ...(hasBounds ? [`lower (${interval})`, "upper"] : []),
    ],
    rows: mean.map((value, i) => [
      axis.label(rows + i),
      readableNumber(value),
      ...(hasBounds ? [readableNumber(lower[i]!), readableNumber(upper[i]!)] : []),
    ]),
  };
}

/** Errors without a unit, which compare across series: MASE and sMAPE beside RMSE, over all steps of the test. */
export function relativeErrors({ test }: ForecastReport): TextTable {
  const { name, far, season } = test;
  const meant = Object.entries(far.baselines).filter(([key]) => season !== null || key !== "seasonal naive");
  const line = (label: string, metrics: Readonly<Record<string, number>>): string[] => [
    label,
    ...["rmse", "mase", "smape"].map((key) => {
      const value = metrics[key];
      if (value === undefined || !Number.isFinite(value)) return "–";
      return key === "smape" ? `${value.toPrecision(3)} %` : readableNumber(value);
    }),
  ];
  return {
    columns: ["over all steps", "RMSE", "MASE", "sMAPE"],
    rows: [line(name, far.metrics), ...meant.map(([key, metrics]) => line(displayName(key), metrics))],
  };
}

/** Promised and found, a row a level. */
export function coverageTable({ coverage = [] }: ForecastReport): TextTable {
  return {
    columns: ["interval", "test values inside", "of", "mean width"],
    rows: coverage.map(({ level, share, values, width }) => [
      percent(level),
      percent(share),
      String(values),
      readableNumber(width),
    ]),
  };
}

/** Origins shown: enough to see whether one of them is unlike the others. */
const ORIGINS = 8;

/** What the test forecasts of several origins got wrong, the first and the last among them. */
export function originTable({ test, summary }: ForecastReport): TextTable {
  const { far, name, horizon } = test;
  const last = far.origins.length - 1;
  const count = Math.min(ORIGINS, far.origins.length);
  const chosen = Array.from({ length: count }, (_, i) =>
    count === 1 ? 0 : Math.round((i * last) / (count - 1)),
  );
  return {
    columns: [
      "forecast from",
      `RMSE of ${name}, ${horizon} ${horizon === 1 ? "step" : "steps"}`,
      "mean error (actual - forecast)",
    ],
    rows: chosen.map((i) => {
      const pairs = far.actuals[i]!.map((actual, h) => [actual, far.predictions[i]![h]!] as const).filter(
        ([actual, predicted]) => Number.isFinite(actual) && Number.isFinite(predicted),
      );
      const label = summary.axis.label(far.origins[i]!);
      if (pairs.length === 0) return [label, "–", "–"];
      const bias = pairs.reduce((sum, [actual, predicted]) => sum + actual - predicted, 0) / pairs.length;
      return [
        label,
        readableNumber(
          rmse(
            pairs.map(([actual]) => actual),
            pairs.map(([, predicted]) => predicted),
          ),
        ),
        readableNumber(bias),
      ];
    }),
  };
}
