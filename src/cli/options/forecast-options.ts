import type { ReadingOptions } from "../files/series-file.js";

/** What `gateflow forecast` was told. */
export interface ForecastOptions extends ReadingOptions {
  /** Default: the model's own. */
  readonly horizon?: number;
  /** A file for the table; default: standard output. */
  readonly out?: string;
  readonly json?: boolean;
}
