import pc from "picocolors";
import { ConfigError } from "../../errors.js";
import type { BacktestResult } from "../../forecast/forecaster.js";
import { writeFileAtomic } from "../../node/atomic-write.js";
import {
  type NamedSeries,
  type SeriesSummary,
  sourceName,
  summaryInParts,
} from "../../report/summary/series-summary.js";
import { errorTable } from "../../report/summary/test-forecasts.js";
import { plural } from "../../report/text/numbers.js";
import { inSlices } from "../../table/slices.js";
import { checkInterrupt, type Io } from "../files/io.js";
import { checkFile } from "../files/output.js";
import { type ColumnOptions, naming, readSeries } from "../files/series-file.js";
import { fitForecaster, modelName, modelNote, seasonOf } from "../fitting.js";
import { forecasterOptions, type ModelOptions } from "../options/model-options.js";
import { csvText } from "../print/forecast-csv.js";
import { bullets, wrap } from "../print/text.js";
import { errorsText } from "../print/text-table.js";

export interface BacktestOptions extends ColumnOptions, ModelOptions {
  readonly start?: string;
  readonly horizon: number;
  readonly step: number;
  readonly refit?: boolean;
  readonly out?: string;
  readonly quiet?: boolean;
  readonly json?: boolean;
}

/** A row by its number or its date. @throws ConfigError when there is no such row to forecast. */
function startRow(text: string | undefined, { dates, values, path }: NamedSeries): number {
  if (text === undefined) {
    throw new ConfigError("--start <row or date> is missing: say which row is to be forecast first.");
  }
  const dated = dates?.indexOf(text) ?? -1;
  const row = dated >= 0 ? dated : /^\d+$/.test(text.trim()) ? Number(text) : Number.NaN;
  if (Number.isNaN(row)) {
    const last = dates === undefined ? "" : ` or a date of the file, ${dates[0]} to ${dates.at(-1)}`;
    throw new ConfigError(`--start ${text}: expected the number of a row${last}.`, { received: text });
  }
  if (row < 1 || row >= values.length) {
    throw new ConfigError(
      `--start ${text}: ${path} has the rows 0 to ${values.length - 1}, and at least one must come before.`,
      { received: text },
    );
  }
  return row;
}

function everyForecast({ origins, predictions, actuals }: BacktestResult, { axis }: SeriesSummary): string {
  const rows = origins.flatMap((origin, i) =>
    predictions[i]!.map((predicted, h) => {
      const actual = actuals[i]![h]!;
      return [
        axis.label(origin),
        h + 1,
        axis.label(origin + h),
        Number.isNaN(actual) ? "" : actual,
        predicted,
      ];
    }),
  );
  return csvText([["origin", "step", "date", "actual", "forecast"], ...rows]);
}

/** `gateflow backtest`: forecasts from one origin after the other, each from what was known then. */
export async function backtest(file: string, options: BacktestOptions, io: Io): Promise<void> {
  if (options.out !== undefined) await checkFile("--out", options.out);
  const quiet = options.quiet === true || options.json === true;
  const series = await readSeries(file, options, undefined, io.signal);
  const start = startRow(options.start, series);
  const summary = await naming(series, () => inSlices(summaryInParts(series), io.signal));
  const { horizon, step } = options;
  if (start + horizon > summary.rows) {
    throw new ConfigError(
      `--horizon ${horizon}: from row ${start} on, ${file} has only ${plural(summary.rows - start, "row")}.`,
    );
  }
  const { model } = await naming(series, () =>
    fitForecaster(
      series.values.subarray(0, start),
      forecasterOptions(options, horizon, summary.seasonality.season, summary.seasonCandidates),
      io,
      quiet,
    ),
  );
  const result = await naming(series, () =>
    model.backtest(series.values, { start, horizon, step, refit: options.refit === true, signal: io.signal }),
  );
  checkInterrupt(io);
  const errors = errorTable(
    { name: modelName(model), near: result, far: result, horizon, season: seasonOf(model) },
    series.unit,
  );
  if (options.out !== undefined) await writeFileAtomic(options.out, everyForecast(result, summary));
  const notes = modelNote(model);
  model.dispose();
  if (options.json === true) {
    const { origins, predictions, actuals, metrics, baselines } = result;
    io.out(
      `${JSON.stringify({ file, id: series.id?.value, start, horizon, step, origins, predictions, actuals, metrics, baselines }, null, 2)}\n`,
    );
    return;
  }
  const unit = series.unit === undefined ? "" : ` (${series.unit})`;
  if (!quiet) {
    const title = `${sourceName(series)}: ${plural(result.origins.length, "forecast")} of ${plural(horizon, "step")}, from ${summary.axis.label(start)} on${unit}; * is the best of a column`;
    io.out(`${wrap(title, io.columns).join("\n")}\n`);
  }
  io.out(errorsText(errors, pc.createColors(io.color)));
  if (!quiet) io.out(bullets(notes, io.columns));
  if (options.out !== undefined && !quiet) io.out(`Wrote ${options.out}\n`);
}
