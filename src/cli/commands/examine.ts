import { sourceName, summaryInParts } from "../../report/summary/series-summary.js";
import { advise, describeSummary } from "../../report/text/describe-summary.js";
import { inSlices } from "../../table/slices.js";
import type { Io } from "../files/io.js";
import { type ColumnOptions, naming, readSeries } from "../files/series-file.js";
import { bullets, factLines } from "../print/text.js";

export interface ExamineOptions extends ColumnOptions {
  readonly json?: boolean;
}

/** `gateflow examine`: what can be said of a series before anything is learnt from it. */
export async function examine(file: string, options: ExamineOptions, io: Io): Promise<void> {
  const series = await readSeries(file, options, undefined, io.signal);
  const summary = await naming(series, () => inSlices(summaryInParts(series), io.signal));
  const advice = advise(summary);
  if (options.json === true) {
    const { series: _, axis, ...numbers } = summary;
    const { kind, step, detail, length, clockChanges, irregular } = axis;
    const { path, target, unit, added = 0, duplicates = 0, notes = [] } = series;
    const from = axis.label(0);
    const to = axis.label(summary.rows - 1);
    io.out(
      `${JSON.stringify({ file: path, id: series.id?.value, target, unit, from, to, axis: { kind, step, detail, length, clockChanges, irregular }, added, duplicates, notes, ...numbers, advice }, null, 2)}\n`,
    );
    return;
  }
  const unit = series.unit === undefined ? "" : ` (${series.unit})`;
  io.out(
    `${sourceName(series)}: ${series.target}${unit}\n\n${factLines(describeSummary(summary, { full: true }), io.columns)}`,
  );
  io.out(
    `\nAdvice\n${bullets(advice.length === 0 ? ["Nothing stands in the way of training."] : advice, io.columns)}`,
  );
}
