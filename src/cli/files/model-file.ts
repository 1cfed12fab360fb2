import { FormatError, GateflowError } from "../../errors.js";
import { type Forecaster, loadForecaster, type PanelForecaster } from "../../forecast/forecaster.js";
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

/** What `gateflow forecast` must know of each series of a panel. */
export interface PanelSource {
  readonly target: string;
  readonly date: string | undefined;
  readonly idColumn: string;
  readonly horizon: number;
  readonly reading: ReadingOptions;
  /** Each series as if it had been trained alone. */
  readonly series: readonly ModelSource[];
}

/** Enough to tell the step of a series, irregular ones included. */
const DATES_KEPT = 200;
/** And of each of very many. */
const PANEL_DATES_KEPT = 40;

/** @param options what was said of the file, the name of the date column among it. */
export function sourceOf(
  series: NamedSeries,
  options: ColumnOptions,
  trainRows: number,
  horizon: number,
  kept = DATES_KEPT,
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
      : { dates: dates.slice(-kept), times: [...times.slice(-kept)] }),
    ...(dateFormat === undefined ? {} : { dateFormat }),
  };
}

/** The source of many series of one file. @param trainRows how many rows of each the model learnt from. */
export const panelSourceOf = (
  all: readonly NamedSeries[],
  options: ColumnOptions,
  trainRows: (series: NamedSeries) => number,
  horizon: number,
): PanelSource => ({
  target: all[0]!.target,
  date: options.date,
  idColumn: all[0]!.id!.column,
  horizon,
  reading: readingOf(options),
  series: all.map((own) => sourceOf(own, options, trainRows(own), horizon, PANEL_DATES_KEPT)),
});

/** The library's bytes with the source among the metadata. */
export function withSource(bytes: Uint8Array, source: ModelSource | PanelSource): Uint8Array {
  const { tensors, metadata } = readSafetensors(bytes);
  return writeSafetensors({ tensors, metadata: { ...metadata, [KEY]: JSON.stringify(source) } });
}

/** A panel as the command line makes it: series by name, of one column each. */
export type LoadedPanel = PanelForecaster<Record<string, Float64Array>>;

/** @throws DataError for a path that cannot be read; FormatError for what `gateflow train` did not write. */
export async function readModelFile(
  path: string,
): Promise<
  | { readonly kind: "one"; readonly forecaster: Forecaster; readonly source: ModelSource }
  | { readonly kind: "panel"; readonly forecaster: LoadedPanel; readonly source: PanelSource }
> {
  const bytes = await readBytes(path);
  try {
    const { metadata } = readSafetensors(bytes);
    const source = metadata[KEY];
    const isPanel = metadata[PANEL_KEY] !== undefined;
    if (source === undefined) {
      throw new FormatError(
        isPanel
          ? "was not written by `gateflow train`, so nothing says which file its series are of; a program may use loadForecaster()."
          : "holds no forecaster. Make one with `gateflow train`.",
      );
    }
    const forecaster: unknown = loadForecaster(bytes);
    return isPanel
      ? { kind: "panel", forecaster: forecaster as LoadedPanel, source: JSON.parse(source) as PanelSource }
      : { kind: "one", forecaster: forecaster as Forecaster, source: JSON.parse(source) as ModelSource };
  } catch (error) {
    if (!(error instanceof GateflowError)) throw error;
    throw new FormatError(`${path}: ${error.message}`, { cause: error });
  }
}
