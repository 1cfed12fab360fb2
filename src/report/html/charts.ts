import { acf } from "../../series/analysis/acf.js";
import type { Chart, ChartAxis, Point } from "../../viz/chart.js";
import { baselinePaths, rmseByLead } from "../summary/test-forecasts.js";
import type { ForecastReport } from "../text/forecast-report.js";

/** More points than pixels only make the file large: each of so many buckets keeps its lowest and highest point. */
const BUCKETS = 720;

function thin(points: readonly Point[]): readonly Point[] {
  if (points.length <= 2 * BUCKETS) return points;
  const size = points.length / BUCKETS;
  return Array.from({ length: BUCKETS }, (_, b) => {
    const bucket = points.slice(Math.floor(b * size), Math.floor((b + 1) * size));
    const low = bucket.reduce((a, p) => (p.y < a.y || Number.isNaN(a.y) ? p : a));
    const high = bucket.reduce((a, p) => (p.y > a.y || Number.isNaN(a.y) ? p : a));
    return low.x < high.x ? [low, high] : [high, low];
  }).flat();
}

const valueTitle = ({ summary: { series } }: ForecastReport): string =>
  series.unit === undefined ? series.target : `${series.target} (${series.unit})`;

const errorTitle = (report: ForecastReport, what: string): string => {
  const { unit } = report.summary.series;
  return unit === undefined ? what : `${what} (${unit})`;
};

function timeTitle({ summary: { axis } }: ForecastReport): ChartAxis {
  if (axis.kind === "date") return { title: "date (UTC)", type: "time" };
  return axis.kind === "number" ? { title: "time", format: "~r" } : { title: "row" };
}

const measured = (report: ForecastReport, from: number, to: number): Point[] => {
  const { axis, series } = report.summary;
  return Array.from({ length: to - from }, (_, i) => ({
    x: axis.position(from + i),
    y: series.values[from + i]!,
  }));
};

/** The whole series, where training ended, and the forecast after its end. */
export function seriesChart(report: ForecastReport): Chart {
  const { summary, trainRows, forecast } = report;
  const { axis, rows } = summary;
  const ahead = (values: readonly number[]): Point[] =>
    values.map((y, i) => ({ x: axis.position(rows + i), y }));
  const { lower, upper } = forecast;
  return {
    x: timeTitle(report),
    y: { title: valueTitle(report) },
    lines: [
      { name: "measured", points: thin(measured(report, 0, rows)) },
      { name: "forecast", points: ahead(forecast.mean) },
    ],
    ...(lower === undefined || upper === undefined
      ? {}
      : { band: lower.map((low, i) => ({ x: axis.position(rows + i), low, high: upper[i]! })) }),
    cut: { x: axis.position(trainRows), label: "test from here" },
  };
}

/** The end of the series and the forecast after it, close up. */
export function futureChart(report: ForecastReport): Chart {
  const { summary, forecast } = report;
  const { rows } = summary;
  const { cut: _, ...whole } = seriesChart(report);
  const shown = Math.min(rows, Math.max(24, 2 * forecast.mean.length));
  return {
    ...whole,
    lines: [{ name: "measured", points: measured(report, rows - shown, rows) }, whole.lines![1]!],
  };
}

/** The last forecast of the test: what was known before, what came, and what model and baselines said. */
export function pathChart(report: ForecastReport): Chart {
  const { test, summary } = report;
  const { horizon, season, far } = test;
  const last = far.origins.length - 1;
  const origin = far.origins[last]!;
  const before = Math.max(0, origin - Math.max(24, horizon));
  const paths = [
    { name: test.name, path: far.predictions[last]! },
    ...baselinePaths(summary.series.values, origin, horizon, season),
  ];
  const { position } = summary.axis;
  return {
    x: timeTitle(report),
    y: { title: valueTitle(report) },
    lines: [
      { name: "measured", points: measured(report, before, Math.min(summary.rows, origin + horizon)) },
      ...paths.map(({ name, path }) => ({
        name,
        points: path.map((y, h) => ({ x: position(origin + h), y })),
      })),
    ],
    cut: { x: position(origin), label: "forecast from here" },
  };
}

/** RMSE against how far ahead; undefined for a horizon of one. */
export function leadChart(report: ForecastReport): Chart | undefined {
  if (report.test.horizon < 2) return undefined;
  return {
    x: { title: "steps ahead", format: "d" },
    y: { title: errorTitle(report, "RMSE"), zero: true },
    lines: rmseByLead(report.test).map(({ name, rmse }) => ({
      name,
      points: rmse.map((y, h) => ({ x: h + 1, y })),
    })),
  };
}

/** Loss by epoch, on a logarithmic axis where it falls far. */
export function lossChart(report: ForecastReport): Chart {
  const { epoch, history } = report.history;
  const curve = (key: string): Point[] => (history[key] ?? []).map((y, i) => ({ x: (epoch[i] ?? i) + 1, y }));
  const lines = [
    { name: "training", points: curve("loss") },
    { name: "validation", points: curve("val_loss") },
  ].filter(({ points }) => points.length > 0);
  const values = lines.flatMap(({ points }) => points.map(({ y }) => y)).filter(Number.isFinite);
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const isLog = low > 0 && high / low > 10;
  return {
    x: { title: "epoch", format: "d" },
    y: {
      title: `loss (scaled units)${isLog ? ", logarithmic" : ""}`,
      ...(isLog ? { type: "log" } : {}),
      format: "~g",
    },
    lines,
  };
}

/** Actual minus forecast of the model under test, one step ahead, with the row of each; gaps left out. */
export function residualsOf({ test: { near } }: ForecastReport): { row: number; residual: number }[] {
  return near.origins
    .map((row, i) => ({ row, residual: near.actuals[i]![0]! - near.predictions[i]![0]! }))
    .filter(({ residual }) => Number.isFinite(residual));
}

export function residualChart(report: ForecastReport): Chart {
  const { axis } = report.summary;
  return {
    x: timeTitle(report),
    y: { title: errorTitle(report, "actual - forecast") },
    dots: residualsOf(report).map(({ row, residual }) => ({ x: axis.position(row), y: residual })),
    levels: [0],
  };
}

/** Freedman & Diaconis 1981: bins of 2 IQR / cbrt(n), between 5 and 40 of them. */
export function histogramChart(report: ForecastReport): Chart | undefined {
  const sorted = residualsOf(report)
    .map(({ residual }) => residual)
    .sort((a, b) => a - b);
  const n = sorted.length;
  const range = n < 2 ? 0 : sorted[n - 1]! - sorted[0]!;
  if (range === 0) return undefined;
  const iqr = sorted[Math.floor(0.75 * n)]! - sorted[Math.floor(0.25 * n)]!;
  const wanted = iqr === 0 ? 20 : Math.ceil(range / ((2 * iqr) / Math.cbrt(n)));
  const bins = Math.min(40, Math.max(5, wanted));
  const width = range / bins;
  const counts = new Array<number>(bins).fill(0);
  for (const value of sorted) counts[Math.min(bins - 1, Math.floor((value - sorted[0]!) / width))]!++;
  return {
    x: { title: errorTitle(report, "actual - forecast") },
    y: { title: "test rows", zero: true },
    bars: counts.map((y, b) => ({ x0: sorted[0]! + b * width, x1: sorted[0]! + (b + 1) * width, y })),
  };
}

/** Correlation of the residuals with themselves; what a model left to learn stands outside the dashed lines. */
export function residualAcfChart(report: ForecastReport): Chart | undefined {
  const residuals = residualsOf(report).map(({ residual }) => residual);
  if (residuals.length < 8 || residuals.every((value) => value === residuals[0])) return undefined;
  const nLags = Math.min(60, Math.floor(residuals.length / 2));
  const { values } = acf(residuals, { nLags });
  const bound = 1.96 / Math.sqrt(residuals.length);
  return {
    x: { title: "lag (steps)", format: "d", zero: true },
    y: { title: "autocorrelation", zero: true },
    bars: values.slice(1).map((y, i) => ({ x0: i + 1, x1: i + 1, y })),
    levels: [-bound, bound],
  };
}
