import pc from "picocolors";
import { timeAxis } from "../../calendar/time-axis.js";
import { ConfigError } from "../../errors.js";
import type { BacktestResult, Forecast, PanelForecaster } from "../../forecast/forecaster.js";
import { forecaster } from "../../forecast/forecaster.js";
import type { NamedSeries } from "../../report/summary/series-summary.js";
import { plural } from "../../report/text/numbers.js";
import { byError, type PanelReport, panelErrors, panelFacts } from "../../report/text/panel-report.js";
import { checkInterrupt, type Io } from "../files/io.js";
import { panelSourceOf, withSource } from "../files/model-file.js";
import { writeTogether } from "../files/output.js";
import { naming } from "../files/series-file.js";
import { packageVersion } from "../files/version.js";
import { shownChoices } from "../fitting.js";
import { forecasterOptions } from "../options/model-options.js";
import type { TrainOptions } from "../options/train-options.js";
import { csvText } from "../print/forecast-csv.js";
import { trainingProgress } from "../print/progress.js";
import { bullets, heading } from "../print/text.js";
import { errorsText } from "../print/text-table.js";

/** Steps ahead where nobody says how many. */
const DEFAULT_HORIZON = 12;
/** Origins of the test of each series, at the most: a panel has many series. */
const MOST_ORIGINS = 4;
const LEVELS = [0.1, 0.9];
/** Series that are tested, evenly over the file: each baseline is fitted to each of them, which takes its time. */
const MOST_TESTED = 100;

interface Trained {
  readonly model: PanelForecaster<Record<string, Float64Array>>;
  readonly tests: ReadonlyMap<string, BacktestResult>;
  readonly seconds: number;
}

/** Rows of a series that teach: all but the test's share, and room for the steps ahead. */
const trainRows = (rows: number, { testFraction }: TrainOptions, horizon: number): number =>
  rows - Math.max(horizon, Math.round(rows * testFraction));

/** Rows of a series that teach; one too short to be tested teaches with all it has. */
function taughtRows(rows: number, options: TrainOptions, horizon: number): number {
  const own = trainRows(rows, options, horizon);
  return own < horizon ? rows : own;
}

async function learn(
  panel: Record<string, Float64Array>,
  options: TrainOptions,
  horizon: number,
  io: Io,
  quiet: boolean,
): Promise<Trained> {
  const began = performance.now();
  const progress = await trainingProgress(io, quiet);
  const own = forecasterOptions(options, horizon, null);
  try {
    const known = Object.fromEntries(
      Object.entries(panel).map(([id, values]) => {
        return [id, values.subarray(0, taughtRows(values.length, options, horizon))];
      }),
    );
    const model = await forecaster(own).fit({ panel: known }, { callbacks: [progress], signal: io.signal });
    checkInterrupt(io);
    const tests = new Map<string, BacktestResult>();
    // Series of one length are tested together, since a start is a number of rows.
    const testable = Object.entries(panel).filter(([id, values]) => known[id]!.length < values.length);
    const stride = Math.ceil(testable.length / MOST_TESTED);
    const byLength = new Map<number, [string, Float64Array][]>();
    testable.forEach((entry, i) => {
      if (i % stride !== 0) return;
      const rows = entry[1].length;
      byLength.set(rows, [...(byLength.get(rows) ?? []), entry]);
    });
    for (const [rows, entries] of byLength) {
      const start = trainRows(rows, options, horizon);
      const step = Math.max(1, Math.ceil((rows - horizon - start + 1) / MOST_ORIGINS));
      const part = Object.fromEntries(entries);
      const result = await model.backtest({ panel: part }, { start, horizon, step, signal: io.signal });
      for (const [id, test] of Object.entries(result)) tests.set(id, test);
      checkInterrupt(io);
    }
    return { model, tests, seconds: (performance.now() - began) / 1000 };
  } catch (error) {
    checkInterrupt(io);
    throw error;
  } finally {
    progress.stop();
  }
}

/** `gateflow train` for all series of a file at once: one model, one table of forecasts, one report. */
export async function trainPanel(
  series: readonly NamedSeries[],
  options: TrainOptions,
  io: Io,
): Promise<void> {
  if (options.picture !== undefined) {
    throw new ConfigError("--picture shows one series; choose it with --series <id>.");
  }
  const colors = pc.createColors(io.color);
  const quiet = options.quiet === true || options.json === true;
  const say = quiet ? () => {} : io.out;
  const title = (text: string): void => say(`\n${heading(text, io.columns, colors.bold)}`);
  const [first] = series;
  const { path, target } = first!;
  const horizon = options.horizon ?? DEFAULT_HORIZON;
  const panel = Object.fromEntries(series.map(({ id, values }) => [id!.value, values]));
  title(`Training on ${plural(series.length, "series", "series")} at once`);
  const { model, tests, seconds } = await naming(first!, () => learn(panel, options, horizon, io, quiet));
  const forecasts = (await model.forecast({
    quantiles: LEVELS,
    history: panel,
  })) as Record<string, Forecast>;
  const choices = shownChoices(model.explain());
  const isSilent = model.model === undefined;
  const report: PanelReport = {
    version: await packageVersion(),
    date: new Date(),
    path,
    target,
    idColumn: first!.id!.column,
    horizon,
    name: isSilent ? "autoregressions (LSTM: weight 0)" : "LSTM of all series",
    choices,
    trainingSeconds: seconds,
    series: series.map(({ id, values, dates, times, axis }) => {
      const own = axis ?? timeAxis(values.length, dates, times);
      return {
        id: id!.value,
        values,
        test: tests.get(id!.value),
        forecast: forecasts[id!.value]!,
        label: (row: number) => own.label(row),
      };
    }),
  };
  say(bullets(panelFacts(report), io.columns));
  title("What was chosen, and why");
  say(bullets(choices, io.columns));
  const { renderPanel } = await import("../../report/html/render-panel.js");
  const dated = first!.dates !== undefined;
  const contents = {
    "model.safetensors": withSource(
      await model.save(),
      panelSourceOf(series, options, ({ values }) => taughtRows(values.length, options, horizon), horizon),
    ),
    "forecast.csv": csvText([
      [report.idColumn, dated ? "date" : "row", "forecast", "lower", "upper"],
      ...report.series.flatMap(({ id, values, forecast, label }) =>
        forecast.mean.map((value, h) => [
          id,
          label(values.length + h),
          value,
          forecast.quantiles!["0.1"]![h]!,
          forecast.quantiles!["0.9"]![h]!,
        ]),
      ),
    ]),
    "report.html": renderPanel(report),
  };
  model.dispose();
  checkInterrupt(io);
  const files = await writeTogether(options.out, contents);
  const sorted = byError(report);
  if (options.json === true) {
    io.out(
      JSON.stringify({
        file: path,
        target,
        id: report.idColumn,
        horizon,
        choices,
        errors: sorted.length === 0 ? null : panelErrors(report),
        series: report.series.map(({ id, values, test, forecast }) => ({
          id,
          rows: values.length,
          metrics: test?.metrics ?? null,
          baselines: test?.baselines ?? null,
          forecast,
        })),
        files,
      }),
    );
    return;
  }
  if (sorted.length > 0) {
    title("Errors on the test rows, means over the series");
    say(errorsText(panelErrors(report), colors));
    const shown = (list: typeof sorted): string =>
      list.map(({ id, test }) => `${id} (MASE ${test.metrics.mase!.toFixed(2)})`).join(", ");
    const words = [`worst: ${shown(sorted.slice(0, 3))}`, `best: ${shown(sorted.slice(-3).reverse())}`];
    say(bullets(words, io.columns));
  }
  say(`\n${bullets(files, io.columns)}`);
}
