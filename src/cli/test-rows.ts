/** One-step forecasts that judge a model, and forecasts over the whole horizon: more of them cost minutes and tell the same. */
const MOST_NEAR = 20_000;
const MOST_FAR = 2000;

/** From which row of the test on, and every how many rows, a model is judged. */
export interface JudgedRows {
  readonly start: number;
  /** Rows between forecasts over the whole horizon; those of one step begin at every row. */
  readonly step: number;
}

/** The rows that judge: all of the test, and of a long one its end. */
export function judgedRows(rows: number, trainRows: number): JudgedRows {
  const start = Math.max(trainRows, rows - MOST_NEAR);
  return { start, step: Math.max(1, Math.ceil((rows - start) / MOST_FAR)) };
}
