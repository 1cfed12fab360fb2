import { stl } from "../../series/analysis/stl.js";
import { interpolate } from "../../series/prepare/gaps.js";
import type { Chart, Point } from "../../viz/chart.js";
import type { ForecastReport } from "../text/forecast-report.js";

/** Longer series are decomposed at their end: a season looks the same, and a picture has no room for more. */
const MOST_ROWS = 20_000;
const POINTS = 720;

function pointsOf({ summary }: ForecastReport, values: readonly number[], from: number): Point[] {
  const every = Math.max(1, Math.ceil(values.length / POINTS));
  return values.flatMap((y, i) => (i % every === 0 ? [{ x: summary.axis.position(from + i), y }] : []));
}

/**
 * Trend and season of the series by STL (Cleveland and others 1990), one chart each; none where there is no season, or not
 * two of them.
 */
export function decompositionCharts(report: ForecastReport): { trend: Chart; season: Chart } | undefined {
  const { summary, test } = report;
  const { series, axis, rows } = summary;
  const period = test.season ?? summary.seasonality.season;
  const shown = Math.min(rows, MOST_ROWS);
  if (period === null || period < 2 || shown < 2 * period + 1) return undefined;
  const from = rows - shown;
  const filled = [...interpolate(series.values.subarray(from))];
  if (filled.some((value) => !Number.isFinite(value))) return undefined;
  // More than a picture shows, and with long seasons the time of a training.
  const jump = Math.max(1, Math.floor(period / 10));
  const { trend, seasonal } = stl(filled, { period, trendJump: 2 * jump, lowPassJump: jump });
  const x = {
    title: axis.kind === "date" ? "date (UTC)" : "row",
    ...(axis.kind === "date" ? { type: "time" as const } : {}),
  };
  const unit = series.unit === undefined ? "" : ` (${series.unit})`;
  const last = Math.min(shown, 3 * period);
  return {
    trend: {
      x,
      y: { title: `${series.target}${unit}` },
      lines: [
        { name: "measured", points: pointsOf(report, [...series.values.subarray(from)], from) },
        { name: "trend", points: pointsOf(report, [...trend], from) },
      ],
    },
    season: {
      x,
      y: { title: `season${unit}` },
      lines: [{ name: "season", points: pointsOf(report, [...seasonal].slice(-last), rows - last) }],
    },
  };
}
