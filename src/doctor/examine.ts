import { open, type SeriesLike } from "../series/kinds.js";
import { isTensor, type TensorLike } from "../tensor.js";
import { examplesCase, seriesCase } from "./data-case.js";
import { dataRules } from "./data-rules/data-rules.js";
import { type Diagnosis, worstFirst } from "./diagnosis.js";
import { runRules } from "./run-rules.js";

/** Examples as they would be given to `fit`. */
export interface ExamplesLike {
  readonly x: TensorLike;
  readonly y: TensorLike;
  readonly validationData?: readonly [TensorLike, TensorLike];
}

const isExamples = (value: SeriesLike | ExamplesLike): value is ExamplesLike =>
  typeof value === "object" && value !== null && "x" in value && "y" in value && !isTensor(value);

/**
 * Looks at data before any model: gaps, constants, outliers, scale, leaks, order, seasons, drift.
 *
 * A raw series is judged as raw: no fixed level, or a drift, is a `hint` there (difference it), for only examples that
 * were made of it can be wrong.
 *
 * @param data a series, `number[]` (null or NaN: a gap), rows or Tensor `[T]`/`[T, F]`; or examples `{ x, y }` with the
 *   shapes of `fit`.
 * @returns worst first; empty when nothing speaks against training.
 * @throws DataError for what is no data at all (text, Infinity in a series).
 *
 * @example
 * examine([1, 2, null, 4]).map(({ code }) => code); // ["missing_values", "insufficient_data"]
 */
export function examine(data: SeriesLike | ExamplesLike): Diagnosis[] {
  const at = isExamples(data)
    ? examplesCase(data.x, data.y, { validation: data.validationData })
    : seriesCase(open("examine()", data).columns);
  return worstFirst(runRules(dataRules, at));
}
