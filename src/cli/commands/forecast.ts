import { writeFileAtomic } from "../../node/atomic-write.js";
import { plural } from "../../report/text/numbers.js";
import type { Io } from "../files/io.js";
import { type ModelSource, readModelFile } from "../files/model-file.js";
import { checkFile } from "../files/output.js";
import { naming, readSeries } from "../files/series-file.js";
import { continuation, predictFuture } from "../future.js";
import type { ForecastOptions } from "../options/forecast-options.js";
import { forecastCsv } from "../print/forecast-csv.js";
import { forecastPanel } from "./forecast-panel.js";

/** The last row a model learnt from, as a person names it. */
const endOf = ({ dates, rows }: ModelSource): string => dates?.at(-1) ?? `row ${rows - 1}`;

/** `gateflow forecast`: goes on from the end of the model's own series, or of newer rows. */
export async function forecast(
  modelPath: string,
  file: string | undefined,
  options: ForecastOptions,
  io: Io,
): Promise<void> {
  if (options.out !== undefined) await checkFile("--out", options.out);
  const model = await readModelFile(modelPath);
  if (model.kind === "panel") return forecastPanel(model.forecaster, model.source, file, options, io);
  const { forecaster, source } = model;
  const { target, date, unit, id, horizon, reading } = source;
  const series =
    file === undefined
      ? undefined
      : await readSeries(
          file,
          {
            ...reading,
            ...options,
            target,
            ...(date === undefined ? {} : { date }),
            ...(id === undefined ? {} : { id: id.column, series: id.value }),
          },
          1,
          io.signal,
        );
  const { history, label, hasDates, holes, newer } = continuation(source, series);
  for (const note of series?.notes ?? []) io.err(`${file}: ${note}\n`);
  if (series !== undefined && newer === 0)
    io.err(`${file}: no row is newer than the model's own; the forecast goes on from ${endOf(source)}\n`);
  if (holes > 0) io.err(`${file}: ${plural(holes, "newer value")} missing, filled as the model fills gaps\n`);
  const future = await naming({ path: file ?? modelPath, target }, () =>
    predictFuture(forecaster, options.horizon ?? horizon, history, io),
  );
  const labels = future.mean.map((_, steps) => label(steps));
  if (options.json === true) {
    io.out(`${JSON.stringify({ target, id: id?.value, unit, dates: labels, ...future }, null, 2)}\n`);
    return;
  }
  const csv = forecastCsv(hasDates ? "date" : "row", labels, future);
  if (options.out === undefined) io.out(csv);
  else {
    await writeFileAtomic(options.out, csv);
    io.out(
      `Wrote ${options.out}: ${plural(future.mean.length, "row")} from ${labels[0]} to ${labels.at(-1)}.\n`,
    );
  }
}
