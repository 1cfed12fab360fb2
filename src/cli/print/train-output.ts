import pc from "picocolors";
import type { SeriesSummary } from "../../report/summary/series-summary.js";
import type { TestForecasts } from "../../report/summary/test-forecasts.js";
import { comparisons, type ForecastReport, verdict } from "../../report/text/forecast-report.js";
import { plural } from "../../report/text/numbers.js";
import type { Io } from "../files/io.js";
import { flowJson, flowText } from "./flow-text.js";
import { forecastChart } from "./terminal-chart.js";
import { bullets, heading, wrap } from "./text.js";
import { errorsText } from "./text-table.js";

/** The last forecast of the test, for the terminal. */
function lastForecast({ far, horizon }: TestForecasts, { axis, series }: SeriesSummary) {
  const last = far.origins.length - 1;
  const origin = far.origins[last]!;
  const unit = series.unit === undefined ? "" : ` (${series.unit})`;
  return {
    title: `${series.target}${unit}, the last test forecast: ${axis.label(origin)} to ${axis.label(origin + horizon - 1)}`,
    measured: far.actuals[last]!,
    forecast: far.predictions[last]!,
    xLabel: "steps ahead",
  };
}

/** The whole result for a program. */
export function resultJson(report: ForecastReport, files: readonly string[]): string {
  const { summary, errors, trainRows, forecast, parameters, trainingSeconds, history, choices, test } =
    report;
  const { series, axis, rows } = summary;
  return `${JSON.stringify(
    {
      file: series.path,
      id: series.id?.value,
      target: series.target,
      unit: series.unit,
      rows,
      trainRows,
      horizon: test.horizon,
      gaps: summary.gaps,
      season: test.season,
      epochs: history.epoch.length,
      parameters,
      trainingSeconds,
      choices,
      flow: flowJson(report.flow),
      errors: Object.fromEntries(
        errors.rows.map(({ name, values }) => [
          name,
          Object.fromEntries(errors.columns.map((column, c) => [column, values[c]])),
        ]),
      ),
      forecast: { dates: forecast.mean.map((_, i) => axis.label(rows + i)), ...forecast },
      files,
    },
    null,
    2,
  )}\n`;
}

/** The table of errors, what it says in words, the chart, and where the files are; `quiet`: the table only. */
export async function printResult(
  report: ForecastReport,
  files: readonly string[],
  io: Io,
  quiet: boolean,
): Promise<void> {
  const { errors, notes, summary, test, trainRows } = report;
  const colors = pc.createColors(io.color);
  if (quiet) {
    io.out(errorsText(errors, colors));
    return;
  }
  const unit = errors.unit === undefined ? "" : ` (${errors.unit})`;
  const title = `Errors on the last ${plural(summary.rows - trainRows, "row")}, which training never saw${unit}; * is the best of a column`;
  io.out(`\n${heading(title, io.columns, colors.bold)}`);
  io.out(errorsText(errors, colors));
  const verdicts = comparisons(errors).map((comparison) => verdict(comparison, errors.unit));
  io.out(bullets([...verdicts, ...notes], io.columns));
  io.out(`\n${forecastChart(lastForecast(test, summary), io.columns, io.color)}`);
  io.out(flowText(report.flow, io.columns, colors));
  io.out(`\n${wrap(`Wrote ${files.join(", ")}`, io.columns).join("\n")}\n`);
}
