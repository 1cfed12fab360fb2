import { type Chart, drawChart } from "../../viz/chart.js";
import { sourceName } from "../summary/series-summary.js";
import { describeSummary } from "../text/describe-summary.js";
import { comparisons, type ForecastReport, verdict } from "../text/forecast-report.js";
import { plural, wholeNumber } from "../text/numbers.js";
import { coverageTable, forecastTable, originTable, relativeErrors } from "../text/report-tables.js";
import {
  futureChart,
  histogramChart,
  leadChart,
  lossChart,
  pathChart,
  residualAcfChart,
  residualChart,
  seriesChart,
} from "./charts.js";
import { decompositionCharts } from "./decomposition-charts.js";
import { flowSection } from "./flow-section.js";
import { inlinePicture } from "./inline-picture.js";
import { escapeHtml, page } from "./page.js";
import { errorsHtml, factsHtml, listHtml, tableHtml } from "./page-parts.js";

const NARROW = 340;

/** A chart drawn twice, for a screen and for a phone; the page's style shows one. */
function figure(chart: Chart | undefined, caption: string, width = 760, height = 280): string {
  if (chart === undefined) return "";
  const label = `aria-label="${escapeHtml(caption)}"`;
  const draw = (kind: "wide" | "narrow", w: number, h: number): string =>
    inlinePicture(drawChart(chart, { width: w, height: h }), kind, "").replace("<svg ", `<svg ${label} `);
  const drawings = [draw("wide", width, height), draw("narrow", NARROW, 250)];
  return `<figure>${drawings.join("")}<figcaption>${escapeHtml(caption)}</figcaption></figure>`;
}

/** How many forecasts judged the model; of a long test not every row begins one. */
function testedRows({ summary, test, trainRows }: ForecastReport): string {
  const { near, far, horizon } = test;
  const isWhole = near.origins.length === summary.rows - trainRows;
  const step = far.origins.length < 2 ? 1 : far.origins[1]! - far.origins[0]!;
  const ahead = `${plural(near.origins.length, "forecast")} one step ahead${isWhole ? "" : ", of the last rows"}`;
  if (horizon === 1) return ahead;
  return `${ahead}, ${plural(far.origins.length, "forecast")} over ${horizon} steps${step === 1 ? "" : `, one from every ${step} rows`}`;
}

/**
 * The report as one self-contained HTML file: errors and verdict, the forecast, loss curves, residuals, what was found
 * in the data and what was done about it.
 */
export function renderReport(report: ForecastReport): string {
  const { summary, test, trainRows, history, errors, forecast } = report;
  const { series, axis, rows } = summary;
  const title = `Forecast of ${series.target}${series.unit === undefined ? "" : ` (${series.unit})`}`;
  const day = report.date.toISOString().slice(0, 10);
  const from = axis.label(trainRows);
  const interval = forecast.interval === undefined ? "" : `, shaded: ${forecast.interval}`;
  const last = axis.label(test.far.origins.at(-1)!);
  const half = 372;
  const flow = flowSection(report.flow);
  const parts = decompositionCharts(report);
  const body = [
    `<header><h1>${escapeHtml(title)}</h1>
<p class="soft">${escapeHtml(`${sourceName(series)}: ${plural(rows, "row")}, ${axis.label(0)} to ${axis.label(rows - 1)}. Trained on ${day} with gateflow ${report.version}.`)}</p></header>`,
    "<h2>What is in the data</h2>",
    factsHtml(describeSummary(summary, { full: true })),
    figure(parts?.trend, "The series and its trend (STL)."),
    figure(parts?.season, "What comes back with the season, at the end of the series (STL).", 760, 220),
    "<h2>Errors on rows the model never saw</h2>",
    `<p>${escapeHtml(`The last ${plural(rows - trainRows, "row")}, from ${from} on. ${testedRows(report)}. The best of each column is bold.`)}</p>`,
    errorsHtml(errors),
    listHtml([...comparisons(errors).map((comparison) => verdict(comparison, errors.unit)), ...report.notes]),
    tableHtml(relativeErrors(report)),
    (report.coverage ?? []).length === 0 ? "" : tableHtml(coverageTable(report)),
    "<h2>Forecast</h2>",
    figure(
      seriesChart(report),
      `The series and the next ${plural(forecast.mean.length, "step")} after its end${interval}.`,
    ),
    figure(futureChart(report), `The same, close up${interval}.`),
    tableHtml(forecastTable(report)),
    "<h2>The test</h2>",
    figure(
      pathChart(report),
      `The last test forecast, made from the values before ${last}, beside the baselines and what was measured.`,
    ),
    figure(leadChart(report), "Error by how far ahead, over all test forecasts."),
    tableHtml(originTable(report)),
    "<h2>Training</h2>",
    figure(
      lossChart(report),
      `${plural(history.epoch.length, "epoch")}, ${wholeNumber(report.parameters)} weights; the whole fit, its choices included, took ${report.trainingSeconds.toFixed(1)} s.`,
    ),
    listHtml(report.choices),
    flow,
    "<h2>Residuals, one step ahead</h2>",
    figure(residualChart(report), "Actual minus forecast over the test.", 760, 220),
    `<div class="pair">${figure(histogramChart(report), "How large the residuals are.", half, 240)}${figure(
      residualAcfChart(report),
      "Autocorrelation of the residuals; dashed: 95 % interval of white noise.",
      half,
      240,
    )}</div>`,
    `<footer>gateflow ${escapeHtml(report.version)}. RMSE: root mean square error, MAE: mean absolute error, MASE: mean absolute error as a multiple of the (seasonal) naive forecast's on the training rows, sMAPE: error in per cent of the mean of forecast and actual. Baselines see what the model sees: naive repeats the last value, seasonal naive the last season, drift draws on the line from the first to the last value.</footer>`,
  ];
  return page(title, body.filter((part) => part !== "").join("\n"));
}

/** The forecast beside its baselines as one SVG for a page of its own. */
export function renderPicture(report: ForecastReport): string {
  const { summary, test } = report;
  const origin = test.far.origins.at(-1)!;
  const title = `${summary.series.target}, forecast ${plural(test.horizon, "step")} ahead from ${summary.axis.label(origin)}`;
  return drawChart(pathChart(report), { width: 760, height: 320, title });
}
