import { ConfigError, DataError, GateflowError } from "../../errors.js";
import { type ReadTableOptions, readTable } from "../../node/read-table.js";
import { splitById } from "../../node/split-by-id.js";
import type { Table } from "../../node/table.js";
import { nearest } from "../../options.js";
import { type NamedSeries, sourceName } from "../../report/summary/series-summary.js";
import { plural } from "../../report/text/numbers.js";

export interface ColumnOptions {
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
  const names = await readTable(path, { ...options, columns: [""] }).catch((error: unknown) => {
    if (error instanceof DataError && Array.isArray(error.expected)) return error.expected as string[];
    throw error;
  });
  const known = Array.isArray(names) ? ` Columns of ${path}: ${names.join(", ")}.` : "";
  throw new ConfigError(`--target <column> is missing: say which column to forecast.${known}`);
}

/** One of the file's series. @throws ConfigError listing the ids where it takes a choice; DataError for an unknown id. */
function chooseSeries(table: Table, column: string, wanted: string | undefined): Table {
  const series = splitById(table, column);
  const ids = [...series.keys()];
  const shown = ids.slice(0, IDS_SHOWN).join(", ");
  const list = ids.length > IDS_SHOWN ? `${shown}, … (${ids.length} in all)` : shown;
  if (wanted === undefined) {
    if (ids.length === 1) return table;
    throw new ConfigError(
      `--series <id> is missing: ${table.path} has ${ids.length} series in column ${JSON.stringify(column)}. Choose one of: ${list}.`,
      { expected: ids },
    );
  }
  const chosen = series.get(wanted);
  if (chosen !== undefined) return chosen;
  const near = nearest(wanted, ids);
  const hint = near === undefined ? "" : ` Did you mean ${JSON.stringify(near)}?`;
  throw new DataError(
    `${table.path}, column ${JSON.stringify(column)}: there is no series ${JSON.stringify(wanted)}.${hint} Series: ${list}.`,
    { received: wanted, expected: ids },
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
): Promise<NamedSeries> {
  const { target, date, dataUnit, id } = options;
  if (id === undefined && options.series !== undefined) {
    throw new ConfigError(
      `--series ${options.series}: say which column holds the ids as well, with --id <column>.`,
    );
  }
  const read = { ...(date === undefined ? {} : { date }), ...(id === undefined ? {} : { id }) };
  if (target === undefined) return askForTarget(path, read);
  const file = await naming({ path, target }, () => readTable(path, { ...read, columns: [target] }));
  const table = id === undefined ? file : chooseSeries(file, id, options.series);
  const series: NamedSeries = {
    path,
    target,
    unit: dataUnit,
    values: table.columns[target]!,
    ...(table.dates === undefined ? {} : { dates: table.dates }),
    ...(table.times === undefined ? {} : { times: table.times }),
    ...(id === undefined ? {} : { id: { column: id, value: table.ids![0]! } }),
  };
  if (table.rows < fewest) {
    throw new DataError(
      `${sourceName(series)}: has ${plural(table.rows, "row")}, at least ${fewest} are needed.`,
      {
        received: table.rows,
        expected: fewest,
      },
    );
  }
  return series;
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
      .replaceAll(/`(\w+)`/g, (_, option: string) => flagOf(option));
    const details = { received: error.received, expected: error.expected, cause: error };
    const message = `${series.path}, column ${JSON.stringify(series.target)}: ${text}`;
    if (error instanceof ConfigError) throw new ConfigError(message, details);
    if (error instanceof DataError) throw new DataError(message, details);
    throw error;
  }
}
