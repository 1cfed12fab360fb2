import { FormatError, GateflowError } from "../../errors.js";
import { type Forecaster, loadForecaster } from "../../forecast/forecaster.js";
import { PANEL_KEY } from "../../forecast/panel/panel-persistence.js";
import { readSafetensors, writeSafetensors } from "../../formats/safetensors-file.js";
import { readBytes } from "../../node/model-files.js";
import type { NamedSeries } from "../../report/summary/series-summary.js";
import type { ColumnOptions, ReadingOptions } from "./series-file.js";

/** What was said of how a file is written, for the files after it. */
const READING = [
  "delimiter",
  "decimal",
  "thousands",
  "missing",
  "dateFormat",
  "encoding",
  "skip",
  "comment",
  "wide",
] as const;

/** What of `options` says how a file is written. */
export const readingOf = (options: ReadingOptions): ReadingOptions => ({
  ...Object.fromEntries(
    READING.flatMap((name) => (options[name] === undefined ? [] : [[name, options[name]]])),
  ),
  ...(options.header === false ? { header: false } : {}),
});

/** The key of what the command line keeps in a model file, beside the library's own. */
const KEY = "gateflow.cli";

/** What `gateflow forecast` must know of the file a model was trained on. */
export interface ModelSource {
  readonly target: string;
  readonly date: string | undefined;
  readonly unit: string | undefined;
  /** Which series of the file, where it held several. */
  readonly id?: { readonly column: string; readonly value: string };
  /** Rows of that file, and how many of them, from the first, the model learnt from. */
  readonly rows: number;
  readonly trainRows: number;
  readonly horizon: number;
  /** The rows after `trainRows`, which the model goes on from; gaps are null. */
  readonly tail: readonly (number | null)[];
  /** Dates of the last rows of the file, for the step between them. */
  readonly dates?: readonly string[];
  readonly times?: readonly number[];
  /** How they are written, such as `DD.MM.YYYY`. */
  readonly dateFormat?: string;
  /** How the file was said to be written. */
  readonly reading?: ReadingOptions;
}

/** Enough to tell the step of a series, irregular ones included. */
const DATES_KEPT = 200;

/** @param options what was said of the file, the name of the date column among it. */
export function sourceOf(
  series: NamedSeries,
  options: ColumnOptions,
  trainRows: number,
  horizon: number,
): ModelSource {
  const { values, target, unit, id, dates, times, dateFormat } = series;
  return {
    target,
    date: options.date,
    unit,
    reading: readingOf(options),
    ...(id === undefined ? {} : { id }),
    rows: values.length,
    trainRows,
    horizon,
    tail: Array.from(values.subarray(trainRows), (value) => (Number.isNaN(value) ? null : value)),
    ...(dates === undefined || times === undefined
      ? {}
      : { dates: dates.slice(-DATES_KEPT), times: [...times.slice(-DATES_KEPT)] }),
    ...(dateFormat === undefined ? {} : { dateFormat }),
  };
}

/** The library's bytes with the source among the metadata. */
export function withSource(bytes: Uint8Array, source: ModelSource): Uint8Array {
  const { tensors, metadata } = readSafetensors(bytes);
  return writeSafetensors({ tensors, metadata: { ...metadata, [KEY]: JSON.stringify(source) } });
}

/** @throws DataError for a path that cannot be read; FormatError for what `gateflow train` did not write. */
export async function readModelFile(path: string): Promise<{ forecaster: Forecaster; source: ModelSource }> {
  const bytes = await readBytes(path);
  try {
    const { metadata } = readSafetensors(bytes);
    const source = metadata[KEY];
    if (source === undefined) {
      throw new FormatError(
        metadata[PANEL_KEY] === undefined
          ? "holds no forecaster. Make one with `gateflow train`."
          : "forecasts many series, which `gateflow forecast` does not do; `gateflow train` has written forecast.csv beside it, and a program may use loadForecaster().",
      );
    }
    return { forecaster: await loadForecaster(bytes), source: JSON.parse(source) as ModelSource };
  } catch (error) {
    if (!(error instanceof GateflowError)) throw error;
    throw new FormatError(`${path}: ${error.message}`, { cause: error });
  }
}
