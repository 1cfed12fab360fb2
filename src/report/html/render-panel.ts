import { type Chart, drawChart, type Point } from "../../viz/chart.js";
import {
  byError,
  type PanelReport,
  type PanelSeriesReport,
  panelErrors,
  panelFacts,
} from "../text/panel-report.js";
import { inlinePicture } from "./inline-picture.js";
import { escapeHtml, page } from "./page.js";
import { errorsHtml, listHtml } from "./page-parts.js";

/** Series shown of the worst and of the best. */
const SHOWN = 3;
/** Rows shown before a forecast, in horizons. */
const BEFORE = 4;

/** The end of a series, its last test forecast and what comes next. */
function chartOf({ values, forecast, test }: PanelSeriesReport, target: string): Chart {
  const rows = values.length;
  const ahead = forecast.mean.length;
  const from = Math.max(0, rows - BEFORE * ahead);
  const points = (list: readonly number[], start: number): Point[] =>
    list.map((y, i) => ({ x: start + i, y }));
  const [low, high] = [forecast.quantiles?.["0.1"], forecast.quantiles?.["0.9"]];
  const last = test?.origins.at(-1);
  return {
    x: { title: "row" },
    y: { title: target },
    lines: [
      { name: "measured", points: points(Array.from(values.subarray(from)), from) },
      ...(last === undefined
        ? []
        : [{ name: "test forecast", points: points(test!.predictions.at(-1)!, last) }]),
      { name: "forecast", points: points(forecast.mean, rows) },
    ],
    ...(low === undefined || high === undefined
      ? {}
      : { band: low.map((value, h) => ({ x: rows + h, low: value, high: high[h]! })) }),
  };
}

function figures(title: string, list: readonly PanelSeriesReport[], target: string): string {
  const drawn: string[] = [];
  for (const own of list) {
    const caption = `${own.id}${own.test === undefined ? "" : `: MASE ${own.test.metrics.mase!.toFixed(2)}`}`;
    const svg = inlinePicture(drawChart(chartOf(own, target), { width: 720, height: 220 }), "wide", "");
    const label = `aria-label="${escapeHtml(caption)}"`;
    drawn.push(
      `<figure>${svg.replace('class="wide picture"', `class="picture" ${label}`)}<figcaption>${escapeHtml(caption)}</figcaption></figure>`,
    );
  }
  return list.length === 0 ? "" : `<h2>${escapeHtml(title)}</h2>${drawn.join("")}`;
}

/** One report for all series of a panel: errors, choices, and the series forecast worst and best. */
export function renderPanel(report: PanelReport): string {
  const sorted = byError(report);
  const shown = Math.min(SHOWN, Math.ceil(sorted.length / 2));
  const title = `${report.target} of ${report.series.length} series`;
  const body = `<header><h1>${escapeHtml(title)}</h1><p class="soft">${escapeHtml(report.path)}, gateflow ${escapeHtml(report.version)}, ${report.date.toISOString().slice(0, 10)}, trained in ${report.trainingSeconds.toFixed(0)} s</p></header>
<h2>Data</h2>${listHtml(panelFacts(report))}
<h2>Errors on the test rows, means over the series</h2>${sorted.length === 0 ? "<p>No series is long enough for a test.</p>" : errorsHtml(panelErrors(report))}
<p class="soft">MASE: the mean absolute error over that of the seasonal naive forecast on the rows learnt from. sMAPE: the absolute error over the mean of forecast and value, in percent.</p>
${figures("Series forecast worst", sorted.slice(0, shown), report.target)}
${figures("Series forecast best", sorted.slice(-shown).reverse(), report.target)}
<h2>What was chosen, and why</h2>${listHtml(report.choices)}
<footer>The forecasts of all series are in forecast.csv.</footer>`;
  return page(title, body);
}
