import type { BacktestResult, Forecast } from "../../forecast/types.js";
import type { ErrorTable } from "../summary/error-table.js";

/** One series of a panel: how its test went and what comes next. */
export interface PanelSeriesReport {
  readonly id: string;
  readonly values: Float64Array;
  /** Undefined where it was not tested: too short, or one of very many. */
  readonly test: BacktestResult | undefined;
  readonly forecast: Forecast;
  /** The date, or the number of the row. */
  readonly label: (row: number) => string;
}

/** What `gateflow train` found for many series at once. */
export interface PanelReport {
  readonly version: string;
  readonly date: Date;
  readonly path: string;
  readonly target: string;
  readonly idColumn: string;
  readonly horizon: number;
  readonly name: string;
  readonly choices: readonly string[];
  readonly series: readonly PanelSeriesReport[];
  readonly trainingSeconds: number;
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/** The series that were tested, the worst MASE first. */
export const byError = ({ series }: PanelReport): (PanelSeriesReport & { readonly test: BacktestResult })[] =>
  series
    .filter((own): own is PanelSeriesReport & { readonly test: BacktestResult } => own.test !== undefined)
    .sort((a, b) => b.test.metrics.mase! - a.test.metrics.mase!);

/** Means over the series of MASE and sMAPE, which have no unit. */
export function panelErrors(report: PanelReport): ErrorTable {
  const tested = byError(report);
  const names = Object.keys(tested[0]?.test.baselines ?? {});
  const errorsOf = (name: string | null): Record<string, number>[] =>
    tested.map(({ test }) => (name === null ? test.metrics : test.baselines[name]!));
  const rows = [
    { name: report.name, errors: errorsOf(null) },
    ...names.map((name) => ({ name, errors: errorsOf(name) })),
  ];
  return {
    columns: [`MASE, 1 to ${report.horizon} steps ahead`, "sMAPE, %"],
    unit: undefined,
    rows: rows.map(({ name, errors }) => ({
      name,
      values: [mean(errors.map(({ mase }) => mase!)), mean(errors.map(({ smape }) => smape!))],
    })),
  };
}

/** What is in the file, one sentence each. */
export function panelFacts({ series, target, idColumn, path }: PanelReport): string[] {
  const lengths = series.map(({ values }) => values.length);
  const gaps = series.reduce((sum, { values }) => sum + values.filter(Number.isNaN).length, 0);
  return [
    `${path}: ${target} of ${series.length} series in column ${idColumn}, ${Math.min(...lengths)} to ${Math.max(...lengths)} rows each, ${gaps} gaps in all.`,
    `${series.filter(({ test }) => test !== undefined).length} of them are tested on their last rows; all are forecast.`,
  ];
}
