import type { TrainingFlow } from "../../inspect/training-flow.js";
import type { History } from "../../model/events.js";
import type { ErrorTable } from "../summary/error-table.js";
import type { Coverage } from "../summary/interval-coverage.js";
import type { SeriesSummary } from "../summary/series-summary.js";
import type { TestForecasts } from "../summary/test-forecasts.js";
import { wholeNumber } from "./numbers.js";

/** Values for the rows after the series' end; bounds where the model gives intervals. */
export interface FutureForecast {
  readonly mean: readonly number[];
  readonly lower?: readonly number[];
  readonly upper?: readonly number[];
  /** What the bounds hold, such as `80 % interval`. */
  readonly interval?: string;
}

/** Everything a report shows. */
export interface ForecastReport {
  readonly version: string;
  /** When the model was trained. */
  readonly date: Date;
  readonly summary: SeriesSummary;
  /** Rows training and validation saw; the test begins after them. */
  readonly trainRows: number;
  /** What was done about what was found, one sentence each. */
  readonly choices: readonly string[];
  /** What the table needs said below it. */
  readonly notes: readonly string[];
  readonly history: History;
  /** How the gradient flowed in the network; left out where nothing was recorded. */
  readonly flow?: TrainingFlow | undefined;
  readonly test: TestForecasts;
  readonly errors: ErrorTable;
  readonly forecast: FutureForecast;
  /** How often intervals held what came in the test, at several levels; left out where the model has none. */
  readonly coverage?: readonly Coverage[];
  /** Weights of the model. */
  readonly parameters: number;
  readonly trainingSeconds: number;
}

/** How the model under test compares with the best baseline in one column of the errors. */
export interface Comparison {
  readonly column: string;
  readonly name: string;
  readonly model: number;
  readonly baseline: string;
  readonly baselineError: number;
}

/** One comparison for each column of RMSE; those without numbers are left out. */
export function comparisons({ columns, rows }: ErrorTable): Comparison[] {
  const [model, ...baselines] = rows;
  if (model === undefined || baselines.length === 0) return [];
  return columns.flatMap((column, c) => {
    const best = baselines.reduce((a, b) => (b.values[c]! < a.values[c]! ? b : a));
    const comparison = {
      column,
      name: model.name,
      model: model.values[c]!,
      baseline: best.name,
      baselineError: best.values[c]!,
    };
    const counts =
      column.startsWith("RMSE") && Number.isFinite(comparison.model) && comparison.baselineError > 0;
    return counts ? [comparison] : [];
  });
}

/** The comparison in a sentence that also says so when the model loses. */
export function verdict(comparison: Comparison, unit: string | undefined): string {
  const { column, name, model, baseline, baselineError } = comparison;
  const ratio = model / baselineError;
  const share = Math.abs(1 - ratio) * 100;
  const than = model <= baselineError ? "less" : "more";
  const digits = (x: number): string =>
    `${x >= 1000 ? wholeNumber(x) : x.toPrecision(3)}${unit === undefined ? "" : ` ${unit}`}`;
  // Beyond ten times, a percentage is a number nobody can picture.
  const distance =
    ratio >= 10
      ? `${ratio.toFixed(0)} times the best baseline`
      : `${share.toFixed(share < 10 ? 1 : 0)} % ${than} than the best baseline`;
  return `${column}: ${name} ${digits(model)}, ${distance} (${baseline}, ${digits(baselineError)}).`;
}
