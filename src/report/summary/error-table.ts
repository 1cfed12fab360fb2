import { decimalsFor } from "../text/numbers.js";

/** Errors of several forecasts side by side; smaller is better in every column. */
export interface ErrorTable {
  /** Such as `RMSE, 1 step ahead`. */
  readonly columns: readonly string[];
  readonly unit: string | undefined;
  readonly rows: readonly { readonly name: string; readonly values: readonly number[] }[];
}

export interface TextCell {
  readonly text: string;
  /** Whether this is the smallest error of its column. */
  readonly best: boolean;
}

/** The rows as texts with the same decimals throughout a column; NaN (nothing to measure) is a dash. */
export function tableCells(table: ErrorTable): { name: string; cells: TextCell[] }[] {
  const columns = table.columns.map((_, c) => {
    const values = table.rows.map(({ values }) => values[c]!);
    return { decimals: decimalsFor(values), best: Math.min(...values.filter(Number.isFinite)) };
  });
  return table.rows.map(({ name, values }) => ({
    name,
    cells: values.map((value, c) => ({
      text: Number.isFinite(value) ? value.toFixed(columns[c]!.decimals) : "–",
      best: value === columns[c]!.best,
    })),
  }));
}
