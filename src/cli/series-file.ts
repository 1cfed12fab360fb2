import { ConfigError, DataError, GateflowError } from "../errors.js";
import { readCsv } from "../node/csv.js";
import type { NamedSeries } from "../node/report/series-summary.js";

export interface ColumnOptions {
  /** Asked for where it is missing: an unknown option is to be named first. */
  readonly target?: string;
  readonly date?: string;
  /** The data's unit, such as `ppm`; for tables and charts only. */
  readonly dataUnit?: string;
}

/** Fewer rows cannot be described, let alone split. */
const FEWEST = 8;

/** What `--target` could have been, where the file can be read. @throws ConfigError, always; DataError for its path. */
async function askForTarget(path: string): Promise<never> {
  // No column has an empty name; the complaint brings the names there are.
  const names = await readCsv(path, { columns: [""] }).catch((error: unknown) => {
    if (error instanceof DataError && Array.isArray(error.expected)) return error.expected as string[];
    throw error;
  });
  const known = Array.isArray(names) ? ` Columns of ${path}: ${names.join(", ")}.` : "";
  throw new ConfigError(`--target <column> is missing: say which column to forecast.${known}`);
}

/**
 * One column of a CSV file, its gaps NaN, and its dates.
 * @throws DataError in one line with file, line, column and cell.
 */
export async function readSeries(
  path: string,
  options: ColumnOptions,
  fewest = FEWEST,
): Promise<NamedSeries> {
  const { target, date, dataUnit } = options;
  if (target === undefined) return askForTarget(path);
  const table = await readCsv(path, { columns: [target], ...(date === undefined ? {} : { date }) });
  if (table.rows < fewest) {
    throw new DataError(`${path}: has ${table.rows} rows, at least ${fewest} are needed.`, {
      received: table.rows,
      expected: fewest,
    });
  }
  return {
    path,
    target,
    unit: dataUnit,
    values: table.columns[target]!,
    ...(table.dates === undefined ? {} : { dates: table.dates }),
    ...(table.times === undefined ? {} : { times: table.times }),
  };
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
