import type { NamedLayout } from "../../calendar/layout-named.js";
import { timeAxisInParts } from "../../calendar/time-axis.js";
import { ConfigError, DataError, GateflowError } from "../../errors.js";
import { type ReadTableOptions, readTableWhole } from "../../node/read-table.js";
import { splitById } from "../../node/split-by-id.js";
import { type NamedSeries, sourceName } from "../../report/summary/series-summary.js";
import { plural } from "../../report/text/numbers.js";
import { inSlices } from "../../table/slices.js";
import type { ReadTable } from "../../table/table.js";

/** How the file is written, where it is not to be guessed. */
export interface ReadingOptions {
  readonly delimiter?: string;
  readonly decimal?: string;
  readonly thousands?: string;
  readonly missing?: readonly string[];
  readonly dateFormat?: string;
  readonly encoding?: string;
  readonly skip?: number;
  readonly comment?: string;
  /** `--no-header` makes it false. */
  readonly header?: boolean;
  readonly wide?: boolean;
}

export interface ColumnOptions extends ReadingOptions {
  /** Asked for where it is missing: an unknown option is to be named first. */
  readonly target?: string;
  readonly date?: string;
  /** The data's unit, such as `ppm`; for tables and charts only. */
  readonly dataUnit?: string;
  /** The column that tells the file's series apart, and which of them is meant. */
  readonly id?: string;
  readonly series?: string;
}

/** Fewer rows cannot be described, let alone split. */
const FEWEST = 8;
/** More ids than these are counted, not listed. */
const IDS_SHOWN = 8;

/** What `--target` could have been, where the file can be read. @throws ConfigError, always; DataError for its path. */
async function askForTarget(path: string, options: ReadTableOptions): Promise<never> {
  // No column has an empty name; the complaint brings the names there are.
  const names = await readTableWhole(path, { ...options, columns: [""] }).catch((error: unknown) => {
    if (error instanceof DataError && Array.isArray(error.expected)) return error.expected as string[];
    throw error;
  });
  const known = Array.isArray(names) ? ` Columns of ${path}: ${names.join(", ")}.` : "";
  throw new ConfigError(`--target <column> is missing: say which column to forecast.${known}`);
}

/** The file's series. @throws ConfigError listing the ids where it takes a choice. */
function chooseSeries(table: ReadTable, column: string, wanted: string | undefined): ReadTable {
  if (wanted !== undefined) return table;
  const ids = [...splitById(table, column).keys()];
  if (ids.length === 1) return table;
  const shown = ids.slice(0, IDS_SHOWN).join(", ");
  const list = ids.length > IDS_SHOWN ? `${shown}, … (${ids.length} in all)` : shown;
  throw new ConfigError(
    `--series <id> is missing: ${table.path} has ${ids.length} series in column ${JSON.stringify(column)}. Choose one of: ${list}.`,
    { expected: ids },
  );
}

interface OpenFile {
  readonly file: ReadTable;
  readonly target: string;
}

/** The table, with the column to forecast. @throws ConfigError where the options leave a choice; DataError for the file. */
async function openFile(path: string, options: ColumnOptions, signal?: AbortSignal): Promise<OpenFile> {
  const read = { ...readOptions(options), ...(signal === undefined ? {} : { signal }) };
  // A wide table has one column of values, whose name nobody needs to know.
  const target = options.target ?? (options.wide === true ? "value" : undefined);
  if (options.id === undefined && options.series !== undefined && options.wide !== true) {
    throw new ConfigError(
      `--series ${options.series}: say which column holds the ids as well, with --id <column>.`,
    );
  }
  if (target === undefined) return askForTarget(path, read);
  return {
    target,
    file: await naming({ path, target }, () => readTableWhole(path, { ...read, columns: [target] })),
  };
}

/** One series of a file, rows it leaves out put in as gaps. */
function* seriesOf(
  { file, target }: OpenFile,
  table: ReadTable,
  path: string,
  unit: string | undefined,
): Generator<void, NamedSeries, void> {
  const { id } = file;
  return yield* withMissingRows(
    {
      path,
      target,
      unit,
      values: table.columns[target]!,
      ...(table.dates === undefined ? {} : { dates: table.dates }),
      ...(table.times === undefined ? {} : { times: table.times }),
      ...(table.dateFormat === undefined ? {} : { dateFormat: table.dateFormat }),
      ...(id === undefined ? {} : { id: { column: id, value: table.ids![0]! } }),
      duplicates: file.duplicates,
      notes: file.notes,
    },
    table,
  );
}

/**
 * One column of a table in a file (CSV, JSON lines or Parquet), its gaps NaN, and its dates; of several series in the
 * file, one.
 * @throws DataError in one line with file, line, column and cell; ConfigError where several series leave a choice.
 */
export async function readSeries(
  path: string,
  options: ColumnOptions,
  fewest = FEWEST,
  signal?: AbortSignal,
): Promise<NamedSeries> {
  const open = await openFile(path, options, signal);
  const { id } = open.file;
  const table = id === undefined ? open.file : chooseSeries(open.file, id, options.series);
  const whole = await inSlices(seriesOf(open, table, path, options.dataUnit), signal);
  if (table.rows >= fewest) return whole;
  throw new DataError(
    `${sourceName(whole)}: has ${plural(table.rows, "row")}, at least ${fewest} are needed.`,
    {
      received: table.rows,
      expected: fewest,
    },
  );
}

/**
 * Every series of a file that the id column tells apart, in order of first appearance.
 * @throws as {@link readSeries}.
 */
export async function readAllSeries(
  path: string,
  options: ColumnOptions,
  signal?: AbortSignal,
): Promise<NamedSeries[]> {
  const open = await openFile(path, options, signal);
  const { id } = open.file;
  const tables = id === undefined ? [open.file] : [...splitById(open.file, id).values()];
  const all: NamedSeries[] = [];
  for (const table of tables) all.push(await inSlices(seriesOf(open, table, path, options.dataUnit), signal));
  return all;
}

/** The library's words for what the command line says of a file. */
function readOptions(options: ColumnOptions): ReadTableOptions {
  const {
    date,
    id,
    delimiter,
    decimal,
    thousands,
    missing,
    dateFormat,
    encoding,
    skip,
    comment,
    header,
    wide,
    series,
  } = options;
  return {
    ...(date === undefined ? {} : { date: date === "none" ? (false as const) : date }),
    ...(id === undefined ? {} : { id }),
    ...(series === undefined ? {} : { series }),
    ...(delimiter === undefined ? {} : { delimiter }),
    ...(decimal === undefined ? {} : { decimal }),
    ...(thousands === undefined ? {} : { thousands }),
    ...(missing === undefined ? {} : { missing }),
    ...(dateFormat === undefined ? {} : { dateFormat }),
    ...(encoding === undefined ? {} : { encoding }),
    ...(skip === undefined ? {} : { skip }),
    ...(comment === undefined ? {} : { comment }),
    // Commander makes `header: true` of an option that only switches it off.
    ...(header === false ? { header } : {}),
    ...(wide === true ? { wide } : {}),
  };
}

/** A file may leave rows out; more than this beside those it has is no file of that step. */
const LONGEST_SERIES = 2e7;

/** Rows the file leaves out become gaps, where the step is known. */
function* withMissingRows(series: NamedSeries, { read }: ReadTable): Generator<void, NamedSeries, void> {
  const { dates, times, values } = series;
  const axis = yield* timeAxisInParts(values.length, dates, times, {
    read: read?.times === times ? read : undefined,
    named: orderHint(series.dateFormat),
  });
  const { places } = axis;
  const length = places === undefined ? values.length : places.at(-1)! + 1;
  if (places === undefined || dates === undefined || length === values.length || length > LONGEST_SERIES)
    return { ...series, axis };
  const wider = new Float64Array(length).fill(Number.NaN);
  const moments = new Float64Array(length);
  const texts = new Array<string>(length);
  places.forEach((place, row) => {
    wider[place] = values[row]!;
    moments[place] = times![row]!;
    texts[place] = dates[row]!;
  });
  for (let place = 0; place < length; place++) {
    if (texts[place] !== undefined) continue;
    const { time, label } = axis.at(place);
    moments[place] = time;
    texts[place] = label;
  }
  const rowsBefore = values.length;
  return {
    ...series,
    values: wider,
    dates: texts,
    times: moments,
    added: length - rowsBefore,
    axis: {
      ...axis,
      irregular: [],
      label: (row) => texts[row] ?? axis.label(row - length + rowsBefore),
      position: (row) => moments[row] ?? axis.position(row - length + rowsBefore),
    },
  };
}

/** Which of day and month comes first, as a file's own format has it. */
export function orderHint(format: string | undefined): NamedLayout | undefined {
  if (format === undefined) return undefined;
  const order = format
    .replaceAll(/\[[^\]]*\]/g, "")
    .replaceAll(/[^YMD]/g, "")
    .replaceAll(/(.)\1+/g, "$1");
  return /^(?:DMY|MDY|YMD)$/.test(order) ? { order } : undefined;
}

/** The command line's word for an option of the library. */
const flagOf = (option: string): string =>
  `--${option.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;

/**
 * Runs something on a series; a complaint that does not name the file gets its name, and options their dashes:
 * `forecaster(): \`window\` is …` becomes `co2.csv, column "value": --window is …`.
 */
export async function naming<T>(
  series: Pick<NamedSeries, "path" | "target">,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof GateflowError) || error.message.startsWith(series.path)) throw error;
    const text = error.message
      .replace(/^[\w.]+\(\)(?: \w+)?: /, "")
      // The library calls a series without names so; what it is called here stands before.
      .replace(/^column "value" /, "")
      .replaceAll(/`(\w+)`/g, (_, option: string) => flagOf(option));
    const details = { received: error.received, expected: error.expected, cause: error };
    const message = `${series.path}, column ${JSON.stringify(series.target)}: ${text}`;
    if (error instanceof ConfigError) throw new ConfigError(message, details);
    if (error instanceof DataError) throw new DataError(message, details);
    throw error;
  }
}
