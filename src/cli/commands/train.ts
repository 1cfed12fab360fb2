import pc from "picocolors";
import { ConfigError } from "../../errors.js";
import { MOST_FITTED } from "../../forecast/backtest.js";
import { MOST_ROWS } from "../../forecast/fit.js";
import type { BacktestOptions, Forecaster } from "../../forecast/forecaster.js";
import { writeFileAtomic } from "../../node/atomic-write.js";
import { sourceName, summaryInParts } from "../../report/summary/series-summary.js";
import type { TestForecasts } from "../../report/summary/test-forecasts.js";
import { errorTable } from "../../report/summary/test-forecasts.js";
import { describeSummary } from "../../report/text/describe-summary.js";
import type { ForecastReport } from "../../report/text/forecast-report.js";
import { plural, wholeNumber } from "../../report/text/numbers.js";
import { inSlices } from "../../table/slices.js";
import { checkInterrupt, type Io } from "../files/io.js";
import { sourceOf, withSource } from "../files/model-file.js";
import { checkFile, checkFolder, checkPlaces, writeTogether } from "../files/output.js";
import { naming, readAllSeries, readSeries } from "../files/series-file.js";
import { packageVersion } from "../files/version.js";
import { choicesOf, fitForecaster, modelName, modelNote, seasonOf } from "../fitting.js";
import { predictFuture, testCoverage } from "../future.js";
import { forecasterOptions } from "../options/model-options.js";
import type { TrainOptions } from "../options/train-options.js";
import { forecastCsv } from "../print/forecast-csv.js";
import { bullets, factLines, heading } from "../print/text.js";
import { printResult, resultJson } from "../print/train-output.js";
import { judgedRows } from "../test-rows.js";
import { trainPanel } from "./train-panel.js";

/** Where no season says how far ahead is worth looking. */
const DEFAULT_HORIZON = 12;
const LONGEST_DEFAULT_HORIZON = 52;
/** A test with fewer forecasts over the whole horizon says little. */
const FEWEST_ORIGINS = 4;

interface Split {
  readonly trainRows: number;
  readonly horizon: number;
}

/** @throws ConfigError when too few rows are left for the test. */
function splitOf(rows: number, options: TrainOptions, season: number | null): Split {
  const testRows = Math.round(rows * options.testFraction);
  const longest = testRows - FEWEST_ORIGINS + 1;
  const wanted = options.horizon ?? Math.min(LONGEST_DEFAULT_HORIZON, season ?? DEFAULT_HORIZON);
  const horizon = options.horizon ?? Math.max(1, Math.min(wanted, Math.floor(testRows / 2)));
  if (horizon > longest) {
    throw new ConfigError(
      `--horizon ${horizon}: the test has ${plural(testRows, "row")} (--test-fraction ${options.testFraction}), which allow at most ${Math.max(0, longest)}.`,
    );
  }
  return { trainRows: rows - testRows, horizon };
}

async function testForecasts(
  model: Forecaster,
  values: Float64Array,
  { trainRows, horizon }: Split,
  io: Io,
): Promise<TestForecasts> {
  const { near: last, step } = judgedRows(values.length, trainRows);
  const backtest = async (options: BacktestOptions) => {
    try {
      return await model.backtest(values, { signal: io.signal, ...options });
    } finally {
      // What was stopped complains; why it was stopped is known here.
      checkInterrupt(io);
    }
  };
  const near = await backtest({ start: last, horizon: 1 });
  return {
    name: modelName(model),
    near,
    far: horizon === 1 ? near : await backtest({ start: trainRows, horizon, step }),
    horizon,
    season: seasonOf(model),
  };
}

/** What a reader must know of the baselines of a long series. */
const baselineNote = (rows: number): string[] =>
  rows <= MOST_FITTED
    ? []
    : [
        `Holt-Winters and theta are fitted to the ${wholeNumber(MOST_FITTED)} rows before the first forecast.`,
      ];

/** `gateflow train`: look, learn, test, forecast, write. Nothing is written before everything is computed. */
export async function train(file: string, options: TrainOptions, io: Io): Promise<void> {
  await checkFolder("--out", options.out);
  await checkPlaces(options.out, ["model.safetensors", "forecast.csv", "report.html"]);
  if (options.picture !== undefined) await checkFile("--picture", options.picture);
  const colors = pc.createColors(io.color);
  const quiet = options.quiet === true || options.json === true;
  const say = quiet ? () => {} : io.out;
  const title = (text: string): void => say(`\n${heading(text, io.columns, colors.bold)}`);

  if (options.id !== undefined && options.series === undefined) {
    const all = await readAllSeries(file, options, io.signal);
    if (all.length > 1) return trainPanel(all, options, io);
  }
  const series = await readSeries(file, options, undefined, io.signal);
  const { values } = series;
  const unit = series.unit === undefined ? "" : ` (${series.unit})`;
  const summary = await naming(series, () => inSlices(summaryInParts(series), io.signal));
  say(colors.bold(`${sourceName(series)}: ${series.target}${unit}\n`));
  say(factLines(describeSummary(summary, { full: false }), io.columns));

  const season = options.season === 1 ? null : (options.season ?? summary.seasonality.season);
  const split = splitOf(summary.rows, options, season);
  const { trainRows, horizon } = split;
  const testRows = summary.rows - trainRows;
  const taught = Math.min(trainRows, MOST_ROWS);
  const { near, step } = judgedRows(summary.rows, trainRows);
  const judged = [
    ...(near > trainRows ? [`the last ${wholeNumber(summary.rows - near)} are forecast one step ahead`] : []),
    ...(step > 1 && horizon > 1
      ? [`one row in ${step} begins a forecast over ${plural(horizon, "step")}`]
      : []),
  ];
  title(
    `Training on ${taught < trainRows ? `the last ${wholeNumber(taught)} of ` : ""}the first ${plural(trainRows, "row")}; the last ${wholeNumber(testRows)} are kept for the test${judged.length === 0 ? "" : `: ${judged.join(", ")}`}`,
  );
  const { model, seconds, flow } = await naming(series, () =>
    fitForecaster(
      values.subarray(0, trainRows),
      forecasterOptions(options, horizon, season, summary.seasonCandidates),
      io,
      quiet,
    ),
  );
  const choices = choicesOf(model);
  title("What was chosen, and why");
  say(bullets(choices, io.columns));

  const test = await naming(series, () => testForecasts(model, values, split, io));
  const errors = errorTable(test, series.unit);
  const forecast = await naming(series, () => predictFuture(model, horizon, values.subarray(trainRows), io));
  const coverage = await naming(series, () => testCoverage(model, test, values, trainRows, io));
  checkInterrupt(io);
  const report: ForecastReport = {
    version: await packageVersion(),
    date: new Date(),
    summary,
    trainRows,
    choices,
    notes: [...modelNote(model), ...baselineNote(trainRows)],
    history: model.history!,
    flow,
    test,
    errors,
    forecast,
    coverage,
    parameters: model.model!.countParams(),
    trainingSeconds: seconds,
  };
  const { renderPicture, renderReport } = await import("../../report/html/render.js");
  const labels = forecast.mean.map((_, i) => summary.axis.label(summary.rows + i));
  const contents = {
    "model.safetensors": withSource(await model.save(), sourceOf(series, options, trainRows, horizon)),
    "forecast.csv": forecastCsv(summary.axis.kind === "index" ? "row" : "date", labels, forecast),
    "report.html": renderReport(report),
  };
  const picture = options.picture === undefined ? undefined : renderPicture(report);
  checkInterrupt(io);
  const files = await writeTogether(options.out, contents);
  if (options.picture !== undefined && picture !== undefined) {
    await writeFileAtomic(options.picture, picture);
    files.push(options.picture);
  }
  model.dispose();

  if (options.json === true) io.out(resultJson(report, files));
  else await printResult(report, files, io, quiet);
}
