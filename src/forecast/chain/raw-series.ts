import { DataError, ShapeError } from "../../errors.js";
import { nearest } from "../../options.js";
import { open, openSingle, type SeriesLike } from "../../series/kinds.js";
import { backwardFill, forwardFill, interpolate } from "../../series/prepare/gaps.js";
import { knnImpute } from "../../series/prepare/knn-impute.js";
import { isTensor } from "../../tensor.js";
import type { ForecastSeries, Imputation, NamedColumns } from "../types.js";

/** A series as it came: float64 columns, gaps as NaN. */
export interface RawSeries {
  readonly names: readonly string[];
  /** Index of the column to forecast. */
  readonly target: number;
  readonly columns: readonly Float64Array[];
  readonly rows: number;
}

const isNamed = (series: unknown): series is NamedColumns =>
  typeof series === "object" &&
  series !== null &&
  "columns" in series &&
  !isTensor(series) &&
  !Array.isArray(series);

function openNamed(where: string, { columns, target }: NamedColumns): RawSeries {
  const names = Object.keys(columns);
  if (names.length === 0)
    throw new DataError(`${where}: \`columns\` holds no column.`, { received: columns });
  const index = names.indexOf(target);
  if (index < 0) {
    const near = nearest(String(target), names);
    throw new DataError(
      `${where}: there is no column \`${String(target)}\`.${near === undefined ? "" : ` Did you mean \`${near}\`?`} Columns: ${names.join(", ")}.`,
      { received: target, expected: names },
    );
  }
  const opened = names.map((name) => openSingle(`${where} column ${name}`, columns[name]!));
  const rows = opened[index]!.length;
  opened.forEach((values, f) => {
    if (values.length === rows) return;
    throw new ShapeError(
      `${where}: column \`${names[f]}\` has ${values.length} rows, \`${target}\` has ${rows}. Every column needs the same rows.`,
      { received: values.length, expected: rows },
    );
  });
  return { names, target: index, columns: opened, rows };
}

/**
 * Opens what a user calls a series.
 * @param target the column of a table; columns by name bring their own.
 * @throws DataError for text, Infinity or an unknown target; ShapeError for ragged rows and unequal columns.
 */
export function openRaw(where: string, series: ForecastSeries, target: number): RawSeries {
  if (isNamed(series)) return openNamed(where, series);
  const { columns, rows } = open(where, series as SeriesLike);
  if (target >= columns.length) {
    throw new DataError(
      `${where}: the target is column ${target}, but there are ${columns.length} (0 to ${columns.length - 1}).`,
      {
        received: target,
        expected: columns.length - 1,
      },
    );
  }
  const names = columns.length === 1 ? ["value"] : columns.map((_, f) => `column ${f}`);
  return { names, target, columns, rows };
}

/** Rows `[from, to)`. */
export const sliceRaw = (raw: RawSeries, from: number, to = raw.rows): RawSeries => ({
  ...raw,
  columns: raw.columns.map((values) => values.subarray(from, to)),
  rows: Math.min(to, raw.rows) - from,
});

/** Rows of `more` after those of `raw`. */
export const joinRaw = (raw: RawSeries, more: RawSeries): RawSeries => ({
  ...raw,
  columns: raw.columns.map((values, f) => {
    const joined = new Float64Array(raw.rows + more.rows);
    joined.set(values);
    joined.set(more.columns[f]!, raw.rows);
    return joined;
  }),
  rows: raw.rows + more.rows,
});

/** @throws ShapeError or DataError unless `raw` has the columns of the training series. */
export function refuseOtherColumns(
  where: string,
  raw: RawSeries,
  names: readonly string[],
  target: number,
): void {
  if (raw.names.length !== names.length) {
    throw new ShapeError(
      `${where}: got ${raw.names.length} columns (${raw.names.join(", ")}), expected the ${names.length} of the training series (${names.join(", ")}).`,
      { received: raw.names, expected: names },
    );
  }
  if (raw.target !== target || raw.names.some((name, f) => name !== names[f])) {
    throw new DataError(
      `${where}: got the columns ${raw.names.join(", ")} with target \`${raw.names[raw.target]}\`, expected ${names.join(", ")} with target \`${names[target]}\`.`,
      { received: raw.names, expected: names },
    );
  }
}

/** Whether some column of the last row is a gap, so that what fills it will change when the next value comes. */
export const endsInGap = (raw: RawSeries, end = raw.rows): boolean =>
  raw.columns.some((values) => Number.isNaN(values[end - 1]));

/**
 * The columns without gaps. Gaps at the end take the last value, gaps at the start the first, whatever the method, so
 * that nothing is made up from values that have not come.
 */
export function fillGaps(raw: RawSeries, method: Imputation): Float64Array[] {
  if (raw.columns.every((values) => !values.some(Number.isNaN))) return [...raw.columns];
  if (method === "knn" && raw.columns.length > 1) {
    const rows = Array.from({ length: raw.rows }, (_, t) => raw.columns.map((values) => values[t]!));
    const filled = knnImpute(rows);
    return raw.columns.map((_, f) => Float64Array.from(filled, (row) => row[f]!));
  }
  return raw.columns.map((values) =>
    method === "forwardFill"
      ? backwardFill(forwardFill(values as Float64Array))
      : interpolate(values as Float64Array),
  );
}
