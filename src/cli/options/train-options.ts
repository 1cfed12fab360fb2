import type { ColumnOptions } from "../files/series-file.js";
import type { ModelOptions } from "./model-options.js";

/** What `gateflow train` was told. */
export interface TrainOptions extends ColumnOptions, ModelOptions {
  readonly horizon?: number;
  readonly testFraction: number;
  readonly out: string;
  /** Where the last test forecast goes as a picture. */
  readonly picture?: string;
  readonly quiet?: boolean;
  readonly json?: boolean;
}
