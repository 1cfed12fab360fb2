import { DataError } from "../../errors.js";
import type { Forecast } from "../../forecast/forecaster.js";
import { writeFileAtomic } from "../../node/atomic-write.js";
import { plural } from "../../report/text/numbers.js";
import { firstNonFinite } from "../../tensor.js";
import type { Io } from "../files/io.js";
import type { LoadedPanel, PanelSource } from "../files/model-file.js";
import { naming, readAllSeries } from "../files/series-file.js";
import { type Continuation, continuation } from "../future.js";
import type { ForecastOptions } from "../options/forecast-options.js";
import { csvText } from "../print/forecast-csv.js";

const [LOWER, UPPER] = ["0.1", "0.9"];

/** One series to forecast: what the model is to go on from, and how its steps are called. */
interface Asked extends Pick<Continuation, "history" | "label" | "hasDates"> {
  readonly id: string;
}

/** Every series of the model, or those of a file: known ones go on from their newer rows, others stand for themselves. */
async function seriesAsked(
  source: PanelSource,
  file: string | undefined,
  options: ForecastOptions,
  io: Io,
): Promise<Asked[]> {
  const known = new Map(source.series.map((own) => [own.id!.value, own]));
  if (file === undefined)
    return source.series.map((own) => ({ id: own.id!.value, ...continuation(own, undefined) }));
  const { target, date, idColumn, reading } = source;
  const own = { ...reading, ...options, target, ...(date === undefined ? {} : { date }), id: idColumn };
  const all = await readAllSeries(file, own, io.signal);
  for (const note of all[0]?.notes ?? []) io.err(`${file}: ${note}\n`);
  let holes = 0;
  let unchanged = 0;
  const asked = all.map((series): Asked => {
    const id = series.id!.value;
    const learnt = known.get(id);
    if (learnt !== undefined) {
      const next = continuation(learnt, series);
      holes += next.holes;
      if (next.newer === 0) unchanged++;
      return { id, ...next };
    }
    const { values, axis, dates } = series;
    io.err(`${file}: ${idColumn} ${id} is new to the model; its forecast is made from its own rows\n`);
    return {
      id,
      history: values,
      hasDates: dates !== undefined,
      label: (steps) => axis?.label(values.length + steps) ?? String(values.length + steps),
    };
  });
  if (unchanged > 0)
    io.err(
      `${file}: ${plural(unchanged, "series", "series")} without a row newer than the model's own; their forecasts go on from its end\n`,
    );
  if (holes > 0) io.err(`${file}: ${plural(holes, "newer value")} missing, filled as the model fills gaps\n`);
  return asked;
}

/** `gateflow forecast` with a model of many series: one table in long form. */
export async function forecastPanel(
  forecaster: LoadedPanel,
  source: PanelSource,
  file: string | undefined,
  options: ForecastOptions,
  io: Io,
): Promise<void> {
  const { target, idColumn } = source;
  const horizon = options.horizon ?? source.horizon;
  const asked = await seriesAsked(source, file, options, io);
  const forecasts = await naming({ path: file ?? "the model", target }, async () => {
    const quantiles = [0.1, 0.9];
    const newer = asked.filter(({ history }) => history.length > 0);
    const history = Object.fromEntries(newer.map((own) => [own.id, own.history]));
    const found: Record<string, Forecast> =
      newer.length === 0 ? {} : await forecaster.forecast({ horizon, quantiles, history });
    // Series without a row after those learnt go on from where they were.
    if (newer.length === asked.length) return found;
    return { ...(await forecaster.forecast({ horizon, quantiles })), ...found };
  });
  forecaster.dispose();
  const rows = asked.flatMap(({ id, label }) => {
    const { mean, quantiles } = forecasts[id]!;
    const broken = firstNonFinite(mean);
    if (broken >= 0)
      throw new DataError(`the forecast of ${idColumn} ${id} breaks ${broken + 1} steps ahead.`, {
        received: "NaN or Infinity",
        expected: "finite numbers",
      });
    return mean.map((value, h) => ({
      id,
      date: label(h),
      forecast: value,
      lower: quantiles![LOWER!]![h]!,
      upper: quantiles![UPPER!]![h]!,
    }));
  });
  if (options.json === true) {
    io.out(`${JSON.stringify({ target, id: idColumn, horizon, rows }, null, 2)}\n`);
    return;
  }
  const csv = csvText([
    [idColumn, asked[0]?.hasDates === true ? "date" : "row", "forecast", "lower", "upper"],
    ...rows.map(({ id, date, forecast, lower, upper }) => [id, date, forecast, lower, upper]),
  ]);
  if (options.out === undefined) io.out(csv);
  else {
    await writeFileAtomic(options.out, csv);
    io.out(
      `Wrote ${options.out}: ${plural(rows.length, "row")} of ${plural(asked.length, "series", "series")}.\n`,
    );
  }
}
