/** One-step forecasts that judge a model, and forecasts over the whole horizon: more of them cost minutes and tell the same. */
const MOST_NEAR = 10_000;
const MOST_FAR = 2000;

/** Which rows of the test judge a model. */
export interface JudgedRows {
  /** From this row on every row is forecast one step ahead: all of the test, or the end of a long one. */
  readonly near: number;
  /** Rows between forecasts over the whole horizon, which are spread over all of the test. */
  readonly step: number;
}

export const judgedRows = (rows: number, trainRows: number): JudgedRows => ({
  near: Math.max(trainRows, rows - MOST_NEAR),
  step: Math.max(1, Math.ceil((rows - trainRows) / MOST_FAR)),
});
